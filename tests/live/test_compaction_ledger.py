"""The ledger of compactions: sizes, what the summary still names, what was read again."""

from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tui_monitor.events import (
    CompactionSummary,
    CompactionUpdate,
    ContextUpdate,
    Event,
    Prompt,
    Rates,
    Tokens,
    ToolKind,
)
from tui_monitor.live.compaction_ledger import Kept, compaction_ledger
from tui_monitor.totals import ServedRequest, SessionTotals

SUMMARY = "Read app.py and wrote it. The person asked: fix the tests please. Ran `pytest -q`. Chose the first option."


def update(at: int, tokens: int | None) -> ContextUpdate:
    return ContextUpdate(session=SESSION, at=T0 + at, tokens=tokens)


def read(name: str, at: int, path: str) -> list[Event]:
    return [started(name, at, ToolKind.READ, subject=path), finished(name, at + 1, output="y" * 3000)]


BEFORE: list[Event] = [
    update(0, 1000),
    Prompt(session=SESSION, at=T0 + 1, text="Fix the\ntests please"),
    *read("r1", 2, "/p/app.py"),
    *read("r2", 4, "/p/lost.py"),
    started("s1", 6, subject="pytest -q"),
    started("s2", 7, subject="git status"),
    started("a1", 8, ToolKind.ASK, subject="Which one?"),
    CompactionUpdate(session=SESSION, at=T0 + 20, before=90_000, trigger="auto", duration_ms=61_000),
    update(20, None),
]
AFTER: list[Event] = [
    CompactionSummary(session=SESSION, at=T0 + 21, text=SUMMARY),
    update(25, 30_000),
    *read("r3", 30, "/p/lost.py"),
    *read("r4", 32, "/p/lost.py"),
    *read("r5", 34, "/p/new.py"),
]


def test_entry_has_the_sizes_and_the_things_that_the_summary_names() -> None:
    [entry] = compaction_ledger(state_after(*BEFORE, *AFTER))
    assert (entry.compaction.before, entry.after, entry.summary) == (90_000, 30_000, SUMMARY)
    assert entry.kept == (
        Kept("file", 2, ("/p/lost.py",)),
        Kept("command", 2, ("git status",)),
        Kept("prompt", 1, ()),
        Kept("decision", 1, ("Which one?",)),
    )
    assert [kept.kept for kept in entry.kept] == [1, 1, 1, 0]


def test_files_read_again_count_once_at_the_price_of_new_text() -> None:
    state = state_after(*BEFORE, *AFTER)
    [entry] = compaction_ledger(state)
    assert [call.id for call in entry.reread.calls] == ["r3"]
    assert (entry.reread.tokens, entry.reread.cost) == (1000, None)
    served = ServedRequest(T0, "opus", Tokens(), Rates(input=5, cache_creation=6))
    state.totals = SessionTotals(SESSION, requests=(served,))
    assert compaction_ledger(state)[0].reread.cost == 6000


def test_unknown_summary_names_nothing() -> None:
    [entry] = compaction_ledger(state_after(*BEFORE))
    assert (entry.after, entry.summary, entry.kept, entry.reread.calls) == (None, "", (), ())


def test_compactions_come_latest_first_with_their_own_summaries() -> None:
    second = CompactionUpdate(session=SESSION, at=T0 + 5_000, before=80_000, after=20_000)
    later = CompactionSummary(session=SESSION, at=T0 + 5_001, text="later")
    entries = compaction_ledger(state_after(*BEFORE, *AFTER, second, later))
    assert [(entry.after, entry.summary) for entry in entries] == [(20_000, "later"), (30_000, SUMMARY)]
    assert [kept.total for kept in entries[0].kept] == [2]
