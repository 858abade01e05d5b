"""The effect of each event on the state of its session, whatever the order in which events are read."""

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
    CompactionSummary,
    CompactionUpdate,
    ContextPart,
    ContextUpdate,
    Event,
    HookFailure,
    HookSuccess,
    ModelRequest,
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
from tui_monitor.live.agent import Agent
from tui_monitor.live.entries import Mark, MarkKind
from tui_monitor.live.session import SessionState
from tui_monitor.merge.calls import CallEvent
from tui_monitor.merge.session_facts import SessionFacts
from tui_monitor.merge.text_volume import TextKind

MAX_MESSAGE = 2000
"""Characters kept of the last prompt and the last message."""
MAX_HOOKS = 64
MAX_WORDS = 16 * 1024
"""Characters kept of each of them in the log."""
MAX_PARTS = 512
"""Parts of a context that are kept by name."""

_TURNS = list(Turn)


class Part(Flag):
    """Parts of a session that may change, so that each view is updated only when it must."""

    LOG = auto()
    TOTALS = auto()
    CONTEXT = auto()
    AGENTS = auto()
    FACTS = auto()
    STATUS = auto()
    FIGURES = auto()


NOTHING = Part(0)
EVERYTHING = ~NOTHING
# Joined once: joining flags costs as much as applying an event.
_CONTEXT_STATUS, _FACTS_STATUS = Part.CONTEXT | Part.STATUS, Part.FACTS | Part.STATUS
_LOG_STATUS = Part.LOG | Part.STATUS
_FACTS_LOG_STATUS = _LOG_STATUS | Part.FACTS
_LOG_CONTEXT_STATUS, _LOG_STATUS_AGENTS = _LOG_STATUS | Part.CONTEXT, _LOG_STATUS | Part.AGENTS


def apply(event: Event, state: SessionState) -> Part:
    """Merge ``event`` into ``state``; return the parts that may have changed."""
    state.revision += 1
    SessionFacts.apply(state, event)
    state.agent(event.agent).apply(event)
    return apply_to_parts(event, state)


@singledispatch
def apply_to_parts(event: Event, state: SessionState) -> Part:
    """Merge ``event`` into the parts beyond the records of the session and its agents."""
    return NOTHING


@apply_to_parts.register
def _session(event: SessionUpdate, state: SessionState) -> Part:
    return Part.FACTS if event.agent == MAIN else NOTHING


@apply_to_parts.register
def _agent(event: AgentUpdate, state: SessionState) -> Part:
    follow_call(state.agent(event.agent), state)
    return Part.AGENTS


@apply_to_parts.register
def _usage(event: Usage, state: SessionState) -> Part:
    state.main_chain.last_response_at = state.last_response_at
    return _FACTS_STATUS


@apply_to_parts.register(CallStarted)
@apply_to_parts.register(CallProgress)
@apply_to_parts.register(CallFinished)
def _call(event: CallEvent, state: SessionState) -> Part:
    existing = state.log.get(event.call)
    had_agent = existing is not None and existing.kind is ToolKind.AGENT
    call = state.log.apply(event)
    if call is None:
        return NOTHING
    update_call_times(state)
    if not had_agent and call.kind is not ToolKind.AGENT:
        return _LOG_STATUS
    for agent in state.agents.values():
        if agent.call == call.id:
            agent.follow(call)
    return _LOG_STATUS_AGENTS


def update_call_times(state: SessionState) -> None:
    """Bring the times of the main chain up to those of its calls."""
    state.main_chain.last_call_at, state.main_chain.last_result_at = state.log.main_times


def follow_call(agent: Agent, state: SessionState) -> None:
    """Bring ``agent`` up to the call that started it."""
    call = state.log.get(agent.call) if agent.call else None
    if call:
        agent.follow(call)


@apply_to_parts.register
def _prompt(event: Prompt, state: SessionState) -> Part:
    if event.agent != MAIN:
        return NOTHING
    state.messages.add(event.at, TextKind.PROMPT, event.text)
    text = event.text[:MAX_MESSAGE]
    if _is_later(event.at, text, state.main_chain.last_prompt_at, state.prompt):
        state.main_chain.last_prompt_at, state.prompt = event.at, text
    state.log.mark(Mark(MarkKind.PROMPT, event.at, event.text[:MAX_WORDS]))
    return _LOG_STATUS


@apply_to_parts.register
def _message(event: AgentMessage, state: SessionState) -> Part:
    if event.agent != MAIN:
        return NOTHING
    state.messages.add(event.at, TextKind.THINKING if event.thinking else TextKind.WORDS, event.text)
    state.main_chain.speak(event)
    text = event.text[:MAX_MESSAGE]
    if not event.thinking and text.strip() and _is_later(event.at, text, state.last_message_at, state.last_message):
        state.last_message, state.last_message_at = text, event.at
    if event.thinking or not text.strip():
        return _FACTS_STATUS
    state.log.mark(Mark(MarkKind.SAID, event.at, event.text[:MAX_WORDS]))
    return _FACTS_LOG_STATUS


def _is_later(at: int, text: str, existing_at: int, existing: str) -> bool:
    return (at, len(text), text) > (existing_at, len(existing), existing)


