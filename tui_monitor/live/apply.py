"""How each event changes the state of its session.

A fact older than what is known changes nothing, so the files of one session may be read in any order.
"""

from __future__ import annotations

from enum import Flag, auto
from functools import singledispatch

from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentUpdate,
    CallFinished,
    CallProgress,
    CallStarted,
    CompactionUpdate,
    ContextUpdate,
    Event,
    PlanUpdate,
    Prompt,
    RateLimitUpdate,
    RetryUpdate,
    SessionUpdate,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
    WaitUpdate,
)
from tui_monitor.live.entries import Mark, MarkKind
from tui_monitor.live.session import SessionState

MAX_SAID = 2000


class Part(Flag):
    """What of a session changed, so that each view looks only when it must."""

    LOG = auto()
    TOTALS = auto()
    CONTEXT = auto()
    AGENTS = auto()
    FACTS = auto()
    STATUS = auto()


NOTHING = Part(0)
EVERYTHING = ~NOTHING


def apply(event: Event, state: SessionState) -> Part:
    """Take ``event`` into ``state``, and say what changed."""
    if event.at:
        state.started = min(state.started or event.at, event.at)
        state.last_at = max(state.last_at, event.at)
        agent = state.agent(event.agent)
        agent.started = min(agent.started or event.at, event.at)
        agent.last_at = max(agent.last_at, event.at)
    return _apply(event, state)


@singledispatch
def _apply(event: Event, state: SessionState) -> Part:
    return NOTHING


@_apply.register
def _session(event: SessionUpdate, state: SessionState) -> Part:
    if event.agent != MAIN:
        return NOTHING
    for name in ("cwd", "branch", "version", "title", "path", "mode", "client"):
        told = getattr(event, name)
        if told and (event.at >= state.facts_at or not getattr(state, name)):
            setattr(state, name, told)
    state.facts_at = max(state.facts_at, event.at)
    return Part.FACTS


@_apply.register
def _agent(event: AgentUpdate, state: SessionState) -> Part:
    state.agent(event.agent).learn(event)
    return Part.AGENTS


@_apply.register
def _usage(event: Usage, state: SessionState) -> Part:
    _runs_on(event.model, event.agent, state)
    if event.agent == MAIN:
        state.main_chain.last_output_at = max(state.main_chain.last_output_at, event.at)
    return Part.FACTS | Part.STATUS


def _runs_on(model: str, agent: str, state: SessionState) -> None:
    if agent == MAIN:
        state.model = model or state.model
    else:
        state.agent(agent).model = model or state.agent(agent).model


@_apply.register
def _call_started(event: CallStarted, state: SessionState) -> Part:
    call = state.log.start(event)
    if call.agent == MAIN:
        state.main_chain.last_output_at = max(state.main_chain.last_output_at, event.at)
    return Part.LOG | Part.STATUS


@_apply.register
def _call_progress(event: CallProgress, state: SessionState) -> Part:
    return Part.LOG | Part.STATUS if state.log.progress(event) else NOTHING


@_apply.register
def _call_finished(event: CallFinished, state: SessionState) -> Part:
    call = state.log.finish(event)
    if call is None:
        return NOTHING
    if call.agent == MAIN:
        state.main_chain.last_result_at = max(state.main_chain.last_result_at, event.at)
    if call.kind is ToolKind.AGENT and event.state.ended:
        for agent in state.agents.values():
            agent.answer(event)
    return Part.LOG | Part.STATUS | Part.AGENTS


@_apply.register
def _prompt(event: Prompt, state: SessionState) -> Part:
    if event.agent != MAIN:
        return NOTHING
    state.words.hear(event.at, event.text)
    if event.at >= state.main_chain.last_prompt_at:
        state.main_chain.last_prompt_at, state.prompt = event.at, event.text[:MAX_SAID]
    state.log.mark(Mark(MarkKind.PROMPT, event.at, event.text[:MAX_SAID]))
    return Part.LOG | Part.STATUS


@_apply.register
def _said(event: AgentMessage, state: SessionState) -> Part:
    if event.agent != MAIN:
        return NOTHING
    state.words.hear(event.at, event.text)
    state.main_chain.last_output_at = max(state.main_chain.last_output_at, event.at)
    if not event.thinking and event.text.strip() and event.at >= state.last_message_at:
        state.last_message, state.last_message_at = event.text[:MAX_SAID], event.at
    return Part.STATUS | Part.FACTS


_TURN_MARKS = {
    Turn.INTERRUPTED: MarkKind.INTERRUPTED,
    Turn.SESSION_ENDED: MarkKind.ENDED,
    Turn.FAILED: MarkKind.GAVE_UP,
}


@_apply.register
def _turn(event: TurnUpdate, state: SessionState) -> Part:
    if event.agent != MAIN:
        return NOTHING
    if event.at >= state.main_chain.turn_at:
        state.main_chain.turn, state.main_chain.turn_at = event.turn, event.at
    if event.turn in _TURN_MARKS:
        state.log.mark(Mark(_TURN_MARKS[event.turn], event.at, event.reason))
    return Part.LOG | Part.STATUS


@_apply.register
def _context(event: ContextUpdate, state: SessionState) -> Part:
    state.agent(event.agent).context.see(event)
    _runs_on(event.model, event.agent, state)
    return Part.CONTEXT


@_apply.register
def _compaction(event: CompactionUpdate, state: SessionState) -> Part:
    context = state.agent(event.agent).context
    context.compact(event)
    if event.agent != MAIN or not event.finished:
        return Part.CONTEXT | Part.STATUS
    text = event.trigger if event.trimmed is None else "trimmed"
    after = event.after if event.trimmed is None else None
    state.log.mark(Mark(MarkKind.COMPACTED, event.at, text, event.before, after, event.duration_ms))
    return Part.LOG | Part.CONTEXT | Part.STATUS


@_apply.register
def _retry(event: RetryUpdate, state: SessionState) -> Part:
    if event.agent == MAIN and (state.main_chain.retry is None or event.at >= state.main_chain.retry.at):
        state.main_chain.retry = event
    kind = MarkKind.GAVE_UP if event.wait_ms is None else MarkKind.RETRY
    state.log.mark(Mark(kind, event.at, event.reason, duration_ms=event.wait_ms))
    return Part.LOG | Part.STATUS


@_apply.register
def _plan(event: PlanUpdate, state: SessionState) -> Part:
    if event.agent == MAIN and (state.plan is None or event.at >= state.plan.at):
        state.plan = event
    return Part.FACTS


@_apply.register
def _wait(event: WaitUpdate, state: SessionState) -> Part:
    if state.main_chain.wait is None or event.at >= state.main_chain.wait.at:
        state.main_chain.wait = event
    return Part.STATUS


@_apply.register
def _limit(event: RateLimitUpdate, state: SessionState) -> Part:
    known = state.limits.get(event.name)
    if known is None or event.at >= known.at:
        state.limits[event.name] = event
    return Part.FACTS
