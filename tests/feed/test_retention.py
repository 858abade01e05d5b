"""Rules of pruning: ages from the settings, sizes, interruptions, and other programs on the same store."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.store.builders import NOON, batch, database, finished, started, usage
from tests.store.retention.figures import figures
from tui_monitor.config.model import HistoryConfig
from tui_monitor.events import Event, SessionKey
from tui_monitor.feed.archive_file import archive_lines
from tui_monitor.feed.retention import DAY_MS, Pruner, age_rule, apply_settings, configured_rules
from tui_monitor.store import (
    ArchiveError,
    PrunedCounts,
    PruningKind,
    SessionGroup,
    Store,
    StoreError,
    open_store,
    read_begin,
)

SESSIONS = [SessionKey("demo", f"s{number:02}") for number in range(12)]
"""One a day."""
NOW = NOON + len(SESSIONS) * DAY_MS


def events_of(number: int) -> list[Event]:
    session, at = SESSIONS[number], NOON + number * DAY_MS
    output = "".join(f"line {number} {line} {hash((number, line))}\n" for line in range(500))
    calls = (started(f"c{number}", session, at), finished(f"c{number}", session, at + 1, output=output))
    return [usage(f"r{number}", session, at), *calls]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a session of each day."""
    with closing(open_store(tmp_path / "monitoring.db")) as store:
        for number in range(len(SESSIONS)):
            store.ingest(batch(events_of(number), source=f"file-{number}"))
        yield store


def prunings(store: Store) -> list[list[PruningKind]]:
    return [[pruning.kind for pruning in store.retention.prunings(session)] for session in SESSIONS]


def test_settings_make_rules_and_bodies_go_first() -> None:
    rules = configured_rules(HistoryConfig(bodies_days=1, rows_days=30), NOW)
    assert [(rule.kind, rule.until, rule.reason) for rule in rules] == [
        (PruningKind.BODIES, NOW - DAY_MS, "older than 1 day"),
        (PruningKind.ROWS, NOW - 30 * DAY_MS, "older than 30 days"),
    ]
    assert configured_rules(HistoryConfig(), NOW) == []


def test_ages_decide_by_the_ends_of_sessions(store: Store) -> None:
    expected = figures(store)
    apply_settings(Pruner(store), HistoryConfig(bodies_days=3, rows_days=9), NOW)
    both = [PruningKind.BODIES, PruningKind.ROWS]
    assert prunings(store) == [both] * 3 + [[PruningKind.BODIES]] * 6 + [[]] * 3
    assert figures(store) == expected


def test_size_lets_the_oldest_texts_go_first_and_keeps_the_last_day(store: Store) -> None:
    expected, size = figures(store), store.retention.used_bytes()
    pruner = Pruner(store)
    bodies, rows = pruner.by_size(size - 20_000, NOW)
    assert (bodies.counts.sessions, rows.counts.sessions) == (5, 0)
    assert prunings(store) == [[PruningKind.BODIES]] * 5 + [[]] * 7
    bodies, rows = pruner.by_size(1, NOW)
    assert (bodies.counts.sessions, rows.counts.sessions) == (6, 11)
    assert prunings(store)[-1] == []
    assert figures(store) == expected


def test_size_that_is_not_reached_prunes_nothing(store: Store) -> None:
    assert [step.counts.sessions for step in Pruner(store).by_size(10**9, NOW)] == [0, 0]


def test_dry_run_counts_the_same_and_changes_nothing(store: Store) -> None:
    rule = age_rule(PruningKind.ROWS, NOW - 5 * DAY_MS, NOW)
    dry = Pruner(store, is_dry=True).by_age(rule)
    assert prunings(store) == [[]] * len(SESSIONS)
    assert Pruner(store).by_age(rule) == dry


