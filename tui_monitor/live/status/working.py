"""Working: a call that runs, a request to the model, a compaction, agents in the background."""

from __future__ import annotations

from tui_monitor.events import MAIN, Activity, AgentStatus, CallState, ToolKind
from tui_monitor.live.agent import Agent
from tui_monitor.live.context import Context, compaction_threshold, forecast
from tui_monitor.live.entries import Call
from tui_monitor.live.liveness import MINUTE, NEWS_MS, SECOND, Liveness, asks_nobody, is_in_hook, is_late, no_result_yet
from tui_monitor.live.session import SessionState
from tui_monitor.live.status.model import Status, StatusWord
from tui_monitor.live.status.open_calls import (
    AT_REST,
    activity,
    is_at_work,
    is_request_open,
    is_turn_over,
    liveness_of,
    main_calls,
    open_calls,
)

REQUEST_MS = 10 * MINUTE
"""Time after which a request without an answer no longer counts as one under way."""

LONGEST_COMPACTION_MS = 10 * MINUTE
ANSWER_MS = 20 * SECOND
"""Time after which an answer is late, if the agent may be compacting its context instead."""

OWN_WORK_MS = SECOND
"""Time after which a process that works without a prompt does something of its own: a command of the person's, say."""
SILENT_MS = 30 * MINUTE
"""Silence after which a call, or an agent in the background, no longer counts as at work, if no process is known."""

_UNASKED = "no result yet, and nobody is asked about it in this permission mode"
_UNDECIDED = "it runs, or waits for you or a hook: this agent's files don't say"


def compacts(state: SessionState, now: int) -> Status | None:
    """Return the state if the context is being compacted."""
    if activity(state) is Activity.COMPACTING and state.process:
        return Status(StatusWord.COMPACTING, state.process.since, "asked for, and its process says that it works")
    since = state.context.compacting_since
    if since and since >= state.main_chain.last_output_at and now - since < LONGEST_COMPACTION_MS:
        return Status(StatusWord.COMPACTING, since, "compaction request in progress")
    return _likely_compacts(state, now)


def _likely_compacts(state: SessionState, now: int) -> Status | None:
    """Judge by silence where an answer is due and the context has no room for another one: of versions that write a
    compaction when it is over."""
    chain = state.main_chain
    since = max(chain.last_prompt_at, chain.last_result_at)
    if since <= max(chain.last_output_at, chain.turn_at) or (chain.request and chain.request.at >= since):
        return None
    if main_calls(state) or activity(state) in AT_REST or not _is_full(state.context):
        return None
    if not ANSWER_MS <= now - since < LONGEST_COMPACTION_MS:
        return None
    evidence = "its context is full, and no answer came since: it likely makes room"
    return Status(StatusWord.COMPACTING, since, evidence, certain=False)


def _is_full(context: Context) -> bool:
    """Return True if what one call adds on average does not fit in before the compaction."""
    threshold = compaction_threshold(context)
    estimate = forecast(context, threshold)
    if estimate is None or threshold is None or context.tokens is None:
        return False
    return threshold - context.tokens <= estimate.growth


def works(state: SessionState, now: int) -> Status | None:
    """Return the state if a call of the main chain is open: that of the one that most surely runs."""
    by_liveness: dict[Liveness, Call] = {}
    for call in main_calls(state):
        by_liveness.setdefault(liveness_of(call, state, now), call)
    for current in (Liveness.RUNNING, Liveness.ISSUED, Liveness.STALE):
        if current in by_liveness:
            return _of_call(by_liveness[current], current, state, now)
    return None


def _of_call(call: Call, current: Liveness, state: SessionState, now: int) -> Status:
    if call.state is CallState.BACKGROUND:
        return _stated(call, "the agent waits for its output", state, now)
    if current is Liveness.RUNNING and call.runs:
        return _stated(call, "its agent states that it runs", state, now)
    if current is Liveness.RUNNING and activity(state) is Activity.BUSY:
        return Status(StatusWord.WORKING, call.started, "its process says that it works", call, call.subject)
    if current is Liveness.RUNNING:
        return Status(StatusWord.WORKING, call.started, "just reported progress", call, call.subject)
    if call.kind is ToolKind.WAIT and now - call.started <= 30 * MINUTE:
        return Status(StatusWord.WORKING, call.started, "it waits for a background task", call, call.subject)
    if current is Liveness.ISSUED:
        return _issued(call, now)
    return _stale(call, state, now)


def _stale(call: Call, state: SessionState, now: int) -> Status:
    """Return the state of a call without a sign of life: it runs, or waits where a person may be asked about it."""
    if now - state.last_at > SILENT_MS:
        evidence = "its call has no result, and nothing followed"
        return Status(StatusWord.UNKNOWN, state.last_at, evidence, call, call.subject, certain=False)
    if asks_nobody(call):
        return Status(StatusWord.WORKING, call.started, _UNASKED, call, call.subject, certain=False)
    return Status(StatusWord.UNKNOWN, call.started, _UNDECIDED, call, call.subject, certain=False, undecided=True)


def _issued(call: Call, now: int) -> Status:
    """Return the state of a call of which nothing has been seen but that it was asked for."""
    if is_in_hook(call):
        evidence = f"{call.doing} runs before it"
        return Status(StatusWord.WORKING, call.progress_at, evidence, call, call.subject, certain=False)
    age_ms = now - call.started
    if age_ms < NEWS_MS:
        return Status(StatusWord.WORKING, call.started, "call just issued", call, call.subject, certain=False)
    evidence = f"asked for {age_ms // SECOND} s ago; {no_result_yet(call)}"
    may_wait = call.approval_after_ms is not None and is_late(call, now)
    return Status(StatusWord.WORKING, call.started, evidence, call, call.subject, certain=False, undecided=may_wait)


