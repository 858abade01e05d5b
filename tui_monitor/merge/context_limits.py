"""The size of an agent's context window, by the model it runs on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui_monitor.events import ASSUMED_LIMIT_SOURCES, ContextUpdate

MAX_MODELS = 16
"""Models to remember of one agent, those reported last."""


def fill_percentage(tokens: int | None, limit: int | None, base: int = 0) -> float | None:
    """Return how much of a window of ``limit`` tokens is filled, as the agent counts it: without the ``base`` on both
    sides, and then at most 100. None while unknown."""
    if tokens is None or not limit:
        return None
    if not base or limit <= base:
        return 100 * tokens / limit
    return 100 * min(1.0, max(0, tokens - base) / (limit - base))


class LimitReport(NamedTuple):
    """One figure of a window: its ``size`` in tokens (0: unknown), the ``model`` (empty where none is named) and its
    ``source``."""

    at: int
    size: int
    source: str
    model: str

    @property
    def is_reported(self) -> bool:
        """False for a guess: assumed, or from a price list; and where the size is unknown."""
        return bool(self.size) and self.source not in ASSUMED_LIMIT_SOURCES

    @property
    def _rank(self) -> tuple[bool, LimitReport]:
        return bool(self.size), self

    def is_later(self, other: LimitReport) -> bool:
        """Return True if it replaces another figure of the same kind: a size is never replaced by none."""
        return self._rank > other._rank


class ContextLimits:
    """The windows of one agent: of each model the latest report and the latest guess."""

    __slots__ = ("_limits",)

    def __init__(self) -> None:
        self._limits: dict[tuple[str, bool], LimitReport] = {}

    def __iter__(self) -> Iterator[LimitReport]:
        return iter(self._limits.values())

    def apply(self, event: ContextUpdate) -> bool:
        """Merge what an event says of the window; return True if anything changed."""
        if event.limit is None:
            is_fill = bool(event.model) and event.tokens is not None
            return is_fill and self.add(LimitReport(event.at, 0, "", event.model))
        return self.add(LimitReport(event.at, event.limit, event.limit_source, event.model))

    def add(self, limit: LimitReport) -> bool:
        """Merge one figure; return True if anything changed."""
        key = (limit.model, limit.is_reported)
        existing = self._limits.get(key)
        if existing and not limit.is_later(existing):
            return False
        self._limits[key] = limit
        if len(self._limits) > 2 * MAX_MODELS:
            del self._limits[min(self._limits, key=lambda key: self._limits[key])]
        return True

    def current(self) -> LimitReport | None:
        """Return the figure for the model named last: a report before a guess, then the latest; None if unknown.

        A model whose window is unknown has none, whatever the one before it had.
        """
        for_models = [limit for limit in self if limit.model]
        latest = max(for_models, key=lambda limit: (limit.at, limit.is_reported, limit.model), default=None)
        model = latest.model if latest else ""
        fitting = [limit for limit in self if limit.model in ("", model)]
        fitting = [limit for limit in fitting if limit.size]
        return max(fitting, key=lambda limit: (limit.is_reported, limit), default=None)
