"""What a service records of itself: requests to its endpoints, and custom metrics with their tags as series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from operator import attrgetter

from tui_monitor.figures import EndpointTotal, MetricSeries, ServiceFigures
from tui_monitor.tui.panes.content import PaneContent, PaneContext, PaneRow, Section, note, text_section
from tui_monitor.tui.panes.meters import UNKNOWN, cells, latency_text, number, trend
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import compact, moment

NONE = "This session has recorded no requests and no metrics: record.request() and record.metric() do."
LOADING = "…"
ORDERS = ("requests", "failed", "latency")
TREND = 24

_ENDPOINTS = ("endpoint", "requests", "ok", "failed", "p50", "p95", "tokens", "last")
_METRICS = ("metric", "last", "trend", "mean", "least", "most", "values")


def service_content(context: PaneContext) -> PaneContent:
    """Return the endpoints, then the series."""
    figures = context.state.figures.service
    if figures is None:
        return note(LOADING)
    if not (figures.endpoints or figures.metrics):
        return note(NONE, context.width)
    endpoints = [_endpoint(one, context.now, context.tz) for one in _ordered(figures.endpoints, context.order)]
    sections = [
        Section(endpoints, _ENDPOINTS, "Requests", empty="No requests.", snug=True),
        Section([_series(one) for one in figures.metrics], _METRICS, "Metrics", empty="No metrics.", snug=True),
    ]
    return [*sections, *_rest(figures)]


def _rest(figures: ServiceFigures) -> list[Section]:
    if not figures.left_out:
        return []
    text = f"{figures.left_out:,} more requests and values are of endpoints and series beyond the first 500 of each."
    return [text_section([(TextSpan(text, Tone.DIM),)])]


def _ordered(endpoints: tuple[EndpointTotal, ...], order: str) -> list[EndpointTotal]:
    keys: Mapping[str, Callable[[EndpointTotal], float]] = {
        "failed": attrgetter("failed"),
        "latency": lambda one: one.p95_ms or 0,
    }
    return sorted(endpoints, key=keys[order], reverse=True) if order in keys else list(endpoints)


def _endpoint(one: EndpointTotal, now: int, tz: tzinfo | None) -> PaneRow:
    name = one_line(f"{one.method} {one.endpoint}".strip())
    error: Spans = (TextSpan(f"  {one_line(one.last_error)}", Tone.FAILED),) if one.last_error else ()
    ok = 100 * (one.requests - one.failed) / one.requests
    return PaneRow(
        (one.endpoint, one.method),
        (
            (TextSpan(name), *error),
            (TextSpan(f"{one.requests:,}"),),
            (TextSpan(_success(ok), Tone.OK if not one.failed else Tone.TEXT),),
            (TextSpan(f"{one.failed:,}", Tone.FAILED if one.failed else Tone.DIM),),
            *cells(
                latency_text(one.p50_ms),
                latency_text(one.p95_ms),
                compact(one.tokens) if one.tokens else UNKNOWN,
                moment(one.last_at, now, tz),
            ),
        ),
        None,
        one.last_error or name,
    )


def _success(percentage: float) -> str:
    """Return a success rate that is never rounded to 100 % where something failed."""
    return "100 %" if percentage == 100 else f"{min(99.9, percentage):.1f} %"


def _series(one: MetricSeries) -> PaneRow:
    tags = " ".join(f"{name}={value}" for name, value in one.tags)
    return PaneRow(
        ("metric", one.name, one.tags),
        (
            (TextSpan(one_line(one.name)), TextSpan(f"  {one_line(tags)}" if tags else "", Tone.DIM)),
            (TextSpan(number(one.recent[-1]) if one.recent else UNKNOWN),),
            (TextSpan(trend(one.recent, TREND), Tone.THINKING),),
            *cells(number(one.mean), number(one.least), number(one.greatest), f"{one.count:,}"),
        ),
        None,
        f"{one.name} {tags}".strip(),
    )