def agents_work(state: SessionState, now: int) -> Status | None:
    """Return the state while the main chain has no call, and one of a sub-agent runs as its source states."""
    calls = [call for call in open_calls(state) if call.agent != MAIN and call.runs]
    running = [call for call in calls if liveness_of(call, state, now) is Liveness.RUNNING]
    if not running:
        return None
    call = running[0]
    evidence = f"its agent {_name(state.agent(call.agent))} states that it runs"
    return _stated(call, evidence, state, now)


def _stated(call: Call, evidence: str, state: SessionState, now: int) -> Status:
    """Return the state of a call that runs as its source states, which may have ended without a word for long."""
    certain = state.process is not None or now - state.last_at <= SILENT_MS
    return Status(StatusWord.WORKING, call.started, evidence, call, call.subject, certain=certain)


def agents_think(state: SessionState, now: int) -> Status | None:
    """Return the state while the main chain waits for sub-agents that run, and none of them has a call."""
    running = [] if is_turn_over(state) else background_agents(state, now)
    newest = max(running, key=lambda agent: agent.last_at, default=None)
    if newest is None or newest.last_at <= state.main_chain.last_at or now - newest.last_at > SILENT_MS:
        return None
    is_recent = now - newest.last_at <= MINUTE
    return Status(StatusWord.THINKING, newest.last_at, f"its agent {_name(newest)} is at work", certain=is_recent)


def thinks(state: SessionState, now: int) -> Status | None:
    """Return the state if the model is at work on an answer, as a request under way or the process says."""
    return _awaits_answer(state, now) or _thinks_by_process(state, now)


def _awaits_answer(state: SessionState, now: int) -> Status | None:
    chain, request = state.main_chain, state.main_chain.request
    if request is None or not is_request_open(chain) or activity(state) in AT_REST:
        return None
    if now - request.at > (SILENT_MS if request.lasts else REQUEST_MS):
        return None
    if request.attempt > 1:
        evidence = f"attempt {request.attempt}: the requests before it had no answer"
        return Status(StatusWord.RETRYING, request.at, evidence)
    if chain.retry and max(chain.last_output_at, chain.last_prompt_at) <= chain.retry.at <= request.at:
        evidence = "the request before it failed"
        return Status(StatusWord.RETRYING, request.at, evidence, subject=chain.retry.reason)
    return Status(StatusWord.THINKING, request.at, "a request to the model has no answer yet")


def _thinks_by_process(state: SessionState, now: int) -> Status | None:
    chain, process = state.main_chain, state.process
    if process is None or not is_at_work(state, now):
        return None
    since = max(chain.last_prompt_at, chain.last_result_at, process.since)
    if process.states_calls:
        return _is_between_calls(state, now)
    if process.activity is None:
        return Status(StatusWord.THINKING, since, "a turn is under way, and its process lives")
    is_own_work = is_turn_over(state) and now - process.since > OWN_WORK_MS
    word = StatusWord.WORKING if is_own_work else StatusWord.THINKING
    return Status(word, since, "its process says that it works")


def _is_between_calls(state: SessionState, now: int) -> Status | None:
    """Return the state of a process that states its calls, and runs none: what it does meanwhile it does not say."""
    since = max(state.last_at, state.main_chain.turn_at)
    if now - since > REQUEST_MS:
        return Status(StatusWord.UNKNOWN, since, "its process lives, and has stated nothing since", certain=False)
    is_recent = now - since <= MINUTE
    return Status(StatusWord.THINKING, since, "it runs, between two calls", certain=is_recent)


def background(state: SessionState, now: int) -> Status | None:
    """Return the state if the turn is over and something of it goes on: agents, workflows, a command."""
    process = state.process
    if process and process.activity is Activity.BACKGROUND:
        evidence = "its process says that a command of it runs in the background"
        return Status(StatusWord.WORKING, process.since, evidence, background=1)
    if activity(state) is not Activity.IDLE and not is_turn_over(state):
        return None
    running = [agent for agent in background_agents(state, now) if _may_work(agent, state, now)]
    count = max(len(running), _pending(state, now))
    if not count:
        return None
    since = min((agent.started for agent in running), default=state.main_chain.turn_at)
    names = ", ".join(map(_name, running))
    return Status(StatusWord.WORKING, since, "the turn is over, its agents go on", subject=names, background=count)


def _name(agent: Agent) -> str:
    return agent.description or agent.type or agent.id


def background_agents(state: SessionState, now: int) -> list[Agent]:
    """Return the agents that are at work at ``now`` as their sources report it, oldest first."""
    running = (AgentStatus.STARTING, AgentStatus.RUNNING)
    return [agent for agent in state.children() if agent.ended > now or (not agent.ended and agent.status in running)]


def _may_work(agent: Agent, state: SessionState, now: int) -> bool:
    """Return False for an agent that the end of the turn rules out, or that was silent for long in a session whose
    process is unknown."""
    chain = state.main_chain
    if is_turn_over(state) and chain.pending == 0 and max(agent.last_at, agent.started) <= chain.turn_at:
        return False
    return state.process is not None or now - max(agent.last_at, chain.turn_at) <= SILENT_MS


def _pending(state: SessionState, now: int) -> int:
    """Return how many agents and workflows the turn has left running when it ended, less those that ended since."""
    chain = state.main_chain
    if not chain.pending or not is_turn_over(state) or now - chain.turn_at > SILENT_MS:
        return 0
    return max(0, chain.pending - sum(agent.ended > chain.turn_at for agent in state.children()))
