"""The HTML page of a collector."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.telemetry import MetricsCollector, RequestMetrics, TokenCounts, get_collector, get_dashboard_html
from tui_monitor.telemetry.statistics.dashboard import BARS, STEPS_S, _places

HAIKU = "claude-3-haiku-20240307"


class Page(HTMLParser):
    """The elements, text nodes and refresh interval of an HTML page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.words: list[str] = []
        self.refresh = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        attributes = dict(attrs)
        if attributes.get("http-equiv") == "refresh":
            self.refresh = attributes["content"] or ""

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data)

    def after(self, word: str) -> str:
        return self.words[self.words.index(word) + 1]


def test_page_shows_requests_and_models() -> None:
    collector = MetricsCollector()
    collector.record_request("/chat", "POST", 0.25, 200, model=HAIKU, tokens=TokenCounts(1_000_000, 2_000))
    collector.record_request("/chat", "POST", 0.75, 500, error="no berth")
    page = Page(get_dashboard_html(collector))
    assert page.refresh == "30"
    assert (page.after("Success rate"), page.after("Average duration")) == ("50.0%", "0.500 s")
    row = page.words[page.words.index(HAIKU) :]
    assert row[1:6] == ["1", "1,002,000", "1,000,000", "2,000", "$0.2525"]
    assert page.after("Tokens") == "1,002,000"


def test_page_of_an_unused_collector() -> None:
    page = Page(get_dashboard_html(MetricsCollector()))
    assert (page.after("Success rate"), page.after("Models")) == ("—", "Tokens")
    assert "table" not in page.elements


def test_page_shows_the_process_collector_by_default(stream: Path) -> None:
    get_collector().record_request("/berths", "GET", 0.1, 503)
    assert Page(get_dashboard_html()).after("Failed") == "1"


@pytest.mark.parametrize(
    ("model", "cost"),
    [(HAIKU, "≥ $0.2500"), ("nobody-knows-it", "—")],
    ids=["only the sum of tokens is known", "price unknown"],
)
def test_inexact_cost_is_marked_as_lower_bound_or_unknown(model: str, cost: str) -> None:
    collector = MetricsCollector()
    collector.record_request("/chat", "POST", 0.25, 200, tokens_used=1_000_000, model=model)
    page = Page(get_dashboard_html(collector))
    assert page.words[page.words.index(model) + 5] == cost
    assert page.after("Cost") == cost


def test_model_name_is_escaped_in_the_page() -> None:
    collector = MetricsCollector()
    collector.record_request("/chat", "POST", 0.25, 200, tokens_used=5, model="<script>alert(1)</script>")
    page = Page(get_dashboard_html(collector))
    assert "script" not in page.elements
    assert "<script>alert(1)</script>" in page.words


def test_charts_have_the_requests_in_their_times_and_what_failed() -> None:
    collector = MetricsCollector()
    for status in (200, 200, 503):
        collector.record_request("/chat", "POST", 0.5, status)
    collector.record_request("/berths", "GET", 0.1, 200)
    page = Page(get_dashboard_html(collector))
    assert page.elements.count("svg") == 2 + 2
    assert [page.after(name) for name in ("POST /chat", "GET /berths")] == ["3", "1"]
    assert page.after("POST /chat") == "3"
    bars = [word for word in page.words if " UTC: " in word]
    assert len(bars) == 2 * BARS
    assert sum(int(word.rpartition(": ")[2].partition(",")[0]) for word in bars[:BARS]) == 4
    assert any(word.endswith("1 failed") for word in bars)


@given(st.lists(st.integers(0, 90 * 86_400), min_size=1, max_size=40))
def test_bars_stand_for_all_recent_requests(ages: list[int]) -> None:
    now = datetime(2026, 11, 18, tzinfo=UTC)
    requests = [RequestMetrics("/", "GET", 0.1, 200, timestamp=now - timedelta(seconds=age)) for age in ages]
    places, step = _places(requests)
    shown = sum(map(len, places.values()))
    assert len(places) == BARS
    assert shown == len(requests) or (step == STEPS_S[-1] and shown)
