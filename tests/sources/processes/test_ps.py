"""The processes of this user as ``ps`` and ``lsof`` of macOS print them."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tui_monitor.sources.processes.ps import ListedProcesses

LISTING = """\
  501     1 ??       Mon Nov 30 09:00:00 2026     /sbin/launchd
  734   501 ttys003  Mon Nov 30 09:15:02 2026     /opt/homebrew/bin/agent --yes
  735   734 ttys003  Mon Nov 30 09:15:09 2026     /bin/sh -c sleep 3
  736   501 ttys004  Sun Nov 29 23:01:40 2026     node /usr/local/bin/agent
nonsense
"""
FILES = "p734\nfcwd\nn/Users/ada/harbour\nf3\nn/Users/ada/rollout.jsonl\nf4\nn->0x1234\n"


def printed(command: Sequence[str]) -> str:
    if command[0] == "ps":
        return LISTING
    return "p734\nfcwd\nn/Users/ada/harbour\n" if "cwd" in command else FILES


def test_processes_are_found_by_program_or_script() -> None:
    first, second = ListedProcesses(printed).named({"agent"})
    assert (first.pid, first.started, first.cwd) == (734, "Mon Nov 30 09:15:02 2026", "/Users/ada/harbour")
    assert first.terminal == "/dev/ttys003"
    assert second.pid == 736


def test_children_and_open_files() -> None:
    table = ListedProcesses(printed)
    assert table.newest_child_at(734) == int(datetime(2026, 11, 30, 9, 15, 9).astimezone().timestamp() * 1000)
    assert table.newest_child_at(736) == 0
    assert Path("/Users/ada/rollout.jsonl") in table.open_files(734)


def test_programs_are_asked_again_only_after_a_while() -> None:
    commands: list[Sequence[str]] = []
    now = [0.0]

    def run(command: Sequence[str]) -> str:
        commands.append(command)
        return LISTING

    table = ListedProcesses(run, lambda: now[0])
    table.newest_child_at(1)
    table.newest_child_at(2)
    assert len(commands) == 1
    now[0] = 3.0
    table.newest_child_at(1)
    assert len(commands) == 2


def test_program_that_is_missing_lists_nothing() -> None:
    assert ListedProcesses(lambda command: "").named({"agent"}) == []


def test_living_process_is_alive() -> None:
    assert ListedProcesses(printed).is_alive(os.getpid())
    assert not ListedProcesses(printed).is_alive(2**22 + 1)
