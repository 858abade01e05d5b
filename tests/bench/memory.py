"""Memory of live state: it is the same after a hundred thousand events as after ten thousand."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from itertools import count, islice

from tests.bench.figure import Figure
from tests.bench.invented import OUTPUT
from tests.live.events_builder import SESSION, T0, finished, started
from tui_monitor.events import ContextUpdate, Event, Prompt
from tui_monitor.live.state import Changes, LiveState

FEW, MANY = 10_000, 100_000


def bench() -> Iterator[Figure]:
    """Megabytes held."""
    state, events = LiveState(), _afternoon()
    tracemalloc.start()
    try:
        few, many = _held_after(state, islice(events, FEW)), _held_after(state, islice(events, MANY - FEW))
    finally:
        tracemalloc.stop()
    yield Figure(f"live state after {MANY:,} events", many, "MB", few, f"after {FEW:,}")


def _held_after(state: LiveState, events: Iterator[Event]) -> float:
    state.apply(events, Changes())
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / 1e6


def _afternoon() -> Iterator[Event]:
    for turn in count():
        at, call = turn * 1000, f"call-{turn}"
        yield started(call, at, subject=f"pytest -k berth_{turn}", input=f'{{"command": "pytest -k berth_{turn}"}}')
        yield finished(call, at + 400, output=f"{turn}\n{OUTPUT}")
        yield ContextUpdate(session=SESSION, at=T0 + at + 500, tokens=20_000 + turn % 150_000, limit=200_000)
        yield Prompt(session=SESSION, at=T0 + at + 600, text=f"Now berth {turn}.")