_TURN_MARKS = {
    Turn.INTERRUPTED: MarkKind.INTERRUPTED,
    Turn.SESSION_ENDED: MarkKind.ENDED,
    Turn.FAILED: MarkKind.GAVE_UP,
}


@apply_to_parts.register
def _turn(event: TurnUpdate, state: SessionState) -> Part:
    if event.agent != MAIN:
        return NOTHING
    chain = state.main_chain
    present = chain.turn and _turn_precedence(chain.turn_at, chain.turn, chain.pending)
    if not present or _turn_precedence(event.at, event.turn, event.pending) > present:
        chain.turn, chain.turn_at, chain.pending = event.turn, event.at, event.pending
        chain.turn_reason = event.reason
    if event.turn not in (Turn.STARTED, Turn.SESSION_ENDED) and event.at >= chain.turn_end_at:
        chain.turn_end, chain.turn_end_at = event.turn, event.at
    if event.turn in _TURN_MARKS:
        state.log.mark(Mark(_TURN_MARKS[event.turn], event.at, event.reason))
    return _LOG_STATUS


def _turn_precedence(at: int, turn: Turn, pending: int | None) -> tuple[int, int, int]:
    """Return what decides between two updates: of one instant the one that says what runs on counts."""
    return at, _TURNS.index(turn), -1 if pending is None else pending


@apply_to_parts.register
def _context(event: ContextUpdate, state: SessionState) -> Part:
    state.agent(event.agent).context.apply(event)
    return Part.CONTEXT


@apply_to_parts.register
def _compaction(event: CompactionUpdate, state: SessionState) -> Part:
    state.agent(event.agent).context.compact(event)
    if event.agent != MAIN or not event.finished or event.failed:
        return _CONTEXT_STATUS
    text = event.trigger if event.trimmed is None else "trimmed"
    after = event.after if event.trimmed is None else None
    state.log.mark(Mark(MarkKind.COMPACTED, event.at, text, event.before, after, event.duration_ms))
    return _LOG_CONTEXT_STATUS


@apply_to_parts.register
def _summary(event: CompactionSummary, state: SessionState) -> Part:
    if event.agent != MAIN:
        return NOTHING
    state.messages.add(event.at, TextKind.SUMMARY, event.text)
    state.context.summarise(event)
    return Part.CONTEXT


@apply_to_parts.register
def _retry(event: RetryUpdate, state: SessionState) -> Part:
    existing = state.main_chain.retry
    if event.agent == MAIN and (existing is None or _retry_order(event) > _retry_order(existing)):
        state.main_chain.retry = event
    kind = MarkKind.GAVE_UP if event.wait_ms is None else MarkKind.RETRY
    mark = Mark(kind, event.at, event.reason, duration_ms=event.wait_ms)
    failure = Mark(MarkKind.GAVE_UP, event.failed_at, event.reason)
    if event.failed_at and failure != mark:
        state.log.drop(failure)
    state.log.mark(mark)
    return _LOG_STATUS


def _retry_order(event: RetryUpdate) -> tuple[int, bool, int, bool, str]:
    """Order retries by time; of one instant the one that replaces another wins, then the later attempt, then the one
    that was given up."""
    return event.at, event.failed_at > 0, event.attempt, event.wait_ms is None, repr(event)


@apply_to_parts.register
def _hook(event: HookFailure, state: SessionState) -> Part:
    text, detail = f"{event.occasion} {event.hook}".strip(), event.error[:MAX_MESSAGE]
    mark = Mark(MarkKind.HOOK_FAILED, event.at, text, None, None, event.duration_ms, detail, event.exit_code)
    state.log.mark(mark)
    return Part.LOG


@apply_to_parts.register
def _hook_success(event: HookSuccess, state: SessionState) -> Part:
    name = f"{event.occasion} {event.hook}".strip()
    existing = state.hooks.get(name)
    if (existing is None or event.at >= existing.at) and (existing or len(state.hooks) < MAX_HOOKS):
        state.hooks[name] = event
    return NOTHING


@apply_to_parts.register
def _plan(event: PlanUpdate, state: SessionState) -> Part:
    if event.agent == MAIN and (state.plan is None or event.at >= state.plan.at):
        state.plan = event
    return Part.FACTS


@apply_to_parts.register
def _wait(event: WaitUpdate, state: SessionState) -> Part:
    if state.main_chain.wait is None or event.at >= state.main_chain.wait.at:
        state.main_chain.wait = event
    return Part.STATUS


@apply_to_parts.register
def _model_request(event: ModelRequest, state: SessionState) -> Part:
    existing = state.main_chain.request
    if event.agent == MAIN and not event.operation and (existing is None or event.at >= existing.at):
        state.main_chain.request = event
    return Part.STATUS


@apply_to_parts.register
def _context_part(event: ContextPart, state: SessionState) -> Part:
    parts = state.agent(event.agent).context.parts
    existing = parts.get(event.key)
    if (existing is None or event.at >= existing.at) and (existing or len(parts) < MAX_PARTS):
        parts[event.key] = event
    return Part.CONTEXT


@apply_to_parts.register
def _limit(event: RateLimitUpdate, state: SessionState) -> Part:
    existing = state.rate_limits.get(event.name)
    if existing is None or event.at >= existing.at:
        state.rate_limits[event.name] = event
    return Part.FACTS
