"""What the requests of a session were for: the conversation, sub-agents, compaction, titles, and named operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter

from tui_monitor.figures import OperationTotal
from tui_monitor.ledger import UNATTRIBUTED, Amount
from tui_monitor.tui.header.labels import cost_text
from tui_monitor.tui.panes.content import FilterTarget, PaneContent, PaneContext, PaneRow, Section, note
from tui_monitor.tui.panes.meters import UNKNOWN, cells, latency_text, percent
from tui_monitor.tui.spans import TextSpan, one_line
from tui_monitor.units import compact

NONE = "No response yet: operations come with the first one."
LOADING = "…"
ORDERS = ("cost", "requests", "tokens")

_COLUMNS = ("operation", "cost", "share", "requests", "tokens", "in", "out", "cache read", "avg cost", "p50", "p95")
_NAMES = {"": "conversation", "compact": "compaction", UNATTRIBUTED: "beyond responses"}
_SUB_AGENTS = "sub-agents"


def operations_content(context: PaneContext) -> PaneContent:
    """Return a row for each operation."""
    totals = context.state.figures.operations
    if not totals:
        return note(LOADING if totals is None else NONE, context.width)
    whole = sum(one.amount.cost for one in totals)
    return [Section([_row(one, whole) for one in _ordered(totals, context.order)], _COLUMNS, snug=True)]


def _ordered(totals: tuple[OperationTotal, ...], order: str) -> list[OperationTotal]:
    keys: Mapping[str, Callable[[OperationTotal], int]] = {
        "requests": attrgetter("amount.requests"),
        "tokens": attrgetter("amount.total_tokens"),
    }
    return sorted(totals, key=keys[order], reverse=True) if order in keys else list(totals)


def _row(one: OperationTotal, whole: int) -> PaneRow:
    amount = one.amount
    name = _SUB_AGENTS if one.is_of_sub_agents else _NAMES.get(one.operation, one_line(one.operation))
    target = FilterTarget("agent:main" if not one.is_of_sub_agents else "-agent:main") if not one.operation else None
    return PaneRow(
        (one.operation, one.is_of_sub_agents),
        (
            (TextSpan(name),),
            (TextSpan(cost_text(amount)),),
            (TextSpan(percent(amount.cost, whole)),),
            *cells(
                f"{amount.requests:,}" if amount.requests else UNKNOWN,
                compact(amount.total_tokens),
                compact(amount.input),
                ("≥" if amount.lower_bound else "") + compact(amount.output),
                compact(amount.cache_read),
                _average(amount),
                latency_text(one.latency.p50_ms),
                latency_text(one.latency.p95_ms),
            ),
        ),
        target,
        name,
    )


def _average(amount: Amount) -> str:
    if not amount.requests or amount.is_unpriced:
        return UNKNOWN
    return cost_text(amount._replace(cost=amount.cost // amount.requests))
