"""HTML page of a collector, for a service to serve."""

from __future__ import annotations

from html import escape
from math import floor

from tui_monitor.telemetry.statistics.collector import MetricsCollector, ModelUsage
from tui_monitor.telemetry.statistics.decorators import get_collector

REFRESH_S = 30

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem; }
dt, th { font-weight: normal; opacity: 0.7; }
dd { margin: 0; font-size: 1.5rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.4rem; text-align: right; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
"""


def get_dashboard_html(collector: MetricsCollector | None = None) -> str:
    """Return an HTML page of a collector's current state, by default the process's; it reloads every 30 seconds.

    The page is one document without scripts; serve it as ``text/html; charset=utf-8``. Durations are seconds, costs US
    dollars; ``≥`` marks a lower bound, ``—`` an unknown value.
    """
    collector = collector or get_collector()
    summary, models = collector.get_summary(), collector.get_model_usage().values()
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
    by_tokens = sorted(models, key=lambda usage: usage.total_tokens, reverse=True)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="refresh" content="{REFRESH_S}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>tui-monitor</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>Requests</h1>\n{_list(overview)}<h1>Models</h1>\n{_list(spending)}{_table(by_tokens)}</body>\n</html>\n"
    )


def _list(figures: dict[str, str]) -> str:
    items = (f"<div><dt>{name}</dt><dd>{value}</dd></div>\n" for name, value in figures.items())
    return f"<dl>\n{''.join(items)}</dl>\n"


def _table(models: list[ModelUsage]) -> str:
    if not models:
        return "<p>No model usage yet: record requests with their model and tokens.</p>\n"
    titles = ("Model", "Requests", "Tokens", "Prompt", "Completion", "Cost")
    head = "".join(f"<th>{title}</th>" for title in titles)
    return f"<table>\n<tr>{head}</tr>\n{''.join(map(_row, models))}</table>\n"


def _row(usage: ModelUsage) -> str:
    values = (
        escape(usage.model),
        f"{usage.request_count:,}",
        f"{usage.total_tokens:,}",
        f"{usage.prompt_tokens:,}",
        f"{usage.completion_tokens:,}",
        _cost(usage.total_cost, _is_exact(usage)),
    )
    cells = "".join(f"<td>{value}</td>" for value in values)
    return f"<tr>{cells}</tr>\n"


def _is_exact(usage: ModelUsage) -> bool:
    """Return True if all requests are priced and all their tokens are known as input or output."""
    return not usage.unpriced and usage.prompt_tokens + usage.completion_tokens == usage.total_tokens


def _cost(dollars: float, exact: bool) -> str:
    if not dollars:
        return "—"
    return f"${dollars:,.4f}" if exact else f"≥ ${floor(dollars * 10_000) / 10_000:,.4f}"
