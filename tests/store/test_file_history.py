"""The changes of one file of a session, in their order."""

from __future__ import annotations

from dataclasses import replace

from tests.store.builders import APPLE, BIRCH, NOON, change, finished, ingest, started
from tui_monitor.events import CallState, Change, ChangeKind, Event
from tui_monitor.merge.file_history import FileHistory, HistoryChange
from tui_monitor.store import Store, private_store
from tui_monitor.store.texts import DIFF_LIMIT


def edit(call: str, at: int, *changes: Change, agent: str = "") -> tuple[Event, ...]:
    return started(call, at=at, tool="Edit", agent=agent), replace(
        finished(call, at=at + 1, changes=changes), agent=agent
    )


def paths(history: FileHistory) -> list[tuple[str, str]]:
    return [(each.call, each.change.path) for each in history.changes]


def test_changes_are_in_order_of_time_with_tool_and_agent(store: Store) -> None:
    ingest(store, *edit("c2", NOON + 100, change("b.py"), change("a.py", 5), agent="a-1"))
    ingest(store, *edit("c1", NOON, change("a.py")))
    assert store.file_history(APPLE, "a.py").changes == (
        HistoryChange("c1", "Edit", "", NOON + 1, CallState.OK, change("a.py")),
        HistoryChange("c2", "Edit", "a-1", NOON + 101, CallState.OK, change("a.py", 5)),
    )


def test_changes_under_an_earlier_name_are_among_them(store: Store) -> None:
    rename = Change(ChangeKind.RENAME, "b.py", old_path="a.py")
    ingest(store, *edit("c1", NOON, change("a.py")), *edit("c2", NOON + 10, rename))
    ingest(store, *edit("c3", NOON + 20, change("b.py")), *edit("c4", NOON + 30, change("a.py")))
    assert paths(store.file_history(APPLE, "b.py")) == [("c1", "a.py"), ("c2", "b.py"), ("c3", "b.py")]


def test_names_that_were_exchanged_end(store: Store) -> None:
    for at, (new, old) in enumerate([("b.py", "a.py"), ("a.py", "b.py"), ("b.py", "a.py")]):
        ingest(store, *edit(f"c{at}", NOON + at, Change(ChangeKind.RENAME, new, old_path=old)))
    assert ("c2", "b.py") in paths(store.file_history(APPLE, "b.py"))


def test_reads_and_other_sessions_are_no_changes(store: Store) -> None:
    ingest(store, *edit("c1", NOON, change("a.py", kind=ChangeKind.READ)))
    ingest(store, started("c2", BIRCH, tool="Edit"), finished("c2", BIRCH, changes=(change("a.py"),)))
    assert store.file_history(APPLE, "a.py").changes == ()
    assert store.file_history(BIRCH, "b.py").changes == ()


def test_cut_diff_is_not_whole(store: Store) -> None:
    ingest(store, *edit("c1", NOON, Change(ChangeKind.MODIFY, "a.py", "@@ -1 +1 @@\n" + "+x\n" * DIFF_LIMIT)))
    (each,) = store.file_history(APPLE, "a.py").changes
    assert not each.is_whole


def test_changes_are_known_without_their_diffs() -> None:
    store = private_store(bodies=False)
    ingest(store, *edit("c1", NOON, change("a.py")))
    (each,) = store.file_history(APPLE, "a.py").changes
    store.close()
    assert (each.change.added, each.change.diff) == (2, "")
