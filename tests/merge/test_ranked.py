"""Fields chosen by rank."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import pytest

from tui_monitor.merge.ranked import NO_RANK, FieldGroup, RankedRecord, flags_of, rank_of, time_of

GROUP: FieldGroup = {"name": "", "size": None}


@dataclass(slots=True, kw_only=True)
class Sample(RankedRecord):
    """A record of one group."""

    name: str = ""
    size: int | None = None
    rank: int = NO_RANK

    def apply(self, rank: int, name: str, size: int | None) -> list[str]:
        """Merge one event."""
        fields = self.merge_event(GROUP, (name, size), rank, self.rank)
        self.rank = max(self.rank, rank)
        return fields


def sample_of(*events: tuple[int, str, int | None]) -> Sample:
    sample = Sample()
    for event in events:
        sample.apply(*event)
    return sample


def test_flags_weigh_more_than_time() -> None:
    assert rank_of(1, True, False) > rank_of(2**50, False, True) > rank_of(2**50, False, False) > rank_of(5) > NO_RANK
    assert flags_of(rank_of(7, True, False)) == 0b10
    assert flags_of(NO_RANK) == 0


def test_time_of_a_rank_is_bounded() -> None:
    assert time_of(rank_of(1_750_000_000_000, True)) == 1_750_000_000_000
    assert (time_of(rank_of(-5)), time_of(NO_RANK), time_of(rank_of(2**60, True))) == (0, 0, 2**44 - 1)


EVENTS = [(3, "third", None), (1, "first", 1), (2, "", 2), (4, "", None)]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_best_event_that_sets_a_field_wins_in_any_order(order: tuple[int, ...]) -> None:
    sample = sample_of(*(EVENTS[index] for index in order))
    assert (sample.name, sample.size, sample.rank) == ("third", 2, 4)
    assert sample.lower_ranks == {"name": 3, "size": 2}


@pytest.mark.parametrize("cut", range(5))
def test_records_of_two_parts_merge_to_that_of_all_events(cut: int) -> None:
    later = sample_of(*EVENTS[cut:])
    earlier = sample_of(*EVENTS[:cut])
    later.merge_earlier(GROUP, earlier, later.rank, earlier.rank)
    later.rank = max(later.rank, earlier.rank)
    assert later == sample_of(*EVENTS)


def test_of_one_rank_the_event_read_last_wins() -> None:
    sample = sample_of((1, "a longer name", 5), (1, "b", None))
    assert (sample.name, sample.size) == ("b", 5)
    earlier = sample_of((1, "earlier", 9))
    assert sample.merge_earlier(GROUP, earlier, 1, 1) == []
    assert sample.name == "b"


def test_fields_set_by_an_event_are_returned() -> None:
    sample = Sample()
    assert sample.apply(2, "a", None) == ["name"]
    assert sample.apply(1, "b", 3) == ["size"]
    assert sample.apply(2, "a", None) == ["name"]
    assert sample.apply(0, "c", 4) == []
