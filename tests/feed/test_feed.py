"""The feed from outside: deliveries of good and bad input, fail-over of the store, and its end."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event
from unittest.mock import Mock

import pytest
import watchfiles._rust_notify

from tests.feed.running import RunningFeed, running
from tests.feed.sessions import CLAUDE, CODEX, all_kinds, answers, claude_lines, clean_answers, codex_lines, write
from tests.sources.support import append
from tui_monitor.events import CallStarted, SessionKey
from tui_monitor.feed import store_manager
from tui_monitor.feed.deliveries import (
    CallBodies,
    DiscoveryResult,
    EventsRead,
    Fault,
    FiguresLoaded,
    HistoryLoaded,
    KnownSessions,
    Polling,
    Progress,
    ReadIssues,
)
from tui_monitor.feed.feed import STOP_S
from tui_monitor.figures import FigureKind, Period
from tui_monitor.sources.discovery.registry import Registry, default_registry
from tui_monitor.store import Store, StoreError, database, open_store, private_store

ROLLOUT = codex_lines(20)


@pytest.fixture
def rollout(tmp_path: Path) -> Path:
    """Return the path of a rollout with twenty calls."""
    path = tmp_path / "rollout.jsonl"
    path.write_bytes(ROLLOUT)
    return path


@pytest.fixture
def store(tmp_path: Path) -> Callable[[], Store]:
    """Return a function that opens the store."""
    return lambda: open_store(tmp_path / "data" / "monitoring.db")


class TestReading:
    def test_every_kind_of_session_is_stored_completely(self, tmp_path: Path, store: Callable[[], Store]) -> None:
        files, folder = all_kinds(30), tmp_path / "sessions"
        write(folder, files)
        with running(folder, open_store=store) as run:
            run.wait_until_read()
        shutil.rmtree(folder)
        with closing(store()) as reopened:
            assert answers(reopened, folder) == clean_answers(files)

    def test_appended_lines_are_read_and_stored(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            append(rollout, codex_lines(25)[len(ROLLOUT) :] or codex_lines(25))
            run.wait_for_calls(CODEX.id, 25)

    def test_partial_line_is_read_once_it_is_complete(self, tmp_path: Path) -> None:
        path, content = tmp_path / "s.jsonl", claude_lines(2)
        path.write_bytes(content[:-200])
        with running(path) as run:
            run.wait_until_read()
            read = len(_events_of(run))
            append(path, content[-200:-100])
            append(path, content[-100:])
            run.wait_for(lambda: len(_events_of(run)) > read)
            assert not run.of(ReadIssues)

    def test_progress_ends_at_the_initial_size(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_until_read()
            assert run.of(Progress)[-1] == Progress(len(ROLLOUT), len(ROLLOUT))

    def test_restart_delivers_known_sessions_and_reads_nothing_twice(
        self, rollout: Path, store: Callable[[], Store]
    ) -> None:
        with running(rollout, open_store=store) as run:
            run.wait_until_read()
        with running(rollout, open_store=store) as run:
            run.wait_until_read()
            assert run.of(KnownSessions) == [KnownSessions((CODEX,), rollout)]
            assert not run.of(EventsRead)
            run.feed.request_history(CODEX)
            run.wait_for_calls(CODEX.id, 20)
            (loaded,) = run.of(HistoryLoaded)
            assert len(loaded.history.calls) == 20

    def test_bodies_of_a_call_are_delivered_on_request(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            run.feed.request_bodies(CODEX, "call_3")
            run.wait_for(lambda: run.of(CallBodies))
            (bodies,) = run.of(CallBodies)
            assert bodies.complete
            assert "make part-3" in bodies.input
            assert "part 3" in bodies.output

    def test_figures_of_a_session_are_delivered_on_request(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            run.wait_until_read()
            run.feed.request_figures(CODEX, FigureKind.TOOLS)
            run.feed.request_figures(CODEX, FigureKind.SPENDING, [Period("ever", 0, 2**62)])
            run.wait_for(lambda: len(run.of(FiguresLoaded)) == 2)
            tools, spending = (loaded.figures for loaded in run.of(FiguresLoaded))
            assert tools.tools
            assert [tool.calls for tool in tools.tools.tools] == [20]
            assert spending.spending
            assert spending.spending.periods[0].amount.requests


class TestBadInput:
    def test_deleted_file_keeps_its_totals_and_a_new_one_is_read(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            rollout.unlink()
            run.wait_for(lambda: "was deleted" in run.faults().get(str(rollout), ""))
            assert run.totals()[CODEX.id].calls == 20
            rollout.write_bytes(codex_lines(21))
            run.wait_for_calls(CODEX.id, 21)
            assert run.faults()[str(rollout)] == ""

    def test_file_that_replaces_another_is_read(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            other = rollout.with_name("other")
            other.write_bytes(codex_lines(22))
            other.replace(rollout)
            run.wait_for_calls(CODEX.id, 22)

    def test_truncated_and_rewritten_file_counts_nothing_twice(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            amount = run.totals()[CODEX.id].amount
            rollout.write_bytes(ROLLOUT[: len(ROLLOUT) // 2])
            run.wait_for(lambda: _starts_of(run, "call_5") == 2)
            append(rollout, ROLLOUT[len(ROLLOUT) // 2 :])
            run.wait_for(lambda: _starts_of(run, "call_19") == 2)
            run.feed.request_history(CODEX)
            run.wait_for(lambda: run.of(HistoryLoaded))
            assert run.totals()[CODEX.id].amount == amount
            assert run.totals()[CODEX.id].calls == 20

    def test_lines_without_json_are_reported_and_others_are_read(self, rollout: Path) -> None:
        first, *others = ROLLOUT.splitlines(keepends=True)
        rollout.write_bytes(first + b"no JSON\n\xff\xfe\0\n[1, 2]\n" + b"".join(others))
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            assert [issues.health.skipped for issues in run.of(ReadIssues)] == [3]
            assert all(str(rollout) in error for error in run.of(ReadIssues)[0].health.errors)

    @pytest.mark.parametrize(
        ("content", "reason"), [(b"\1\0\2" * 1000, "is binary"), (b"plain text\n", "holds no lines of JSON")]
    )
    def test_file_of_unknown_format_is_reported_and_others_are_read(
        self, tmp_path: Path, rollout: Path, content: bytes, reason: str
    ) -> None:
        unknown = tmp_path / "odd"
        unknown.write_bytes(content)
        with running(unknown, rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            assert run.of(DiscoveryResult)[0].notes == (f"{unknown}: {reason}",)

    def test_folder_and_file_that_appear_later_are_read(self, tmp_path: Path) -> None:
        folder = tmp_path / "later"
        with running(folder, tmp_path / "file.jsonl") as run:
            run.wait_for(lambda: run.of(DiscoveryResult))
            (tmp_path / "file.jsonl").write_bytes(claude_lines(3))
            folder.mkdir()
            (folder / "rollout.jsonl").write_bytes(ROLLOUT)
            run.wait_for_calls(CODEX.id, 20)
            run.wait_for_calls(CLAUDE.id, 6)

    def test_file_without_permission_is_reported_and_read_later(
        self, rollout: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from tui_monitor.sources.files import tail

        class Denied:
            def __init__(self, path: Path) -> None:
                raise PermissionError(13, "Permission denied", str(path))

        with monkeypatch.context() as patched:
            patched.setattr(tail, "open_file", Denied)
            with running(rollout) as run:
                run.wait_for(lambda: run.faults().get(str(rollout)) == f"{rollout} cannot be read: permission denied")
                patched.undo()
                append(rollout, b"\n")
                run.wait_for_calls(CODEX.id, 20)
                assert run.faults()[str(rollout)] == ""

    def test_missing_change_notifications_are_said_and_appended_lines_still_read(
        self, rollout: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        error = OSError("Error creating recommended watcher: Too many open files (os error 24)")
        monkeypatch.setattr(watchfiles._rust_notify, "RustNotify", Mock(side_effect=error))
        with running(rollout) as run:
            run.wait_for(lambda: run.of(Polling))
            assert run.of(Polling) == [Polling("no change notifications: too many open files")]
            run.wait_for_calls(CODEX.id, 20)
            append(rollout, codex_lines(25)[len(ROLLOUT) :])
            run.wait_for_calls(CODEX.id, 25)


class TestStore:
    def test_store_that_cannot_be_created_is_reported_and_replaced(self, tmp_path: Path, rollout: Path) -> None:
        blocked = tmp_path / "a file"
        blocked.touch()
        with running(rollout, open_store=lambda: open_store(blocked / "monitoring.db")) as run:
            run.wait_for_calls(CODEX.id, 20)
            assert "cannot be opened" in run.faults()["store"]
            append(rollout, codex_lines(21))
            run.wait_for_calls(CODEX.id, 21)

    def test_locked_store_catches_up_once_it_is_free(
        self, rollout: Path, store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.01)
        monkeypatch.setattr(store_manager, "RETRY_S", 0.01)
        with closing(store()) as reopened:
            assert reopened.path
            lock = sqlite3.connect(reopened.path, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        with running(rollout, open_store=store) as run:
            run.wait_for_calls(CODEX.id, 20)
            run.wait_for(lambda: "another program" in run.faults().get("store", ""))
            lock.close()
            run.wait_for(lambda: run.faults()["store"] == "")
        with closing(store()) as reopened:
            assert answers(reopened, rollout.parent) == clean_answers({rollout.name: ROLLOUT})

    def test_store_damaged_in_use_is_reported_and_replaced(
        self, rollout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail_as_damaged(session: object) -> None:
            raise StoreError("the store is damaged")

        def open_damaged() -> Store:
            store = open_store(tmp_path / "monitoring.db")
            monkeypatch.setattr(store, "totals", fail_as_damaged)
            return store

        with running(rollout, open_store=open_damaged) as run:
            run.wait_for_calls(CODEX.id, 20)
            run.wait_for(lambda: run.faults().get("store") == "the store is damaged")


class TestRequests:
    def test_failed_request_is_reported(self, rollout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(self: Store, session: SessionKey) -> None:
            raise ValueError("unforeseen")

        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            monkeypatch.setattr(Store, "history", fail)
            run.feed.request_history(CODEX)
            run.wait_for(lambda: "writer" in run.faults())
            assert run.faults()["writer"] == "the store did not answer: unforeseen"


class TestLag:
    def test_session_is_behind_until_its_events_are_read_stored_and_drained(self, rollout: Path) -> None:
        hanging, release = Event(), Event()

        def hang() -> Store:
            hanging.set()
            release.wait()
            return private_store()

        with running(rollout, open_store=hang) as run:
            try:
                assert hanging.wait(STOP_S)
                assert run.feed.lag(CODEX) > 0  # the reader waits for the store's answer
                release.set()
                run.wait_for_calls(CODEX.id, 20)
                run.wait_for(lambda: run.feed.lag(CODEX) == 0 or run.feed.drain())
            finally:
                release.set()


class TestFeedEnd:
    def test_failed_reader_is_reported(self) -> None:
        def fail() -> Registry:
            raise RuntimeError("unforeseen")

        with running(registry=fail) as run:
            run.wait_for(lambda: "unforeseen" in run.faults().get("reader", ""))

    def test_writer_that_dies_is_reported_once_and_sessions_are_still_shown(self, rollout: Path) -> None:
        def fail() -> Store:
            raise RuntimeError("unforeseen")

        with running(rollout, open_store=fail) as run:
            run.wait_until_read()
            run.wait_for(lambda: run.faults().get("writer"))
            assert len(run.of(Fault)) == 1
            assert any(delivery.events for delivery in run.of(EventsRead))
            begin = time.monotonic()
        assert time.monotonic() - begin < STOP_S / 2

    def test_stop_does_not_wait_longer_than_it_may_for_a_store_that_hangs(self, rollout: Path) -> None:
        hanging, release = Event(), Event()

        def hang() -> Store:
            hanging.set()
            release.wait()
            return private_store()

        with running(rollout, open_store=hang) as run:
            try:
                assert hanging.wait(STOP_S)
                begin = time.monotonic()
                run.feed.stop(0)
                assert time.monotonic() - begin < STOP_S / 4
                run.feed.stop(0.1)
                assert time.monotonic() - begin < STOP_S / 2
            finally:
                release.set()

    def test_stop_in_the_middle_of_a_file_continues_after_a_restart(
        self, tmp_path: Path, store: Callable[[], Store]
    ) -> None:
        path, content = tmp_path / "rollout.jsonl", codex_lines(250)
        path.write_bytes(content)
        with running(path, open_store=store) as run:
            run.wait_for(lambda: run.of(EventsRead))
        with running(path, open_store=store, registry=default_registry) as run:
            run.wait_until_read()
        with closing(store()) as reopened:
            assert answers(reopened, tmp_path) == clean_answers({path.name: content})


def _starts_of(run: RunningFeed, call: str) -> int:
    return sum(isinstance(event, CallStarted) and event.call == call for event in _events_of(run))


def _events_of(run: RunningFeed) -> list[object]:
    return [event for read in run.of(EventsRead) for event in read.events]
