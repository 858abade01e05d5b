"""Being stuck: the same call fails or is repeated again and again, or a working agent shows no sign of life."""

from __future__ import annotations

import re
from itertools import islice

from tui_monitor.events import MAIN, CallState, ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.live.liveness import MINUTE, SECOND
from tui_monitor.live.session import SessionState
from tui_monitor.live.status.model import Status, StatusWord
from tui_monitor.live.status.open_calls import AT_REST, activity, has_answered, is_at_work, main_calls

FAILURES = 3
"""Failures of one call, with nothing changed between them, after which the agent counts as stuck."""
REPEATS = 4
"""Repetitions of one call with one result, among the last `RECENT`, after which the agent counts as stuck."""
RECENT = 12
OTHERS = 5
"""Other calls after which such failures no longer count."""
SILENT_MS = 3 * MINUTE
GRACE_MS = 30 * SECOND
"""Time that a command may take beyond its own timeout."""
DEFAULT_TIMEOUT_MS = 10 * MINUTE

_CHANGING = (ToolKind.EDIT, ToolKind.WRITE)
_REPEATING = (ToolKind.SHELL, ToolKind.READ, ToolKind.SEARCH, ToolKind.WEB)
"""Kinds of calls of which a repetition brings nothing new."""
_POLLING = re.compile(r"\b(?:sleep|watch|wait|poll|status|tail|stdin|curl|gh|kubectl|docker|ps)\b", re.I)
"""Words of calls that look whether something has changed."""
_TAIL = re.compile(r"(?:\s*2>&1)?\s*\|\s*(?:tail|head)\b[^|&;]*\Z")
"""The end of a command that only shows less of what it prints."""


def stuck(state: SessionState, now: int) -> Status | None:
    """Return the state if the agent is at work and gets nowhere."""
    if _is_in_calls(state, now) and (status := _keeps_failing(state) or _repeats(state)):
        return status
    return _is_silent(state, now)


def _is_in_calls(state: SessionState, now: int) -> bool:
    """Return True if the last thing in the turn was a call."""
    if activity(state) is None and has_answered(state, now):
        return False
    chain = state.main_chain
    last = max(chain.last_result_at, chain.last_call_at)
    return activity(state) not in AT_REST and last > max(chain.turn_at, chain.last_prompt_at)


def _keeps_failing(state: SessionState) -> Status | None:
    failures = repeated_failures(state)
    if len(failures) < FAILURES:
        return None
    newest = failures[0]
    evidence = f"the same call failed {len(failures)} times, with no change to a file between"
    return Status(StatusWord.STUCK, newest.ended, evidence, newest, newest.subject, certain=False)


def _repeats(state: SessionState) -> Status | None:
    calls = list(ended_newest_first(state, RECENT))
    newest = calls[0] if calls else None
    if newest is None or not _gains_nothing_by_repetition(newest):
        return None
    repeats = 0
    for call in calls:
        if call.kind in _CHANGING or call.started <= state.main_chain.last_prompt_at:
            break
        repeats += _has_same_result(call, newest)
    if repeats < REPEATS:
        return None
    evidence = f"the same call had the same result {repeats} times, with no change to a file between"
    return Status(StatusWord.STUCK, newest.ended, evidence, newest, newest.subject, certain=False)


def _gains_nothing_by_repetition(call: Call) -> bool:
    is_polling = _POLLING.search(f"{call.tool} {call.subject}")
    return bool(call.subject) and call.kind in _REPEATING and not is_polling


def _has_same_result(call: Call, other: Call) -> bool:
    """Return True for two calls that asked and answered the same, as far as is kept of them."""
    return _result(call) == _result(other) and is_same(call, other)


def _result(call: Call) -> tuple[object, ...]:
    return call.state, call.input_chars, call.output_chars, call.error_chars, call.summary_line


def is_same(call: Call, other: Call) -> bool:
    """Return True for two calls of one tool about the same thing, whatever is shown of what they print."""
    if call.tool != other.tool:
        return False
    return call.subject == other.subject or _TAIL.sub("", call.subject) == _TAIL.sub("", other.subject)


def repeated_failures(state: SessionState) -> list[Call]:
    """Return the failures of the call that failed last, newest first, up to the last change of a file, or to a success
    of it; none if many other calls came since. What a person refused, and slips of the agent itself, do not count."""
    failures: list[Call] = []
    others = 0
    for call in ended_newest_first(state):
        if call.kind in _CHANGING and not call.state.failed and not call.state.rejected:
            break
        if failures and is_same(call, failures[0]):
            if not _is_failure(call):
                break
            failures.append(call)
        elif not failures and _is_failure(call):
            failures.append(call)
        elif not failures:
            others += 1
            if others >= OTHERS:
                break
    return failures


def ended_newest_first(state: SessionState, count: int = 40) -> islice[Call]:
    """Return the last calls of the main chain that have ended, at most ``count``, newest first."""
    entries = reversed(state.log.entries)
    calls = (entry for entry in entries if isinstance(entry, Call) and entry.agent == MAIN and entry.state.ended)
    return islice(calls, count)


def _is_failure(call: Call) -> bool:
    return call.state is CallState.FAILED


def _is_silent(state: SessionState, now: int) -> Status | None:
    """Judge a living process at work: without a sign of life for long it hangs."""
    if state.process is None or state.process.states_calls or not is_at_work(state, now):
        return None
    calls = main_calls(state)
    if not calls:
        since = max(state.last_at, state.process.since)
        is_late = now - since > SILENT_MS
        return Status(StatusWord.STUCK, since, "no sign of life from the model", certain=False) if is_late else None
    call = calls[0]
    if call.kind is not ToolKind.SHELL:
        return None
    sign_at = max(call.started, call.progress_at, state.process.output_at or 0)
    timeout_ms = DEFAULT_TIMEOUT_MS if call.timeout_ms is None else call.timeout_ms
    if now - sign_at <= timeout_ms + GRACE_MS:
        return None
    return Status(StatusWord.STUCK, call.started, "it runs longer than its timeout", call, call.subject, certain=False)
