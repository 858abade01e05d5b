"""A store of which bytes, pages or whole files are damaged: totals are right, or it is said that they are not."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.feed.sessions import all_kinds, write
from tests.fuzz.corpus import read_folder, write_folder
from tests.fuzz.program import run_program
from tests.fuzz.target import Files, Target, must
from tui_monitor.config import STORE_NAME

DAMAGE = "damage"
SESSIONS = all_kinds(3)
PAGE = 4096
DETECTABLE = ("zero page", "cut", "empty", "foreign", "log", "no schema", "no table")
"""Damage after which wrong totals would be a fault; a changed byte may be a changed number, which nobody can tell."""


def generate(random: Random) -> Files:
    """Return a list of kinds of damage, each with a number that says where."""
    kinds = (*DETECTABLE, "byte", "byte", "swap pages")
    damage = [[random.choice(kinds), random.randrange(2**24)] for _ in range(random.randint(1, 3))]
    return {DAMAGE: json.dumps(damage).encode()}


def check(files: Files, folder: Path) -> None:
    """Check that commands on a damaged store end as they may, with right totals or a word about them."""
    damage: list[tuple[str, int]] = json.loads(files[DAMAGE])
    home = folder / "home"
    write_folder(home / "data", stored())
    sessions = [str(path) for path in write(folder / "sessions", SESSIONS)]
    for kind, number in damage:
        with suppress(sqlite3.Error):
            _damage(home / "data" / STORE_NAME, kind, number)
    store = str(home / "data" / STORE_NAME)
    is_detectable = all(kind in DETECTABLE for kind, _ in damage)
    for _ in range(2):
        output = run_program(["stats", "--json", "--store", store, *sessions], home, folder)
        with must("a command on a damaged store ends as it may"):
            output.check()
        if is_detectable and output.status == 0:
            with must("totals of a damaged store are right, or it is said that they are not"):
                _check_totals(output.out, output.error)
    with must("a frame on a damaged store is drawn"):
        run_program(["watch", "--once", "--store", store, *sessions], home, folder).check()
        run_program(["watch", "--once"], home, folder).check()


def _check_totals(out: bytes, error: bytes) -> None:
    report = json.loads(out)
    assert report["totals"] == right_totals() or report["health"]["errors"] or error, report["totals"]


@cache
def stored() -> Files:
    """Return the files of an undamaged store of the sessions, read from paths that exist no more."""
    with TemporaryDirectory() as name:
        home, _ = _read_sessions(Path(name))
        return {file: content for file, content in read_folder(home / "data").items() if file.startswith(STORE_NAME)}


@cache
def right_totals() -> object:
    """Return the totals of the sessions."""
    with TemporaryDirectory() as name:
        _, out = _read_sessions(Path(name))
        return json.loads(out)["totals"]


def _read_sessions(folder: Path) -> tuple[Path, bytes]:
    sessions = [str(path) for path in write(folder / "sessions", SESSIONS)]
    home = folder / "home"
    (home / "data").mkdir(parents=True)
    output = run_program(["stats", "--json", "--store", str(home / "data" / STORE_NAME), *sessions], home, folder)
    assert output.status == 0, output.error
    return home, output.out


def _damage(store: Path, kind: str, number: int) -> None:
    content = store.read_bytes()
    at = number % max(1, len(content))
    page = at // PAGE * PAGE
    match kind:
        case "byte":
            content = content[:at] + bytes([number % 256]) + content[at + 1 :]
        case "zero page":
            content = content[:page] + bytes(PAGE) + content[page + PAGE :]
        case "swap pages":
            content = content[:page] + content[page + PAGE :] + content[page : page + PAGE]
        case "cut":
            content = content[:at]
        case "empty":
            content = b""
        case "foreign":
            content = b'{"type": "user"}\n' * (number % 900)
        case "log":
            store.with_name(store.name + "-wal").write_bytes(Random(number).randbytes(number % 50_000))
        case "no schema" | "no table":
            _change_schema(store, kind, number)
            return
    store.write_bytes(content)


def _change_schema(store: Path, kind: str, number: int) -> None:
    """Change the version or drop a table, unless the store is too damaged for that by now."""
    with (
        suppress(sqlite3.Error, UnicodeDecodeError),  # the second one for errors that quote a damaged name
        closing(sqlite3.connect(store, isolation_level=None)) as connection,
    ):
        if kind == "no schema":
            connection.execute(f"PRAGMA user_version = {number % 100}")
            return
        tables = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
        names = [name for (name,) in connection.execute(tables)]
        if names:
            name = names[number % len(names)]
            connection.execute(f"DROP {'VIEW' if 'view' in name else 'TABLE'} {name}")


TARGET = Target("stores", generate, check)
