"""Takes the figures, prints them, and keeps them as JSON for whoever compares."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from rich.console import Console
from rich.table import Table

from tests import bench
from tests.bench import history, soak
from tests.bench.figure import Figure


def benches() -> list[str]:
    """The names of all benches: the modules here that have a function ``bench``."""
    names = [module.name for module in iter_modules(bench.__path__) if not module.name.startswith("_")]
    return [name for name in names if hasattr(_module(name), "bench")]


def quick_benches() -> list[str]:
    """The benches that run unless others are named: those that do not take minutes."""
    return [name for name in benches() if not hasattr(_module(name), "SECONDS")]


def figures(names: list[str]) -> Iterator[Figure]:
    """Yield the figures of these benches, one after the other."""
    for name in names:
        yield from _module(name).bench()


def table(measurements: list[Figure]) -> Table:
    """Return the figures as a table."""
    columns = Table("what", "unit", box=None, header_style="bold")
    for title in ("measured", "bare", "ratio"):
        columns.add_column(title, justify="right")
    columns.add_column("bare is")
    for figure in measurements:
        bare = "" if figure.bare is None else _number(figure.bare)
        ratio = "" if figure.ratio is None else f"{figure.ratio:.3f}"
        columns.add_row(figure.name, figure.unit, _number(figure.value), bare, ratio, figure.against)
    return columns


def main() -> None:
    """Run the benches named on the command line, or all quick ones."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=bench.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(benches()))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE too")
    parser.add_argument("--seconds", type=float, default=soak.SECONDS, help="how long soak measures after a minute")
    parser.add_argument("--megabytes", type=float, default=history.MEGABYTES, help="the size of history's sessions")
    chosen = parser.parse_args()
    soak.SECONDS = chosen.seconds
    history.MEGABYTES = chosen.megabytes
    if unknown := set(chosen.names).difference(benches()):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}: choose from {', '.join(benches())}")
    console = Console()
    with console.status("measuring …"):
        measurements = list(figures(chosen.names or quick_benches()))
    console.print(table(measurements))
    if chosen.json:
        chosen.json.write_text(json.dumps([figure.as_json() for figure in measurements], indent=2) + "\n")


def _module(name: str) -> ModuleType:
    return import_module(f"{bench.__name__}.{name}")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


if __name__ == "__main__":
    main()
