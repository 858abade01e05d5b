"""The feed as the screen sees it: what it delivers of good input and of bad, and that it always ends."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from tests.feed.running import Running, running
from tests.feed.sessions import CLAUDE, CODEX, all_kinds, answers, claude_lines, clean_answers, codex_lines, write
from tests.sources.support import append
from tui_monitor.events import CallStarted, SessionKey
from tui_monitor.feed import store_manager
from tui_monitor.feed.deliveries import (
    CallBodies,
    DiscoveryResult,
    EventsRead,
    Fault,
    HistoryLoaded,
    KnownSessions,
    Progress,
    ReadIssues,
)
from tui_monitor.feed.feed import STOP_S
from tui_monitor.sources.discovery.registry import Registry, default_registry
from tui_monitor.store import Store, StoreError, database, open_store, private_store

ROLLOUT = codex_lines(20)


@pytest.fixture
def rollout(tmp_path: Path) -> Path:
    """A rollout with twenty calls."""
    path = tmp_path / "rollout.jsonl"
    path.write_bytes(ROLLOUT)
    return path


@pytest.fixture
def store(tmp_path: Path) -> Callable[[], Store]:
    """Opens the store."""
    return lambda: open_store(tmp_path / "data" / "monitoring.db")


class TestReading:
    def test_everything_of_every_kind_is_stored_by_the_end(self, tmp_path: Path, store: Callable[[], Store]) -> None:
        files, folder = all_kinds(30), tmp_path / "sessions"
        write(folder, files)
        with running(folder, open_store=store) as run:
            run.wait_until_read()
        shutil.rmtree(folder)
        with closing(store()) as kept:
            assert answers(kept, folder) == clean_answers(files)

    def test_what_is_appended_is_delivered_and_summed(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            append(rollout, codex_lines(25)[len(ROLLOUT) :] or codex_lines(25))
            run.wait_for_calls(CODEX.id, 25)

    def test_half_a_line_is_told_when_it_is_whole(self, tmp_path: Path) -> None:
        path, content = tmp_path / "s.jsonl", claude_lines(2)
        path.write_bytes(content[:-200])
        with running(path) as run:
            run.wait_until_read()
            read = len(_events(run))
            append(path, content[-200:-100])
            append(path, content[-100:])
            run.wait_for(lambda: len(_events(run)) > read)
            assert not run.of(ReadIssues)

    def test_progress_ends_with_all_that_there_was(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_until_read()
            assert run.of(Progress)[-1] == Progress(len(ROLLOUT), len(ROLLOUT))

    def test_a_restart_tells_what_is_known_and_reads_nothing_twice(
        self, rollout: Path, store: Callable[[], Store]
    ) -> None:
        with running(rollout, open_store=store) as run:
            run.wait_until_read()
        with running(rollout, open_store=store) as run:
            run.wait_until_read()
            assert run.of(KnownSessions) == [KnownSessions((CODEX,))]
            assert not run.of(EventsRead)
            run.feed.request_history(CODEX)
            run.wait_for_calls(CODEX.id, 20)
            (remembered,) = run.of(HistoryLoaded)
            assert sum(isinstance(event, CallStarted) for event in remembered.events) == 20

    def test_texts_of_a_call_are_delivered_when_asked_for(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            run.feed.request_bodies(CODEX, "call_3")
            run.wait_for(lambda: run.of(CallBodies))
            (texts,) = run.of(CallBodies)
            assert texts.complete
            assert "make part-3" in texts.input
            assert "part 3" in texts.output


class TestBadInput:
    def test_a_file_that_vanishes_keeps_its_sums_and_one_of_its_name_is_read(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            rollout.unlink()
            run.wait_for(lambda: "is gone" in run.troubles().get(str(rollout), ""))
            assert run.totals()[CODEX.id].calls == 20
            rollout.write_bytes(codex_lines(21))
            run.wait_for_calls(CODEX.id, 21)
            assert run.troubles()[str(rollout)] == ""

    def test_a_file_that_is_replaced_is_read_on(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            other = rollout.with_name("other")
            other.write_bytes(codex_lines(22))
            other.replace(rollout)
            run.wait_for_calls(CODEX.id, 22)

    def test_a_file_that_is_cut_off_and_written_anew_counts_nothing_twice(self, rollout: Path) -> None:
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            spent = run.totals()[CODEX.id].amount
            rollout.write_bytes(ROLLOUT[: len(ROLLOUT) // 2])
            run.wait_for(lambda: _told(run, "call_5") == 2)
            append(rollout, ROLLOUT[len(ROLLOUT) // 2 :])
            run.wait_for(lambda: _told(run, "call_19") == 2)
            run.feed.request_history(CODEX)
            run.wait_for(lambda: run.of(HistoryLoaded))
            assert run.totals()[CODEX.id].amount == spent
            assert run.totals()[CODEX.id].calls == 20

    def test_lines_that_are_no_json_are_told_and_the_others_read(self, rollout: Path) -> None:
        first, *others = ROLLOUT.splitlines(keepends=True)
        rollout.write_bytes(first + b"no JSON\n\xff\xfe\0\n[1, 2]\n" + b"".join(others))
        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            assert [met.health.skipped for met in run.of(ReadIssues)] == [3]
            assert all(str(rollout) in error for error in run.of(ReadIssues)[0].health.errors)

    @pytest.mark.parametrize(
        ("content", "reason"), [(b"\1\0\2" * 1000, "is binary"), (b"plain text\n", "holds no lines of JSON")]
    )
    def test_a_file_of_no_format_is_told_and_the_others_read(
        self, tmp_path: Path, rollout: Path, content: bytes, reason: str
    ) -> None:
        odd = tmp_path / "odd"
        odd.write_bytes(content)
        with running(odd, rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            assert run.of(DiscoveryResult)[0].notes == (f"{odd}: {reason}",)

    def test_a_folder_and_a_file_that_appear_later_are_read(self, tmp_path: Path) -> None:
        folder = tmp_path / "later"
        with running(folder, tmp_path / "file.jsonl") as run:
            run.wait_for(lambda: run.of(DiscoveryResult))
            (tmp_path / "file.jsonl").write_bytes(claude_lines(3))
            folder.mkdir()
            (folder / "rollout.jsonl").write_bytes(ROLLOUT)
            run.wait_for_calls(CODEX.id, 20)
            run.wait_for_calls(CLAUDE.id, 6)

    def test_a_file_that_may_not_be_read_for_a_while_is_told_and_read_later(
        self, rollout: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from tui_monitor.sources.files import tail

        class Denied:
            def __init__(self, path: Path) -> None:
                raise PermissionError(13, "Permission denied", str(path))

        with monkeypatch.context() as patched:
            patched.setattr(tail, "OpenFile", Denied)
            with running(rollout) as run:
                run.wait_for(lambda: run.troubles().get(str(rollout)) == f"{rollout} cannot be read: permission denied")
                patched.undo()
                append(rollout, b"\n")
                run.wait_for_calls(CODEX.id, 20)
                assert run.troubles()[str(rollout)] == ""


class TestStore:
    def test_a_store_that_cannot_be_made_is_told_and_everything_goes_on(self, tmp_path: Path, rollout: Path) -> None:
        blocked = tmp_path / "a file"
        blocked.touch()
        with running(rollout, open_store=lambda: open_store(blocked / "monitoring.db")) as run:
            run.wait_for_calls(CODEX.id, 20)
            assert "cannot be opened" in run.troubles()["store"]
            append(rollout, codex_lines(21))
            run.wait_for_calls(CODEX.id, 21)

    def test_a_locked_store_is_caught_up_when_it_is_free(
        self, rollout: Path, store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database, "PATIENCE", 0.01)
        monkeypatch.setattr(store_manager, "RETRY_S", 0.01)
        with closing(store()) as kept:
            assert kept.path
            lock = sqlite3.connect(kept.path, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        with running(rollout, open_store=store) as run:
            run.wait_for_calls(CODEX.id, 20)
            run.wait_for(lambda: "another program" in run.troubles().get("store", ""))
            lock.close()
            run.wait_for(lambda: run.troubles()["store"] == "")
        with closing(store()) as kept:
            assert answers(kept, rollout.parent) == clean_answers({rollout.name: ROLLOUT})

    def test_a_store_that_is_damaged_while_it_is_used_is_told_and_everything_goes_on(
        self, rollout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def damaged(session: object) -> None:
            raise StoreError("the store is damaged")

        def open_damaged() -> Store:
            store = open_store(tmp_path / "monitoring.db")
            monkeypatch.setattr(store, "totals", damaged)
            return store

        with running(rollout, open_store=open_damaged) as run:
            run.wait_for_calls(CODEX.id, 20)
            run.wait_for(lambda: run.troubles().get("store") == "the store is damaged")


class TestAsking:
    def test_a_question_that_nobody_can_answer_is_told(self, rollout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(self: Store, session: SessionKey) -> None:
            raise ValueError("nobody foresaw this")

        with running(rollout) as run:
            run.wait_for_calls(CODEX.id, 20)
            monkeypatch.setattr(Store, "history", fail)
            run.feed.request_history(CODEX)
            run.wait_for(lambda: "writer" in run.troubles())
            assert run.troubles()["writer"] == "the store did not answer: nobody foresaw this"


class TestEnding:
    def test_reading_that_fails_is_told(self) -> None:
        def fail() -> Registry:
            raise RuntimeError("nobody foresaw this")

        with running(registry=fail) as run:
            run.wait_for(lambda: "nobody foresaw this" in run.troubles().get("reader", ""))

    def test_writer_that_dies_is_reported_once_and_sessions_are_still_shown(self, rollout: Path) -> None:
        def fail() -> Store:
            raise RuntimeError("nobody foresaw this")

        with running(rollout, open_store=fail) as run:
            run.wait_until_read()
            run.wait_for(lambda: run.troubles().get("writer"))
            assert len(run.of(Fault)) == 1
            assert any(delivery.events for delivery in run.of(EventsRead))
            begin = time.monotonic()
        assert time.monotonic() - begin < STOP_S / 2

    def test_stop_does_not_wait_longer_than_it_may_for_a_store_that_hangs(self, rollout: Path) -> None:
        hanging, go_on = Event(), Event()

        def hang() -> Store:
            hanging.set()
            go_on.wait()
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
                go_on.set()

    def test_it_ends_in_the_middle_of_reading_and_goes_on_later(
        self, tmp_path: Path, store: Callable[[], Store]
    ) -> None:
        path, content = tmp_path / "rollout.jsonl", codex_lines(250)
        path.write_bytes(content)
        with running(path, open_store=store) as run:
            run.wait_for(lambda: run.of(EventsRead))
        with running(path, open_store=store, registry=default_registry) as run:
            run.wait_until_read()
        with closing(store()) as kept:
            assert answers(kept, tmp_path) == clean_answers({path.name: content})


def _told(run: Running, call: str) -> int:
    return sum(isinstance(event, CallStarted) and event.call == call for event in _events(run))


def _events(run: Running) -> list[object]:
    return [event for read in run.of(EventsRead) for event in read.events]
