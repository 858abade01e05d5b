"""Totals that sources report for whole sessions, and their part beyond what was booked for responses."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import NamedTuple, TypeAlias

from tui_monitor.events import Tokens
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.store.sql import saturate

ALL_TIME = 0
"""The moment after everything."""

BookedUntil: TypeAlias = Callable[[int], Amount]
"""Return the amount booked for responses before a moment."""


class ReportedCounts(NamedTuple):
    """Reported totals: picodollars and tokens, None where nothing is reported. ``prompt`` is the input with what went
    through caches."""

    cost: int | None = None
    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_creation: int | None = None
    reasoning: int | None = None
    prompt: int | None = None

    @property
    def is_complete(self) -> bool:
        """True if both the tokens and their cost are reported."""
        return self.cost is not None and (self.input is not None or self.prompt is not None)

    @property
    def largest_prompt(self) -> int | None:
        """The whole input, if it is reported with what went through caches; at least the sum of its parts."""
        if self.prompt is None:
            return None
        return max(self.prompt, (self.input or 0) + (self.cache_read or 0) + (self.cache_creation or 0))


COUNTS = ReportedCounts._fields
_BOOKED_COUNTS = tuple(name for name in COUNTS if name != "prompt")
_NO_COUNTS = ReportedCounts()


@dataclass(frozen=True, slots=True)
class ListPriced:
    """The part of a total's cost that comes from the price list: models with their tokens. ``reported`` is the rest in
    picodollars, None if it is unknown."""

    models: tuple[tuple[str, Tokens], ...]
    reported: int | None

    def total(self, listed: int | None) -> int | None:
        """Return the whole cost, of which ``listed`` comes from the price list; None if no part of it is known."""
        costs = [cost for cost in (self.reported, listed) if cost is not None]
        return saturate(sum(costs)) if costs else None

    def columns(self) -> tuple[str | None, int | None]:
        """Return the values for ``list_priced`` and ``reported_cost``; None without models."""
        if not self.models:
            return None, None
        text = json.dumps([(model, *astuple(tokens)) for model, tokens in self.models])
        return text, None if self.reported is None else saturate(self.reported)

    @classmethod
    def from_columns(cls, text: str, reported: int | None) -> ListPriced:
        """Return the part that has these columns."""
        return cls(tuple((model, Tokens(*counts)) for model, *counts in json.loads(text)), reported)


@dataclass(frozen=True, slots=True)
class ReportedTotal:
    """A cumulative total of a run, as reported at a time (0: unknown) for all responses before ``until``.

    The part of the run's name before a colon is the reporter. Runs of one reporter add up; different reporters
    describe the same spending, so the largest counts; the part of its name before an ``@`` is the reporter's only
    subject, and subjects add up. A total that ``inherits`` contains what the sessions spent whose
    history the session copied. Of the cost of one that ``is_listed`` a part comes from the price list: it is the least
    that these tokens cost.
    """

    run: str
    at: int
    until: int
    inherits: bool
    counts: ReportedCounts
    is_listed: bool = False

    @property
    def reporter(self) -> str:
        """The part of the run's name before a colon."""
        return self.run.partition(":")[0]

    @property
    def subject(self) -> str:
        """The part of the reporter's name before an ``@``; empty for one of the whole session."""
        subject, at, _ = self.reporter.partition("@")
        return subject if at else ""

    def is_before(self, moment: int) -> bool:
        """Return True if it was reported before this moment."""
        return moment == ALL_TIME or self.at < moment or self.until in range(1, moment + 1)


def session_total(totals: Iterable[ReportedTotal], inherited: Amount = ZERO) -> ReportedCounts:
    """Return the session's total: the largest of each run, summed per reporter, the largest of all reporters.

    Reporters of one subject only are summed over all subjects first. Those of reporters that leave out what was
    inherited are raised by it.
    """
    subjects: dict[str, list[ReportedTotal]] = defaultdict(list)
    for total in totals:
        subjects[total.subject].append(total)
    sums = _sums(subjects.pop("", []), inherited)
    if subjects:
        sums.append(_raise(_merge((_merge(_sums(group, ZERO), max) for group in subjects.values()), sum), inherited))
    return _merge(sums, max)


