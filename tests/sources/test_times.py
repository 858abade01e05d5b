"""Times of all forms become epoch milliseconds."""

from __future__ import annotations

import pytest

from tui_monitor.sources import times

NEW_YEAR = 1_767_225_600_000


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-01-01", "20260101T000000"])
def test_iso_times_are_utc_unless_they_name_a_zone(text: str) -> None:
    assert times.iso(text) == NEW_YEAR


def test_iso_times_keep_their_milliseconds() -> None:
    assert times.iso("2026-01-01T00:00:00.123456Z") == NEW_YEAR + 123


def test_what_is_no_iso_time_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid isoformat"):
        times.iso("yesterday")


@pytest.mark.parametrize("told", [1_767_225_600, 1_767_225_600.0, NEW_YEAR, "2026-01-01T00:00:00Z"])
def test_seconds_may_be_told_as_milliseconds_or_text(told: object) -> None:
    assert times.of_seconds(told) == NEW_YEAR


def test_fractions_of_a_second_are_kept() -> None:
    assert times.of_seconds(1_767_225_600.25) == NEW_YEAR + 250


def test_milliseconds_are_taken_as_they_are_however_small() -> None:
    assert times.of_millis(1500) == 1500


@pytest.mark.parametrize("told", [None, "", "soon", [], {}, -5, 1e300, "9999-99-99"])
def test_what_is_no_time_is_0(told: object) -> None:
    assert times.of_seconds(told) == times.of_millis(told) == 0
