"""Which session is shown, and what is asked of the store for it."""

from tests.tui.live_builder import CWD, EIGHT_PM
from tui_monitor.events import SessionKey, SessionUpdate, Turn, TurnUpdate
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.merge.history import SessionHistory
from tui_monitor.tui.pump import FrameUpdate
from tui_monitor.tui.screens.model import MAX_HISTORIES, NEWS_MS, SessionSelector

FIRST, SECOND, THIRD = (SessionKey("claude-code", name) for name in ("s-1", "s-2", "s-3"))


class Told:
    """Live state with a focus, told of sessions."""

    def __init__(self) -> None:
        self.live = LiveState()
        self.focus = SessionSelector(self.live)

    def seen(self, session: SessionKey, at: int, path: str = "/a.jsonl", catching_up: bool = False) -> bool:
        """Something of a session is read; whether another one is shown now."""
        changes = Changes()
        when = EIGHT_PM + at
        self.live.apply([SessionUpdate(session=session, at=when, cwd=CWD, path=path)], changes)
        return self.focus.update(FrameUpdate(changes), when, catching_up)

    def ended(self, session: SessionKey, at: int) -> None:
        """It ends."""
        event = TurnUpdate(session=session, at=EIGHT_PM + at, turn=Turn.SESSION_ENDED)
        self.live.apply([event], Changes())


def test_the_first_one_stays_shown() -> None:
    told = Told()
    assert told.seen(FIRST, 0)
    assert not told.seen(SECOND, 60_000, "/b.jsonl", catching_up=True)
    assert not told.seen(SECOND, 70_000)
    assert told.focus.session == FIRST
    assert told.focus.newer(EIGHT_PM + 80_000) is told.live.sessions[SECOND]
    assert told.focus.newer(EIGHT_PM + 80_000 + NEWS_MS) is None


def test_of_several_in_one_file_the_last_is_shown() -> None:
    told = Told()
    told.seen(FIRST, 10, catching_up=True)
    assert not told.seen(SECOND, 0, catching_up=True)
    assert told.seen(SECOND, 20, catching_up=True)
    assert told.focus.session == SECOND
    assert told.focus.newer(EIGHT_PM + 20) is None


def test_it_goes_on_to_what_begins_after_the_end_unless_a_person_chose() -> None:
    for chosen in (False, True):
        told = Told()
        told.seen(FIRST, 0)
        if chosen:
            told.focus.choose(FIRST)
        told.ended(FIRST, 10)
        assert told.seen(SECOND, 20, "/b.jsonl") is not chosen


def test_what_the_store_remembers_is_asked_for_once_of_what_is_shown_first() -> None:
    told = Told()
    frame = FrameUpdate(known_sessions=[FIRST, SECOND])
    told.focus.choose(SECOND)
    assert told.focus.histories_to_request(frame) == [SECOND, FIRST]
    assert told.focus.histories_to_request(frame) == []
    assert told.focus.histories_to_request(FrameUpdate(known_sessions=[THIRD])) == [THIRD]


def test_not_all_that_a_store_remembers_is_asked_for_but_always_what_is_shown() -> None:
    told = Told()
    many = [SessionKey("codex", f"c-{number}") for number in range(MAX_HISTORIES + 5)]
    told.focus.choose(FIRST)
    assert told.focus.histories_to_request(FrameUpdate(known_sessions=many)) == many[:MAX_HISTORIES]
    assert told.focus.histories_to_request(FrameUpdate(known_sessions=[SECOND, FIRST])) == [FIRST]


def test_rows_that_were_let_go_are_asked_for_once() -> None:
    told = Told()
    told.seen(FIRST, 0)
    told.live.sessions[FIRST].evicted = True
    assert [told.focus.histories_to_request(FrameUpdate()) for _ in range(2)] == [[FIRST], []]
    told.live.restore(SessionHistory(FIRST), Changes())
    assert told.focus.histories_to_request(FrameUpdate()) == []
    told.live.sessions[FIRST].evicted = True
    assert told.focus.histories_to_request(FrameUpdate()) == [FIRST]
