"""The fill of an agent's context window: its level, its compactions, and a forecast of the calls left."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from tui_monitor.events import CompactionRule, CompactionSummary, CompactionUpdate, ContextPart, ContextUpdate
from tui_monitor.merge.context_fill import ContextFill
from tui_monitor.merge.context_limits import ContextLimits, LimitReport, fill_percentage

LEVELS = (50.0, 75.0, 90.0, 100.0)
LEVEL_WORDS = ("OK", "LOW", "MEDIUM", "HIGH", "CRITICAL")

MAX_RUNS = 512
MAX_COMPACTIONS = 64
MAX_SUMMARIES = 16
MAX_SUMMARY = 64 * 1024
RECENT = 30
MAX_GROWTH = 4000
"""Tokens by which one call counts at most in a forecast: a single long result says little about the calls to come."""
PRIOR_GROWTH = 1000
PRIOR_WEIGHT = 8
_SPREADS = ((0.9, 0.3, 3.0), (0.75, 0.5, 2.2), (0.5, 0.45, 2.3))
"""Of each share of the threshold from which calls are forecast: the least and the most true ÷ predicted to expect, as
measured on real sessions (``python -m tests.forecast_coverage``). Near the end one result decides."""


def level(percentage: float, levels: Sequence[float] = LEVELS) -> str:
    """Return the warning word of a percentage of the window: OK, LOW, MEDIUM, HIGH or CRITICAL."""
    return LEVEL_WORDS[sum(percentage >= threshold for threshold in levels)]


@dataclass(slots=True)
class ContextRun:
    """A time during which the context held the same tokens, from the first update that says so to the last one."""

    first: ContextFill
    last: ContextFill

    @property
    def first_at(self) -> int:
        """Time of the first update."""
        return self.first.at

    @property
    def last_at(self) -> int:
        """Time of the last update."""
        return self.last.at

    @property
    def tokens(self) -> int | None:
        """The tokens that it held, None while unknown."""
        return self.first.tokens


@dataclass(frozen=True, slots=True)
class Compaction:
    """One compaction; tokens before and after are None where its source does not state them."""

    at: int
    before: int | None
    after: int | None
    trigger: str
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Calls left until compaction: the expected number, the range in which 8 of 10 measured sessions ended, and the
    growth per call in tokens."""

    calls: int
    low: int
    high: int
    growth: int


