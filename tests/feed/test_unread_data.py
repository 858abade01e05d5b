"""Data that wait to be read have the age at which a file was seen to be as long."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_monitor.events import SessionKey
from tui_monitor.feed.unread_data import MARK_S, MAX_MARKS, UnreadData

FILE, OTHER = Path("/a.jsonl"), Path("/b.jsonl")
SESSION, ANOTHER = SessionKey("toy", "s"), SessionKey("toy", "t")
OF_SESSION = frozenset({SESSION})


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def unread(clock: Clock) -> UnreadData:
    return UnreadData(clock)


def test_nothing_is_unread_at_first(unread: UnreadData, clock: Clock) -> None:
    assert unread.oldest(SESSION) is None
    assert unread.noticed_at(FILE) == clock.now


def test_source_counts_for_no_session_before_it_gave_events(unread: UnreadData, clock: Clock) -> None:
    unread.notice(FILE)
    clock.now += 3
    assert (unread.oldest(SESSION), unread.noticed_at(FILE)) == (None, 100.0)
    unread.advance(FILE, 10, 50, OF_SESSION)
    assert (unread.oldest(SESSION), unread.oldest(ANOTHER)) == (100.0, None)


def test_further_notice_does_not_make_old_data_young(unread: UnreadData, clock: Clock) -> None:
    unread.notice(FILE)
    clock.now += 3
    unread.notice(FILE)
    assert unread.noticed_at(FILE) == 100.0


def test_age_is_that_of_the_size_that_has_not_been_reached(unread: UnreadData, clock: Clock) -> None:
    unread.notice(FILE)
    for size, bytes_read, noticed_at in ((50, 10, 100), (60, 20, 100), (70, 50, 110), (80, 60, 120), (90, 85, 140)):
        unread.advance(FILE, bytes_read, size, OF_SESSION)
        assert unread.oldest(SESSION) == noticed_at
        clock.now += 10


def test_data_that_come_while_nothing_known_is_unread_are_new(unread: UnreadData, clock: Clock) -> None:
    unread.notice(FILE)
    unread.advance(FILE, 40, 50, OF_SESSION)
    clock.now += MARK_S / 2
    unread.advance(FILE, 50, 60, OF_SESSION)  # 60 is too soon after 50 to be remembered
    assert unread.oldest(SESSION) == clock.now


def test_lines_that_were_read_ahead_are_as_old_as_the_end_of_the_file(unread: UnreadData, clock: Clock) -> None:
    unread.notice(FILE)
    unread.advance(FILE, 40, 50, OF_SESSION)
    clock.now += 3
    unread.advance(FILE, 60, 60, OF_SESSION)
    clock.now += 3
    assert unread.oldest(SESSION) == 103.0


def test_oldest_source_of_a_session_counts_until_it_is_at_its_end(unread: UnreadData, clock: Clock) -> None:
    for path in (FILE, OTHER):
        unread.advance(path, 1, 2, OF_SESSION)
        clock.now += 1
    assert unread.oldest(SESSION) == 100.0
    unread.end(FILE)
    assert unread.oldest(SESSION) == 101.0
    unread.end(OTHER)
    unread.end(OTHER)
    assert unread.oldest(SESSION) is None


def test_events_of_no_session_leave_a_source_with_those_of_its_last_ones(unread: UnreadData) -> None:
    unread.advance(FILE, 1, 3, OF_SESSION)
    unread.advance(FILE, 2, 3, frozenset())
    assert unread.oldest(SESSION) == 100.0


def test_remembered_sizes_are_limited(unread: UnreadData, clock: Clock) -> None:
    for size in range(2 * MAX_MARKS):
        unread.advance(FILE, 0, 10 + size, OF_SESSION)
        clock.now += MARK_S
    unread.advance(FILE, 9 + MAX_MARKS, 5 * MAX_MARKS, OF_SESSION)
    assert unread.oldest(SESSION) == clock.now
