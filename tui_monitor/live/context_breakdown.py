"""The breakdown of a context by what fills it: its start, tool output, calls, messages."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events import MAIN
from tui_monitor.live.entries import Call
from tui_monitor.live.session import SessionState


@dataclass(frozen=True, slots=True)
class ContextBreakdown:
    """Tokens in the context by kind. ``start`` is measured, the others are its growth divided by characters.
    ``largest`` is the call with the longest result, None if no call had any."""

    start: int
    outputs: int = 0
    calls: int = 0
    messages: int = 0
    largest: Call | None = None
    largest_tokens: int = 0


def context_breakdown(state: SessionState) -> ContextBreakdown | None:
    """Return the breakdown of the main chain's context; None while its fill or its start is unknown."""
    context = state.context
    if context.start is None or context.tokens is None:
        return None
    since = context.compactions[-1].at if context.compactions else 0
    calls = [call for call in state.log.calls() if call.agent == MAIN and call.at >= since]
    input_chars = sum(call.input_chars for call in calls if call.started >= since)
    growth = max(0, context.tokens - context.start)
    return _divide(context.start, growth, input_chars, state.messages.since(since), calls)


def _divide(start: int, growth: int, input_chars: int, message_chars: int, calls: list[Call]) -> ContextBreakdown:
    result_chars = sum(call.result_chars for call in calls)
    total = input_chars + result_chars + message_chars
    if not total:
        return ContextBreakdown(start, messages=growth)
    outputs, inputs = growth * result_chars // total, growth * input_chars // total
    largest = max(calls, key=lambda call: call.result_chars) if result_chars else None
    largest_tokens = outputs * largest.result_chars // result_chars if largest else 0
    return ContextBreakdown(start, outputs, inputs, growth - outputs - inputs, largest, largest_tokens)
