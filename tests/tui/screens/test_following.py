"""Sessions that go on under another id, with lines and processes as their agents leave them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.sources import claude_builder as claude
from tests.sources import codex_builder as codex
from tests.sources.processes.fake_table import FakeProcesses
from tui_monitor.events import Event, ProcessScan, SessionKey
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.sources.base import Adapter, SearchContext
from tui_monitor.sources.claude_code.adapter import ClaudeCode
from tui_monitor.sources.codex.adapter import Codex
from tui_monitor.tui.pump import FeedStatus, FrameUpdate
from tui_monitor.tui.screens.session_selector import SessionSelector

FOLDER = "/home/ada/engine"
NEXT = "22222222-2222-4333-8444-555555555555"
FOUND = FeedStatus(search_ended=True)
THREAD_2 = "0199aaaa-0000-7000-8000-000000000002"


class FollowingBench:
    """A selector, and the agents' lines and processes on a made-up machine."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.table = FakeProcesses()
        self.live = LiveState()
        self.selector = SessionSelector(self.live, {FOLDER: 0, codex.CWD: 0})
        self.now = 0

    @property
    def displayed(self) -> str:
        """The id of the displayed session."""
        return self.selector.session.id if self.selector.session else ""

    def read(self, events: Iterable[Event]) -> None:
        """Apply the events of lines."""
        events, changes = list(events), Changes()
        self.now = max([self.now, *(event.at for event in events)])
        self.live.apply(events, changes)
        self._update(changes)

    def register(self, pid: int, session: str, **entry: object) -> None:
        """Let Claude Code register what a process runs."""
        self.table.add(pid, "claude", started=str(pid))
        path = self.home / ".claude" / "sessions" / f"{pid}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        facts = {"pid": pid, "sessionId": session, "procStart": str(pid), "cwd": FOLDER, "status": "idle"}
        path.write_text(json.dumps(facts | {"version": "2.1.332"} | entry))
        self.scan(ClaudeCode())

    def kill(self, pid: int) -> None:
        """End a process of Claude Code, which removes its entry."""
        del self.table.processes[pid]
        (self.home / ".claude" / "sessions" / f"{pid}.json").unlink()
        self.scan(ClaudeCode())

    def scan(self, adapter: Adapter) -> None:
        """Look at the processes of an agent."""
        scan = adapter.scan_processes(SearchContext(self.home, {}, self.home), self.table)
        changes = Changes()
        self.live.apply_scan(scan or ProcessScan(source=adapter.name), changes)
        self._update(changes)

    def _update(self, changes: Changes) -> None:
        self.selector.update(FrameUpdate(changes), FOUND, self.now + 1000)


def transcript(session: str, after: int = 0, **fields: Any) -> list[Event]:
    """Return the events of a session with a prompt and an answer, after so many empty seconds."""
    lines = claude.Transcript(session=session)
    lines.records = [{"type": "mode", "sessionId": session}] * after
    lines.user("go", **fields)
    lines.assistant(claude.text_block("Gone."), **fields)
    lines.records = lines.records[after:]
    return lines.events()


@pytest.fixture
def bench(tmp_path: Path) -> FollowingBench:
    """Return a bench that displays a session of Claude Code, run by process 7."""
    bench = FollowingBench(tmp_path)
    bench.read(transcript(claude.ID))
    bench.register(7, claude.ID)
    assert bench.displayed == claude.ID
    return bench


def test_cleared_session_is_followed_before_it_has_a_line(bench: FollowingBench) -> None:
    bench.register(7, NEXT)
    assert bench.displayed == NEXT


def test_branch_is_followed(bench: FollowingBench) -> None:
    bench.read(transcript(NEXT, 60, forkedFrom={"sessionId": claude.ID, "messageUuid": "m"}))
    assert bench.displayed == claude.ID
    bench.register(7, NEXT)
    assert bench.displayed == NEXT


def test_branch_in_another_process_is_not(bench: FollowingBench) -> None:
    bench.read(transcript(NEXT, 60, forkedFrom={"sessionId": claude.ID, "messageUuid": "m"}))
    bench.register(8, NEXT)
    assert bench.displayed == claude.ID


def test_session_in_a_worktree_is_followed(bench: FollowingBench) -> None:
    bench.read(transcript(NEXT, 60, cwd=f"{FOLDER}/.claude/worktrees/fix"))
    bench.register(7, NEXT, cwd=f"{FOLDER}/.claude/worktrees/fix")
    assert bench.displayed == NEXT


def test_restart_is_followed(bench: FollowingBench) -> None:
    bench.kill(7)
    assert bench.displayed == claude.ID
    bench.read(transcript(NEXT, 60))
    bench.register(8, NEXT)
    assert bench.displayed == NEXT


def test_restart_in_a_worktree_of_the_folder_is_followed(bench: FollowingBench) -> None:
    bench.kill(7)
    lines = claude.Transcript(session=NEXT)
    lines.records = [{"type": "mode", "sessionId": NEXT}] * 60
    lines.bare("worktree-state", worktreeSession={"originalCwd": FOLDER}, sessionId=NEXT)
    lines.user("go", cwd=f"{FOLDER}/.claude/worktrees/fix")
    lines.records = lines.records[60:]
    bench.read(lines.events())
    assert bench.displayed == NEXT


def test_continued_session_keeps_its_id(bench: FollowingBench) -> None:
    bench.kill(7)
    bench.register(8, claude.ID)
    assert bench.displayed == claude.ID


def test_second_agent_in_the_folder_is_not_followed(bench: FollowingBench) -> None:
    bench.read(transcript(NEXT, 60))
    bench.register(8, NEXT)
    assert bench.displayed == claude.ID


def test_chosen_session_is_not_left_for_a_restart_but_for_its_process(bench: FollowingBench) -> None:
    bench.selector.choose(SessionKey("claude-code", claude.ID))
    bench.read(transcript(NEXT, 60))
    bench.kill(7)
    bench.register(8, NEXT)
    assert bench.displayed == claude.ID
    bench.selector.choose(SessionKey("claude-code", NEXT))
    bench.register(8, "33333333-2222-4333-8444-555555555555")
    assert bench.displayed == "33333333-2222-4333-8444-555555555555"


def test_going_back_in_codex_is_followed(tmp_path: Path) -> None:
    bench = FollowingBench(tmp_path)
    sessions = tmp_path.resolve() / ".codex" / "sessions"
    first, second = (sessions / f"rollout-2026-11-30T09-15-02-{id_}.jsonl" for id_ in (codex.THREAD, THREAD_2))
    original = codex.Rollout().context().event("user_message", message="go")
    bench.read(codex.read(original.records))
    bench.table.add(7, "codex", first)
    bench.scan(Codex())
    assert bench.displayed == codex.THREAD
    fork = codex.Rollout(THREAD_2, begin_ms=codex.BEGIN_MS + 60_000, forked_from_id=codex.THREAD)
    fork.copy(original.records).event("user_message", message="not there")
    bench.read(codex.read(fork.records, second))
    assert bench.displayed == codex.THREAD
    bench.table.add(7, "codex", second)
    bench.scan(Codex())
    assert bench.displayed == THREAD_2
