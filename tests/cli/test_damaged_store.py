"""Commands with a damaged or unusable store: one line says so, and the answer is right."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tests.feed.pipes import piped
from tui_monitor.cli import main, store_access
from tui_monitor.feed.pipe_spool import PipeSpool, spool_folder
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import StoreError, database

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
ID = "0000000{}-0000-4000-8000-000000000000"


@pytest.fixture
def store(home: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return the path of a store with three sessions of that user."""
    for number in range(3):
        session = short_session(home / "engine", ID.format(number))
        for call in range(10):
            session.calls("Bash", f"call_{number}_{call}", command="make " + "part " * call * 100)
            session.result(" ".join(str(n * call) for n in range(500)), None, f"call_{number}_{call}")
        install(session, home, ID.format(number))
    assert main(["stats", "--json"]) == 0
    return data / "monitoring.db"


@pytest.fixture
def expected(store: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return the report on these sessions."""
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for other programs for a moment only."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.1)


def stats(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[Any, str]:
    """Return the report and what was said on standard error."""
    assert main(["stats", "--json", *words]) == 0
    out, error = capsys.readouterr()
    return json.loads(out), error


def copies(store: Path) -> list[Path]:
    """Return the damaged stores beside the new one."""
    return sorted(path for path in store.parent.iterdir() if ".damaged-" in path.name)


@pytest.mark.parametrize("words", [("stats", "--json"), ("watch", "--once"), ("stats",)])
@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"these are notes\n" * 500,
        lambda whole: whole[: len(whole) // 2],
        lambda whole: bytes(100) + whole[100:],
        lambda whole: whole.replace(b"INTEGER NOT NULL DEFAULT", b"INTEGER NOT NULL \xcb\xcb\xcb\xcb\xcb\xcb\xcb"),
    ],
    ids=["text", "truncated", "no header", "schema that is no UTF-8"],
)
def test_damaged_store_is_set_aside_and_replaced(
    words: tuple[str, ...],
    damage: Callable[[bytes], bytes],
    store: Path,
    expected: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = damage(store.read_bytes())
    store.write_bytes(content)
    assert main(list(words)) == 0
    out, error = capsys.readouterr()
    [copy] = copies(store)
    assert copy.read_bytes() == content
    assert (
        error == f"tui-monitor: The store was damaged and is kept as {copy.name}; "
        f"the agents' files are read again ({store}).\n"
    )
    assert out
    assert stats(capsys) == (expected, ""), "the new store has everything, and nothing more is said"


@pytest.mark.parametrize(
    "statement", ["UPDATE bodies SET output = x'789c00'", "UPDATE calls SET lower_ranks = '{', state = 'succeedex'"]
)
def test_damage_that_only_some_questions_meet_is_noticed_by_them(
    statement: str, store: Path, expected: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute(statement)
    assert main(["watch", "--once"]) == 0
    out, error = capsys.readouterr()
    assert "valve.py" in out
    assert "was damaged and is kept as" in error
    assert stats(capsys) == (expected, "")


@pytest.mark.parametrize("seed", range(20))
def test_random_damage_gives_no_traceback_and_no_other_totals(
    seed: int, store: Path, expected: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    random, content = Random(seed), bytearray(store.read_bytes())
    for _ in range(random.choice([1, 20, 400])):
        content[random.randrange(len(content))] = random.randrange(256)
    store.write_bytes(content)
    assert main(["watch", "--once"]) == 0
    _, error = capsys.readouterr()
    assert error.count("\n") == bool(error)
    result, error = stats(capsys)
    assert error.count("\n") == bool(error)
    assert result["totals"] == expected["totals"]


@pytest.mark.parametrize("seed", range(2))
def test_process_answers_with_a_damaged_store(
    seed: int, store: Path, expected: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    content = bytearray(store.read_bytes())
    content[4096 * seed : 4096 * (seed + 2)] = Random(seed).randbytes(8192)
    store.write_bytes(content)
    command = [sys.executable, "-m", "tui_monitor", "stats", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == expected
    assert done.stderr.startswith("tui-monitor: ")
    assert done.stderr.count("\n") == 1
    assert len(copies(store)) == 1


def test_store_of_a_disk_that_can_only_be_read_is_done_without(
    store: Path, expected: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write_text("notes " * 1000)

    def refuse(*args: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "rename", refuse)
    result, error = stats(capsys)
    assert result["totals"] == expected["totals"]
    assert "is damaged and cannot be set aside (Read-only file system)" in error
    assert "The answer is from the agents' files alone." in error
    assert error.count("\n") == 1
    assert store.read_text().startswith("notes")


def test_locked_store_is_done_without(
    store: Path, expected: Any, capsys: pytest.CaptureFixture[str], short_wait: None, home: Path
) -> None:
    install(short_session(home / "engine", ID.format(4)), home, ID.format(4))
    with closing(sqlite3.connect(store)) as other:
        other.execute("BEGIN EXCLUSIVE")
        result, error = stats(capsys)
    assert len(result["sessions"]) == 4
    assert "is being written by another program" in error
    assert error.count("\n") == 1
    assert copies(store) == []
    assert len(stats(capsys)[0]["sessions"]) == 4


@pytest.mark.parametrize("failure", [PermissionError(13, "Permission denied"), OSError(28, "No space left on device")])
def test_store_that_cannot_be_opened_is_done_without(
    failure: OSError,
    store: Path,
    expected: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(path: Path) -> None:
        raise failure

    monkeypatch.setattr(database, "_create_file", fail)
    result, error = stats(capsys)
    assert result["totals"] == expected["totals"]
    assert str(failure.strerror) in error
    assert copies(store) == []


@pytest.mark.skipif(ROOT, reason="the superuser may read everything")
def test_unreadable_store_is_done_without(store: Path, expected: Any, capsys: pytest.CaptureFixture[str]) -> None:
    store.chmod(0)
    result, error = stats(capsys)
    assert result["totals"] == expected["totals"]
    assert "Permission denied" in error
    assert copies(store) == []


def test_memory_that_ends_sets_nothing_aside(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise MemoryError

    monkeypatch.setattr("tui_monitor.store.scopes.models", fail)
    assert main(["stats"]) == 1
    assert capsys.readouterr().err.startswith("tui-monitor: internal error: MemoryError")
    assert copies(store) == []


@pytest.mark.parametrize("format_words", [("--json",), ()])
def test_store_with_absurd_totals_of_an_earlier_version_heals(
    format_words: tuple[str, ...], store: Path, expected: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    most = 2**63 - 1
    with closing(sqlite3.connect(store)) as connection, connection:
        for table in ("totals", "rollups"):
            connection.execute(f"UPDATE {table} SET output = {most}, cost_millidollars = {most}")
        connection.execute(f"UPDATE responses SET output = {most}, cost = {most}")
    assert main(["stats", *format_words]) == 0
    assert "was damaged and is kept as" in capsys.readouterr().err
    assert stats(capsys) == (expected, "")


def test_what_was_kept_of_a_pipe_gets_into_the_new_store(
    store: Path, expected: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    spool = PipeSpool(spool_folder(store), default_registry, PriceBook())
    for batch in piped():
        spool.append(batch)
    store.write_text("notes " * 1000)
    result, _ = stats(capsys)
    assert len(result["sessions"]) == len(expected["sessions"]) + 1
    assert not spool.folder.exists()


def test_pipe_is_not_read_twice(
    store: Path, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(store_access, "_is_pipe", lambda word: True)
    monkeypatch.setattr("tui_monitor.cli.report.read_paths", fail)
    session = home / ".claude" / "projects" / "engine" / f"{ID.format(0)}.jsonl"
    assert main(["stats", str(session), "--store", str(store)]) == 2
    assert capsys.readouterr().err == "tui-monitor: the disk is full\n"


def test_outdated_store_is_set_aside_and_the_files_are_read_again(
    store: Path, expected: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("DROP VIEW telemetry")
    result, error = stats(capsys)
    assert result["totals"] == expected["totals"]
    (copy,) = store.parent.glob(f"{store.name}.outdated-*Z")
    assert error == (
        f"tui-monitor: The store was outdated and is kept as {copy.name}; the agents' files are read again ({store}).\n"
    )
    assert stats(capsys) == (result, "")


def test_folder_of_the_store_may_be_gone(store: Path, expected: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(store.parent)
    assert stats(capsys) == (expected, "")
