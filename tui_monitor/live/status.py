"""The state of an agent: exact where its files state it, else unknown, always with the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tui_monitor.events import MAIN, CallState, ToolKind, Turn
from tui_monitor.live.entries import Call
from tui_monitor.live.liveness import MINUTE, SECOND, Liveness, abandoned_before, is_abandoned, liveness, waiting
from tui_monitor.live.session import SessionState

_UNDECIDED = "it runs, or waits for you or a hook: this agent's files don't say"

_ASKED = "its call needs your approval: this agent's files don't say when you give it"


class StatusWord(StrEnum):
    """The state of an agent in a word, shown at every width."""

    WAITS = "WAITS FOR YOU"
    RETRYING = "RETRYING"
    FAILED = "API ERROR"
    COMPACTING = "COMPACTING"
    WORKING = "WORKING"
    THINKING = "THINKING"
    INTERRUPTED = "INTERRUPTED"
    DONE = "DONE"
    IDLE = "IDLE"
    ENDED = "ENDED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Status:
    """The state with its start, its subject and the evidence. ``certain`` when the files state it."""

    word: StatusWord
    since: int
    evidence: str
    call: Call | None = None
    subject: str = ""
    certain: bool = True


def status(state: SessionState, now: int) -> Status:
    """Return the state of the session's main chain at ``now`` (epoch ms)."""
    for judge in (_waits, _retries, _compacts, _works, _turn_over, _silent):
        result = judge(state, now)
        if result:
            return result
    return Status(StatusWord.UNKNOWN, state.last_at, "nothing received yet from the main chain", certain=False)


def _waits(state: SessionState, now: int) -> Status | None:
    if wait := waiting(state):
        call = state.log.get(wait.call)
        evidence = "a hook of the agent reports it" if wait.certain else _ASKED
        return Status(StatusWord.WAITS, wait.at, evidence, call, wait.reason, certain=wait.certain)
    for call in _open_calls(state):
        if liveness(call, now) is Liveness.AWAITING_USER:
            request = "question" if call.kind is ToolKind.ASK else "plan"
            return Status(StatusWord.WAITS, call.started, f"open {request}: only you can answer it", call, call.subject)
    return None


def _retries(state: SessionState, now: int) -> Status | None:
    retry = state.main_chain.retry
    if retry is None or retry.at < max(state.main_chain.last_output_at, state.main_chain.last_prompt_at):
        return None
    if retry.wait_ms is None:
        return Status(StatusWord.FAILED, retry.at, "last response is an API error", subject=retry.reason)
    if now <= retry.at + retry.wait_ms + 10 * SECOND:
        attempt = f"attempt {retry.attempt} of {retry.attempts}" if retry.attempts else "a request failed"
        return Status(
            StatusWord.RETRYING,
            retry.at,
            f"{attempt}, retried after {retry.wait_ms / SECOND:.0f} s",
            subject=retry.reason,
        )
    return None


def _compacts(state: SessionState, now: int) -> Status | None:
    since = state.context.compacting_since
    if since and since >= state.main_chain.last_output_at and now - since < 10 * MINUTE:
        return Status(StatusWord.COMPACTING, since, "compaction request in progress")
    return None


def _works(state: SessionState, now: int) -> Status | None:
    by_liveness: dict[Liveness, Call] = {}
    for call in _open_calls(state):
        by_liveness.setdefault(liveness(call, now, _last_event_at(call, state)), call)
    for current in (Liveness.RUNNING, Liveness.ISSUED, Liveness.STALE):
        if current in by_liveness:
            return _of_call(by_liveness[current], current, state, now)
    return None


def _of_call(call: Call, current: Liveness, state: SessionState, now: int) -> Status:
    if current is Liveness.RUNNING:
        return Status(StatusWord.WORKING, call.started, "just reported progress", call, call.subject)
    if current is Liveness.ISSUED:
        return Status(StatusWord.WORKING, call.started, "call just issued", call, call.subject, certain=False)
    is_silent = now - state.last_at > 30 * MINUTE
    evidence = "its call has no result, and nothing followed" if is_silent else _UNDECIDED
    return Status(
        StatusWord.UNKNOWN, state.last_at if is_silent else call.started, evidence, call, call.subject, certain=False
    )


def _open_calls(state: SessionState) -> list[Call]:
    """Return the open calls of the main chain that are not abandoned, oldest first."""
    before = abandoned_before(state)
    mains = (call for call in state.log.open if call.agent == MAIN and call.state is CallState.OPEN)
    return [call for call in mains if not is_abandoned(call, before, frozenset())]


def _last_event_at(call: Call, state: SessionState) -> int:
    return max((agent.last_at for agent in state.agents.values() if agent.call == call.id), default=0)


def _turn_over(state: SessionState, now: int) -> Status | None:
    chain = state.main_chain
    if chain.turn in (None, Turn.STARTED) or chain.turn_at < max(
        chain.last_prompt_at, chain.last_result_at, chain.last_output_at
    ):
        return None
    if chain.turn is Turn.SESSION_ENDED:
        return Status(StatusWord.ENDED, chain.turn_at, "session ended")
    if chain.turn is Turn.INTERRUPTED:
        return Status(StatusWord.INTERRUPTED, chain.turn_at, "interrupted by a person")
    if chain.turn is Turn.FAILED:
        return Status(StatusWord.FAILED, chain.turn_at, "turn failed")
    word = StatusWord.IDLE if now - chain.turn_at > 10 * MINUTE else StatusWord.DONE
    return Status(word, chain.turn_at, "turn finished")


def _silent(state: SessionState, now: int) -> Status | None:
    chain = state.main_chain
    since = chain.last_at
    if not since:
        return None
    quiet = now - since
    if quiet > 30 * MINUTE:
        return Status(StatusWord.UNKNOWN, since, "nothing written for more than half an hour", certain=False)
    if chain.last_output_at >= max(chain.last_prompt_at, chain.last_result_at) and quiet > 75 * SECOND:
        return Status(StatusWord.DONE, since, "last line is its message, and nothing followed", certain=False)
    if quiet <= MINUTE:
        return Status(StatusWord.THINKING, since, "last line is a prompt or a result")
    return Status(StatusWord.UNKNOWN, since, "no sign of life: thinking, stuck or gone", certain=False)
