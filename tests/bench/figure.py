"""A measured figure, and how it is taken."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import TypeAlias

Json: TypeAlias = dict[str, str | float | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` of what is measured, in ``unit``; ``bare`` is the same of ``against``, None where there is no such."""

    name: str
    value: float
    unit: str
    bare: float | None = None
    against: str = ""

    @property
    def ratio(self) -> float | None:
        """The value as a multiple of the bare one."""
        return self.value / self.bare if self.bare else None

    def as_json(self) -> Json:
        """All of it, for programs."""
        return {**asdict(self), "ratio": self.ratio}


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """How long ``work`` takes, in seconds: the best of so many ``times``, without the collector's pauses."""
    taken = []
    for _ in range(times):
        gc.collect()
        gc.disable()
        began = perf_counter()
        work()
        taken.append(perf_counter() - began)
        gc.enable()
    return min(taken)
