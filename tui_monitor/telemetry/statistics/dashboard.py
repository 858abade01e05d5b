"""HTML page of a collector, for a service to serve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from math import floor

from tui_monitor.pages.charts import Bar, bar_chart, share_bar
from tui_monitor.pages.document import figure_list, html_document
from tui_monitor.telemetry.statistics.collector import MetricsCollector, ModelUsage, RequestMetrics
from tui_monitor.telemetry.statistics.decorators import get_collector

BARS = 30
"""Bars of a chart."""
STEPS_S = (10, 60, 300, 1800, 7200, 86_400)
"""Seconds that a bar may stand for: the shortest with which all requests are on the chart."""
MAX_ROWS = 20


def get_dashboard_html(collector: MetricsCollector | None = None) -> str:
    """Return an HTML page of a collector's current state, by default the process's; it reloads every 30 seconds.

    The page is one document without scripts and links, with charts of requests and their durations; serve it as
    ``text/html; charset=utf-8``. Durations are seconds, costs US dollars; ``≥`` marks a lower bound, ``—`` an unknown
    value. Charts and endpoints are of the requests that are kept, everything else of all.
    """
    collector = collector or get_collector()
    summary, models = collector.get_summary(), list(collector.get_model_usage().values())
    overview = {
        "Uptime": f"{summary['uptime_seconds']:,.2f} s",
        "Requests": f"{summary['total_requests']:,}",
        "Failed": f"{summary['failed_requests']:,}",
        "Success rate": f"{summary['success_rate']:.1%}" if summary["total_requests"] else "—",
        "Average duration": f"{summary['average_duration']:.3f} s",
    }
    spending = {
        "Tokens": f"{summary['total_tokens']:,}",
        "Cost": _cost(summary["total_cost"], all(map(_is_exact, models))),
        "Models": f"{summary['models_used']:,}",
    }
    requests = collector.get_requests()
    parts = ("<h1>Requests</h1>\n", figure_list(overview), *_charts(requests), *_endpoints(requests))
    return html_document("tui-monitor", (*parts, "<h2>Models</h2>\n", figure_list(spending), *_models(models)))


def _charts(requests: Sequence[RequestMetrics]) -> Iterator[str]:
    if not requests:
        return
    places, step = _places(requests)
    for title, bar in (("Requests", _count_bar), ("Average duration", _duration_bar)):
        words = f"{title}, {step // 60} min each" if step >= 60 else f"{title}, {step} s each"
        yield f"<h2>{words}</h2>\n"
        yield bar_chart([bar(name, own) for name, own in places.items()], words)


def _places(requests: Sequence[RequestMetrics]) -> tuple[dict[str, list[RequestMetrics]], int]:
    """Return the requests by the times of bars, and the seconds of each."""
    last = max(request.timestamp for request in requests)
    first = min(request.timestamp for request in requests)
    seconds = (last - first).total_seconds()
    step = next((step for step in STEPS_S if seconds < step * (BARS - 1)), STEPS_S[-1])
    end = floor(last.timestamp() / step)
    own = defaultdict[int, list[RequestMetrics]](list)
    for request in requests:
        own[floor(request.timestamp.timestamp() / step)].append(request)
    numbers = range(end - BARS + 1, end + 1)
    return {_name(number * step, step): own[number] for number in numbers}, step


def _name(at: int, step: int) -> str:
    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
    return f"{when:%d %b}" if step >= STEPS_S[-1] else f"{when:%d %b %H:%M:%S} UTC"


def _count_bar(name: str, requests: Sequence[RequestMetrics]) -> Bar:
    failed = sum(request.status_code >= 400 for request in requests)
    return Bar(name, len(requests), f"{len(requests):,}" + (f", {failed:,} failed" if failed else ""))


def _duration_bar(name: str, requests: Sequence[RequestMetrics]) -> Bar:
    average = sum(request.duration for request in requests) / len(requests) if requests else 0.0
    return Bar(name, average, f"{average:.3f} s" if requests else "none")


def _endpoints(requests: Sequence[RequestMetrics]) -> Iterator[str]:
    own = defaultdict[tuple[str, str], list[RequestMetrics]](list)
    for request in requests:
        own[request.method, request.endpoint].append(request)
    if not own:
        return
    titles = ("Endpoint", "", "Requests", "Failed", "Average duration")
    rows = sorted(own.items(), key=lambda item: (-len(item[1]), item[0]))[:MAX_ROWS]
    yield "<h2>Endpoints</h2>\n"
    yield _table(titles, [_endpoint(f"{method} {name}".strip(), of, len(requests)) for (method, name), of in rows])


def _endpoint(name: str, requests: Sequence[RequestMetrics], total: int) -> Sequence[str]:
    failed = sum(request.status_code >= 400 for request in requests)
    average = sum(request.duration for request in requests) / len(requests)
    share = share_bar(100 * len(requests) / total)
    return (escape(name), share, f"{len(requests):,}", f"{failed:,}", f"{average:.3f} s")


def _models(models: Sequence[ModelUsage]) -> Iterator[str]:
    if not models:
        yield "<p>No model usage yet: record requests with their model and tokens.</p>\n"
        return
    titles = ("Model", "", "Requests", "Tokens", "Prompt", "Completion", "Cost")
    total = sum(usage.total_tokens for usage in models)
    by_tokens = sorted(models, key=lambda usage: usage.total_tokens, reverse=True)
    yield _table(titles, [_model(usage, total) for usage in by_tokens])


def _model(usage: ModelUsage, total: int) -> Sequence[str]:
    return (
        escape(usage.model),
        share_bar(100 * usage.total_tokens / total if total else 0),
        f"{usage.request_count:,}",
        f"{usage.total_tokens:,}",
        f"{usage.prompt_tokens:,}",
        f"{usage.completion_tokens:,}",
        _cost(usage.total_cost, _is_exact(usage)),
    )


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells of HTML, whose second column has a bar."""
    head = "".join(f"<th>{title}</th>" for title in titles)
    body = "".join(f"<tr>{''.join(map(_cell, row, range(len(row))))}</tr>\n" for row in rows)
    return f"<div class=wide><table>\n<tr>{head}</tr>\n{body}</table></div>\n"


def _cell(content: str, column: int) -> str:
    return f"<td class=share>{content}</td>" if column == 1 else f"<td>{content}</td>"


def _is_exact(usage: ModelUsage) -> bool:
    """Return True if all requests are priced and all their tokens are known as input or output."""
    return not usage.unpriced and usage.prompt_tokens + usage.completion_tokens == usage.total_tokens


def _cost(dollars: float, exact: bool) -> str:
    if not dollars:
        return "—"
    return f"${dollars:,.4f}" if exact else f"≥ ${floor(dollars * 10_000) / 10_000:,.4f}"
