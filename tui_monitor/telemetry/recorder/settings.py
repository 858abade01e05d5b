"""Settings of recording: what is recorded, where, and how much of it stays in memory.

They are read when the first event is recorded, from the user's configuration and the environment
(``TUI_MONITOR_TELEMETRY_PERSIST=false``, see `tui_monitor.config`). `configure` changes them at any time, from the next
event on.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.recorder.scope import set_process_session

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from pathlib import Path

_MAX_COUNT = 10**9


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of recording.

    - ``enabled``: record at all. ``persist``: write to the stream.
    - ``max_executions``: executions kept in memory. ``persist_executions``: executions returned from the stream.
    - ``include_file_content``: write the texts and diffs of changed files.
    - ``include_tool_args``: write the arguments of tools.
    - ``anonymize_paths``: write digests in place of paths.
    - ``mask_secrets``: write ``***`` in place of keys, tokens and passwords.
    - ``stream``: the file to write to; None for one file per session in the folder ``streams``.
    - ``rotate_bytes``: size from which a stream file is renamed and a new one begun.
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


def current_settings() -> Settings:
    """Return the current settings, read from the configuration on first use."""
    return _current or _load_once()


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
    """Change recording settings of this process; None leaves a setting unchanged.

    Args:
        enabled: Record at all.
        persist: Write to the stream; otherwise count in memory only.
        max_executions: Executions kept in memory.
        persist_executions: Executions returned by `get_persistent_stats`.
        include_file_content: Write the texts and diffs of changed files.
        include_tool_args: Write the arguments of tools.
        anonymize_paths: Write digests in place of paths.
        mask_secrets: Write ``***`` in place of keys, tokens and passwords.
        stream: File to write to, instead of one per session in the data folder.
        rotate_bytes: Size from which a stream file is renamed and a new one begun.
        session_id: Session of events recorded outside any ``with session(…)``.

    Raises:
        ValueError: A number is not from 1 to 1,000,000,000.
    """
    counts = {
        "max_executions": max_executions,
        "persist_executions": persist_executions,
        "rotate_bytes": rotate_bytes,
    }
    for name, count in counts.items():
        if count is not None and not 1 <= count <= _MAX_COUNT:
            raise ValueError(f"{name} must be a whole number from 1 to {_MAX_COUNT:,}")
    changes = {
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
    _replace_current({name: value for name, value in changes.items() if value is not None})


def working_directory() -> str:
    """Return the working directory of the process, or an empty string if it was removed."""
    try:
        return os.getcwd()  # noqa: PTH109  # pathlib costs 10 ms to import
    except OSError:
        return ""


def _absolute(path: str | os.PathLike[str]) -> Path:
    from pathlib import Path

    from tui_monitor import config

    base = config.current_folder(os.environ)
    try:
        return base / Path(path).expanduser()
    except RuntimeError:  # the home directory is unknown
        return base / path


def _replace_current(changes: dict[str, object]) -> None:
    global _current
    settings = current_settings()
    with LOCK:
        _current = replace(_current or settings, **changes)  # type: ignore[arg-type]  # `configure` typed them


def _load_once() -> Settings:
    global _current
    warnings: tuple[str, ...] = ()
    with LOCK:
        if _current is None:
            try:
                _current, warnings = _load()
            except Exception as error:  # no configuration may stop an agent
                _current, warnings = _defaults(), (f"the configuration cannot be read: {error}",)
        settings = _current
    if warnings:
        import logging

        from tui_monitor.clean import clean_line

        logging.getLogger("tui_monitor.telemetry").warning("%s", clean_line("; ".join(warnings)))
    return settings


def _defaults() -> Settings:
    import tempfile
    from pathlib import Path

    return Settings(streams=Path(tempfile.gettempdir()) / f"tui-monitor-{os.getpid()}" / "streams")


def _load() -> tuple[Settings, tuple[str, ...]]:
    """Read the configuration. Return the settings and the first of the configuration's warnings."""

    from tui_monitor import config

    base = config.current_folder(os.environ)
    loaded = config.load_config(os.environ, base)
    telemetry = loaded.telemetry
    settings = Settings(
        streams=base / config.data_folder(os.environ, base) / "streams",
        enabled=telemetry.enabled,
        persist=telemetry.persist,
        max_executions=telemetry.max_executions,
        persist_executions=telemetry.persist_executions,
        include_file_content=telemetry.include_file_content,
        include_tool_args=telemetry.include_tool_args,
        anonymize_paths=telemetry.anonymize_paths,
        mask_secrets=telemetry.mask_secrets,
        stream=_absolute(loaded.stream) if loaded.stream else None,
    )
    return settings, loaded.first_warnings
