"""How full an agent's context window is, when it will be compacted, and how many more calls fit in."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tui_monitor.events import ASSUMED_LIMIT_SOURCES, CompactionRule, CompactionUpdate, ContextUpdate

LEVELS = (50.0, 75.0, 90.0, 100.0)
LEVEL_WORDS = ("OK", "LOW", "MEDIUM", "HIGH", "CRITICAL")

RECENT = 20
PRIOR_GROWTH = 1000
PRIOR_WEIGHT = 8
_SPREADS = ((0.9, 0.5, 2.2), (0.75, 0.69, 2.2), (0.5, 0.45, 2.3))
"""From which share of the threshold on a forecast of calls is given, and how far the truth lay from it in the
sessions that it was measured on (10th and 90th percentile of true ÷ predicted)."""


def level(percentage: float, levels: Sequence[float] = LEVELS) -> str:
    """The warning word of a percentage of the window: OK, LOW, MEDIUM, HIGH or CRITICAL."""
    return LEVEL_WORDS[sum(percentage >= threshold for threshold in levels)]


@dataclass(frozen=True, slots=True)
class ContextPoint:
    """Tokens in the context at one time."""

    at: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Compaction:
    """One compaction: tokens before and after, as far as told."""

    at: int
    before: int | None
    after: int | None
    trigger: str
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Calls left until compaction: expected, and the range in which 8 of 10 measured sessions ended."""

    calls: int
    low: int
    high: int
    growth: int


@dataclass(slots=True)
class Context:
    """The window of one agent. ``tokens`` is None while nobody knows."""

    tokens: int | None = None
    limit: int | None = None
    limit_source: str = ""
    model: str = ""
    at: int = 0
    points: deque[ContextPoint] = field(default_factory=lambda: deque(maxlen=512))
    compactions: deque[Compaction] = field(default_factory=lambda: deque(maxlen=64))
    compacting_since: int = 0
    start: int | None = None
    compaction_rule: CompactionRule | None = None

    def see(self, event: ContextUpdate) -> None:
        """The agent told how full it is; what is older than what is known changes nothing."""
        if event.at < self.at:
            return
        self.at, self.tokens = event.at, event.tokens
        if self._is_news(event):
            self.limit, self.limit_source = event.limit, event.limit_source
        self.model = event.model or self.model
        self.compaction_rule = event.compaction_rule or self.compaction_rule
        if event.tokens is None:
            self.start = None
            return
        if not self.points or self.points[-1].tokens != event.tokens:
            self.points.append(ContextPoint(event.at, event.tokens))
        if self.start is None:
            self.start = event.tokens

    def _is_news(self, event: ContextUpdate) -> bool:
        """Whether what is said of the window counts: a guess takes back nothing that is known of the same model."""
        if event.limit is None or self.limit is None:
            return event.limit is not None
        other_model = event.model not in ("", self.model)
        return (
            other_model or event.limit_source not in ASSUMED_LIMIT_SOURCES or self.limit_source in ASSUMED_LIMIT_SOURCES
        )

    def compact(self, event: CompactionUpdate) -> None:
        """A compaction began or is done."""
        if not event.finished:
            self.compacting_since = event.at
            return
        self.compacting_since = 0
        seen = Compaction(event.at, event.before, event.after, event.trigger, event.duration_ms)
        if event.trimmed is None and seen not in self.compactions:
            self.compactions.append(seen)

    @property
    def percentage(self) -> float | None:
        """Of the window, unrounded; None while unknown."""
        if self.tokens is None or not self.limit:
            return None
        return 100 * self.tokens / self.limit

    def growths(self) -> list[int]:
        """By how much each of the last calls filled it further, since it was last compacted; never negative."""
        since = self.compactions[-1].at if self.compactions else 0
        tokens = [point.tokens for point in self.points if point.at >= since][-RECENT - 1 :]
        return [max(0, later - earlier) for earlier, later in pairwise(tokens)]


def compaction_threshold(context: Context) -> int | None:
    """Return the tokens at which the agent compacts automatically: as observed, else by its rule, else None."""
    seen = [c.before for c in context.compactions if c.before is not None and c.trigger == "auto"]
    if seen:
        return min(seen)
    return context.compaction_rule.threshold(context.limit) if context.limit and context.compaction_rule else None


def forecast(context: Context, threshold: int | None) -> Forecast | None:
    """How many calls fit in before ``threshold``; None below half of it, where nothing useful can be said."""
    if threshold is None or context.tokens is None or threshold <= 0:
        return None
    spread = next((spread for spread in _SPREADS if context.tokens >= spread[0] * threshold), None)
    if spread is None:
        return None
    growths = context.growths()
    growth = (sum(growths) + PRIOR_WEIGHT * PRIOR_GROWTH) / (len(growths) + PRIOR_WEIGHT)
    calls = max(0, threshold - context.tokens) / growth
    _, low, high = spread
    return Forecast(round(calls), round(calls * low), round(calls * high), round(growth))
