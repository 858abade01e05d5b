"""Prices compiled to what is asked for a million times: rates by time and size of the prompt."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from tui_monitor.events import Rates
from tui_monitor.pricing.pricelist import DAY_MS, Context
from tui_monitor.pricing.tariff import Tariff


class Schedule:
    """A tariff's rates, compiled when a time is first asked for: between two edges one moment stands for all."""

    def __init__(self, tariff: Tariff, context: Context) -> None:
        self._tariff = tariff
        self._context = context
        self._dates, self._times = tariff.edges()
        self._periods: dict[tuple[int, int], _Ladder] = {}

    def rates(self, at: int, prompt: int) -> Rates | None:
        """The rates at ``at`` for a prompt of that many tokens; None when nobody knows them."""
        period = (bisect_right(self._dates, at), bisect_right(self._times, at % DAY_MS))
        ladder = self._periods.get(period)
        if ladder is None:
            ladder = self._periods[period] = self._compile(at)
        return ladder.rates(prompt)

    def _compile(self, at: int) -> _Ladder:
        steps = self._tariff.steps(at, self._context)
        return _Ladder(tuple(step.above for step in steps[1:]), tuple(step.prices.rates() for step in steps))


@dataclass(frozen=True, slots=True)
class _Ladder:
    """The rates by the size of the prompt: one more than there are ``starts``, or none at all."""

    starts: tuple[int, ...]
    steps: tuple[Rates | None, ...]

    def rates(self, prompt: int) -> Rates | None:
        return self.steps[bisect_left(self.starts, prompt)] if self.steps else None