def _sums(totals: Iterable[ReportedTotal], inherited: Amount) -> list[ReportedCounts]:
    """Return the sum of each reporter."""
    runs: dict[str, list[ReportedCounts]] = defaultdict(list)
    reporters: dict[str, set[str]] = defaultdict(set)
    inheriting: set[str] = set()
    for total in totals:
        runs[total.run].append(total.counts)
        reporters[total.reporter].add(total.run)
        if total.inherits:
            inheriting.add(total.reporter)
    sums = []
    for reporter, names in reporters.items():
        counts = _merge((_merge(runs[name], max) for name in names), sum)
        sums.append(counts if reporter in inheriting else _raise(counts, inherited))
    return sums


def unattributed_amount(totals: Sequence[ReportedTotal], booked: BookedUntil, inherited: Amount = ZERO) -> Amount:
    """Return what the totals show beyond the responses: at each of their moments, and so for good.

    ``inherited`` is the amount that sessions spent whose history was copied.
    """
    amount = ZERO
    for moment in sorted({total.until for total in totals}):
        counts = session_total((total for total in totals if total.is_before(moment)), inherited)
        own = booked(moment)
        at_moment = beyond(counts, own.plus(inherited))
        is_exact = at_moment.lower_bound and not any(total.is_listed and total.subject for total in totals)
        flags = -own.lower_bound if is_exact else 0
        amount = _largest(amount, at_moment._replace(lower_bound=flags))
    has_cost = any(total.counts.cost is not None for total in totals)
    has_least_cost = any(total.is_listed for total in totals)
    is_more = any(getattr(amount, name) for name in _BOOKED_COUNTS if name != "cost" or not has_least_cost)
    if has_least_cost:
        amount = amount._replace(lower_bound=amount.lower_bound + 1) if is_more else amount._replace(cost=0)
    return amount._replace(unpriced=int(is_more and not has_cost))


def beyond(reported: ReportedCounts, booked: Amount) -> Amount:
    """Return usage reported for the session minus usage ``booked`` for its responses.

    An input that is reported without caches includes what went through them. A complete report of at least what the
    responses sent to the models makes up for outputs known as lower bounds only, and clears their flags.
    """
    counts = {name: max(0, (getattr(reported, name) or 0) - getattr(booked, name)) for name in _BOOKED_COUNTS}
    booked_input = _count(booked, "prompt")
    if (prompt := reported.largest_prompt) is not None:
        counts |= _divide(max(0, prompt - booked_input), counts)
    elif not (reported.cache_read or reported.cache_creation):
        counts["input"] = max(0, (reported.input or 0) - booked_input)
    reported_prompt = (reported.input or 0, reported.cache_read or 0, reported.cache_creation or 0)
    booked_prompt = (booked.input, booked.cache_read, booked.cache_creation)
    covers_responses = all(total >= part for total, part in zip(reported_prompt, booked_prompt, strict=True))
    covers_responses |= prompt is not None and prompt >= booked_input
    return Amount(**counts, lower_bound=-booked.lower_bound if reported.is_complete and covers_responses else 0)


def _divide(prompt: int, counts: dict[str, int]) -> dict[str, int]:
    """Divide a prompt by class: of each class what is reported of it, the rest is input."""
    cache_read = min(counts["cache_read"], prompt)
    cache_creation = min(counts["cache_creation"], prompt - cache_read)
    return {
        "input": prompt - cache_read - cache_creation,
        "cache_read": cache_read,
        "cache_creation": cache_creation,
        "reasoning": min(counts["reasoning"], counts["output"]),
    }


def _count(amount: Amount, name: str) -> int:
    if name == "prompt":
        return amount.input + amount.cache_read + amount.cache_creation
    count: int = getattr(amount, name)
    return count


def _largest(one: Amount, other: Amount) -> Amount:
    """Return the larger of each count, and the correction of more flags."""
    amount = Amount._make(map(max, one, other))
    return amount._replace(lower_bound=min(one.lower_bound, other.lower_bound))


def _raise(counts: ReportedCounts, inherited: Amount) -> ReportedCounts:
    return ReportedCounts._make(
        None if count is None else count + _count(inherited, name) for name, count in zip(COUNTS, counts, strict=True)
    )


def _merge(totals: Iterable[ReportedCounts], function: Callable[[Sequence[int]], int]) -> ReportedCounts:
    columns = ([count for count in column if count is not None] for column in zip(_NO_COUNTS, *totals, strict=True))
    return ReportedCounts._make(function(column) if column else None for column in columns)
