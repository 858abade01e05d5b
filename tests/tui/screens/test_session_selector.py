"""The displayed session, and the histories that are requested from the store."""

from pathlib import Path
from typing import ClassVar

from tests.tui.live_builder import CWD, EIGHT_PM
from tui_monitor.events import ProcessScan, SessionKey, SessionProcess, SessionUpdate, Turn, TurnUpdate
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.merge.history import SessionHistory
from tui_monitor.tui.pump import FeedStatus, FrameUpdate
from tui_monitor.tui.screens.session_selector import MAX_HISTORIES, SessionSelector

FIRST, SECOND, THIRD = (SessionKey("claude-code", name) for name in ("s-1", "s-2", "s-3"))


class SelectorBench:
    """Live state with a selector."""

    def __init__(self) -> None:
        self.live = LiveState()
        self.selector = SessionSelector(self.live)

    def read(self, session: SessionKey, at: int, path: str = "/a.jsonl", catching_up: bool = False) -> bool:
        """Apply an event of a session; return True if another session is displayed now."""
        changes = Changes()
        when = EIGHT_PM + at
        self.live.apply([SessionUpdate(session=session, at=when, cwd=CWD, path=path)], changes)
        return self.selector.update(FrameUpdate(changes, catching_up=catching_up), FeedStatus(), when)

    def end(self, session: SessionKey, at: int) -> None:
        """End a session."""
        event = TurnUpdate(session=session, at=EIGHT_PM + at, turn=Turn.SESSION_ENDED)
        self.live.apply([event], Changes())


def test_first_session_stays_selected() -> None:
    bench = SelectorBench()
    assert bench.read(FIRST, 0)
    assert not bench.read(SECOND, 60_000, "/b.jsonl", catching_up=True)
    assert not bench.read(SECOND, 70_000)
    assert bench.selector.session == FIRST


def test_last_of_several_sessions_in_one_file_is_selected() -> None:
    bench = SelectorBench()
    bench.read(FIRST, 10, catching_up=True)
    assert not bench.read(SECOND, 0, catching_up=True)
    assert bench.read(SECOND, 20, catching_up=True)
    assert bench.selector.session == SECOND


def test_successor_is_selected_unless_the_user_picked_one() -> None:
    for chosen in (False, True):
        bench = SelectorBench()
        bench.read(FIRST, 0)
        if chosen:
            bench.selector.choose(FIRST)
        bench.end(FIRST, 10)
        assert bench.read(SECOND, 20, "/b.jsonl") is not chosen


def test_history_is_requested_once_and_first_for_the_selected_session() -> None:
    bench = SelectorBench()
    frame = FrameUpdate(known_sessions=[FIRST, SECOND])
    bench.selector.choose(SECOND)
    assert bench.selector.histories_to_request(frame) == [SECOND, FIRST]
    assert bench.selector.histories_to_request(frame) == []
    assert bench.selector.histories_to_request(FrameUpdate(known_sessions=[THIRD])) == [THIRD]


def test_number_of_requested_histories_is_bounded() -> None:
    bench = SelectorBench()
    many = [SessionKey("codex", f"c-{number}") for number in range(MAX_HISTORIES + 5)]
    bench.selector.choose(FIRST)
    assert bench.selector.histories_to_request(FrameUpdate(known_sessions=many)) == many[:MAX_HISTORIES]
    assert bench.selector.histories_to_request(FrameUpdate(known_sessions=[SECOND, FIRST])) == [FIRST]


def test_evicted_history_is_requested_once() -> None:
    bench = SelectorBench()
    bench.read(FIRST, 0)
    bench.live.sessions[FIRST].evicted = True
    assert [bench.selector.histories_to_request(FrameUpdate()) for _ in range(2)] == [[FIRST], []]
    bench.live.restore(SessionHistory(FIRST), Changes())
    assert bench.selector.histories_to_request(FrameUpdate()) == []
    bench.live.sessions[FIRST].evicted = True
    assert bench.selector.histories_to_request(FrameUpdate()) == [FIRST]


