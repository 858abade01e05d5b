"""OpenCode databases: rows changed, or bytes of the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.fuzz.corpus import DATABASE, databases, read_folder, write_folder
from tests.fuzz.figures import check_figures, sources_in
from tests.fuzz.mutations import mutate_bytes, mutate_line, odd_value
from tests.fuzz.program import run_program
from tests.fuzz.reading import read_events
from tests.fuzz.target import Files, Target, choices_for, must
from tests.sources.hostile import check as check_types

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
_DAMAGED_SHARE = 0.25


def generate(random: Random) -> Files:
    """Return a folder with a database in which a few cells have other values, or a few bytes."""
    files = random.choice(list(databases().values()))
    if random.random() < _DAMAGED_SHARE:
        return {name: mutate_bytes(content, random) for name, content in files.items()}
    with TemporaryDirectory() as name:
        for path in write_folder(Path(name), files):
            if path.suffix == DATABASE:
                with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                    for _ in range(random.randint(1, 4)):
                        _change_row(connection, random)
        return read_folder(Path(name))


def check(files: Files, folder: Path) -> None:
    """Check that nothing escapes, and that reading again changes nothing."""
    write_folder(folder, files)
    sources = sources_in(folder)
    for path, adapter in sources:
        with must("an event has the types that it declares"):
            for event in read_events(path, adapter):
                check_types(event)
    check_figures(sources)
    if choices_for(files).random() < _DAMAGED_SHARE:
        with must("everything that is read can be drawn"):
            run_program(["stats", str(folder)], folder / ".home", folder).check()


def _change_row(connection: sqlite3.Connection, random: Random) -> None:
    table = random.choice([name for (name,) in connection.execute(_TABLES)])
    rows = connection.execute(f"SELECT rowid, * FROM {table}").fetchall()
    columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
    if not rows:
        return
    rowid, *values = random.choice(rows)
    match random.randrange(6):
        case 0:
            connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))
        case 1:
            at = random.randrange(len(columns))
            _set(connection, table, columns[at], rowid, next(_storable(random)))
        case _:
            if "data" in columns:
                text = mutate_line(str(values[columns.index("data")]).encode(), random).decode("utf-8", "replace")
                _set(connection, table, "data", rowid, text)


def _set(connection: sqlite3.Connection, table: str, column: str, rowid: int, value: object) -> None:
    with suppress(sqlite3.IntegrityError):  # a key that another row has
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, rowid))


def _storable(random: Random) -> Iterator[object]:
    """Yield odd values of the kinds that a database holds."""
    while True:
        match odd_value(random):
            case int() as number if abs(number) >= 2**63:
                yield float(2**63)
            case str() as text:
                yield text.encode("utf-8", "surrogatepass")
            case bool() | int() | float() | None as value:
                yield value


TARGET = Target("databases", generate, check)
