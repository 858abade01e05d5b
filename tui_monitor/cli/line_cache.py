"""The last answer of ``watch --line``, with all that it depends on. It imports little: nearly every call finds it
valid."""

from __future__ import annotations

import json
import os
import stat
import zlib

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypedDict

    class Item(TypedDict):
        """One session: its glyph, in Unicode and ASCII, its name, the word for what it needs (empty: nothing), since
        when (epoch ms), and how full and how expensive it is."""

        glyph: str
        plain_glyph: str
        name: str
        word: str
        since: int
        facts: str

    class Answer(TypedDict):
        """The ``items`` of the line, as ASCII alone where the configuration says so, ``until`` when they hold (epoch
        ms), unless one of the ``files`` or ``processes`` has changed. The ``growing`` files, of sessions whose process
        states what it does, only say how full and how expensive those are: they may change ``until_figures``."""

        version: str
        environment: int
        items: list[Item]
        ascii: bool
        until: int
        files: dict[str, list[int]]
        growing: dict[str, list[int]]
        until_figures: int
        processes: dict[str, str]

    class PublishedAnswer(TypedDict):
        """What a running monitor, the process ``pid``, says: it holds while that keeps it up to date."""

        version: str
        pid: int
        items: list[Item]
        ascii: bool


MAX_BYTES = 1 << 20
MAX_ANSWERS = 64
"""Answers that are kept: there is one per folder and environment."""

FRESH_S = 3.0
"""Seconds for which the answer of a running monitor holds; it is kept up to date each second."""

_SCOPE = ("TUI_MONITOR_", "XDG_")
_SCOPE_ENDS = ("_HOME", "_DIR", "_DB", "_STREAM")
"""Beginnings and ends of the names of environment variables that say where sessions are and what is configured."""
_PASSING = frozenset(("_", "PWD", "OLDPWD", "SHLVL", "COLUMNS", "LINES", "TMUX_PANE", "WINDOWID", "RANDOM", "SECONDS"))
"""Environment variables that nothing depends on, and that change often."""


def environment_key(env: Mapping[str, str], cwd: str) -> int:
    """Return a number that differs where another answer is due: in another folder, with other variables."""
    text = "\0".join(f"{name}={value}" for name, value in sorted(env.items()) if name not in _PASSING)
    return zlib.crc32(f"{cwd}\0{text}".encode(errors="surrogateescape"))


def load(key: int, now: int) -> Answer | None:
    """Return the answer for an environment if it holds at ``now`` (epoch ms)."""
    from tui_monitor import __version__
    from tui_monitor.regular_files import read_bytes

    try:
        answer: Answer = json.loads(read_bytes(_path(f"{key:08x}"), MAX_BYTES))
        is_known = answer["version"] == __version__ and answer["environment"] == key
        holds = is_known and now <= answer["until"] and _is_unchanged(answer, now)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None  # there is none, or somebody else wrote it
    return answer if holds else None


def save(key: int, answer: Answer) -> None:
    """Keep an answer, for this user alone; without a place for it nothing happens."""
    _write(_path(f"{key:08x}"), answer)


def scope_key(env: Mapping[str, str]) -> int:
    """Return a number that differs where other sessions are live: with other variables that say where they are."""
    names = (name for name in env if name == "HOME" or name.startswith(_SCOPE) or name.endswith(_SCOPE_ENDS))
    text = "\0".join(f"{name}={env[name]}" for name in sorted(names) if name not in _PASSING)
    return zlib.crc32(text.encode(errors="surrogateescape"))


def load_published(key: int) -> PublishedAnswer | None:
    """Return what a running monitor says; None if there is none."""
    import time

    from tui_monitor import __version__
    from tui_monitor.regular_files import read_bytes

    path = _published_path(key)
    try:
        age_s = time.time() - os.stat(path).st_mtime  # noqa: PTH116
        if not 0 <= age_s <= FRESH_S:
            return None
        answer: PublishedAnswer = json.loads(read_bytes(path, MAX_BYTES))
        return answer if answer["version"] == __version__ and _process_mark(answer["pid"]) else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def publish(key: int, answer: PublishedAnswer) -> None:
    """Say what a running monitor knows."""
    _write(_published_path(key), answer)


def keep_published(key: int) -> bool:
    """Say that it still holds; return False if it is gone."""
    try:
        os.utime(_published_path(key))
    except OSError:
        return False
    return True


def file_mark(path: str) -> list[int]:
    """Return what changes with a file or folder: the time of its last change, and the size of a file."""
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return []
    return [status.st_mtime_ns, 0 if stat.S_ISDIR(status.st_mode) else status.st_size]


def process_marks(pids: Iterable[int]) -> dict[str, str]:
    """Return for each process, by its id as text, what changes when it ends or another one gets its id."""
    return {str(pid): _process_mark(pid) for pid in pids}


def _process_mark(pid: int) -> str:
    started = file_mark(f"/proc/{pid}")
    if started:
        return str(started[0])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        return "alive"
    return "alive"


def _is_unchanged(answer: Answer, now: int) -> bool:
    files, processes = answer["files"], answer["processes"]
    marks = files if now <= answer["until_figures"] else files | answer["growing"]
    return all(file_mark(path) == mark for path, mark in marks.items()) and (
        process_marks(map(int, processes)) == processes
    )


def _write(path: str, answer: object) -> None:
    from tui_monitor.regular_files import open_descriptor

    new = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120  # pathlib costs 5 ms
        descriptor = open_descriptor(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(answer, file)
        os.replace(new, path)  # noqa: PTH105
        _prune(os.path.dirname(path))  # noqa: PTH120
    except OSError:
        return


def _published_path(key: int) -> str:
    return _path(f"monitor-{key:08x}")


def _path(name: str) -> str:
    home = os.environ.get("HOME") or os.path.expanduser("~")  # noqa: PTH111
    folder = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")  # noqa: PTH118
    return os.path.join(folder, "tui-monitor", "line", f"{name}.json")  # noqa: PTH118


def _prune(folder: str) -> None:
    with os.scandir(folder) as entries:
        by_age = sorted((entry.stat().st_mtime, entry.path) for entry in entries)
    for _, path in by_age[:-MAX_ANSWERS]:
        os.unlink(path)  # noqa: PTH108
