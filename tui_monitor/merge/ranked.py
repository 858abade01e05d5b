"""Fields that several events may set, each kept from the event that is best informed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

NO_RANK = -1
"""Below the rank of every event: nothing has set the field, or the group of fields, yet."""

_TIME_BITS = 44
_LATEST = (1 << _TIME_BITS) - 1

FieldGroup: TypeAlias = Mapping[str, object]
"""Fields that events set together, each with its empty value."""


def rank_of(at: int, *flags: bool) -> int:
    """Rank an event by its ``flags``, the first of which weighs most, then by its time (epoch ms)."""
    weight = 0
    for flag in flags:
        weight = weight << 1 | flag
    time = at if 0 <= at <= _LATEST else max(0, min(at, _LATEST))
    return weight << _TIME_BITS | time if weight else time  # without flags the object of the time itself: less memory


def flags_of(rank: int) -> int:
    """Return the flags of a rank as bits, the first one highest; those of `NO_RANK` are unset."""
    return max(rank, 0) >> _TIME_BITS


def time_of(rank: int) -> int:
    """Return the time of a rank, 0 for `NO_RANK`."""
    return max(rank, 0) & _LATEST if rank > _LATEST else max(rank, 0)


def counts_over(at: int, value: str, existing_at: int, existing: str) -> bool:
    """Return True if a value of the time ``at`` replaces an existing one: the later, and of one instant the greater one
    counts, so that two files may have the same one; without times the one read last."""
    return (at, value) >= (existing_at, existing) if at else not existing_at


@dataclass(slots=True, kw_only=True)
class RankedRecord:
    """Base of records whose fields are chosen by rank, so that the order of reading does not matter. Of two events of
    one rank the one read last wins, unless the record knows better.

    The fields of a group share one rank, that of its best event. ``lower_ranks`` has the rank of each field that a
    lesser event set because the best one left it empty; None while there is no such field.
    """

    lower_ranks: dict[str, int] | None = None

    def merge_event(
        self, group: FieldGroup, values: Iterable[object], rank: int, best: int, *, wins_tie: bool = True
    ) -> list[str]:
        """Merge the values of one event, in the order of ``group``; return the fields that it sets.

        ``best`` is the rank of the group so far; ``wins_tie`` says whether the event wins over one of that rank.
        """
        fields = []
        if best == NO_RANK:
            for (name, nothing), value in zip(group.items(), values, strict=True):
                if value != nothing:
                    setattr(self, name, value)
                    fields.append(name)
            return fields
        lower = self.lower_ranks or {}
        for (name, nothing), value in zip(group.items(), values, strict=True):
            if value != nothing:
                current = lower.get(name, best)
                loses = rank < current or (rank == current == best and not wins_tie)
                if not loses or getattr(self, name) == nothing:
                    setattr(self, name, value)
                    fields.append(name)
                    _note(lower, name, rank, best)
            elif rank > best and getattr(self, name) != nothing:
                lower.setdefault(name, best)
        self.lower_ranks = lower or None
        return fields

    def merge_earlier(
        self, group: FieldGroup, earlier: RankedRecord, best: int, earlier_best: int, *, wins_tie: bool = False
    ) -> list[str]:
        """Merge the same group of a record of events that were read before those of this one; return the fields that
        it sets. ``wins_tie`` says whether the earlier one wins if both are of one rank."""
        fields = []
        lower, earlier_lower = self.lower_ranks or {}, earlier.lower_ranks or {}
        for name, nothing in group.items():
            value, existing = getattr(earlier, name), getattr(self, name)
            current = NO_RANK if existing == nothing else lower.get(name, best)
            rank = NO_RANK if value == nothing else earlier_lower.get(name, earlier_best)
            if rank > current or (rank == current == best != NO_RANK and wins_tie):
                setattr(self, name, value)
                fields.append(name)
            if max(rank, current) != NO_RANK:
                _note(lower, name, max(rank, current), max(best, earlier_best))
        self.lower_ranks = lower or None
        return fields


def _note(lower: dict[str, int], name: str, rank: int, best: int) -> None:
    if rank < best:
        lower[name] = rank
    else:
        lower.pop(name, None)
