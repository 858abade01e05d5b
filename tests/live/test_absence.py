"""What happened while nobody looked, as a mark in the log."""

from tests.live.events_builder import SESSION, T0, apply_all, finished, started, state_after
from tui_monitor.events import CallState, Change, ChangeKind, Prompt
from tui_monitor.live.absence import come_back, leave
from tui_monitor.live.entries import Mark, MarkKind
from tui_monitor.live.session import SessionState


def away(state: SessionState) -> list[Mark]:
    return [entry for entry in state.log.entries if isinstance(entry, Mark) and entry.kind is MarkKind.AWAY]


def test_mark_counts_calls_files_and_failures_since_one_left() -> None:
    change = Change(ChangeKind.MODIFY, "/p/a.py", "@@", 1, 0)
    state = state_after(started("a", 0), finished("a", 1))
    apply_all(
        state,
        *(started("b", 10), finished("b", 11, CallState.FAILED)),
        *(started("c", 12), finished("c", 13, changes=(change,))),
        *(started("d", 14), finished("d", 15, changes=(change, Change(ChangeKind.READ, "/p/b.py")))),
    )
    assert come_back(state, T0 + 5)
    assert away(state) == [Mark(MarkKind.AWAY, T0 + 5, before=3, after=1, detail="1")]
    entries = state.log.entries
    assert entries.index(state.absence or Mark(MarkKind.DONE, 0)) == 1, "it stands where one left"


def test_mark_stands_until_one_leaves_again() -> None:
    state = state_after(started("a", 10), finished("a", 11))
    assert come_back(state, T0 + 5)
    assert leave(state)
    assert not away(state)
    assert not leave(state)
    assert not come_back(state, T0 + 20)
    apply_all(state, Prompt(session=SESSION, at=T0 + 30, text="go"))
    assert come_back(state, T0 + 20)
    assert [mark.before for mark in away(state)] == [0]
