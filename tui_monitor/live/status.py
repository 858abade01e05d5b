"""What the agent is doing, by what its files tell: exactly where they do, else unknown, always with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tui_monitor.events import MAIN, CallState, ToolKind, Turn
from tui_monitor.live.entries import Call
from tui_monitor.live.liveness import MINUTE, SECOND, Liveness, abandoned_before, is_abandoned, liveness, waiting
from tui_monitor.live.session import SessionState

_NOBODY_TELLS = "it runs, or waits for you or a hook: this agent's files do not tell"


class StatusWord(StrEnum):
    """The state of an agent in a word; it stands on the screen at every width."""

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
    """The state since when, what it is about, and the evidence. ``certain`` when the files say so exactly."""

    word: StatusWord
    since: int
    evidence: str
    call: Call | None = None
    subject: str = ""
    certain: bool = True


def status(state: SessionState, now: int) -> Status:
    """The state of the session's main chain at ``now`` (epoch ms)."""
    for judge in (_waits, _retries, _compacts, _calls, _turn_over, _silent):
        found = judge(state, now)
        if found:
            return found
    return Status(StatusWord.UNKNOWN, state.last_at, "nothing of the main chain has been read yet", certain=False)


def _waits(state: SessionState, now: int) -> Status | None:
    if wait := waiting(state):
        return Status(StatusWord.WAITS, wait.at, "a hook of the agent told so", state.log.get(wait.call), wait.reason)
    for call in _open_calls(state):
        if liveness(call, now) is Liveness.AWAITING_USER:
            what = "a question" if call.kind is ToolKind.ASK else "a plan"
            return Status(
                StatusWord.WAITS, call.started, f"{what} is open that only a person answers", call, call.subject
            )
    return None


def _retries(state: SessionState, now: int) -> Status | None:
    retry = state.main_chain.retry
    if retry is None or retry.at < max(state.main_chain.last_output_at, state.main_chain.last_prompt_at):
        return None
    if retry.wait_ms is None:
        return Status(StatusWord.FAILED, retry.at, "the last answer is an API error", subject=retry.reason)
    if now <= retry.at + retry.wait_ms + 10 * SECOND:
        attempt = f"attempt {retry.attempt} of {retry.attempts}" if retry.attempts else "a request failed"
        return Status(
            StatusWord.RETRYING,
            retry.at,
            f"{attempt}, tried again after {retry.wait_ms / SECOND:.0f} s",
            subject=retry.reason,
        )
    return None


def _compacts(state: SessionState, now: int) -> Status | None:
    since = state.context.compacting_since
    if since and since >= state.main_chain.last_output_at and now - since < 10 * MINUTE:
        return Status(StatusWord.COMPACTING, since, "the compaction request is being answered")
    return None


def _calls(state: SessionState, now: int) -> Status | None:
    calls = _open_calls(state)
    pulses = [liveness(call, now, _last_event_at(call, state)) for call in calls]
    for wanted in (Liveness.RUNNING, Liveness.ISSUED, Liveness.STALE):
        for call, found in zip(calls, pulses, strict=True):
            if found is wanted:
                return _of_call(call, found, state, now)
    return None


def _of_call(call: Call, found: Liveness, state: SessionState, now: int) -> Status:
    if found is Liveness.RUNNING:
        return Status(StatusWord.WORKING, call.started, "it reported progress a moment ago", call, call.subject)
    if found is Liveness.ISSUED:
        return Status(
            StatusWord.WORKING, call.started, "the call was issued a moment ago", call, call.subject, certain=False
        )
    gone = now - state.last_at > 30 * MINUTE
    evidence = "its call has no result, and nothing more was written" if gone else _NOBODY_TELLS
    return Status(
        StatusWord.UNKNOWN, state.last_at if gone else call.started, evidence, call, call.subject, certain=False
    )


def _open_calls(state: SessionState) -> list[Call]:
    """The open calls of the main chain, oldest first."""
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
        return Status(StatusWord.ENDED, chain.turn_at, "the session was ended")
    if chain.turn is Turn.INTERRUPTED:
        return Status(StatusWord.INTERRUPTED, chain.turn_at, "a person interrupted it")
    if chain.turn is Turn.FAILED:
        return Status(StatusWord.FAILED, chain.turn_at, "the turn failed")
    word = StatusWord.IDLE if now - chain.turn_at > 10 * MINUTE else StatusWord.DONE
    return Status(word, chain.turn_at, "the turn's end was written")


def _silent(state: SessionState, now: int) -> Status | None:
    chain = state.main_chain
    since = chain.last_at
    if not since:
        return None
    quiet = now - since
    if quiet > 30 * MINUTE:
        return Status(StatusWord.UNKNOWN, since, "nothing was written for more than half an hour", certain=False)
    if chain.last_output_at >= max(chain.last_prompt_at, chain.last_result_at) and quiet > 75 * SECOND:
        return Status(StatusWord.DONE, since, "it spoke last, and nothing followed", certain=False)
    if quiet <= MINUTE:
        return Status(StatusWord.THINKING, since, "a prompt or a result was the last thing written")
    return Status(StatusWord.UNKNOWN, since, "no sign of life: thinking, stuck or gone", certain=False)