def test_interrupted_pruning_goes_on_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_monitor.feed.retention.SESSIONS_AT_ONCE", 4)
    answers = iter([True, False])
    rule = age_rule(PruningKind.ROWS, NOW, NOW)
    assert Pruner(store, may_go_on=lambda: next(answers)).by_age(rule).counts.sessions == 4
    assert Pruner(store).by_age(rule).counts.sessions == 8


def test_monitor_on_the_same_store_reads_on(store: Store) -> None:
    with closing(open_store(database(store))) as monitor:
        monitor.ingest(batch([usage("new", SESSIONS[0], NOW)], source="file-new"))
        expected = figures(monitor)
        Pruner(store).by_age(age_rule(PruningKind.ROWS, NOW, NOW))
        assert store.retention.vacuum()
        assert figures(monitor) == expected
        monitor.ingest(batch([*events_of(3), usage("newer", SESSIONS[3], NOW)], source="file-newer"))
        assert monitor.overall().amount.requests == store.overall().amount.requests == len(SESSIONS) + 2
        assert store.retention.prunings(SESSIONS[0]) == ()


def test_locked_store_is_said_and_stays_as_it_was(store: Store) -> None:
    expected = figures(store)
    store.set_lock_timeout(0)
    with closing(sqlite3.connect(database(store), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError):
            Pruner(store).by_age(age_rule(PruningKind.ROWS, NOW, NOW))
        store._database.connection.execute("PRAGMA busy_timeout = 0")
        assert not store.retention.vacuum()
        other.execute("ROLLBACK")
    assert prunings(store) == [[]] * len(SESSIONS)
    assert figures(store) == expected


def test_disk_that_is_nearly_full_has_room_for_one_session_at_a_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, prune_all = figures(store), store.retention.prune

    def prune_few(groups: Sequence[SessionGroup], *rest: Any) -> PrunedCounts:
        if len(groups) > 1:
            raise StoreError("no space left")
        return prune_all(groups, *rest)

    monkeypatch.setattr(store.retention, "prune", prune_few)
    assert Pruner(store).by_age(age_rule(PruningKind.ROWS, NOW, NOW)).counts.sessions == len(SESSIONS)
    assert figures(store) == expected


def test_index_of_texts_forgets_what_was_pruned(store: Store) -> None:
    while store.index_texts(100):
        pass
    step = Pruner(store).by_age(age_rule(PruningKind.BODIES, NOW - 5 * DAY_MS, NOW))
    assert step.counts.sessions == 7
    Pruner(store).finish()
    tables = store._database.connection.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'search_index%'")
    assert tables.fetchall() == []
    assert store.index_texts(100) == len(SESSIONS)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_archiving_loses_no_row(store: Store, tmp_path: Path) -> None:
    expected, count = figures(store), len(SESSIONS)
    random = Random(5)
    archives = [tmp_path / f"{number}.jsonl.gz" for number in range(4)]
    deaths = [archive_in_process(store, archive, random.randint(1, 60)) for archive in archives[:-1]]
    assert -signal.SIGKILL in deaths
    assert figures(store) == expected
    assert archive_in_process(store, archives[-1]) == 0
    assert figures(store) == expected
    assert all(store.retention.prunings(session) for session in SESSIONS)
    for archive in archives:
        restore_all(store, archive)
    assert figures(store) == expected
    assert not any(store.retention.prunings(session) for session in SESSIONS)
    assert sum(len(store.history(session).calls) for session in SESSIONS) == count


def archive_in_process(store: Store, archive: Path, *steps: int) -> int:
    words = [sys.executable, "-m", "tests.feed.prune_worker", str(database(store)), str(archive), *map(str, steps)]
    return subprocess.run(words, cwd=Path(__file__).parents[2], check=False).returncode


def restore_all(store: Store, archive: Path) -> None:
    """Put back what is whole in an archive, which may be torn or have no group at all."""
    if archive.exists():
        with archive_lines(archive) as lines, suppress(ArchiveError):
            for begin in lines:
                store.retention.restore(read_begin(begin, store.retention.version), lines)
