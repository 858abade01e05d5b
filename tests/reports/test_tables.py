"""The report as tables fits its width, has the most important columns first, and shows no hostile text."""

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
from tui_monitor.reports.model import TableData
from tui_monitor.reports.stats import query_stats
from tui_monitor.reports.stats_tables import MAX_ERRORS, MAX_SESSIONS, cost_text, stats_notes, stats_tables
from tui_monitor.reports.tables import print_tables

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
    """Return the tables of a store with these events."""
    output = StringIO()
    with closing(filled(*events)) as store:
        stats = query_stats(store, errors)
    print_tables(stats_tables(stats, UTC), stats_notes(stats), output, width)
    return output.getvalue()


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_no_table_is_wider_than_its_screen(width: int) -> None:
    lines = printed(*BUSY, width=width).splitlines()
    tables = lines[: next(index for index, line in enumerate(lines) if line.startswith("≥ lower bound"))]
    assert max(map(cell_len, tables)) <= width


def test_a_wide_table_has_all_columns() -> None:
    text = printed(*BUSY, width=120)
    for column in ("model", "cost", "requests", "total", "in", "out", "cache r", "cache w", "changed", "source"):
        assert column in text


def test_a_narrow_table_keeps_names_cost_and_context() -> None:
    text = printed(*BUSY, width=60)
    assert "source" not in text
    assert "cost" in text
    assert "45 %" in text


def test_numbers_are_short_and_lower_bounds_marked() -> None:
    text = printed(*BUSY, width=120)
    assert "1.2M" in text
    assert "≥45k" in text
    assert "+1,234 −567" in text
    assert "≥ lower bound" in text


def test_long_name_is_cut_to_leave_room_for_numbers() -> None:
    text = printed(*BUSY, width=82)
    assert "a-model-with-a-name" in text
    assert "for-any-table" not in text
    assert "cache w" in text


def test_only_several_models_have_a_total() -> None:
    assert "\nall " in printed(*BUSY)
    assert "\nall " not in printed(usage("a"))


def test_markup_and_escape_sequences_are_harmless() -> None:
    hostile = "[bold]x[/bold]\x1b[2J\x07\u202e\x9b31m"
    text = printed(
        SessionUpdate(session=SessionKey("demo", hostile), at=NOON, cwd=f"/{hostile}"),
        replace(usage("a"), model=hostile),
        started("t", tool=hostile),
        errors=(hostile,),
    )
    assert text.count("[bold]x[/bold]") >= 3
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(text)


def test_wide_characters_count_as_two_cells() -> None:
    text = printed(replace(usage("a"), model="模型" * 20), width=60)
    assert max(map(cell_len, text.splitlines())) <= 60


def test_omitted_rows_are_counted() -> None:
    many = [usage(f"r{number}", SessionKey("demo", f"s{number}"), NOON + number) for number in range(MAX_SESSIONS + 3)]
    text = printed(*many, errors=tuple(f"error {number}" for number in range(MAX_ERRORS + 2)))
    assert "and 3 more" in text
    assert "and 2 more; stats --json has all" in text


def test_empty_store_has_no_tables() -> None:
    assert printed() == "nothing was done in this time\nread 1 file, 0 lines\n"


def test_tables_need_no_report() -> None:
    output = StringIO()
    print_tables([TableData("Boats", ("name", "tons"), [("ada", "12")], ("all", "12"), 3)], ["end"], output, 40)
    assert [line.strip() for line in output.getvalue().splitlines() if line.strip("─ ")] == [
        "Boats",
        "name  tons",
        "ada     12",
        "all     12",
        "and 3 more",
        "end",
    ]


def test_unknown_time_and_window_are_marked() -> None:
    text = printed(usage("a", BIRCH, at=0))
    assert "unknown" in text
    assert "—" in text


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
def test_cost_marks_lower_bounds_and_unknown_prices(amount: Amount, text: str) -> None:
    assert cost_text(amount) == text


def test_model_of_several_providers_is_listed_with_each() -> None:
    text = printed(
        replace(usage("a"), model="gpt-x", provider="azure"),
        replace(usage("b"), model="gpt-x", provider=""),
        replace(usage("c"), model="gpt-y", provider="azure"),
    )
    assert "gpt-x (azure)" in text
    assert "gpt-x (unknown)" in text
    assert "gpt-y (" not in text


def test_cost_beyond_responses_has_a_row() -> None:
    text = printed(usage("a"), SessionTotalUpdate(session=APPLE, at=NOON, cost=9 * 10**12))
    assert "beyond responses" in text
    assert "unknown" not in text
    assert "unknown" in printed(replace(usage("a"), model=""))
