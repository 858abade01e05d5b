"""Encoding of events as lines of the stream, and the events of the process itself."""

from __future__ import annotations

import atexit
import os
import sys
import time
from collections.abc import Mapping

import orjson

from tui_monitor.telemetry.recorder import privacy
from tui_monitor.telemetry.recorder.json_codec import error_text, to_jsonable
from tui_monitor.telemetry.recorder.masking import may_hold_secrets
from tui_monitor.telemetry.recorder.problems import log_message, report_lost_event
from tui_monitor.telemetry.recorder.process import process_facts, runs_in_another_process
from tui_monitor.telemetry.recorder.process_end import add_session, pop_final_statuses, set_final_status
from tui_monitor.telemetry.recorder.runtime import PROCESS_SESSION, new_uid
from tui_monitor.telemetry.recorder.scope import Scope, current_scope, is_handed, process_scope
from tui_monitor.telemetry.recorder.settings import Settings, current_settings, working_directory
from tui_monitor.telemetry.recorder.streams import STREAMS, RecordingStatus, stream_path

FORMAT_VERSION = 1
_MAX_NAMES = 10_000
_announced: dict[str, int] = {}
"""Process sessions whose start is recorded, each with the id of the process that recorded it."""


def append_event(event_type: str, facts: Mapping[str, object], content: Mapping[str, object]) -> None:
    """Append an event to the stream of its session (see `record.write_event`).

    Raises:
        Exception: The event cannot be encoded. Failure to write it does not raise.
    """
    settings = current_settings()
    if settings.enabled and settings.persist:
        scope = current_scope()
        own = process_scope()
        if scope.session_id == own.session_id and own.session_id not in _announced:
            _announce_process_session(settings, own)
        _append(settings, scope, event_type, facts, content)


def get_recording_status() -> RecordingStatus:
    """Return the counts of lines written, waiting and lost by this process, and why lines wait."""
    return STREAMS.status()


def _append(
    settings: Settings, scope: Scope, event_type: str, facts: Mapping[str, object], content: Mapping[str, object]
) -> None:
    head = {
        "v": FORMAT_VERSION,
        "type": event_type,
        "uid": new_uid(),
        "timestamp": time.time(),
        **scope.envelope,
        **facts,
    }
    line = _encode(head)
    is_suspicious = settings.mask_secrets and _names.may_hold_secrets(scope, facts)
    if content:
        encoded = _encode_content(content, settings)
        is_suspicious = is_suspicious or (settings.mask_secrets and may_hold_secrets(encoded))
        line = line[:-1] + b"," + encoded[1:]
    if is_suspicious:
        line = orjson.dumps(privacy.mask_line(orjson.loads(line)))
    path = stream_path(settings, str(head["session_id"]))
    message = STREAMS.append(path, line + b"\n", settings.rotate_bytes)
    if event_type == "agent":  # perhaps the last line for long
        STREAMS.confirm()
    if message:
        log_message(message, is_warning=STREAMS.status().trouble != "")


def _encode_content(content: Mapping[str, object], settings: Settings) -> bytes:
    encoded = _encode(content)
    if settings.anonymize_paths:
        encoded = orjson.dumps(privacy.without_paths(orjson.loads(encoded)))
    return encoded


class _Names:
    """The names that lines are made of. They repeat, so each is looked at once."""

    def __init__(self) -> None:
        self._harmless: set[object] = set()
        self._scope: Scope | None = None

    def may_hold_secrets(self, scope: Scope, facts: Mapping[str, object]) -> bool:
        """Return True if a name of the scope or of the facts may hold a secret."""
        if scope is not self._scope:
            if self._any(scope.envelope):
                return True
            self._scope = scope
        return self._any(facts)

    def _any(self, names: Mapping[str, object]) -> bool:
        harmless = self._harmless
        for name in names.values():
            if name.__class__ is str and name not in harmless:
                if may_hold_secrets(_encode({"name": name})):
                    return True
                if len(harmless) >= _MAX_NAMES:
                    harmless.clear()
                harmless.add(name)
        return False


_names = _Names()


def _encode(table: Mapping[str, object]) -> bytes:
    try:
        return orjson.dumps(table, default=to_jsonable)
    except TypeError:  # lone surrogates, non-text keys, integers beyond 64 bits, reference cycles
        return orjson.dumps({name: to_jsonable(value) for name, value in table.items()})


def _announce_process_session(settings: Settings, scope: Scope) -> None:
    """Record the start of the process's own session, whose working directory lets the monitor find it; not of one that
    another process runs, which ends it."""
    is_joined = is_handed(scope.session_id) or (
        scope.session_id != PROCESS_SESSION and runs_in_another_process(scope.session_id)
    )
    _announced[scope.session_id] = 0 if is_joined else os.getpid()
    if is_joined:
        return
    facts = {"agent_id": scope.session_id, "status": "running", "start_time": time.time()} | process_facts()
    _append(settings, scope, "agent", facts, {"cwd": working_directory()})


@atexit.register
def _finish() -> None:
    """Record the end of the sessions that this process runs, and try once more to write the waiting lines."""
    try:
        _end_sessions(current_settings())
    except Exception as error:  # nothing may disturb the end of the agent
        report_lost_event("the end of the process", error)


def _end_sessions(settings: Settings) -> None:
    STREAMS.confirm()
    error = getattr(sys, "last_value", None)  # the exception that ended the program
    reason = {"reason": error_text(error)} if isinstance(error, BaseException) else {}
    for session in [session for session, process in _announced.items() if process == os.getpid()]:
        status = "failed" if reason else "completed"
        facts = {"agent_id": session, "status": status, "end_time": time.time()}
        _append(settings, Scope(session), "agent", facts, {})
        add_session(session)
        set_final_status(session, status)
    for session, status in pop_final_statuses().items():
        if stream_path(settings, session).exists():  # a stream that was removed is not begun again
            facts = {"status": status, "process_id": os.getpid()}
            _append(settings, Scope(session), "end", facts, reason if status == "failed" else {})
    STREAMS.flush(settings.rotate_bytes)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: STREAMS.reset_after_fork())
