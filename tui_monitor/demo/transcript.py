"""The session on the disk: written as far as it has been played."""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui_monitor.demo.chain import Step
from tui_monitor.demo.lines import SESSION, Json
from tui_monitor.demo.script import script


class TranscriptWriter:
    """Writes the script into ``folder`` as if it were played from the time ``began`` (epoch seconds)."""

    def __init__(self, folder: Path, began: float) -> None:
        self.path = folder / f"{SESSION}.jsonl"
        """The session's own file; those of its sub-agents stand in the folder of its name."""
        self._began = datetime.fromtimestamp(began, UTC)
        self._left = deque(script())

    @property
    def next_at(self) -> float | None:
        """When the next line is due, in seconds from the start; None at the end."""
        return self._left[0].at if self._left else None

    def play(self, until: float) -> None:
        """Write everything that is due ``until`` so many seconds from the start."""
        while self._left and self._left[0].at <= until:
            self._write(self._left.popleft())

    def _write(self, step: Step) -> None:
        path = self._path_of(step.agent)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if step.meta is not None:
            path.with_suffix(".meta.json").write_text(json.dumps(step.meta), encoding="utf-8")
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self._timed(step), ensure_ascii=False) + "\n")

    def _path_of(self, agent: str) -> Path:
        if not agent:
            return self.path
        return self.path.with_suffix("") / "subagents" / f"agent-{agent}.jsonl"

    def _timed(self, step: Step) -> Json:
        at = self._began + timedelta(seconds=step.at)
        return {**step.line, "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
