"""The kill matrix (``make kills``): processes of the real program on one store, killed while sessions grow.

In the end the store must hold what one clean run stores. A row is a number of processes at once.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Thread

from tests.feed.growing import GrowingSessions
from tests.feed.sessions import all_kinds, answers, clean_answers
from tests.fuzz.program import own_variables
from tests.sources import claude_builder as claude
from tests.sources import codex_builder as codex
from tui_monitor.config import STORE_NAME
from tui_monitor.store import open_store

PROCESSES = (1, 2, 4)
TURNS = 400
PAUSE = (0.2, 2.5)
"""Bounds of the time between two kills, as multiples of the time that the program takes to start; with more than two
processes at once proportionally less."""

READING_HISTORY = ["tui_monitor.cli.backfill"]
"""Instead of a command: the process that reads the history for a monitor."""

_PLACES = {
    f"{claude.ID}.jsonl": f".claude/projects/-home-ada-engine/{claude.ID}.jsonl",
    f"{claude.ID}/subagents/agent-a1.jsonl": f".claude/projects/-home-ada-engine/{claude.ID}/subagents/agent-a1.jsonl",
    codex.PATH.name: f".codex/sessions/2026/03/01/{codex.PATH.name}",
    "s1.jsonl": "data/streams/s1.jsonl",
}
"""Where the agents keep these sessions, below the home."""


@dataclass(frozen=True, slots=True)
class KillResult:
    """What came of one row of the matrix.

    ``at_work`` kills were of processes in whose life something was stored, while something was left to store.
    ``differences`` names what is not as after a clean run; ``integrity`` is the answer of SQLite's own check.
    """

    processes: int
    kills: int
    at_work: int
    differences: tuple[str, ...]
    integrity: str

    @property
    def is_right(self) -> bool:
        """True if nothing was lost or counted twice, and the database is whole."""
        return not self.differences and self.integrity == "ok"


class Program:
    """The program in a pseudo-terminal of its own, whose output is read and thrown away. What reads the history is
    answered at once, so that it goes on."""

    def __init__(self, words: Sequence[str], home: Path) -> None:
        import pty

        module, *words = words if words == READING_HISTORY else ["tui_monitor", *words]
        self._answer = b"\n" if module == READING_HISTORY[0] else b""
        self._terminal, inner = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *words],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env={**own_variables(home), "TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=home,
            start_new_session=True,
        )
        os.close(inner)
        self._drain = Thread(target=self._read_all)
        self._drain.start()

    def has_ended(self) -> bool:
        """Return True if the program has ended by itself."""
        return self._process.poll() is not None

    def end(self) -> int:
        """Wait for the end of the program; return its exit status."""
        status = self._process.wait()
        self._drain.join()
        os.close(self._terminal)
        return status

    def kill(self) -> None:
        """Kill the program by SIGKILL."""
        self._process.kill()
        self.end()

    def _read_all(self) -> None:
        with suppress(OSError):  # on Linux this is how a terminal ends whose program is gone
            while os.read(self._terminal, 1 << 16):
                os.write(self._terminal, self._answer)


def kill_row(processes: int, kills: int, seed: int, turns: int = TURNS) -> KillResult:
    """Return the result of one row of the matrix; the sessions have so many ``turns``."""
    files = {_PLACES[name]: content for name, content in all_kinds(turns).items()}
    with TemporaryDirectory(prefix="kills-") as name:
        return _kill_while_growing(
            Path(name), files, clean_answers(files), processes, kills, Random(f"{seed} {processes}")
        )


def _kill_while_growing(
    home: Path, files: dict[str, bytes], right: dict[str, object], processes: int, kills: int, random: Random
) -> KillResult:
    store, unit = home / "data" / STORE_NAME, _seconds_to_start(home)
    growing = GrowingSessions(home, files, random)
    kinds = [
        [],
        ["stats"],
        READING_HISTORY,
        ["stats", "--store", str(store), *map(str, growing.paths)],
        list(map(str, growing.paths)),
    ]
    running = [Program(random.choice(kinds), home) for _ in range(processes)]
    stored_before = [0] * processes
    killed = at_work = 0
    while killed < kills:
        growing.grow(1 / (kills - killed))
        time.sleep(unit * random.uniform(*PAUSE) * min(1.0, 2 / processes))
        at, stored = random.randrange(processes), _stored_bytes(store)
        if running[at].has_ended():
            running[at].end()
        else:
            running[at].kill()
            killed += 1
            at_work += stored_before[at] < stored < sum(path.stat().st_size for path in growing.paths)
        running[at], stored_before[at] = Program(random.choice(kinds), home), stored
    for program in running:
        program.kill()
    status = Program(["stats"], home).end()
    assert status == 0, f"stats ended with status {status}"
    differences = tuple(name for name, answer in _answers(store, home, growing).items() if answer != right[name])
    return KillResult(processes, kills, at_work, differences, _integrity(store))


def _seconds_to_start(home: Path) -> float:
    begun = time.monotonic()
    Program(["stats", "--no-store"], home).end()
    return time.monotonic() - begun


def _answers(store: Path, home: Path, growing: GrowingSessions) -> dict[str, object]:
    for path in growing.paths:
        path.unlink()  # nothing is read from the files any more
    with closing(open_store(store)) as reopened:
        return answers(reopened, home)


def _stored_bytes(store: Path) -> int:
    """Return how much is stored of all files, without opening the store as the program does: that would mend it."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        cursors = connection.execute("SELECT cursor FROM checkpoints").fetchall()
        return sum(int(cursor.split(":")[1]) for (cursor,) in cursors if ":" in cursor)
    return 0


def _integrity(store: Path) -> str:
    with closing(sqlite3.connect(store)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def main() -> int:
    """Run the matrix and print it row by row; return 1 if a row is not right."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="kills in each row (100)")
    parser.add_argument("--processes", type=int, nargs="+", default=PROCESSES, help="a row for each of these")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    is_right = True
    for processes in chosen.processes:
        result = kill_row(processes, chosen.kills, chosen.seed)
        is_right &= result.is_right
        difference = ", ".join(result.differences) or "nothing"
        print(
            f"{processes} at once: {result.kills} kills, {result.at_work} at work, "
            f"integrity {result.integrity}, differs from a clean run in: {difference}",
            flush=True,
        )
    return not is_right


if __name__ == "__main__":
    sys.exit(main())
