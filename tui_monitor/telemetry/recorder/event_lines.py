"""The way from what an agent tells to a line of the stream."""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Mapping

import orjson

from tui_monitor.telemetry.recorder import privacy
from tui_monitor.telemetry.recorder.json_codec import plain, words
from tui_monitor.telemetry.recorder.masking import may_hold_secrets
from tui_monitor.telemetry.recorder.runtime import new_uid
from tui_monitor.telemetry.recorder.scope import Scope, current_scope, process_scope
from tui_monitor.telemetry.recorder.settings import Settings, current, working_folder
from tui_monitor.telemetry.recorder.streams import STREAMS, RecordingStatus, stream_path

VERSION = 1
_introduced: dict[str, int] = {}
"""The sessions of the process itself that were told of, and which process did."""


def append(kind: str, facts: Mapping[str, object], content: Mapping[str, object]) -> None:
    """Append a line to the stream of its session (see `recording.write`).

    Raises:
        Exception: it cannot even be made. That it cannot be written for now raises nothing.
    """
    settings = current()
    if settings.enabled and settings.persist:
        scope = current_scope()
        own = process_scope()
        if scope.session_id == own.session_id and own.session_id not in _introduced:
            _introduce(settings, own)
        _append(settings, scope, kind, facts, content)


def lose(error: Exception) -> None:
    """Count and log an event that no line can be made of."""
    STREAMS.lose()
    _log(f"an event cannot be recorded: {type(error).__name__}: {words(error)}")


def get_recording_status() -> RecordingStatus:
    """How many lines this process has written, and how many wait or are lost, and why."""
    return STREAMS.status()


def _append(
    settings: Settings, scope: Scope, kind: str, facts: Mapping[str, object], content: Mapping[str, object]
) -> None:
    head = {"v": VERSION, "type": kind, "uid": new_uid(), "timestamp": time.time(), **scope.envelope, **facts}
    line = _encoded(head)
    if content:
        line = line[:-1] + b"," + _content(content, settings)[1:]
    path = stream_path(settings, str(head["session_id"]))
    told = STREAMS.append(path, line + b"\n", settings.rotate_bytes)
    if told:
        _log(told, grave=STREAMS.status().trouble != "")


def _content(content: Mapping[str, object], settings: Settings) -> bytes:
    encoded = _encoded(content)
    if settings.anonymize_paths:
        encoded = orjson.dumps(privacy.without_paths(orjson.loads(encoded)))
    if settings.mask_secrets and may_hold_secrets(encoded):
        encoded = orjson.dumps(privacy.without_secrets(orjson.loads(encoded)))
    return encoded


def _encoded(table: Mapping[str, object]) -> bytes:
    try:
        return orjson.dumps(table, default=plain)
    except TypeError:  # lone surrogates, keys that are no text, integers beyond 64 bits, circles
        return orjson.dumps({name: plain(value) for name, value in table.items()})


def _introduce(settings: Settings, scope: Scope) -> None:
    """An agent that opens no session of its own is found by the folder that it works in all the same."""
    _introduced[scope.session_id] = os.getpid()
    facts = {"agent_id": scope.session_id, "status": "running", "start_time": time.time(), "process_id": os.getpid()}
    _append(settings, scope, "agent", facts, {"cwd": working_folder()})


@atexit.register
def _finish() -> None:
    """Complete the session of the process, and try once more to write what waits."""
    try:
        _complete_process_session()
    except Exception as error:
        lose(error)


def _complete_process_session() -> None:
    for session in [session for session, process in _introduced.items() if process == os.getpid()]:
        facts = {"agent_id": session, "status": "completed", "end_time": time.time()}
        _append(current(), Scope(session), "agent", facts, {})
    if STREAMS.status().waiting:
        STREAMS.flush(current().rotate_bytes)


def _log(told: str, *, grave: bool = True) -> None:
    import logging

    logging.getLogger("tui_monitor.telemetry").log(logging.WARNING if grave else logging.INFO, told)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: STREAMS.begin_anew())
