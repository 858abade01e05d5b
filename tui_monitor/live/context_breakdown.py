"""The breakdown of a context by what fills it: its start, tool output, calls, messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from tui_monitor.events import MAIN
from tui_monitor.live.entries import Call
from tui_monitor.live.session import SessionState

LEAST_CHARS = 3
"""Characters of a token, at least, in a text as a whole: what a text fills is never estimated as more."""


@dataclass(frozen=True, slots=True)
class ContextBreakdown:
    """Tokens in the context by kind. ``start`` is measured, the others are its growth divided by characters, as far as
    these can be so many tokens; the rest is ``unknown``: texts that the source does not have.

    ``largest`` is the call with the longest result, None if no call had any."""

    start: int
    outputs: int = 0
    calls: int = 0
    messages: int = 0
    unknown: int = 0
    largest: Call | None = None
    largest_tokens: int = 0


def context_breakdown(state: SessionState) -> ContextBreakdown | None:
    """Return the breakdown of the main chain's context; None while its fill or its start is unknown."""
    context = state.context
    if context.start is None or context.tokens is None:
        return None
    since = context.compactions[-1].at if context.compactions else 0
    growth = max(0, context.tokens - context.start)
    return _divide(context.start, growth, _sum_calls(state.log.calls(), since), state.messages.since(since))


class _CallChars(NamedTuple):
    """The characters of calls and of their results, and the call with the longest result."""

    inputs: int
    results: int
    largest: Call | None


def _sum_calls(calls: Iterable[Call], since: int) -> _CallChars:
    """Return the characters of the main chain's calls since a time. One loop, since it is run many times a second."""
    inputs = results = most = 0
    largest = None
    for call in calls:
        if call.agent != MAIN or (since and call.at < since):
            continue
        if call.started >= since:
            inputs += call.input_chars
        chars = call.output_chars + call.error_chars
        results += chars
        if chars > most:
            most, largest = chars, call
    return _CallChars(inputs, results, largest)


def _divide(start: int, growth: int, chars: _CallChars, message_chars: int) -> ContextBreakdown:
    total = chars.inputs + chars.results + message_chars
    known = min(growth, total // LEAST_CHARS)
    if not known:
        return ContextBreakdown(start, unknown=growth)
    outputs, inputs = known * chars.results // total, known * chars.inputs // total
    largest = chars.largest
    largest_tokens = outputs * largest.result_chars // chars.results if largest else 0
    return ContextBreakdown(start, outputs, inputs, known - outputs - inputs, growth - known, largest, largest_tokens)
