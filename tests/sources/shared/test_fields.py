from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tui_monitor.sources.base import UnreadableRecord
from tui_monitor.sources.shared.fields import (
    AHEAD_MS,
    LATEST_MS,
    WRITTEN_MS,
    as_json,
    iso_to_epoch_ms,
    number,
    put_bounded,
    reset_to_epoch_ms,
    seconds_to_epoch_ms,
    table,
    tables,
    text,
    to_epoch_ms,
    to_picodollars,
)

NEW_YEAR = 1_767_225_600_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        (7.9, 7),
        (0, 0),
        (-1, None),
        (True, None),
        ("7", None),
        (None, None),
        (float("nan"), None),
        (2**60, 2**53),
        (float("inf"), 2**53),
        (1e300, 2**53),
    ],
)
def test_only_numbers_in_range_are_accepted(value: object, expected: int | None) -> None:
    assert number(value) == expected


def test_value_of_another_type_counts_as_absent() -> None:
    assert (text(7), table([]), list(tables({"a": 1})), list(tables([{}, 7, {"a": 1}]))) == ("", {}, [], [{}, {"a": 1}])


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("2026-03-01T10:00:00.250Z", 1_772_359_200_250),
        ("2026-03-01T11:00:00.250+01:00", 1_772_359_200_250),
        ("1901-01-01T00:00:00Z", 0),
        ("soon", 0),
        ("9999-12-31T23:59:59Z", 0),
        ("2199-01-01T00:00:00Z", 0),
        (7, 0),
    ],
)
def test_iso_times_become_epoch_milliseconds(timestamp: object, expected: int) -> None:
    assert iso_to_epoch_ms(timestamp) == expected


@dataclass(slots=True)
class Kept:
    numbers: list[int]


@pytest.mark.parametrize("largest", [7, 2**80])
def test_dataclasses_and_large_integers_are_encoded_as_json(largest: int) -> None:
    assert json.loads(as_json(Kept([largest]))) == {"numbers": [largest]}


def test_too_deeply_nested_value_is_unreadable() -> None:
    value: object = None
    for _ in range(100_000):  # beyond the limit of every interpreter: Python 3.13 writes 5000 levels
        value = [value]
    with pytest.raises(UnreadableRecord, match="nested too deeply"):
        as_json(value)


def test_oldest_entries_are_removed() -> None:
    mapping = {"a": 1, "b": 2}
    put_bounded(mapping, "a", 3, most=2)
    put_bounded(mapping, "c", 4, most=2)
    assert mapping == {"a": 3, "c": 4}


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-01-01", "20260101T000000"])
def test_iso_times_are_utc_unless_they_name_a_zone(text: str) -> None:
    assert iso_to_epoch_ms(text) == NEW_YEAR


def test_iso_times_keep_their_milliseconds() -> None:
    assert iso_to_epoch_ms("2026-01-01T00:00:00.123456Z") == NEW_YEAR + 123


@pytest.mark.parametrize("value", [1_767_225_600, 1_767_225_600.0, NEW_YEAR, "2026-01-01T00:00:00Z"])
def test_seconds_may_be_written_as_milliseconds_or_text(value: object) -> None:
    assert seconds_to_epoch_ms(value) == NEW_YEAR


def test_fractions_of_a_second_are_kept() -> None:
    assert seconds_to_epoch_ms(1_767_225_600.25) == NEW_YEAR + 250


def test_small_milliseconds_are_not_taken_for_seconds() -> None:
    assert to_epoch_ms(1500) == 1500


@pytest.mark.parametrize("value", [None, "", "soon", [], {}, -5, 1e300, "9999-99-99"])
def test_invalid_time_is_zero(value: object) -> None:
    assert seconds_to_epoch_ms(value) == to_epoch_ms(value) == 0


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> int:
    """Set the clock to the beginning of May 2027, and return that in epoch milliseconds."""
    may = 1_809_129_600_000
    monkeypatch.setattr(time, "time_ns", lambda: may * 1_000_000)
    return may


@pytest.mark.parametrize("read", [to_epoch_ms, seconds_to_epoch_ms])
@pytest.mark.parametrize(
    "future",
    ["2027-05-02T00:00:01Z", "2099-01-01T00:00:00Z", "9999-01-01T00:00:00Z", 253_370_764_800_000, 2**53, 2**70],
)
def test_time_more_than_a_day_in_the_future_is_unknown(now: int, read: Callable[[object], int], future: object) -> None:
    assert read(future) == 0


def test_clock_of_a_writer_may_be_ahead_by_a_day(now: int) -> None:
    assert iso_to_epoch_ms("2027-05-01T23:59:59Z") == now + AHEAD_MS - 1000
    assert seconds_to_epoch_ms((now + AHEAD_MS) // 1000) == to_epoch_ms(now + AHEAD_MS) == now + AHEAD_MS


def test_times_are_not_judged_by_a_clock_that_was_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert iso_to_epoch_ms("2026-12-01T00:00:00Z") == WRITTEN_MS


def test_limit_may_be_reset_in_the_future(now: int) -> None:
    in_a_month = now + 30 * AHEAD_MS
    assert reset_to_epoch_ms(in_a_month) == reset_to_epoch_ms(in_a_month // 1000) == in_a_month
    assert reset_to_epoch_ms(LATEST_MS) == LATEST_MS


@pytest.mark.parametrize("value", [None, "2027-05-01", 0, -1, True, LATEST_MS + 1, 2**70, float("nan")])
def test_limit_without_a_plausible_reset_has_none(value: object) -> None:
    assert reset_to_epoch_ms(value) is None


@pytest.mark.parametrize(
    ("dollars", "expected"),
    [(0.25, 250_000_000_000), (0, 0), (-1, None), (True, None), ("1", None), (float("nan"), None)],
)
def test_dollars_become_picodollars(dollars: object, expected: int | None) -> None:
    assert to_picodollars(dollars) == expected


def test_absurd_dollars_become_the_largest_that_fit() -> None:
    assert to_picodollars(1e300) == to_picodollars(float("inf")) == to_picodollars(9_000_000)
