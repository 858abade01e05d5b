"""Being stuck: the same call fails again and again, or a working agent shows no sign of life."""

from __future__ import annotations

from itertools import islice

from tui_monitor.events import MAIN, CallState, ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.live.liveness import MINUTE, SECOND
from tui_monitor.live.session import SessionState
from tui_monitor.live.status.model import Status, StatusWord
from tui_monitor.live.status.open_calls import AT_REST, activity, is_at_work, main_calls

FAILURES = 3
"""Failures of one call, with nothing changed between them, after which the agent counts as stuck."""
OTHERS = 5
"""Other calls after which such failures no longer count."""
SILENT_MS = 3 * MINUTE
GRACE_MS = 30 * SECOND
"""Time that a command may take beyond its own timeout."""
DEFAULT_TIMEOUT_MS = 10 * MINUTE

_CHANGING = (ToolKind.EDIT, ToolKind.WRITE)


def stuck(state: SessionState, now: int) -> Status | None:
    """Return the state if the agent is at work and gets nowhere."""
    return _keeps_failing(state) or _is_silent(state, now)


def _keeps_failing(state: SessionState) -> Status | None:
    if activity(state) in AT_REST:
        return None
    chain = state.main_chain
    last = max(chain.last_result_at, chain.last_call_at)
    if chain.turn_at >= last or chain.last_prompt_at >= last:
        return None
    failures = repeated_failures(state)
    if len(failures) < FAILURES:
        return None
    newest = failures[0]
    evidence = f"the same call failed {len(failures)} times, with no change to a file between"
    return Status(StatusWord.STUCK, newest.ended, evidence, newest, newest.subject, certain=False)


def repeated_failures(state: SessionState) -> list[Call]:
    """Return the failures of the call that failed last, newest first, up to the last change of a file, or to a success
    of it; none if many other calls came since. What a person refused, and slips of the agent itself, do not count."""
    failures: list[Call] = []
    others = 0
    for call in ended_newest_first(state):
        if call.kind in _CHANGING and not call.state.failed and not call.state.rejected:
            break
        if failures and (call.tool, call.subject) == (failures[0].tool, failures[0].subject):
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
    if state.process is None or state.process.states_calls or not is_at_work(state):
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
