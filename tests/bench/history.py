"""History: the totals of many sessions, read for the first time and once more, beside the programs that do the same;
and searches over all of them.

The corpus is as large as ``--megabytes`` says; 1000 makes 700 sessions. Processor time counts, of all processes.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from tests.bench.figure import Figure, seconds
from tests.bench.invented import claude_lines
from tests.fuzz.program import own_variables
from tests.sources.claude_builder import ID
from tui_monitor.config import STORE_NAME
from tui_monitor.feed.session_search import TEXTS_AT_ONCE
from tui_monitor.search.query import parse_query
from tui_monitor.store import open_store

SECONDS = 30.0
MEGABYTES = 20.0
"""Size of the corpus; see ``--megabytes``."""
TURNS = 200
"""Turns of a session, of which 700 are 1 GB."""
OLD_S = 60
"""Age of the files: one written only now may change unnoticed."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another program, by the command that prints its totals."""

    name: str
    words: tuple[str, ...]


QUERIES = ("the", "make berth", '"no such file"')
"""A word that is everywhere, two words, and a phrase that is nowhere."""
PEERS = (
    Peer("ccusage", ("ccusage", "daily", "--json", "--offline")),
    Peer("tokscale", ("tokscale", "models", "--json", "--no-spinner")),
)


def bench() -> Iterator[Figure]:
    """Yield seconds of processor time with those of each installed peer, and the share of the store."""
    with TemporaryDirectory() as name:
        home = Path(name)
        size = _write_sessions(home / ".claude" / "projects")
        cold, warm = _own_seconds(home), _own_seconds(home)
        yield from _compared(f"stats of {size / 1e6:,.0f} MB, cold", cold, _peer_seconds(home, is_cold=True))
        yield from _compared("the same, warm", warm, _peer_seconds(home, is_cold=False))
        path = home / "data" / STORE_NAME
        yield Figure("store with bodies", 100 * path.stat().st_size / size, "% of the files")
        yield from _searched(path, size)


def _searched(path: Path, size: int) -> Iterator[Figure]:
    """Yield the time of an answer to a search, and what the index adds to the store."""
    before = path.stat().st_size
    with closing(open_store(path)) as store:
        while store.index_texts(TEXTS_AT_ONCE):
            pass
        for query in QUERIES:
            answer = partial(store.search, parse_query(query))
            yield Figure(f"search for {query}", 1000 * seconds(answer), "ms")
    yield Figure("index for searches", 100 * max(0, path.stat().st_size - before) / size, "% of the files")


def _write_sessions(projects: Path) -> int:
    """Write sessions of the chosen size, each under its own ids and on its own day; return their size."""
    template = b"".join(claude_lines(TURNS))
    at = time.time() - OLD_S
    size = number = 0
    while size < MEGABYTES * 1e6:
        folder = projects / f"-home-ada-{number % 12}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{UUID(int=number + 1)}.jsonl"
        size += path.write_bytes(_as_session(template, number, path.stem))
        os.utime(path, (at, at))
        number += 1
    return size


def _as_session(template: bytes, number: int, session: str) -> bytes:
    """Return the lines of the template as those of another session."""
    text = template.replace(ID.encode(), session.encode())
    for prefix in (b'"call_', b'"msg_', b'"req_'):
        text = text.replace(prefix, b"%s%d_" % (prefix, number))
    text = text.replace(b"-4000-8000-", b"-%04x-8000-" % number)
    return text.replace(b"2026-03-01T", b"2026-03-%02dT" % (1 + number % 28))


def _own_seconds(home: Path) -> float:
    return _cpu_seconds((sys.executable, "-m", "tui_monitor", "stats", "--json"), own_variables(home))


def _peer_seconds(home: Path, *, is_cold: bool) -> Mapping[str, float]:
    """Return the seconds of each peer that is installed and works."""
    seconds = {}
    for peer in PEERS:
        if (program := shutil.which(peer.words[0])) is None:
            continue
        if is_cold:
            shutil.rmtree(home / ".cache", ignore_errors=True)
        try:
            seconds[peer.name] = _cpu_seconds((program, *peer.words[1:]), own_variables(home))
        except subprocess.CalledProcessError:
            continue
    return seconds


def _compared(what: str, seconds: float, peers: Mapping[str, float]) -> Iterator[Figure]:
    for name, bare in peers.items():
        yield Figure(what, seconds, "CPU s", bare, name)
    if not peers:
        yield Figure(what, seconds, "CPU s", against=f"no peer on the PATH: {', '.join(peer.name for peer in PEERS)}")


def _cpu_seconds(words: Sequence[str], env: Mapping[str, str]) -> float:
    """Run a program and return the seconds of processor time of all its processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, env=env, cwd=env["HOME"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
