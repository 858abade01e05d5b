"""Where ``tui-monitor run`` keeps what the programs that it ran have printed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui_monitor.sources.base import Adapter, Found, Places

_FOLDER = "recordings"


def folder_of(data: Path, adapter: str) -> Path:
    """The folder of recordings in the format of this adapter, in the data folder."""
    return data / _FOLDER / adapter


def is_recording(path: Path) -> bool:
    """Whether it is a file in such a folder."""
    return path.parent.parent.name == _FOLDER


def recordings(adapter: Adapter, places: Places) -> Iterator[Found]:
    """All recordings in the format of this adapter."""
    if data := places.env.get("TUI_MONITOR_DATA_DIR"):
        for path in folder_of(Path(data), adapter.name).glob("*.jsonl"):
            with suppress(OSError):
                status = path.stat()
                yield Found(path, status.st_mtime_ns // 1_000_000, status.st_size)
