"""The context of the main chain: how full it is, what fills it and at what price, its compactions, its cache."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import PICO, Rates
from tui_monitor.live.context import LEVELS, compaction_threshold, level
from tui_monitor.live.context_parts import missing_servers
from tui_monitor.live.context_xray import OUTPUTS, START, UNKNOWN, ContextGroup, ContextItem, ContextXray, context_xray
from tui_monitor.tui.alignment import join_spans
from tui_monitor.tui.header.context_line import LEVEL_TONES, ContextLine
from tui_monitor.tui.panes.compactions import compaction_sections
from tui_monitor.tui.panes.content import (
    CallTarget,
    FileTarget,
    FilterTarget,
    PaneContent,
    PaneContext,
    PaneRow,
    Section,
    Target,
    text_section,
)
from tui_monitor.tui.panes.context_labels import call_name, estimate
from tui_monitor.tui.panes.context_plot import context_plot
from tui_monitor.tui.panes.prompt_cache import cache_line, cache_section
from tui_monitor.tui.rows.target import relative
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import dollars, pluralize

LEAST_COST = PICO // 10_000
"""Picodollars from which a price is shown."""
NONE = "Known with the first response."
LEAST_TOKENS = 10
"""Tokens from which an entry has a row of its own."""
MAX_ITEMS = 8
"""Entries shown of one part, the largest; an unused server is shown in any case."""
_CHOSEN = ("MCP servers", "skills", "agents")
"""Parts whose entries a person has chosen, and could leave out."""
_ABOUT = {
    START: "prompt and tools",
    UNKNOWN: "in no file",
    "calls": "arguments",
    "words": "what it said",
}


def context_content(context: PaneContext) -> PaneContent:
    """Return the sections of the pane."""
    state = context.state
    xray = context_xray(state)
    sections = [text_section(_head(context))]
    if xray is None:
        sections[0] = text_section([*_head(context), (TextSpan(NONE, Tone.DIM),)])
    else:
        sections.append(_parts(context, xray))
        sections += _largest(context, xray)
    return [*sections, *_servers(context), *compaction_sections(context), *cache_section(context)]


def _head(context: PaneContext) -> Iterator[Spans]:
    state = context.state
    line = ContextLine(state, context.now, tuple(map(int, LEVELS)))
    yield join_spans([line.level(), line.occupancy(), line.remaining()], " · ")
    if calls := join_spans([line.calls(), line.growth(), line.compactions()], " · "):
        yield calls
    if cache := cache_line(state, context.now):
        yield cache
    percentage = state.context.percentage
    tone = Tone.OK if percentage is None else LEVEL_TONES[level(percentage)]
    yield from context_plot(state.context, compaction_threshold(state.context), context.width, tone)


def _parts(context: PaneContext, xray: ContextXray) -> Section:
    rates = _rates(context)
    rows = [row for group in xray.groups for row in _group_rows(context, xray, group, rates)]
    columns = ("what fills it", "tokens", "share", "cached", "sent anew", "used")
    return Section(rows, columns if rates else (*columns[:3], columns[-1]))


def _rates(context: PaneContext) -> Rates | None:
    return next((request.rates for request in reversed(context.state.totals.requests) if request.rates), None)


def _group_rows(context: PaneContext, xray: ContextXray, group: ContextGroup, rates: Rates | None) -> Iterator[PaneRow]:
    about = _ABOUT.get(group.name, "")
    count = f" ({len(group.items)})" if len(group.items) > 1 else ""
    name: Spans = (TextSpan(group.name), TextSpan(f"{count}  {about}" if about else count, Tone.DIM))
    yield PaneRow(
        ("part", group.name, group.is_fixed),
        (name, *_figures(group.tokens, group.is_exact, xray.occupancy, rates), ()),
        copied=f"{group.name} {group.tokens}",
    )
    if len(group.items) == 1 and group.name == OUTPUTS:
        return
    large = [item for item in group.items[:MAX_ITEMS] if item.tokens >= LEAST_TOKENS]
    idle = [item for item in group.items if _is_idle(group, item, xray) and item not in large]
    shown = [*large, *idle[: 2 * MAX_ITEMS]]
    for item in shown:
        yield _item_row(context, xray, group, item, rates)
    if shown and (more := len(group.items) - len(shown)):
        tokens = group.tokens - sum(item.tokens for item in shown)
        figures = _figures(tokens, False, xray.occupancy, rates)
        yield PaneRow(None, ((TextSpan(f"  and {more:,} smaller", Tone.DIM),), *figures, ()))


def _item_row(
    context: PaneContext, xray: ContextXray, group: ContextGroup, item: ContextItem, rates: Rates | None
) -> PaneRow:
    name = one_line(item.name)
    shown = relative(name, context.state.folder) if group.name == "memory" else name
    tools = f"  {pluralize(item.items, 'tool')}" if item.items and group.name == "MCP servers" else ""
    label: Spans = (TextSpan("  "), TextSpan(shown, Tone.DIM), TextSpan(tools, Tone.DIM))
    figures = _figures(item.tokens, item.is_exact, xray.occupancy, rates)
    cells = (label, *figures, _uses(group, item, xray))
    return PaneRow(("entry", group.name, group.is_fixed, item.name), cells, _target(group, item), item.name)


def _figures(tokens: int, is_exact: bool, occupancy: int, rates: Rates | None) -> tuple[Spans, ...]:
    """Return the cells of a size: tokens, share, and the price of each request while it is cached, or sent anew."""
    share = f"{100 * tokens / max(1, occupancy):.0f} %" if 100 * tokens >= occupancy else "<1 %"
    size: tuple[Spans, ...] = ((TextSpan(estimate(tokens, is_exact)),), (TextSpan(share, Tone.DIM),))
    if rates is None:
        return size
    prices = (rates.cache_read or rates.input, rates.cache_creation or rates.input)
    return (*size, *((TextSpan(_price(tokens * price), Tone.DIM),) for price in prices))


def _price(cost: int) -> str:
    return dollars(cost) if cost >= LEAST_COST else ""


def _is_idle(group: ContextGroup, item: ContextItem, xray: ContextXray) -> bool:
    """Return True for a server that is paid for in each request and was never used, as far as is known."""
    return group.name == "MCP servers" and item.uses == 0 and xray.has_all_calls


def _uses(group: ContextGroup, item: ContextItem, xray: ContextXray) -> Spans:
    if item.uses is None:
        return ()
    if item.uses:
        return (TextSpan(f"{item.uses:,}×", Tone.DIM),)
    if _is_idle(group, item, xray):
        return (TextSpan("never used", Tone.DOUBT),)
    if group.name not in _CHOSEN:
        return ()
    return (TextSpan("0×" if xray.has_all_calls else "not lately", Tone.DIM),)


def _target(group: ContextGroup, item: ContextItem) -> Target | None:
    if group.name == "memory":
        return FileTarget(item.name)
    if group.name == OUTPUTS or (group.name == "tools" and item.uses):
        return FilterTarget(f"tool:{item.name}")
    return FilterTarget(f"tool:{item.name}·") if group.name == "MCP servers" and item.uses else None


def _largest(context: PaneContext, xray: ContextXray) -> list[Section]:
    rows = [
        PaneRow(
            ("result", result.call.id),
            ((TextSpan(one_line(call_name(result.call, context.state.folder))),), (TextSpan(estimate(result.tokens)),)),
            CallTarget(result.call.id),
            result.call.subject,
        )
        for result in xray.largest
        if result.tokens
    ]
    return [Section(rows, ("largest results", "tokens"))] if rows else []


def _servers(context: PaneContext) -> list[Section]:
    servers = missing_servers(context.state.context.parts.values())
    rows = [
        PaneRow(
            ("missing", server.name),
            (
                (
                    TextSpan("✗ " if server.problem == "failed" else "◌ ", _tone(server.problem)),
                    TextSpan(one_line(server.name)),
                ),
                (TextSpan(one_line(server.problem), _tone(server.problem)),),
            ),
            copied=server.name,
        )
        for server in servers
    ]
    return [Section(rows, ("MCP servers that are not there", ""))] if rows else []


def _tone(problem: str) -> Tone:
    return Tone.FAILED if problem == "failed" else Tone.DOUBT
