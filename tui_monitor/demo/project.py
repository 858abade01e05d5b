"""The invented project: a pantry that says what should be eaten soon. These are its files when the session begins."""

from __future__ import annotations

ROOT = "/home/ada/larder"

_DATES = '''\
"""Best-before dates, as they are printed on packages."""

from datetime import date, datetime

PATTERNS = ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%b %Y")


def parse(text: str) -> date | None:
    """The date in a text; None where the package says nothing."""
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
    """How many days it keeps: 0 on the last one."""
    return (best_before - today).days - 1
'''

_PANTRY = '''\
"""What is in the pantry."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from larder.dates import days_left


@dataclass(frozen=True, slots=True)
class Item:
    """Something to eat, and until when it keeps."""

    name: str
    amount: str
    best_before: date | None = None


class Pantry:
    """All items, in the order in which they were put in."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self._items = list(items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def add(self, item: Item) -> None:
        """Put something in."""
        self._items.append(item)

    def take(self, name: str) -> Item:
        """Take the oldest item of this name out."""
        found = next(item for item in self._items if item.name == name)
        self._items.remove(found)
        return found

    def spoilt(self, today: date) -> list[Item]:
        """What should have been eaten."""
        return [one for one in self if one.best_before and days_left(one.best_before, today) < 0]
'''

_SHELF = '''\
"""The file in which a pantry is kept: a line an item, its fields separated by tabs."""

from pathlib import Path

from larder.dates import parse
from larder.pantry import Item, Pantry


def load(path: Path) -> Pantry:
    """The pantry at a path; an empty one where there is no file."""
    if not path.exists():
        return Pantry()
    lines = path.read_text(encoding="utf-8").splitlines()
    return Pantry(_item(line) for line in lines if line.strip())


def save(pantry: Pantry, path: Path) -> None:
    """Keep a pantry."""
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
    """Run a command, and answer with its exit status."""
    given = _parser().parse_args(arguments)
    pantry = load(given.shelf)
    if given.command == "add":
        pantry.add(Item(given.name, given.amount, parse(given.best_before)))
        save(pantry, given.shelf)
    elif given.command == "list":
        print(_listing(pantry, date.today()))
    return 0


def _listing(pantry: Pantry, today: date) -> str:
    return table([(item.name, item.amount, _left(item, today)) for item in pantry])


def _left(item: Item, today: date) -> str:
    if item.best_before is None:
        return ""
    left = days_left(item.best_before, today)
    return "spoilt" if left < 0 else f"{left} days"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("larder", description="What should be eaten soon.")
    parser.add_argument("--shelf", type=Path, default=SHELF, help="the file of the pantry")
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="put something in")
    add.add_argument("name")
    add.add_argument("amount")
    add.add_argument("best_before", nargs="?", default="")
    commands.add_parser("list", help="say what is there")
    return parser
'''

_TABLE = '''\
"""Rows of text as a table."""

from collections.abc import Sequence

GAP = "  "


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell.ljust(width) for cell, width in zip(row, widths))
    return GAP.join(cells).rstrip()
'''

_TEST_DATES = '''\
"""Dates are read as they are printed, and days are counted to the last one."""

from datetime import date

import pytest

from larder.dates import days_left, parse

TODAY = date(2026, 3, 14)


@pytest.mark.parametrize("text", ["2026-03-14", "14.03.2026", "14 Mar 2026"])
def test_a_date_is_read(text: str) -> None:
    assert parse(text) == TODAY


def test_it_keeps_until_the_last_day() -> None:
    assert days_left(date(2026, 3, 17), TODAY) > 0
'''

_TEST_PANTRY = '''\
"""What is put in can be taken out, and what is spoilt is told."""

from datetime import date

from larder.pantry import Item, Pantry

MILK = Item("milk", "1 l", date(2026, 3, 10))
SALT = Item("salt", "500 g")


def test_the_oldest_is_taken() -> None:
    pantry = Pantry([MILK, SALT])
    assert pantry.take("milk") == MILK
    assert list(pantry) == [SALT]


def test_salt_never_spoils() -> None:
    assert Pantry([MILK, SALT]).spoilt(date(2026, 3, 14)) == [MILK]
'''

_README = """\
# larder

What is in the pantry, and what should be eaten soon.

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
"""Each file's content by its path in the project."""
