"""The sum of a turn: what was done between a prompt and the next one."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.live.entries import Call, Entry, Mark, MarkKind
from tui_monitor.live.session import SessionState
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.outcome import sum_counts
from tui_monitor.tui.spans import Spans, TextSpan, Tone
from tui_monitor.units import duration_forms, pluralize

_SUMMED = (MarkKind.PROMPT, MarkKind.SAID)


def turn_sum(entry: Entry | None, state: SessionState, context: RowContext) -> Spans:
    """Return ``12 calls · 2 ✗ · +31 −4 · $0.45 · 3m20s`` for a prompt's turn, or up to the words that ended it;
    empty for other entries and for a turn without a call."""
    if not isinstance(entry, Mark) or entry.kind not in _SUMMED:
        return ()
    calls = list(turn_calls(entry, state))
    if not calls:
        return ()
    began = max((mark.at for mark in _prompts(state) if mark.at <= entry.at), default=calls[0].started)
    lasted = entry.at - began if entry.kind is MarkKind.SAID else context.turn_time(entry.at)
    failed = sum(call.state.failed for call in calls)
    changes = sum_counts(calls)
    cost = context.prompt_cost(began) if _is_whole(entry, calls, began, state) else ""
    took = next(iter(duration_forms(lasted)), "")
    parts: list[Spans] = [(TextSpan(pluralize(len(calls), "call"), Tone.DIM),)]
    parts += [(TextSpan(f"{failed} ✗", Tone.FAILED),)] if failed else []
    parts += [changes] if changes else []
    parts += [(TextSpan(cost, Tone.DIM),)] if cost else []
    parts += [(TextSpan(took, Tone.DIM),)] if took else []
    dot = TextSpan(" · ", Tone.DIM)
    return tuple(span for number, part in enumerate(parts) for span in ((dot, *part) if number else part))


def _is_whole(entry: Mark, calls: list[Call], began: int, state: SessionState) -> bool:
    """Return True if ``calls``, up to ``entry``, are all of the turn: what they alone cost is not known."""
    if entry.kind is MarkKind.PROMPT:
        return True
    until = min((mark.at for mark in _prompts(state) if mark.at > entry.at), default=None)
    return sum(began <= call.at and (until is None or call.at < until) for call in state.log.calls()) == len(calls)


def _prompts(state: SessionState) -> Iterator[Mark]:
    return (entry for entry in state.log.entries if isinstance(entry, Mark) and entry.kind is MarkKind.PROMPT)


def turn_calls(entry: Mark, state: SessionState) -> Iterator[Call]:
    """Yield the calls of the turn of a prompt, or up to the words that ended it."""
    prompts = [mark.at for mark in _prompts(state)]
    began = max((at for at in prompts if at <= entry.at), default=0)
    until = min((at for at in prompts if at > entry.at), default=None)
    if entry.kind is MarkKind.SAID:
        until = entry.at + 1
    return (call for call in state.log.calls() if began <= call.at and (until is None or call.at < until))
