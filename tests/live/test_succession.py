"""Which session another one goes on as: /clear, a branch, going back, a restart, a worktree."""

from __future__ import annotations

import pytest

from tests.live.events_builder import SESSION, T0
from tui_monitor.events import (
    AgentMessage,
    ProcessScan,
    Prompt,
    SessionKey,
    SessionProcess,
    SessionUpdate,
    Turn,
    TurnUpdate,
)
from tui_monitor.live.alerts import recent_sessions
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.live.succession import continues, continues_by_process, runs_instead

NEXT = SessionKey(SESSION.source, "s-2")
HERE, WORKTREE = "/work/harbour", "/work/harbour/.claude/worktrees/fix"
NOW = T0 + 60_000


class SuccessionBench:
    """Live state with a session that began at the start; times are milliseconds after that."""

    def __init__(self) -> None:
        self.live = LiveState()
        self.begin(SESSION, 0)

    def begin(self, session: SessionKey, at: int, folder: str = HERE, forked_from: str = "", path: str = "") -> None:
        """Begin a session with a prompt."""
        facts = SessionUpdate(session=session, at=T0 + at, cwd=folder, forked_from=forked_from, path=path)
        self.live.apply([facts, Prompt(session=session, at=T0 + at, text="go")], Changes())

    def turn(self, turn: Turn, at: int) -> None:
        """End the turn of the first session, or the session."""
        self.live.apply([TurnUpdate(session=SESSION, at=T0 + at, turn=turn)], Changes())

    def scan(self, *runs: tuple[int, SessionKey]) -> None:
        """See these processes, by their ids."""
        processes = [SessionProcess(session=session, pid=pid, cwd=HERE) for pid, session in runs]
        self.live.apply_scan(ProcessScan(source=SESSION.source, processes=tuple(processes)), Changes())

    def goes_on(self) -> bool:
        """Return True if the first session goes on as the next one."""
        return continues(self.live.sessions[NEXT], self.live.sessions[SESSION], NOW)


@pytest.mark.parametrize("folder", [HERE, WORKTREE])
def test_session_goes_on_as_the_one_that_its_process_runs_now(folder: str) -> None:
    bench = SuccessionBench()
    bench.scan((7, SESSION))
    bench.begin(NEXT, 10, folder)
    bench.scan((7, NEXT))
    assert bench.goes_on()


def test_process_seen_before_the_first_line_of_the_next_session_tells_too() -> None:
    bench = SuccessionBench()
    bench.scan((7, SESSION))
    bench.scan((7, NEXT))
    assert bench.goes_on()


def test_placeholder_of_a_process_goes_on_as_its_session() -> None:
    bench = SuccessionBench()
    unknown = SessionKey(SESSION.source, "")
    bench.scan((1, SESSION), (7, unknown))
    (placeholder,) = [state for state in bench.live.sessions.values() if not state.started]
    bench.live.pinned = placeholder.key
    bench.scan((1, SESSION), (7, NEXT))
    assert continues_by_process(bench.live.sessions[NEXT], placeholder)


def test_session_that_lives_does_not_go_on_as_one_of_another_process() -> None:
    bench = SuccessionBench()
    bench.turn(Turn.DONE, 5)
    bench.begin(NEXT, 10, forked_from=SESSION.id)
    bench.scan((7, SESSION), (8, NEXT))
    assert not bench.goes_on()


def test_process_that_runs_two_sessions_has_left_neither() -> None:
    bench = SuccessionBench()
    bench.scan((7, SESSION))
    bench.begin(NEXT, 10)
    bench.scan((7, SESSION), (7, NEXT))
    assert not bench.goes_on()


def test_fork_in_the_same_process_is_followed_when_the_turn_is_over() -> None:
    bench = SuccessionBench()
    bench.begin(NEXT, 10, forked_from=SESSION.id)
    bench.scan((7, SESSION), (7, NEXT))
    assert not bench.goes_on()
    bench.turn(Turn.DONE, 5)
    assert bench.goes_on()


def test_fork_without_news_is_not_followed() -> None:
    bench = SuccessionBench()
    bench.begin(NEXT, -10, forked_from=SESSION.id)
    bench.turn(Turn.DONE, 5)
    assert not bench.goes_on()


def test_restart_in_the_same_folder_is_followed() -> None:
    bench = SuccessionBench()
    bench.scan((7, SESSION))
    bench.scan()
    bench.begin(NEXT, 10)
    bench.scan((8, NEXT))
    assert bench.goes_on()


@pytest.mark.parametrize(("at", "folder"), [(10, "/work/other"), (-10, HERE)])
def test_session_elsewhere_or_from_before_is_not_followed(at: int, folder: str) -> None:
    bench = SuccessionBench()
    bench.turn(Turn.SESSION_ENDED, 5)
    bench.begin(NEXT, at, folder)
    assert not bench.goes_on()


@pytest.mark.parametrize(
    ("path", "folder", "answered", "expected"),
    [("a.jsonl", HERE, False, True), ("a.jsonl", HERE, True, False), ("b.jsonl", HERE, False, False),
     ("a.jsonl", WORKTREE, False, False)],
)  # fmt: skip
def test_unanswered_session_goes_on_as_the_next_one_of_its_file(
    path: str, folder: str, answered: bool, expected: bool
) -> None:
    bench = SuccessionBench()
    bench.begin(SESSION, 1, path="a.jsonl")
    if answered:
        bench.live.apply([AgentMessage(session=SESSION, at=T0 + 2, text="Done.")], Changes())
    bench.begin(NEXT, 10, folder, path=path)
    assert bench.goes_on() is expected
    remaining = recent_sessions(bench.live.sessions.values(), T0 + 20)
    assert (SESSION in {state.key for state in remaining}) is not expected


@pytest.mark.parametrize(("started", "cwd", "expected"), [(0, HERE, True), (20, HERE, False), (0, WORKTREE, False)])
def test_process_that_lived_before_may_run_another_session_of_its_folder_instead(
    started: int, cwd: str, expected: bool
) -> None:
    bench = SuccessionBench()
    bench.live.apply([SessionUpdate(session=SESSION, at=T0, version="2.1.332")], Changes())
    process = SessionProcess(session=NEXT, pid=7, cwd=cwd, started=T0 + started)
    scan = ProcessScan(source=SESSION.source, processes=(process,), complete_from=(2, 1))
    bench.live.apply_scan(scan, Changes())
    assert runs_instead(bench.live.sessions[NEXT], bench.live.sessions[SESSION]) is expected
    assert not runs_instead(bench.live.sessions[SESSION], bench.live.sessions[NEXT])
