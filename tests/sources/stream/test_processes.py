"""The processes that lines of a stream state: a session whose process is gone has ended."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.sources.processes.fake_table import FakeProcesses
from tests.sources.stream_builder import MILLIS, PATH, SECONDS, line
from tui_monitor.events import MAIN, ProcessScan, SessionKey, SourceRef
from tui_monitor.process_identity import process_space
from tui_monitor.sources.base import Record, SearchContext
from tui_monitor.sources.processes.table import process_table
from tui_monitor.sources.stream.adapter import Stream

S1 = SessionKey("stream", "s1")
CONTEXT = SearchContext(Path("/home/me"), {}, Path("/work"))


def gone_of(table: FakeProcesses, *lines: Record) -> set[tuple[SessionKey, str]]:
    return set(scan(table, *lines).gone or ())


def scan(table: FakeProcesses, *lines: Record) -> ProcessScan:
    """Return the processes known after these lines, the parser being restored from its state after each."""
    stream, state = Stream(), ""
    for number, record in enumerate(lines):
        parser = stream.parser(PATH, state)
        list(parser.parse(record, SourceRef(str(PATH), number, 1)))
        state = parser.state()
    return stream.scan_processes(CONTEXT, table)


def running(pid: int, agent: str = "s1", **fields: object) -> Record:
    return line("agent", f"r{pid}{agent}", agent_id=agent, status="running", process_id=pid, **fields)


def table_with(*pids: int, began: int = MILLIS - 1000) -> FakeProcesses:
    table = FakeProcesses()
    for pid in pids:
        table.add(pid, "python", started="77")
        table.beginnings[pid] = began
    return table


def test_session_has_the_process_of_its_line_while_that_lives() -> None:
    [process] = scan(table_with(7), running(7)).processes
    assert (process.session, process.pid, process.states_calls) == (S1, 7, True)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"process_started": "78"},
        {"process_started": "77", "process_space": process_space()},
    ],
)
def test_session_is_gone_without_its_process(fields: dict[str, str]) -> None:
    assert gone_of(table_with(), running(7, **fields)) == {(S1, MAIN)}


def test_process_of_the_same_id_that_began_at_another_time_is_another_one() -> None:
    assert gone_of(table_with(7), running(7, process_started="78")) == {(S1, MAIN)}
    assert not gone_of(table_with(7), running(7, process_started="77"))


def test_process_that_began_after_the_line_is_another_one() -> None:
    later = table_with(7, began=MILLIS + 60_000)
    assert gone_of(later, running(7)) == {(S1, MAIN)}
    assert not gone_of(later, running(7, process_started="77"))


def test_process_of_another_machine_or_container_is_unknown() -> None:
    result = scan(table_with(7), running(9, process_space="elsewhere pid:[1]"), running(7, process_space="elsewhere"))
    assert not result.processes
    assert not result.gone


@pytest.mark.parametrize("status", ["completed", "failed", "terminated"])
def test_session_that_stated_its_end_has_lost_nothing(status: str) -> None:
    result = scan(table_with(), running(7), line("agent", "e", agent_id="s1", status=status, end_time=SECONDS))
    assert not result.processes
    assert not result.gone


def test_session_goes_on_while_one_of_its_processes_lives() -> None:
    [process] = scan(table_with(8), running(8), running(7)).processes
    assert process.pid == 8
    assert gone_of(table_with(), running(8), running(7)) == {(S1, MAIN)}


def test_agent_with_a_process_of_its_own_is_gone_alone() -> None:
    result = scan(table_with(7), running(7), running(8, "worker"))
    assert [process.pid for process in result.processes] == [7]
    assert result.gone == frozenset({(S1, "worker")})


def test_agent_that_is_started_again_lives() -> None:
    assert not gone_of(table_with(9), running(8, "worker"), running(9, "worker"))


def test_process_that_is_gone_stays_gone_though_its_id_is_used_again() -> None:
    stream, table = Stream(), table_with()
    list(stream.parser(PATH, "").parse(running(7), SourceRef(str(PATH), 0, 1)))
    assert stream.scan_processes(CONTEXT, table).gone == frozenset({(S1, MAIN)})
    table.add(7, "python")
    assert stream.scan_processes(CONTEXT, table).gone == frozenset({(S1, MAIN)})


def test_own_process_is_found() -> None:
    stream = Stream()
    list(stream.parser(PATH, "").parse(running(os.getpid(), timestamp=time.time()), SourceRef(str(PATH), 0, 1)))
    [process] = stream.scan_processes(CONTEXT, process_table()).processes
    assert process.pid == os.getpid()
