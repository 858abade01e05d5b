"""The files of the made-up project at the start of the session: a pantry that lists food close to its date."""

from __future__ import annotations

ROOT = "/home/ada/larder"

_DATES = '''\
"""Best-before dates, as they are printed on packages."""

from datetime import date, datetime

PATTERNS = ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%b %Y")


def parse(text: str) -> date | None:
    """Return the date in a text; None if it is empty."""
    text = text.strip()
    if not text:
        return None
    for pattern in PATTERNS:
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise ValueError(f"not a date: {text!r}")


def days_left(best_before: date, today: date) -> int:
    """Return how many days something keeps: 0 on the last one."""
    return (best_before - today).days - 1
'''

_PANTRY = '''\
"""The contents of the pantry."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from larder.dates import days_left


@dataclass(frozen=True, slots=True)
class Item:
    """Something to eat, and its best-before date."""

    name: str
    amount: str
    best_before: date | None = None


class Pantry:
    """All items, oldest first."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self._items = list(items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def add(self, item: Item) -> None:
        """Add an item."""
        self._items.append(item)

    def take(self, name: str) -> Item:
        """Remove the oldest item of this name."""
        oldest = next(item for item in self._items if item.name == name)
        self._items.remove(oldest)
        return oldest

    def expired(self, today: date) -> list[Item]:
        """Return the items that are past their date."""
        return [item for item in self if item.best_before and days_left(item.best_before, today) < 0]
'''

_SHELF = '''\
"""The file of a pantry: one line per item, with tab-separated fields."""

from pathlib import Path

from larder.dates import parse
from larder.pantry import Item, Pantry


def load(path: Path) -> Pantry:
    """Load the pantry at a path; an empty one if there is no file."""
    if not path.exists():
        return Pantry()
    lines = path.read_text(encoding="utf-8").splitlines()
    return Pantry(_item(line) for line in lines if line.strip())


def save(pantry: Pantry, path: Path) -> None:
    """Save a pantry."""
    lines = (f"{item.name}\\t{item.amount}\\t{item.best_before or ''}" for item in pantry)
    path.write_text("\\n".join(lines) + "\\n", encoding="utf-8")


def _item(line: str) -> Item:
    name, amount, best_before = line.split("\\t")
    return Item(name, amount, parse(best_before))
'''

_CLI = '''\
"""The command `larder`."""

import argparse
from datetime import date
from pathlib import Path

from larder.dates import days_left, parse
from larder.pantry import Item, Pantry
from larder.shelf import load, save
from larder.table import table

SHELF = Path.home() / ".larder"


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status."""
    options = _parser().parse_args(arguments)
    pantry = load(options.shelf)
    if options.command == "add":
        pantry.add(Item(options.name, options.amount, parse(options.best_before)))
        save(pantry, options.shelf)
    elif options.command == "list":
        print(_listing(pantry, date.today()))
    return 0


def _listing(pantry: Pantry, today: date) -> str:
    return table([(item.name, item.amount, _left(item, today)) for item in pantry])


def _left(item: Item, today: date) -> str:
    if item.best_before is None:
        return ""
    left = days_left(item.best_before, today)
    return "expired" if left < 0 else f"{left} days"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("larder", description="What to eat soon.")
    parser.add_argument("--shelf", type=Path, default=SHELF, help="the file of the pantry")
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="add an item")
    add.add_argument("name")
    add.add_argument("amount")
    add.add_argument("best_before", nargs="?", default="")
    commands.add_parser("list", help="show what is there")
    return parser
'''

_TABLE = '''\
"""Rows of text as a table."""

from collections.abc import Sequence

GAP = "  "


def table(rows: Sequence[Sequence[str]]) -> str:
    """Format rows as lines, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell.ljust(width) for cell, width in zip(row, widths))
    return GAP.join(cells).rstrip()
'''

_TEST_DATES = '''\
"""Parsing of dates, and counting of days."""

from datetime import date

import pytest

from larder.dates import days_left, parse

TODAY = date(2026, 3, 14)


@pytest.mark.parametrize("text", ["2026-03-14", "14.03.2026", "14 Mar 2026"])
def test_dates_are_parsed(text: str) -> None:
    assert parse(text) == TODAY


def test_last_day_counts() -> None:
    assert days_left(date(2026, 3, 17), TODAY) > 0
'''

_TEST_PANTRY = '''\
"""Adding, taking, and expiry of items."""

from datetime import date

from larder.pantry import Item, Pantry

MILK = Item("milk", "1 l", date(2026, 3, 10))
SALT = Item("salt", "500 g")


def test_oldest_item_is_taken() -> None:
    pantry = Pantry([MILK, SALT])
    assert pantry.take("milk") == MILK
    assert list(pantry) == [SALT]


def test_salt_never_expires() -> None:
    assert Pantry([MILK, SALT]).expired(date(2026, 3, 14)) == [MILK]
'''

_README = """\
# larder

Knows what is in the pantry, and what to eat soon.

    larder add rice "2 kg" "Nov 2027"
    larder list
"""

_PYPROJECT = """\
[project]
name = "larder"
version = "0.3.0"
requires-python = ">=3.11"

[project.scripts]
larder = "larder.cli:main"

[dependency-groups]
dev = ["mypy", "pytest", "ruff"]
"""

FILES = {
    "README.md": _README,
    "pyproject.toml": _PYPROJECT,
    "larder/cli.py": _CLI,
    "larder/dates.py": _DATES,
    "larder/pantry.py": _PANTRY,
    "larder/shelf.py": _SHELF,
    "larder/table.py": _TABLE,
    "tests/test_dates.py": _TEST_DATES,
    "tests/test_pantry.py": _TEST_PANTRY,
}
"""Contents of the files, by path in the project."""
