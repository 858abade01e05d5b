"""The tools of a session: how often each was called and failed, how long it ran and waited, how much it returned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from tui_monitor.figures import FailureTotal
from tui_monitor.totals import ToolTotal
from tui_monitor.tui.panes.content import FilterTarget, PaneContent, PaneContext, PaneRow, Section, note
from tui_monitor.tui.panes.meters import UNKNOWN, cells, latency_text
from tui_monitor.tui.rows.command import shorten
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import compact, duration_forms, moment

NONE = "No tool was called yet."
LOADING = "…"
NO_FAILURE = "Nothing has failed."
ORDERS = ("calls", "failed", "run time", "waited", "output")

_COLUMNS = ("tool", "calls", "failed", "rejected", "p50", "p95", "waited", "output chars", "largest")
_MAX_SUBJECT = 80
"""Characters of a subject by which the log is filtered."""


def tools_content(context: PaneContext) -> PaneContent:
    """Return the tools, and below them what failed."""
    figures = context.state.figures.tools
    if figures is None:
        return note(LOADING)
    if not figures.tools:
        return note(NONE)
    return [
        Section([_row(tool) for tool in _ordered(figures.tools, context.order)], _COLUMNS, snug=True),
        Section(_failures(context, figures.failures), ("subject", "times", "last"), "What failed", empty=NO_FAILURE),
    ]


def _ordered(tools: tuple[ToolTotal, ...], order: str) -> list[ToolTotal]:
    keys: Mapping[str, Callable[[ToolTotal], int]] = {
        "failed": attrgetter("failed"),
        "run time": lambda tool: tool.p95_ms or 0,
        "waited": attrgetter("waited_ms"),
        "output": attrgetter("output_chars"),
    }
    return sorted(tools, key=keys[order], reverse=True) if order in keys else list(tools)


def _row(tool: ToolTotal) -> PaneRow:
    name = one_line(tool.tool)
    return PaneRow(
        tool.tool,
        (
            (TextSpan(name),),
            (TextSpan(f"{tool.calls:,}"),),
            _alarm(tool.failed, Tone.FAILED),
            _alarm(tool.rejected, Tone.REJECTED),
            *cells(
                latency_text(tool.p50_ms),
                latency_text(tool.p95_ms),
                "".join(duration_forms(tool.waited_ms)[-1:]),
                compact(tool.output_chars) if tool.output_chars else UNKNOWN,
                compact(tool.largest_output) if tool.largest_output else UNKNOWN,
            ),
        ),
        FilterTarget(f'tool:"{_quoted(tool.tool)}"'),
        name,
    )


def _alarm(count: int, tone: Tone) -> Spans:
    return (TextSpan(f"{count:,}", tone),) if count else (TextSpan("0", Tone.DIM),)


def _failures(context: PaneContext, failures: Sequence[FailureTotal]) -> list[PaneRow]:
    """Return what failed, once for all that reads the same: the message of a commit changes with each try."""
    alike: dict[tuple[str, str], FailureTotal] = {}
    for one in failures:
        text = one_line(shorten(one.subject, context.state.folder).text) if one.subject else ""
        earlier = alike.get((one.tool, text), replace(one, failures=0))
        last_at = max(earlier.last_at, one.last_at)
        alike[one.tool, text] = replace(earlier, failures=earlier.failures + one.failures, last_at=last_at)
    most_first = sorted(alike.items(), key=lambda item: (-item[1].failures, -item[1].last_at))
    return [_failure(one, text, context) for (_, text), one in most_first]


def _failure(one: FailureTotal, text: str, context: PaneContext) -> PaneRow:
    return PaneRow(
        ("failed", one.tool, text),
        (
            (TextSpan(f"{one_line(one.tool)}  ", Tone.DIM), TextSpan(text)),
            (TextSpan(f"{one.failures:,}", Tone.FAILED),),
            *cells(moment(one.last_at, context.now, context.tz)),
        ),
        FilterTarget(f'is:error tool:"{_quoted(one.tool)}" "{_quoted(one.subject)}"'),
        one.subject,
    )


def _quoted(text: str) -> str:
    """Return the beginning of a text as far as it can stand in a quoted term of a filter."""
    return one_line(text.partition('"')[0].partition("\n")[0])[:_MAX_SUBJECT]
