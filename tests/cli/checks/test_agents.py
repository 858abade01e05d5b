"""Running agents, and formats that fail."""

from __future__ import annotations

from pathlib import Path

from tui_monitor.cli.checks.agents import check_places, check_processes
from tui_monitor.cli.checks.model import Level
from tui_monitor.events import ProcessScan, SessionKey, SessionProcess
from tui_monitor.sources.base import Adapter, AgentTraits, Checkpoints, Head, SearchContext, Source, no_checkpoints
from tui_monitor.sources.discovery.find import DiscoveredSession


class Harbour(Adapter):
    """A format whose files cannot be opened."""

    name = "harbour"
    version = 1
    traits = AgentTraits(title="Harbour", exact_states="Ask the harbour master.")

    def __init__(self, root: Path) -> None:
        self.root = root

    def recognises(self, head: Head) -> bool:
        return True

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        raise ValueError("the tide is out")

    def roots(self, context: SearchContext) -> list[Path]:
        return [self.root]


def scan(*sessions: str) -> dict[str, ProcessScan]:
    processes = tuple(
        SessionProcess(session=SessionKey("harbour", session), pid=number, cwd="", terminal="")
        for number, session in enumerate(sessions, 1)
    )
    return {"harbour": ProcessScan(source="harbour", processes=processes)}


def test_processes_with_their_sessions_are_fine(tmp_path: Path) -> None:
    [finding] = check_processes([Harbour(tmp_path)], scan("a", "b"))
    assert (finding.level, finding.text) == (Level.OK, "2 processes (pid 1, 2), each with its session")


def test_processes_without_sessions_come_with_what_would_tell(tmp_path: Path) -> None:
    [finding] = check_processes([Harbour(tmp_path)], scan("", "", "", "", ""))
    assert (finding.level, finding.remedy) == (Level.NOTE, "Ask the harbour master.")
    assert finding.text.startswith("5 processes (pid 1, 2, 3, …)")


def test_agent_that_does_not_run_is_not_listed(tmp_path: Path) -> None:
    assert list(check_processes([Harbour(tmp_path)], scan())) == []


def test_file_that_fails_is_a_problem_and_ends_nothing(tmp_path: Path) -> None:
    adapter, path = Harbour(tmp_path), tmp_path / "log.jsonl"
    sessions = [DiscoveredSession(adapter, path, 1_000, 10)]
    place, failed = check_places([adapter], SearchContext(tmp_path, {}, tmp_path), sessions, 61_000)
    assert (place.level, place.text) == (Level.OK, f"{tmp_path}: 1 session, the newest 1m old")
    assert (failed.level, "the tide is out" in failed.text) == (Level.PROBLEM, True)


def test_folder_without_sessions_is_noted(tmp_path: Path) -> None:
    [finding] = check_places([Harbour(tmp_path)], SearchContext(tmp_path, {}, tmp_path), [], 0)
    assert (finding.level, finding.text) == (Level.NOTE, f"{tmp_path} holds no sessions")
