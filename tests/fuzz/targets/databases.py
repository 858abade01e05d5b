"""OpenCode databases: rows changed (kept as SQL, which can be made smaller line by line), or bytes of the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random

from tests.fuzz.corpus import DATABASE, databases, write_folder
from tests.fuzz.figures import check_figures, sources_in
from tests.fuzz.mutations import mutate_bytes, mutate_line, odd_value
from tests.fuzz.program import run_program
from tests.fuzz.reading import read_events
from tests.fuzz.target import Files, Target, choices_for, must
from tests.sources.hostile import check as check_types

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
SQL = ".sql"
_DAMAGED_SHARE = 0.25


def generate(random: Random) -> Files:
    """Return a folder with a database in which a few cells have other values, or a few bytes."""
    files = random.choice(list(databases().values()))
    if random.random() < _DAMAGED_SHARE:
        return {name: mutate_bytes(content, random) for name, content in files.items()}
    return {
        **{name: content for name, content in files.items() if DATABASE not in name},
        **{
            f"{name}{SQL}": _changed_rows(content, random) for name, content in files.items() if name.endswith(DATABASE)
        },
    }


def check(files: Files, folder: Path) -> None:
    """Check that nothing escapes, and that reading again changes nothing."""
    for path in write_folder(folder, files):
        if path.suffix == SQL:
            _build(path.with_suffix(""), path.read_text(encoding="utf-8"))
            path.unlink()
    sources = sources_in(folder)
    for path, adapter in sources:
        with must("an event has the types that it declares"):
            for event in read_events(path, adapter):
                check_types(event)
    check_figures(sources)
    if choices_for(files).random() < _DAMAGED_SHARE:
        with must("everything that is read can be drawn"):
            run_program(["stats", str(folder)], folder / ".home", folder).check()


def _changed_rows(database: bytes, random: Random) -> bytes:
    """Return the SQL of a database of which some rows are changed."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(_without_log(database))
        for _ in range(random.randint(1, 4)):
            _change_row(connection, random)
        return "\n".join(connection.iterdump()).encode("utf-8", "replace")


def _without_log(database: bytes) -> bytes:
    """Return a closed database as one that has no write-ahead log, which memory has no place for."""
    return database[:18] + b"\1\1" + database[20:]


def _build(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection, suppress(sqlite3.Error):
        connection.executescript(sql)


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
