"""The output of programs that ``tui-monitor run`` has recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui_monitor.sources.base import Adapter, SearchContext, SessionFile, session_file

_FOLDER = "recordings"


def recordings_folder(data: Path, adapter: str) -> Path:
    """Return the folder for recordings in the format of this adapter, in the data folder."""
    return data / _FOLDER / adapter


def is_recorded_run(path: Path) -> bool:
    """Return True for a file in such a folder."""
    return path.parts[-3:-2] == (_FOLDER,)


def recorded_runs(adapter: Adapter, context: SearchContext) -> Iterator[SessionFile]:
    """Yield all recordings in the format of this adapter."""
    if data := context.env.get("TUI_MONITOR_DATA_DIR"):
        for path in recordings_folder(Path(data), adapter.name).glob("*.jsonl"):
            with suppress(OSError):
                if session := session_file(path):
                    yield session
