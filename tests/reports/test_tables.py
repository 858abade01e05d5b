"""The report as tables fits its width, tells the most important columns first, and shows no hostile text."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC
from io import StringIO

import pytest
from rich.cells import cell_len

from tests.store.builders import APPLE, BIRCH, NOON, change, filled, finished, started, usage
from tui_monitor.events import (
    CallState,
    ContextUpdate,
    Event,
    Rank,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    Tokens,
)
from tui_monitor.ledger import Amount
from tui_monitor.reports.stats import query_stats
from tui_monitor.reports.tables import SHOWN_ERRORS, SHOWN_SESSIONS, cost, print_stats
from tui_monitor.store import private_store

BUSY = (
    SessionUpdate(session=APPLE, at=NOON, cwd="/home/ada/apple"),
    ContextUpdate(session=APPLE, at=NOON, tokens=90_000, limit=200_000),
    replace(usage("a"), model="a-model-with-a-name-that-is-much-too-long-for-any-table"),
    replace(usage("b"), tokens=Tokens(1_234_567, 45_678, 98_765_432, 7_654_321), rank=Rank.PLACEHOLDER),
    started("ok"),
    finished("ok", changes=(change("/home/ada/apple/x.py", 1234, 567),)),
    started("bad", tool="Grep"),
    finished("bad", state=CallState.FAILED),
)


def printed(*events: Event, width: int = 100, errors: tuple[str, ...] = ()) -> str:
    """The tables of a store that has these events."""
    shown = StringIO()
    with closing(filled(*events)) as store:
        print_stats(query_stats(store, errors), shown, width, UTC)
    return shown.getvalue()


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_no_table_is_wider_than_its_screen(width: int) -> None:
    lines = printed(*BUSY, width=width).splitlines()
    tables = lines[: next(index for index, line in enumerate(lines) if line.startswith("≥ lower bound"))]
    assert max(map(cell_len, tables)) <= width


def test_a_wide_table_has_all_columns() -> None:
    shown = printed(*BUSY, width=120)
    for column in ("model", "cost", "requests", "total", "in", "out", "cache r", "cache w", "changed", "source"):
        assert column in shown


def test_a_narrow_table_keeps_names_cost_and_context() -> None:
    shown = printed(*BUSY, width=60)
    assert "source" not in shown
    assert "cost" in shown
    assert "45 %" in shown


def test_numbers_are_short_and_lower_bounds_marked() -> None:
    shown = printed(*BUSY, width=120)
    assert "1.2M" in shown
    assert "≥45k" in shown
    assert "+1,234 −567" in shown
    assert "≥ lower bound" in shown


def test_a_name_that_is_too_long_is_cut_to_leave_room_for_numbers() -> None:
    shown = printed(*BUSY, width=82)
    assert "a-model-with-a-name" in shown
    assert "for-any-table" not in shown
    assert "cache w" in shown


def test_several_models_have_a_sum_and_one_has_none() -> None:
    assert "\nall " in printed(*BUSY)
    assert "\nall " not in printed(usage("a"))


def test_markup_and_escape_sequences_are_harmless() -> None:
    hostile = "[bold]x[/bold]\x1b[2J\x07\u202e\x9b31m"
    shown = printed(
        SessionUpdate(session=SessionKey("demo", hostile), at=NOON, cwd=f"/{hostile}"),
        replace(usage("a"), model=hostile),
        started("t", tool=hostile),
        errors=(hostile,),
    )
    assert shown.count("[bold]x[/bold]") >= 3
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(shown)


def test_wide_characters_count_as_they_are_drawn() -> None:
    shown = printed(replace(usage("a"), model="模型" * 20), width=60)
    assert max(map(cell_len, shown.splitlines())) <= 60


def test_what_is_left_out_is_counted() -> None:
    many = [
        usage(f"r{number}", SessionKey("demo", f"s{number}"), NOON + number) for number in range(SHOWN_SESSIONS + 3)
    ]
    shown = printed(*many, errors=tuple(f"error {number}" for number in range(SHOWN_ERRORS + 2)))
    assert "and 3 more" in shown
    assert "and 2 more; --json has all" in shown


def test_nothing_has_no_tables() -> None:
    with closing(private_store()) as store:
        shown = StringIO()
        print_stats(query_stats(store), shown, 80)
    assert shown.getvalue() == "read 0 files, 0 lines\n"


def test_a_session_of_unknown_time_and_window_says_so() -> None:
    shown = printed(usage("a", BIRCH, at=0))
    assert "unknown" in shown
    assert "—" in shown


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Amount(requests=2, cost=1_840_000_000_000), "$1.84"),
        (Amount(requests=2, cost=1_840_000_000_000, lower_bound=1), "≥$1.84"),
        (Amount(requests=2, cost=1_840_000_000_000, unpriced=1), "≥$1.84"),
        (Amount(requests=2, unpriced=2), "—"),
        (Amount(requests=1, cost=100_000_000), "$0.0001"),
        (Amount(), "$0.00"),
    ],
)
def test_money_is_honest(amount: Amount, text: str) -> None:
    assert cost(amount) == text


def test_a_model_that_several_serve_is_told_with_who_does() -> None:
    shown = printed(
        replace(usage("a"), model="gpt-x", provider="azure"),
        replace(usage("b"), model="gpt-x", provider=""),
        replace(usage("c"), model="gpt-y", provider="azure"),
    )
    assert "gpt-x (azure)" in shown
    assert "gpt-x (unknown)" in shown
    assert "gpt-y (" not in shown


def test_what_no_response_accounts_for_is_told_as_such() -> None:
    shown = printed(usage("a"), SessionTotalUpdate(session=APPLE, at=NOON, cost=9 * 10**12))
    assert "beyond responses" in shown
    assert "unknown" not in shown
    assert "unknown" in printed(replace(usage("a"), model=""))
