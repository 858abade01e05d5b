"""What is recorded, where, and how much of it is kept in memory.

Settings are read when something is first recorded: from the user's configuration and the environment
(``TUI_MONITOR_TELEMETRY_PERSIST=false``, see `tui_monitor.config`); `configure` changes them at any time, and they hold
from the next line on.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.recorder.scope import set_process_session

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from pathlib import Path

_MOST = 10**9


@dataclass(frozen=True, slots=True)
class Settings:
    """``enabled`` is whether anything is recorded at all, ``persist`` whether it is written to the stream.

    ``max_executions`` are kept in memory, ``persist_executions`` are given of what stands in the stream. Of what is
    written, ``include_file_content`` decides on texts and diffs of changed files, ``include_tool_args`` on the
    arguments of tools; ``anonymize_paths`` puts digests in the place of paths, ``mask_secrets`` stars in that of keys,
    tokens and passwords. ``stream`` is the file to write to, None for one a session in the folder ``streams``; a file
    of ``rotate_bytes`` gets another name, and a new one is begun.
    """

    streams: Path
    enabled: bool = True
    persist: bool = True
    max_executions: int = 1000
    persist_executions: int = 500
    include_file_content: bool = True
    include_tool_args: bool = True
    anonymize_paths: bool = False
    mask_secrets: bool = True
    stream: Path | None = None
    rotate_bytes: int = 64 << 20


_current: Settings | None = None


def current() -> Settings:
    """The settings in force."""
    return _current or _read()


def configure(
    *,
    enabled: bool | None = None,
    persist: bool | None = None,
    max_executions: int | None = None,
    persist_executions: int | None = None,
    include_file_content: bool | None = None,
    include_tool_args: bool | None = None,
    anonymize_paths: bool | None = None,
    mask_secrets: bool | None = None,
    stream: str | os.PathLike[str] | None = None,
    rotate_bytes: int | None = None,
    session_id: str | None = None,
) -> None:
    """Change settings of this process from now on (see `Settings`); what is None stays as it is.

    ``session_id`` is the session of all that is recorded outside of a ``with session(…)``.

    Raises:
        ValueError: a number is not from 1 to 1,000,000,000.
    """
    counts = {
        "max_executions": max_executions,
        "persist_executions": persist_executions,
        "rotate_bytes": rotate_bytes,
    }
    for name, count in counts.items():
        if count is not None and not 1 <= count <= _MOST:
            raise ValueError(f"{name} must be a whole number from 1 to {_MOST:,}")
    told = {
        **counts,
        "enabled": enabled,
        "persist": persist,
        "include_file_content": include_file_content,
        "include_tool_args": include_tool_args,
        "anonymize_paths": anonymize_paths,
        "mask_secrets": mask_secrets,
        "stream": None if stream is None else _absolute(stream),
    }
    if session_id:
        set_process_session(session_id)
    _change({name: value for name, value in told.items() if value is not None})


def working_folder() -> str:
    """The folder that the process works in; the empty text when it is gone."""
    try:
        return os.getcwd()  # noqa: PTH109  # pathlib costs 10 ms to import
    except OSError:
        return ""


def _absolute(path: str | os.PathLike[str]) -> Path:
    from pathlib import Path

    here = Path(working_folder())
    try:
        return here / Path(path).expanduser()
    except RuntimeError:  # nobody knows a home
        return here / path


def _change(told: dict[str, object]) -> None:
    global _current
    settings = current()
    with LOCK:
        _current = replace(_current or settings, **told)  # type: ignore[arg-type]  # names and types are `configure`'s


def _read() -> Settings:
    global _current
    warnings: tuple[str, ...] = ()
    with LOCK:
        if _current is None:
            _current, warnings = _configured()
        settings = _current
    if warnings:
        import logging

        logging.getLogger(__package__).warning("; ".join(warnings))
    return settings


def _configured() -> tuple[Settings, tuple[str, ...]]:
    """The settings, and what is wrong in the places that they come from."""
    from pathlib import Path

    from tui_monitor import config

    here = Path(working_folder())
    told = config.load_config(os.environ, here)
    recording = told.telemetry
    settings = Settings(
        streams=here / config.data_folder(os.environ, here) / "streams",
        enabled=recording.enabled,
        persist=recording.persist,
        max_executions=recording.max_executions,
        persist_executions=recording.persist_executions,
        include_file_content=recording.include_file_content,
        include_tool_args=recording.include_tool_args,
        anonymize_paths=recording.anonymize_paths,
        mask_secrets=recording.mask_secrets,
        stream=_absolute(told.stream) if told.stream else None,
    )
    return settings, told.warnings