@dataclass(slots=True)
class Context:
    """The window of one agent. ``tokens`` and ``limit`` are None while unknown, ``start`` is the fill with which the
    context began, at ``start_at``, anew after each compaction; ``summaries`` are what compactions left, by their time.
    ``compacting_since`` is 0 unless a compaction is under way. ``parts`` are those of every request, by key; ``base``
    tokens are left out of the percentage."""

    tokens: int | None = None
    limit: int | None = None
    limit_source: str = ""
    start: int | None = None
    start_at: int = 0
    limits: ContextLimits = field(default_factory=ContextLimits)
    runs: list[ContextRun] = field(default_factory=list)
    compactions: list[Compaction] = field(default_factory=list)
    summaries: dict[int, str] = field(default_factory=dict)
    compaction_began: int = 0
    compaction_ended: int = 0
    compaction_rule: CompactionRule | None = None
    rule_fill: ContextFill | None = None
    parts: dict[str, ContextPart] = field(default_factory=dict)
    base: int = 0

    @property
    def at(self) -> int:
        """Time of the last update, 0 if there was none."""
        return self.runs[-1].last_at if self.runs else 0

    @property
    def compacting_since(self) -> int:
        """Start of the compaction that is under way, 0 if none is."""
        return self.compaction_began if self.compaction_began > self.compaction_ended else 0

    @property
    def percentage(self) -> float | None:
        """Fill of the window as the agent counts it, unrounded; None while unknown."""
        return self.percentage_at(self.tokens)

    def percentage_at(self, tokens: int | None) -> float | None:
        """Return the percentage when the context holds that many tokens."""
        return fill_percentage(tokens, self.limit, self.base)

    @property
    def uncompacted(self) -> int:
        """The most tokens that it held at two updates in a row, without a compaction between them."""
        fills = [run.tokens or 0 for run in self.runs]
        return max(map(min, pairwise(fills)), default=0)

    def apply(self, event: ContextUpdate) -> None:
        """Merge an update, whatever its place in time."""
        fill = ContextFill.of(event)
        if self.limits.apply(event):
            self._choose_limit()
        self._rule_by(event.compaction_rule, fill)
        self.base = event.base or self.base
        self._update(fill)

    def merge_earlier(self, events: Iterable[ContextUpdate]) -> None:
        """Merge updates that were read before those of this context."""
        runs = self.runs
        self.runs, self.start, self.start_at = [], None, 0
        for event in events:
            self.apply(event)
        for run in runs:
            self._update(run.first)
            self._update(run.last)

    def add_limit(self, limit: LimitReport) -> None:
        """Merge a figure of the window's size."""
        if self.limits.add(limit):
            self._choose_limit()

    def compact(self, event: CompactionUpdate) -> None:
        """Merge the beginning or the end of a compaction."""
        if not event.finished:
            self.compaction_began = max(self.compaction_began, event.at)
            return
        self.compaction_ended = max(self.compaction_ended, event.at)
        if event.failed:
            return
        compaction = Compaction(event.at, event.before, event.after, event.trigger, event.duration_ms)
        if event.trimmed is None and compaction not in self.compactions:
            insort(self.compactions, compaction, key=_compaction_order)
            del self.compactions[:-MAX_COMPACTIONS]

    def summarise(self, event: CompactionSummary) -> None:
        """Keep the text that a compaction left."""
        self.summaries[event.at] = max(self.summaries.get(event.at, ""), event.text[:MAX_SUMMARY], key=len)
        if len(self.summaries) > MAX_SUMMARIES:
            del self.summaries[min(self.summaries)]

    def growths(self) -> list[int]:
        """Return by how much each of the last calls filled it further, since it was last compacted; never negative."""
        since = self.compactions[-1].at if self.compactions else 0
        fills = [run.tokens for run in self.runs if run.last_at >= since and run.tokens is not None]
        distinct = [tokens for tokens, _ in groupby(fills)][-RECENT - 1 :]
        return [max(0, later - earlier) for earlier, later in pairwise(distinct)]

    def _rule_by(self, rule: CompactionRule | None, fill: ContextFill) -> None:
        if rule and (self.rule_fill is None or fill >= self.rule_fill):
            self.compaction_rule, self.rule_fill = rule, fill

    def _update(self, fill: ContextFill) -> None:
        if not self.runs or fill > self.runs[-1].last:
            self._append(fill)
        elif self._insert(fill):
            self.tokens = self.runs[-1].tokens
            self._find_start()

    def _append(self, fill: ContextFill) -> None:
        self.tokens = fill.tokens
        if fill.tokens is None:
            self.start, self.start_at = None, 0
        elif self.start is None:
            self.start, self.start_at = fill.tokens, fill.at
        if self.runs and self.runs[-1].tokens == fill.tokens:
            self.runs[-1].last = fill
        else:
            self.runs.append(ContextRun(fill, fill))
            del self.runs[:-MAX_RUNS]

    def _insert(self, fill: ContextFill) -> bool:
        """Insert an update among those that are known; return False if it is one of them."""
        index = bisect_right(self.runs, fill, key=lambda run: run.first)
        before = self.runs[index - 1] if index else None
        if before and before.last >= fill:
            if before.tokens == fill.tokens:
                return False
            self.runs.insert(index, ContextRun(before.last, before.last))
            before.last = before.first
        following = self.runs[index] if index < len(self.runs) else None
        if before and before.tokens == fill.tokens:
            before.last = fill
        elif following and following.tokens == fill.tokens:
            following.first = fill
        else:
            self.runs.insert(index, ContextRun(fill, fill))
            del self.runs[:-MAX_RUNS]
        return True

    def _find_start(self) -> None:
        resets = [index for index, run in enumerate(self.runs) if run.tokens is None]
        if resets or len(self.runs) < MAX_RUNS:
            first = resets[-1] + 1 if resets else 0
            self.start, self.start_at = None, 0
            if first < len(self.runs):
                self.start, self.start_at = self.runs[first].tokens, self.runs[first].first_at

    def _choose_limit(self) -> None:
        limit = self.limits.current()
        self.limit, self.limit_source = (limit.size, limit.source) if limit else (None, "")


def compaction_threshold(context: Context) -> int | None:
    """Return the tokens at which the agent compacts automatically: as observed, else by its rule, else None.

    A context that held more, and was not compacted then, disproves a threshold.
    """
    uncompacted = context.uncompacted
    observed = [c.before for c in context.compactions if c.before is not None and c.trigger == "auto"]
    holding = [before for before in observed if before >= uncompacted]
    if holding:
        return min(holding)
    if not context.limit or not context.compaction_rule:
        return None
    threshold = context.compaction_rule.threshold(context.limit)
    return threshold if threshold >= uncompacted else None


def forecast(context: Context, threshold: int | None) -> Forecast | None:
    """Forecast the calls that fit in before ``threshold``; None below half of it, where no forecast is useful."""
    if threshold is None or context.tokens is None or threshold <= 0:
        return None
    spread = next((spread for spread in _SPREADS if context.tokens >= spread[0] * threshold), None)
    if spread is None:
        return None
    growths = [min(growth, MAX_GROWTH) for growth in context.growths()]
    growth = (sum(growths) + PRIOR_WEIGHT * PRIOR_GROWTH) / (len(growths) + PRIOR_WEIGHT)
    calls = max(0, threshold - context.tokens) / growth
    _, low, high = spread
    return Forecast(round(calls), round(calls * low), round(calls * high), round(growth))


def _compaction_order(compaction: Compaction) -> tuple[int, str]:
    return compaction.at, str(compaction)
