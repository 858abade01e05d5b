"""The figures of ``stats`` for some files, and what must hold for them whatever is in the files."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeAlias

from tests.fuzz.target import must
from tui_monitor.feed.batch_reader import read_file
from tui_monitor.pricing import PriceBook
from tui_monitor.reports.model import Json
from tui_monitor.reports.stats import query_stats, stats_json
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.expand import expand
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import private_store

Sources: TypeAlias = Sequence[tuple[Path, Adapter]]

PRICES = PriceBook()
MAX_SUM = 10**15
"""A thousand times what is plausible for one session."""
_TIED = ("path",)
"""Facts that two files may state with the same time: that of the file read last is taken then."""


def sources_in(folder: Path) -> Sources:
    """Return the session files in a folder, as the program finds them."""
    bundles = expand([str(folder)], default_registry()).sessions
    return [(path, files.adapter) for files in bundles for path in (files.path, *files.related_files)]


def figures_of(sources: Sources) -> Json:
    """Return what ``stats`` says of these files, without the health of the reading."""
    with closing(private_store()) as store:
        for path, adapter in sources:
            with suppress(OSError):
                read_file(store, path, adapter, PRICES)
        figures = stats_json(query_stats(store))
    assert isinstance(figures, dict)
    return {key: value for key, value in figures.items() if key != "health"}


def check_figures(sources: Sources) -> None:
    """Assert that the figures are possible, and depend neither on the order of reading nor on repetitions."""
    figures = figures_of(sources)
    with must("sums are neither negative nor too large"):
        check_numbers(figures)
    with must("reading again changes no figure"):
        check_same(figures_of([*sources, *sources]), figures)
    with must("reading in another order changes no figure"):
        check_same(figures_of(sources[::-1]), figures)


def check_numbers(value: Json) -> None:
    """Assert that all numbers in a report are ones that a reader can take for a count or a sum."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        check_numbers(item)
    if isinstance(value, int | float):
        assert 0 <= value < MAX_SUM, value
        assert math.isfinite(value)


def check_same(actual: Json, expected: Json) -> None:
    """Assert that two reports have the same figures; the error names the differing ones."""
    names = sorted(set(_differences(actual, expected)))
    assert not names, ", ".join(names)


def _differences(one: Json, other: Json, at: str = "") -> Iterator[str]:
    """Yield where two reports differ; an item of a list is named after the list."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key, value in one.items():
            if key not in _TIED:
                yield from _differences(value, other[key], f"{at}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for value, counterpart in zip(one, other, strict=True):
            yield from _differences(value, counterpart, at)
    elif one != other:
        yield at
