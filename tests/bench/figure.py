"""A measured figure, and how to measure time."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import TypeAlias

Json: TypeAlias = dict[str, str | float | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A ``value`` in ``unit``; ``bare`` is the value of ``against``, None without one."""

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
        """Return the figure as JSON."""
        return {**asdict(self), "ratio": self.ratio}


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Return the seconds that ``work`` takes: the best of ``times``, without garbage collection."""
    samples = []
    for _ in range(times):
        gc.collect()
        gc.disable()
        began = perf_counter()
        work()
        samples.append(perf_counter() - began)
        gc.enable()
    return min(samples)
