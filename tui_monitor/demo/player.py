"""Playback of the demo session into a folder."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui_monitor.demo.conversation import ScriptStep
from tui_monitor.demo.script import script
from tui_monitor.demo.transcript_lines import SESSION, Json


class TranscriptWriter:
    """Writes the script into ``folder``, as if it were played from the time ``start`` (epoch seconds)."""

    def __init__(self, folder: Path, start: float) -> None:
        self.path = folder / f"{SESSION}.jsonl"
        """The session's own file; those of its sub-agents are in the folder of the same name."""
        self._start = datetime.fromtimestamp(start, UTC)
        self._rest = deque(script())

    @property
    def next_at(self) -> float | None:
        """Time of the next line in seconds from the start; None at the end."""
        return self._rest[0].at if self._rest else None

    def play(self, until: float) -> None:
        """Write every line that is due by ``until`` (seconds from the start)."""
        while self._rest and self._rest[0].at <= until:
            self._write(self._rest.popleft())

    def _write(self, step: ScriptStep) -> None:
        path = self._path_of(step.agent)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if step.meta is not None:
            path.with_suffix(".meta.json").write_text(json.dumps(step.meta), encoding="utf-8")
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self._with_time(step), ensure_ascii=False) + "\n")

    def _path_of(self, agent: str) -> Path:
        if not agent:
            return self.path
        return self.path.with_suffix("") / "subagents" / f"agent-{agent}.jsonl"

    def _with_time(self, step: ScriptStep) -> Json:
        at = self._start + timedelta(seconds=step.at)
        return {**step.line, "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


class DemoPlayer(threading.Thread):
    """Writes the session into ``folder``: its past at once, the rest in real time from `start` on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="tui-monitor-demo", daemon=True)
        self._start_time = time.time()
        self._writer = TranscriptWriter(folder, self._start_time)
        self._stopped = threading.Event()
        self._writer.play(until=0)

    @property
    def path(self) -> Path:
        """The session's own file."""
        return self._writer.path

    def stop(self) -> None:
        """Stop at once."""
        self._stopped.set()

    def run(self) -> None:
        """Play until the end, or until stopped."""
        while (at := self._writer.next_at) is not None and not self._stopped.wait(self._start_time + at - time.time()):
            self._writer.play(until=at)
