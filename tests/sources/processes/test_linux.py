"""The processes of this user on Linux, in a folder like ``/proc``, and in the real one."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui_monitor.sources.processes.linux import LinuxProcesses

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="this needs Linux")

TTY = (136 << 8) | 3


def write_process(root: Path, pid: int, *command: str, state: str = "S", terminal: int = TTY) -> Path:
    folder = root / str(pid)
    (folder / "task" / str(pid)).mkdir(parents=True)
    (folder / "fd").mkdir()
    fields = [state, "1", "1", "1", str(terminal), *["0"] * 14, "4711", "0"]
    (folder / "stat").write_text(f"{pid} (a) name) {' '.join(fields)}\n")
    (folder / "cmdline").write_bytes(b"".join(word.encode() + b"\0" for word in command))
    (folder / "task" / str(pid) / "children").write_text("")
    (root / "uptime").write_text("100000.00 5000.00\n")
    (folder / "cwd").symlink_to("/work/harbour")
    (folder / "environ").write_bytes(b"A=1\0HOME=/home/ada\0")
    return folder


def test_process_is_told_from_a_later_one_of_its_id(tmp_path: Path) -> None:
    write_process(tmp_path, 7, "agent")
    table = LinuxProcesses(tmp_path)
    assert table.is_alive(7)
    assert table.is_alive(7, "4711")
    assert not table.is_alive(7, "4712")
    assert not table.is_alive(8)


@pytest.mark.parametrize("state", ["Z", "X"])
def test_ended_process_is_not_alive(tmp_path: Path, state: str) -> None:
    write_process(tmp_path, 7, "agent", state=state)
    assert not LinuxProcesses(tmp_path).is_alive(7)


def test_processes_are_found_by_program_or_script(tmp_path: Path) -> None:
    write_process(tmp_path, 7, "/usr/bin/agent", "--yes")
    write_process(tmp_path, 8, "/usr/bin/node", "/usr/lib/bin/agent")
    write_process(tmp_path, 9, "vi", "notes", "agent")
    (tmp_path / "self").mkdir()
    (tmp_path / "10").mkdir()  # it is gone by now
    processes = LinuxProcesses(tmp_path).named({"agent"})
    assert sorted((one.pid, one.started, one.cwd, one.terminal) for one in processes) == [
        (7, "4711", "/work/harbour", "/dev/pts/3"),
        (8, "4711", "/work/harbour", "/dev/pts/3"),
    ]


def test_processes_of_several_programs_are_found_by_one_table(tmp_path: Path) -> None:
    write_process(tmp_path, 7, "agent")
    write_process(tmp_path, 8, "helper")
    table = LinuxProcesses(tmp_path)
    for _ in range(2):
        assert [one.pid for one in table.named({"agent"})] == [7]
        assert [one.pid for one in table.named({"helper"})] == [8]


def test_process_saves_in_the_home_that_it_was_started_with(tmp_path: Path) -> None:
    (write_process(tmp_path, 8, "agent") / "environ").unlink()
    write_process(tmp_path, 7, "agent")
    first, second = (LinuxProcesses(tmp_path).find(pid) for pid in (7, 8))
    assert first
    assert second
    assert first.saves_in(Path("/home/ada"))
    assert not first.saves_in(Path("/home/bo"))
    assert second.saves_in(Path("/home/bo"))  # unknown


def test_process_without_a_terminal_has_none(tmp_path: Path) -> None:
    write_process(tmp_path, 7, "agent", terminal=0)
    process = LinuxProcesses(tmp_path).find(7)
    assert process is not None
    assert not process.terminal


def test_open_files_are_those_with_a_path(tmp_path: Path) -> None:
    folder = write_process(tmp_path, 7, "agent")
    (folder / "fd" / "3").symlink_to("/work/rollout.jsonl")
    (folder / "fd" / "4").symlink_to("socket:[12]")
    assert LinuxProcesses(tmp_path).open_files(7) == [Path("/work/rollout.jsonl")]
    assert LinuxProcesses(tmp_path).open_files(8) == []


def test_children_are_those_of_all_threads(tmp_path: Path) -> None:
    folder = write_process(tmp_path, 7, "agent")
    assert LinuxProcesses(tmp_path).newest_child_at(7) == 0
    write_process(tmp_path, 12, "sh")
    (tmp_path / "uptime").write_text("100.00 50.00\n")
    (folder / "task" / "7" / "children").write_text("12 13 ")
    began_at = LinuxProcesses(tmp_path).newest_child_at(7)
    assert began_at is not None
    assert 0 <= time.time() * 1000 - 100_000 + 47_110 - began_at < 5_000
    assert LinuxProcesses(tmp_path).newest_child_at(8) is None


def test_real_process_is_found_until_it_ends(tmp_path: Path) -> None:
    table = LinuxProcesses()
    with subprocess.Popen(["sleep", "60"], cwd=tmp_path) as child:
        process = table.find(child.pid)
        assert process is not None
        assert process.cwd == str(tmp_path.resolve())
        assert table.namespace().startswith("pid:[")
        assert table.is_alive(child.pid, process.started)
        until = time.monotonic() + 30
        while child.pid not in [one.pid for one in table.named({"sleep"})]:  # it is still this program for a moment
            assert time.monotonic() < until
            time.sleep(0.01)
        children_at = table.newest_child_at(os.getpid())
        assert children_at is None or abs(time.time() * 1000 - children_at) < 60_000
        child.kill()
    assert not table.is_alive(child.pid, process.started)
