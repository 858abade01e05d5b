"""What fills the context since it last began: what was there at the start, and an estimate of what came since."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events import MAIN
from tui_monitor.live.entries import Call
from tui_monitor.live.session import SessionState


@dataclass(frozen=True, slots=True)
class ContextBreakdown:
    """Tokens of the context by what they are. ``start`` is measured, the others are its growth split by characters;
    ``largest`` is the call that brought the most, if any brought something."""

    start: int
    outputs: int = 0
    calls: int = 0
    words: int = 0
    largest: Call | None = None
    largest_tokens: int = 0


def context_breakdown(state: SessionState) -> ContextBreakdown | None:
    """What fills the context of the main chain; None while that or its start is unknown."""
    context = state.context
    if context.start is None or context.tokens is None:
        return None
    since = context.compactions[-1].at if context.compactions else 0
    calls = [call for call in state.log.calls() if call.agent == MAIN and call.at >= since]
    input_chars = sum(call.input_chars for call in calls if call.started >= since)
    output_chars = sum(call.output_chars for call in calls)
    words = state.words.since(since)
    return _split(context.start, max(0, context.tokens - context.start), input_chars, output_chars, words, calls)


def _split(
    start: int, grown: int, input_chars: int, output_chars: int, words: int, calls: list[Call]
) -> ContextBreakdown:
    total = input_chars + output_chars + words
    if not total:
        return ContextBreakdown(start, words=grown)
    outputs, asked = grown * output_chars // total, grown * input_chars // total
    largest = max(calls, key=lambda call: call.output_chars) if output_chars else None
    most = outputs * largest.output_chars // output_chars if largest else 0
    return ContextBreakdown(start, outputs, asked, grown - outputs - asked, largest, most)
