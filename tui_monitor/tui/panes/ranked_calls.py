"""The calls of a session by size: those that ran longest, returned most, or changed most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter

from tui_monitor.events import ToolKind
from tui_monitor.figures import RankedCall
from tui_monitor.tui.panes.content import CallTarget, PaneContent, PaneContext, PaneRow, Section, note
from tui_monitor.tui.panes.meters import cells, latency_text
from tui_monitor.tui.rows.command import shorten
from tui_monitor.tui.rows.target import relative, tool_word
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import compact, moment

NONE = "No call has ended yet."
LOADING = "…"
ORDERS = ("run time", "output", "lines changed")
_RANKS: Mapping[str, Callable[[RankedCall], int]] = {
    "run time": lambda call: call.run_ms or 0,
    "output": attrgetter("output_chars"),
    "lines changed": attrgetter("changed"),
}
_COLUMNS = ("call", "ran", "output", "+", "−", "at")


def ranked_calls_content(context: PaneContext) -> PaneContent:
    """Return the calls that are largest by the chosen order."""
    calls = context.state.figures.calls
    if not calls:
        return note(LOADING if calls is None else NONE)
    rank = _RANKS.get(context.order, _RANKS[ORDERS[0]])
    ranked = sorted(filter(rank, calls), key=rank, reverse=True)
    return [Section([_row(call, context) for call in ranked], _COLUMNS, empty=NONE)]


def _row(call: RankedCall, context: PaneContext) -> PaneRow:
    return PaneRow(
        call.call,
        (
            _what(call, context.state.folder),
            *cells(
                latency_text(call.run_ms) if call.run_ms else "",
                compact(call.output_chars) if call.output_chars else "",
            ),
            _lines("+", call.added, Tone.ADDED),
            _lines("−", call.removed, Tone.REMOVED),
            *cells(moment(call.at, context.now, context.tz)),
        ),
        CallTarget(call.call),
        call.subject,
    )


def _what(call: RankedCall, folder: str) -> Spans:
    mark = (TextSpan("✗ ", Tone.FAILED),) if call.state.failed else ()
    return (*mark, TextSpan(f"{tool_word(call)}  ", Tone.DIM), TextSpan(_subject(call, folder)))


def _subject(call: RankedCall, folder: str) -> str:
    if call.kind is ToolKind.SHELL:
        return one_line(shorten(call.subject, folder).text)
    return relative(one_line(call.subject), folder)


def _lines(sign: str, count: int, tone: Tone) -> Spans:
    return (TextSpan(f"{sign}{count:,}", tone),) if count else ()
