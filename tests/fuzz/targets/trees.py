"""Folders of anything: links in circles, pipes, sockets, devices, odd names, unreadable and thousands of files."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random

from tests.cli.sessions import short_session, write
from tests.fuzz.program import run_program
from tests.fuzz.target import Files, Target, must

ENTRIES = "entries"
_NAMES = ("a", "b.jsonl", "c.json", "d.db", ".git", "é", "x" * 200, " ", "-", "*", "[a]", "~", "a\n", "\udcff.jsonl")
_CONTENTS = ("", "{", "{}\n", "\0" * 100, "SQLite format 3\0", '{"type": "user"}\n', "\n" * 1000, "[" * 9000)


def generate(random: Random) -> Files:
    """Return a list of entries: the kind of each, its name, and a number that says more."""
    weights = [1 if kind == "many" else 8 for kind in _MAKERS]
    kinds = random.choices(list(_MAKERS), weights, k=random.randint(1, 15))
    return {ENTRIES: b"\n".join(_entry(kind, random) for kind in kinds)}


def check(files: Files, folder: Path) -> None:
    """Check that the one session in the folder is found and counted, whatever is beside it."""
    home, root = folder / "home", folder / "root"
    root.mkdir()
    write(short_session("/home/ada/engine"), root / "project" / "11111111-2222-4333-8444-555555555555.jsonl")
    (home / ".claude").mkdir(parents=True)
    (home / ".claude" / "projects").symlink_to(root)
    for line in files[ENTRIES].splitlines():
        with suppress(OSError, ValueError):  # no folder, or a name that is too long
            _make(root, json.loads(line))
    try:
        with must("a session is counted, whatever is beside it"):
            for words in (["stats", "--json", str(root)], ["stats", "--json"]):
                output = run_program(words, home, root)
                output.check()
                totals = json.loads(output.out)["totals"]
                assert (totals["requests"], totals["tools"]) == (3, 2), words
            run_program(["watch", "--once", str(root)], home, root).check()
    finally:
        _make_readable(root)


def _entry(kind: str, random: Random) -> bytes:
    place = "/".join(random.choice(_NAMES) for _ in range(random.randint(1, 3)))
    return json.dumps([kind, place, random.randrange(3000)]).encode()


def _make(root: Path, entry: tuple[str, str, int]) -> None:
    kind, place, number = entry
    path = root / "project" / place if number % 2 else root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    if not os.path.lexists(path):  # what is written to a pipe waits for a reader, and what to a link goes elsewhere
        _MAKERS[kind](path, number)


def _file(path: Path, number: int) -> None:
    path.write_text(_CONTENTS[number % len(_CONTENTS)])


def _link(path: Path, number: int) -> None:
    path.symlink_to((path.parent, path, Path("/dev/zero"), Path("/dev/stdin"), Path("/proc/self"))[number % 5])


def _socket(path: Path, number: int) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(os.fspath(path))


def _many(path: Path, number: int) -> None:
    path.mkdir()
    first = path / "0.jsonl"
    first.write_text(_CONTENTS[number % len(_CONTENTS)][:20])
    for n in range(1, number):
        os.link(first, path / f"{n}.jsonl")


def _deep(path: Path, number: int) -> None:
    for _ in range(min(number, 100)):
        path = path / "d"
    path.mkdir(parents=True)


def _unreadable(path: Path, number: int) -> None:
    if number % 2:
        path.mkdir()
    else:
        path.write_text("{}\n")
    path.chmod(0)


_MAKERS: dict[str, Callable[[Path, int], None]] = {
    "file": _file,
    "pipe": lambda path, number: os.mkfifo(path),
    "link": _link,
    "socket": _socket,
    "many": _many,
    "deep": _deep,
    "unreadable": _unreadable,
    "folder": lambda path, number: path.mkdir(),
}


def _make_readable(root: Path) -> None:
    """Give the folders back their permissions, so that they can be removed."""
    for name, folders, _ in os.walk(root):
        for folder in folders:
            path = Path(name, folder)
            if not path.is_symlink():
                path.chmod(0o700)


TARGET = Target("trees", generate, check)
