"""The parts of the status bar: gauge, justified lines, cost, names."""

import pytest

from tui_monitor.events import MAIN, Health
from tui_monitor.ledger import Amount
from tui_monitor.live.agent import Agent
from tui_monitor.tui.alignment import justify
from tui_monitor.tui.header.context_line import gauge
from tui_monitor.tui.header.labels import agent_name, cache_share, cost_text, health_spans, short_model, tokens_text
from tui_monitor.tui.pump import FeedStatus
from tui_monitor.tui.spans import Spans, TextSpan, Tone


def text(line: Spans) -> str:
    return "".join(span.text for span in line)


def test_main_chain_has_its_own_name_where_it_is_told() -> None:
    assert (agent_name(Agent(MAIN)), agent_name(Agent(MAIN, type="reviewer"))) == ("main", "reviewer")


def test_health_says_why_changes_are_polled() -> None:
    status = FeedStatus()
    assert text(health_spans(status)) == ""
    status.polling, status.health = "no change notifications: too many open files", Health(skipped=2)
    assert text(health_spans(status)) == "2 lines skipped · polling, no change notifications: too many open files"


@pytest.mark.parametrize(
    ("percentage", "mark", "bar"),
    [
        (None, None, "░░░░░░░░░░"),
        (0, None, "░░░░░░░░░░"),
        (0.1, None, "█░░░░░░░░░"),
        (50, 83.5, "█████░░░┃░"),
        (100, 83.5, "████████┃█"),
        (130, 100, "█████████┃"),
    ],
)
def test_gauge(percentage: float | None, mark: float | None, bar: str) -> None:
    assert text(gauge(percentage, mark, 10, Tone.OK)) == bar


def test_gauge_without_width_is_empty() -> None:
    assert gauge(50, 80, 0, Tone.OK) == ()


def test_justify_takes_the_first_pair_that_fits() -> None:
    pairs = [((TextSpan("a long left side"),), (TextSpan("right"),)), ((TextSpan("left"),), (TextSpan("right"),))]
    assert text(justify(pairs, 30)) == " a long left side       right "
    assert text(justify(pairs, 20)) == " left         right "


def test_justify_cuts_the_left_part_of_the_last_pair() -> None:
    assert text(justify([((TextSpan("leftmost"),), (TextSpan("right"),))], 12)) == " left…right "


@pytest.mark.parametrize(
    ("amount", "cost"),
    [
        (Amount(), "$—"),
        (Amount(1), "$0.00"),
        (Amount(1, cost=1_840_000_000_000), "$1.84"),
        (Amount(1, cost=1_840_000_000_000, lower_bound=1), "≥$1.84"),
        (Amount(2, cost=1_840_000_000_000, unpriced=1), "≥$1.84"),
        (Amount(2, unpriced=2), "$—"),
    ],
)
def test_cost_shows_lower_bounds_and_unknown_prices(amount: Amount, cost: str) -> None:
    assert cost_text(amount) == cost


def test_tokens_and_cache() -> None:
    assert tokens_text(Amount(1, 1_000, 234, lower_bound=1)) == "≥1.2k tok"
    assert cache_share(Amount(1, input=25, cache_read=75)) == 75
    assert cache_share(Amount()) is None


@pytest.mark.parametrize(
    ("model", "short"),
    [
        ("claude-opus-9-1-20260101", "opus-9-1"),
        ("us.anthropic.claude-opus-9-20260101-v1:0", "opus-9"),
        ("models/star-2-latest", "star-2"),
        ("maker/star-2@20260101", "star-2"),
        ("", ""),
    ],
)
def test_short_model_names(model: str, short: str) -> None:
    assert short_model(model) == short
