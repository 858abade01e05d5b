"""The open calls that a state is judged by."""

from __future__ import annotations

from tui_monitor.events import MAIN, Activity, CallState, Turn
from tui_monitor.live.entries import Call
from tui_monitor.live.liveness import Liveness, abandoned_before, call_evidence, is_abandoned, is_awaited, liveness
from tui_monitor.live.session import MainChainTimes, SessionState

AT_REST = (Activity.IDLE, Activity.BACKGROUND)
"""The states of a process whose turn is over."""


def activity(state: SessionState) -> Activity | None:
    """Return what the process of the session states of itself; None if nothing states it."""
    return state.process.activity if state.process else None


def is_turn_over(state: SessionState) -> bool:
    """Return True if the agent's files state that the turn has ended, and nothing came after that."""
    chain = state.main_chain
    last_at = max(chain.last_prompt_at, chain.last_result_at, chain.last_output_at)
    return chain.turn not in (None, Turn.STARTED) and chain.turn_at >= last_at


def has_answered(state: SessionState, now: int) -> bool:
    """Return True if the last thing in the turn is an answer, and silence since shows that it likely was the last one:
    many agents write no end of a turn. A response of which only the usage is known counts where calls are not stated.
    """
    chain = state.main_chain
    states_calls = state.process is not None and state.process.states_calls
    answer_at = chain.last_text_at if states_calls else max(chain.last_text_at, chain.last_response_at)
    is_last = answer_at > chain.last_call_at and answer_at >= max(chain.last_prompt_at, chain.last_result_at)
    if not is_last or chain.final_after_ms is None or now - chain.last_at <= chain.final_after_ms:
        return False
    return not is_request_open(chain) and not main_calls(state)


def is_at_work(state: SessionState, now: int) -> bool:
    """Return True if the process states that it works, or lives while the files have begun a turn that neither they nor
    an answer have ended."""
    chain, process = state.main_chain, state.process
    if process is None or process.activity is not None:
        return activity(state) is Activity.BUSY
    if has_answered(state, now):
        return False
    return chain.turn is Turn.STARTED or (chain.turn is not None and chain.last_prompt_at > chain.turn_at)


def is_request_open(chain: MainChainTimes) -> bool:
    """Return True if the last request to the model has no answer yet, as its source says or as nothing came since."""
    request, failed_at = chain.request, chain.retry.at if chain.retry else 0
    if request is None:
        return False
    if request.lasts:
        return not request.ended and request.at > chain.turn_ended_at
    return request.at > max(chain.last_output_at, chain.turn_at, failed_at)


def open_calls(state: SessionState) -> list[Call]:
    """Return the open calls of the main chain and of its running agents that are not abandoned, oldest first, and those
    in the background that are waited for. A process at rest has abandoned those of the main chain."""
    before = abandoned_before(state)
    ended = frozenset(agent.id for agent in state.agents.values() if agent.ended)
    at_rest = activity(state) in AT_REST
    awaited = (call for call in state.log.open if call.state is CallState.OPEN or is_awaited(call, before))
    calls = (call for call in awaited if not (at_rest and call.agent == MAIN))
    return [call for call in calls if not is_abandoned(call, before, ended)]


def main_calls(state: SessionState) -> list[Call]:
    """Return those of the main chain."""
    return [call for call in open_calls(state) if call.agent == MAIN]


def liveness_of(call: Call, state: SessionState, now: int) -> Liveness:
    """Classify an open call of the session."""
    last_at = max((agent.last_at for agent in state.agents.values() if agent.call == call.id), default=0)
    return liveness(call, now, last_at, call_evidence(state))
