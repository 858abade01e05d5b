"""One HTML page of what was spent: a single file without scripts and without links, light and dark, that reloads
itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from html import escape

from tui_monitor.clean import clean_line
from tui_monitor.ledger import Amount
from tui_monitor.pages.charts import Bar, bar_chart, share_bar
from tui_monitor.pages.document import REFRESH_S, figure_list, html_document
from tui_monitor.reports.budgets import BudgetStatus
from tui_monitor.reports.cost import CostGroup, CostReport, Grouping, query_cost, session_label, time_key
from tui_monitor.reports.cost_tables import share_of
from tui_monitor.reports.datasets import Selection
from tui_monitor.reports.sessions import duration_ms, duration_text, query_sessions, when_text
from tui_monitor.reports.stats import context_percentage
from tui_monitor.reports.stats_tables import cost_text
from tui_monitor.store import Store
from tui_monitor.totals import SessionSummary
from tui_monitor.units import DAY, HOUR, compact, dollars

DAYS = 30
"""Days in the chart: the last ones, or where nothing was spent in them those before the last spending."""
MAX_ROWS = 12
MAX_SESSIONS = 30
_SHARED = (Grouping.MODEL, Grouping.PROJECT, Grouping.TOOL, Grouping.SOURCE)
_TITLES = {
    Grouping.MODEL: "Models",
    Grouping.PROJECT: "Projects",
    Grouping.TOOL: "Tools: each request in equal parts for its calls",
    Grouping.SOURCE: "Agents",
}


@dataclass(frozen=True, slots=True)
class PageContent:
    """What is on the page; ``now`` is when it was made (epoch ms)."""

    now: int
    days: CostReport
    shares: Sequence[CostReport]
    sessions: Sequence[SessionSummary]
    budgets: Sequence[BudgetStatus] = ()
    tz: tzinfo | None = None


def query_page(store: Store, selection: Selection, budgets: Sequence[BudgetStatus], now: int) -> PageContent:
    """Query what the page shows."""
    with store.snapshot():
        scope = selection.scope(store)
        days = query_cost(store, scope, Grouping.DAY, selection.tz)
        shares = [query_cost(store, scope, by) for by in _SHARED]
        sessions = query_sessions(store, selection.filters, selection.since, selection.until)
    return PageContent(now, days, shares, sessions, budgets, selection.tz)


def html_page(content: PageContent) -> str:
    """Return the page."""
    return html_document(
        f"tui-monitor: {cost_text(content.days.total)}",
        (
            f"<h1>What agents did and cost</h1>\n<p class=dim>{_made(content)}</p>\n",
            *_overview(content),
            *_budgets(content.budgets),
            *_days(content),
            *(part for report in content.shares for part in _shares(report)),
            *_sessions(content),
        ),
    )


def _made(content: PageContent) -> str:
    return escape(f"{when_text(content.now, content.tz)}; the page reloads itself every {REFRESH_S} seconds")


def _text(text: str) -> str:
    return escape(clean_line(text))


def _tokens(amount: Amount) -> str:
    return f"{'≥' if amount.lower_bound else ''}{compact(amount.total_tokens)}"


def _overview(content: PageContent) -> Iterator[str]:
    total = content.days.total
    tools = sum(one.totals.calls for one in content.sessions)
    failed = sum(one.totals.failed for one in content.sessions)
    added = sum(one.totals.lines_added for one in content.sessions)
    removed = sum(one.totals.lines_removed for one in content.sessions)
    bound = "≥ " if any(one.totals.uncounted for one in content.sessions) else ""
    prompt = total.input + total.cache_read + total.cache_creation
    figures = {
        "Cost": cost_text(total),
        "Tokens": _tokens(total),
        "Requests": compact(total.requests),
        "From the cache": f"{100 * total.cache_read / prompt:.0f} %" if prompt else "—",
        "Sessions": compact(len(content.sessions)),
        "Tool calls": compact(tools) + (f" ✗{compact(failed)}" if failed else ""),
        "Lines": f"{bound}+{compact(added)} −{compact(removed)}",
    }
    yield figure_list(figures)
    if total.lower_bound or total.unpriced:
        yield "<p class=dim>≥ lower bound: some responses are incomplete, or have no known price</p>\n"


def _budgets(budgets: Sequence[BudgetStatus]) -> Iterator[str]:
    if not budgets:
        return
    yield "<h2>Budgets</h2>\n<table>\n"
    for budget in budgets:
        bar = share_bar(budget.percentage, "bad" if budget.is_exceeded else "")
        words = f"{dollars(budget.spent)} of {dollars(budget.limit)}"
        forecast = f", {dollars(budget.forecast)} at its end" if budget.forecast is not None else ""
        name = " ".join(filter(None, (budget.name, budget.project)))
        yield f"<tr><td>{_text(name)}</td><td class=share>{bar}</td><td>{escape(words + forecast)}</td></tr>\n"
    yield "</table>\n"


def _days(content: PageContent) -> Iterator[str]:
    amounts = {group.key.name: group.amount for group in content.days.groups}
    bars = []
    last = max((group.key.at for group in content.days.groups), default=0)
    today = time_key(content.now, Grouping.DAY, content.tz).at
    start = last if last and last <= today - DAYS * DAY else today
    for number in range(DAYS - 1, -1, -1):
        name = time_key(start + 12 * HOUR - number * DAY, Grouping.DAY, content.tz).name
        amount = amounts.get(name)
        bars.append(Bar(name, amount.cost_usd if amount else 0.0, cost_text(amount) if amount else "nothing"))
    title = f"Cost of {DAYS} days until {bars[-1].name}"
    yield f"<h2>{escape(title)}</h2>\n"
    yield bar_chart(bars, title)


def _shares(report: CostReport) -> Iterator[str]:
    if not report.groups:
        return
    yield f"<h2>{_TITLES[report.by]}</h2>\n<div class=wide><table>\n"
    yield f"<tr><th>{report.by.value}</th><th></th><th>cost</th><th>tokens</th><th>requests</th></tr>\n"
    yield from (_share_row(group, report) for group in report.groups[:MAX_ROWS])
    yield "</table></div>\n"
    yield _more(len(report.groups) - MAX_ROWS)


def _share_row(group: CostGroup, report: CostReport) -> str:
    share = share_of(group.amount, report.total) or 0
    cells = (cost_text(group.amount), _tokens(group.amount), compact(group.amount.requests))
    return (
        f"<tr><td>{_text(group.key.name)}</td><td class=share>{share_bar(share)}</td>"
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>\n"
    )


def _sessions(content: PageContent) -> Iterator[str]:
    yield "<h2>Sessions</h2>\n<div class=wide><table>\n"
    names = ("session", "last active", "time", "cost", "tokens", "context", "model")
    yield f"<tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>\n"
    for one in content.sessions[:MAX_SESSIONS]:
        share = context_percentage(one)
        cells = (
            session_label(one),
            when_text(one.ended, content.tz),
            duration_text(duration_ms(one)),
            cost_text(one.totals.amount),
            _tokens(one.totals.amount),
            "—" if share is None else f"{share:.0f} %",
            one.model,
        )
        yield f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in cells)}</tr>\n"
    yield "</table></div>\n"
    yield _more(len(content.sessions) - MAX_SESSIONS)


def _more(count: int) -> str:
    return f"<p class=dim>and {count:,} more</p>\n" if count > 0 else ""
