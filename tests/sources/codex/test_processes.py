"""The processes of Codex, by the rollouts that they hold open."""

from pathlib import Path

from tests.sources.processes.fake_table import FakeProcesses
from tui_monitor.events import SessionKey
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.codex.adapter import Codex

THREAD = "019a0000-0000-7000-8000-000000000001"
NAME = f"rollout-2026-11-30T09-15-02-{THREAD}.jsonl"


def rollout(home: Path) -> Path:
    return home.resolve() / ".codex" / "sessions" / NAME


def scanned(home: Path, table: FakeProcesses) -> list[tuple[str, int]]:
    scan = Codex().scan_processes(SearchContext(home, {}, home), table)
    assert scan
    return [(process.session.id, process.pid) for process in scan.processes]


def test_process_with_a_rollout_runs_its_thread(tmp_path: Path) -> None:
    table = FakeProcesses()
    table.add(7, "codex", rollout(tmp_path), tmp_path / "state.sqlite", terminal="/dev/pts/1")
    table.add(6, "codex", terminal="/dev/pts/1")  # the script that started it
    table.add(8, "codex", terminal="/dev/pts/2")
    table.add(9, "vi", rollout(tmp_path))
    assert scanned(tmp_path, table) == [(THREAD, 7), ("", 8)]


def test_newest_command_of_a_process_is_its_newest_child(tmp_path: Path) -> None:
    table = FakeProcesses(children={7: 1_700_000_000_000})
    table.add(7, "codex", rollout(tmp_path))
    scan = Codex().scan_processes(SearchContext(tmp_path, {}, tmp_path), table)
    assert scan
    assert [process.output_at for process in scan.processes] == [1_700_000_000_000]


def test_terminals_of_a_server_are_no_sessions_of_their_own(tmp_path: Path) -> None:
    table = FakeProcesses()
    table.add(7, "codex", terminal="/dev/pts/1")
    table.add(9, "codex", rollout(tmp_path), arguments=("codex", "app-server", "--listen", "unix://"))
    assert scanned(tmp_path, table) == [(THREAD, 9)]


def test_processes_with_another_home_save_elsewhere(tmp_path: Path) -> None:
    table = FakeProcesses()
    table.add(7, "codex", home="/home/other")
    table.add(8, "codex", tmp_path / NAME, home=str(tmp_path))  # no rollout of this home
    assert scanned(tmp_path, table) == [("", 8)]


def test_thread_without_a_process_and_without_a_lock_has_been_left(tmp_path: Path) -> None:
    other = SessionKey("codex", "019a0000-0000-7000-8000-000000000002")
    thread = SessionKey("codex", THREAD)
    table, context = FakeProcesses(), SearchContext(tmp_path, {}, tmp_path)
    older = Codex().scan_processes(context, table)
    assert older
    assert not older.covers(thread, "0.171.0")
    locks = tmp_path / ".codex" / "thread-writer-locks"
    locks.mkdir(parents=True)
    (locks / f"{THREAD}.lock").touch()
    scan = Codex().scan_processes(context, table)
    assert scan
    assert [scan.covers(thread, "0.171.0"), scan.covers(other, "0.171.0"), scan.covers(other, "0.170.9")] == [
        False,
        True,
        False,
    ]