class HereBench:
    """A selector for the folder ``/home/ada/harbour``, in which nothing was displayed yet."""

    folders: ClassVar = {CWD: 0, "/home/ada": 1, "/home": 2, "/": 3}

    def __init__(self) -> None:
        self.live = LiveState()
        self.selector = SessionSelector(self.live, self.folders)

    def read(self, session: SessionKey, folder: str, path: str, status: FeedStatus) -> bool:
        """Apply an event of a session; return True if another session is displayed now."""
        changes = Changes()
        self.live.apply([SessionUpdate(session=session, at=EIGHT_PM, cwd=folder, path=path)], changes)
        frame = FrameUpdate(changes, sessions_by_path={Path(path): session})
        return self.selector.update(frame, status, EIGHT_PM)

    def scan(self, *runs: tuple[int, SessionKey]) -> None:
        """See these processes, by their ids, in the folder."""
        processes = [SessionProcess(session=session, pid=pid, cwd=CWD) for pid, session in runs]
        changes = Changes()
        self.live.apply_scan(ProcessScan(source=FIRST.source, processes=tuple(processes)), changes)
        self.selector.update(FrameUpdate(changes), FeedStatus(search_ended=True), EIGHT_PM)


def test_session_of_the_folder_is_displayed_and_no_other() -> None:
    bench, found = HereBench(), FeedStatus(search_ended=True, here=Path("/b.jsonl"))
    assert not bench.read(FIRST, CWD, "/a.jsonl", FeedStatus())
    assert not bench.read(FIRST, CWD, "/a.jsonl", found)
    assert bench.read(SECOND, "/elsewhere", "/b.jsonl", found)
    assert bench.selector.session == SECOND


def test_session_that_begins_in_the_nearest_folder_is_displayed() -> None:
    bench, nothing = HereBench(), FeedStatus(search_ended=True)
    assert not bench.read(FIRST, "/elsewhere", "/a.jsonl", nothing)
    assert bench.selector.has_decided(nothing)
    changes = Changes()
    for session, folder in ((SECOND, "/home/ada"), (THIRD, CWD)):
        bench.live.apply([SessionUpdate(session=session, at=EIGHT_PM, cwd=folder)], changes)
    assert bench.selector.update(FrameUpdate(changes), nothing, EIGHT_PM)
    assert bench.selector.session == THIRD


def test_chosen_file_is_displayed_when_it_is_read() -> None:
    bench, found = HereBench(), FeedStatus(search_ended=True, here=Path("/a.jsonl"))
    bench.read(FIRST, CWD, "/a.jsonl", found)
    bench.selector.choose_file(Path("/b.jsonl"))
    assert bench.selector.session == FIRST
    assert bench.read(SECOND, "/elsewhere", "/b.jsonl", found)
    assert bench.selector.session == SECOND


def test_chosen_session_is_followed_by_its_process_alone() -> None:
    bench = HereBench()
    bench.read(FIRST, CWD, "/a.jsonl", FeedStatus(search_ended=True))
    bench.selector.choose(FIRST)
    bench.scan((7, FIRST))
    bench.scan((8, SECOND))
    assert bench.selector.session == FIRST
    bench.scan((7, FIRST))
    bench.scan((7, THIRD))
    assert bench.selector.session == THIRD


def test_session_left_before_the_next_one_began_is_followed() -> None:
    bench = HereBench()
    bench.read(FIRST, CWD, "/a.jsonl", FeedStatus(search_ended=True))
    bench.scan((7, FIRST))
    changes = Changes()
    bench.live.apply([SessionUpdate(session=SECOND, at=EIGHT_PM + 9, cwd=CWD)], changes)
    assert not bench.selector.update(FrameUpdate(changes), FeedStatus(), EIGHT_PM + 10)
    bench.scan((8, SECOND))
    assert bench.selector.session == SECOND
