"""``python -m tests.fuzz``: tries inputs for a time, says how many, and keeps those that fail."""

from __future__ import annotations

import argparse
import secrets
import sys
from contextlib import suppress

from rich.console import Console
from rich.table import Table

from tests import fuzz
from tests.fuzz.kept import keep
from tests.fuzz.runner import Result, run
from tests.fuzz.target import all_targets

MEMORY_BYTES = 1 << 30
"""Address space of the process: an input that needs more fails."""


def main() -> int:
    """Fuzz the targets on the command line, or all; return 1 if an input fails."""
    targets = all_targets()
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=fuzz.__doc__)
    parser.add_argument("--only", nargs="+", choices=targets, default=list(targets), metavar="TARGET")
    parser.add_argument("--seconds", type=float, default=60.0, help="for all targets together (60)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="by default a random one")
    parser.add_argument("--input", type=int, metavar="NUMBER", help="try this input of the seed alone")
    chosen = parser.parse_args()
    _limit_memory()
    console = Console()
    results = []
    first, most = (0, None) if chosen.input is None else (chosen.input, 1)
    for name in chosen.only:
        with console.status(f"{name}, seed {chosen.seed} …"):
            results.append(run(targets[name], chosen.seed, chosen.seconds / len(chosen.only), first, most))
        for failure in results[-1].failures:
            path = keep(name, failure.files)
            console.print(f"{name}: --seed {chosen.seed} --input {failure.number}, kept in {path}", style="red")
            console.print(failure.error, markup=False, highlight=False)
    console.print(_table(results, chosen.seed))
    return int(any(result.failures for result in results))


def _limit_memory() -> None:
    with suppress(ImportError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _table(results: list[Result], seed: int) -> Table:
    table = Table("target", box=None, header_style="bold", title=f"seed {seed}", title_justify="left")
    for title in ("inputs", "seconds", "failing"):
        table.add_column(title, justify="right")
    for result in results:
        table.add_row(result.target, f"{result.inputs:,}", f"{result.seconds:.0f}", str(len(result.failures)))
    return table


if __name__ == "__main__":
    sys.exit(main())
