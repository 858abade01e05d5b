"""``cost`` as JSON, whose shape is a public contract, and as a table for people."""

from __future__ import annotations

from tui_monitor.ledger import Amount
from tui_monitor.reports.cost import TIMES, CostGroup, CostReport, Grouping
from tui_monitor.reports.model import SCHEMA, Json, TableData, TableRow
from tui_monitor.reports.stats import usage_json
from tui_monitor.reports.stats_tables import amount_cells
from tui_monitor.units import iso


def share_of(amount: Amount, total: Amount) -> float | None:
    """Return the share of the cost, of the tokens where nothing has a price, in percent; None of nothing."""
    if total.cost:
        return 100 * amount.cost / total.cost
    return 100 * amount.total_tokens / total.total_tokens if total.total_tokens else None


def cost_json(report: CostReport) -> Json:
    """Return the report in its public shape."""
    return {
        "schema": SCHEMA,
        "by": report.by.value,
        "since": iso(report.since or 0),
        "until": iso(report.until or 0),
        "totals": usage_json(report.total),
        "groups": groups_json(report),
    }


def groups_json(report: CostReport) -> Json:
    """Return the groups in their public shape."""
    return [_group_json(group, report.total) for group in report.groups]


def _group_json(group: CostGroup, total: Amount) -> Json:
    share = share_of(group.amount, total)
    key = group.key
    return {
        "name": key.name,
        "session": key.session.id if key.session else None,
        "source": key.session.source if key.session else None,
        "at": iso(key.at),
        "share_percentage": None if share is None else round(share, 2),
        **usage_json(group.amount),
    }


def cost_table(report: CostReport, rows: int) -> TableData:
    """Return the table of at most so many groups: the latest of times, the most expensive of others."""
    shown = report.groups[-rows:] if report.by in TIMES else report.groups[:rows]
    columns = (report.by.value, "cost", "share", "requests", "total", "in", "out", "cache r", "cache w")
    cells = [_row(group, report.total) for group in shown]
    total = ("all", amount_cells(report.total)[0], "", *amount_cells(report.total)[1:]) if len(cells) > 1 else ()
    return TableData(f"Cost by {report.by}", columns, cells, total, more=len(report.groups) - len(cells))


def _row(group: CostGroup, total: Amount) -> TableRow:
    share = share_of(group.amount, total)
    cost, *counts = amount_cells(group.amount)
    return group.key.name, cost, "" if share is None else f"{share:.0f} %", *counts


def cost_notes(report: CostReport) -> list[str]:
    """Return the lines below the table."""
    how = {
        Grouping.TOOL: "the cost of each request in equal parts for the calls that it made",
        Grouping.FILE: "the cost of each request in equal parts for the files that its calls read or changed",
        Grouping.PROMPT: "all that a session spent from a prompt until the next",
        Grouping.COMMIT: "all that a session spent until a commit that one of its calls made",
        Grouping.PR: "all that a session spent until a pull request that one of its calls opened",
        Grouping.BRANCH: "sessions by the branch that they were on last",
    }
    lower = report.total.lower_bound or report.total.unpriced
    bound = ["≥ lower bound: some responses are incomplete, or the price of their model is unknown"] if lower else []
    return [*([how[report.by]] if report.by in how else []), *bound]
