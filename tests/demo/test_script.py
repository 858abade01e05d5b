"""The played session is always the same, is read by our own parsers without a rest, and shows what there is to show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tui_monitor.demo.project import ROOT
from tui_monitor.demo.script import script
from tui_monitor.demo.transcript import TranscriptWriter
from tui_monitor.events import CallState, ChangeKind
from tui_monitor.feed.batch_reader import read_files
from tui_monitor.live.context import Context, compaction_threshold
from tui_monitor.live.entries import Call, MarkKind
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.live.status import StatusWord, status
from tui_monitor.pricing import Overrides, PriceBook
from tui_monitor.sources.claude_code.adapter import ClaudeCode
from tui_monitor.store import Store, private_store

BEGAN = 1_772_000_000.0
END = 1_000.0


def played(folder: Path, until: float, store: Store) -> SessionState:
    """The session as the screen knows it, so many seconds from the start."""
    tape = TranscriptWriter(folder, BEGAN)
    tape.play(until)
    adapter, prices = ClaudeCode(), PriceBook(Overrides.from_tables({}, {}))
    files = dict.fromkeys((tape.path, *adapter.related_files(tape.path)), adapter)
    _, errors = read_files(store, files, prices)
    assert not errors
    (summary,) = store.sessions()
    live = LiveState()
    live.restore(summary.session, store.history(summary.session), Changes())
    live.set_totals(store.totals(summary.session), Changes())
    return live.sessions[summary.session]


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """Where the whole session is read to."""
    with closing(private_store(bodies=True)) as store:
        yield store


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, store: Store) -> SessionState:
    """The session at its end."""
    return played(tmp_path_factory.mktemp("demo"), END, store)


def calls_of(state: SessionState) -> list[Call]:
    """All calls in the log."""
    return [entry for entry in state.log.entries if isinstance(entry, Call)]


def test_it_is_always_the_same_and_in_order() -> None:
    first = script()
    assert first == script()
    assert [step.at for step in first] == sorted(step.at for step in first)


def test_it_begins_with_a_history_and_then_is_lively() -> None:
    times = [step.at for step in script()]
    assert sum(at < 0 for at in times) > 50
    assert sum(0 <= at < 10 for at in times) > 8
    assert 100 < times[-1] < 300


def test_every_line_is_understood(whole: SessionState, store: Store) -> None:
    health = store.health()
    assert (health.skipped, health.unknown, health.errors) == (0, 0, ())
    assert health.lines == len(script())


def test_every_call_is_answered_and_every_edit_has_its_diff(whole: SessionState) -> None:
    calls = calls_of(whole)
    assert len(calls) > 60
    assert all(call.state.ended for call in calls)
    edits = [change for call in calls for change in call.changes if change.kind is not ChangeKind.READ]
    assert len(edits) > 15
    assert all(change.diff and change.path.startswith(ROOT) for change in edits)


def test_something_fails_is_refused_and_looks_wrong(whole: SessionState) -> None:
    states = {call.state for call in calls_of(whole)}
    assert {CallState.OK, CallState.FAILED, CallState.REJECTED} <= states
    assert any(call.suspicious for call in calls_of(whole))
    assert {MarkKind.PROMPT, MarkKind.COMPACTED, MarkKind.RETRY} <= {
        entry.kind for entry in whole.log.entries if not isinstance(entry, Call)
    }


def test_others_help_and_are_linked_to_the_call_that_asked_for_them(whole: SessionState) -> None:
    helpers = whole.children()
    assert len(helpers) == 2
    for helper in helpers:
        asked = whole.log.get(helper.call)
        assert asked
        assert (asked.tool, helper.type) == ("Task", "Explore")


def test_all_is_priced_and_nothing_is_a_lower_bound(whole: SessionState) -> None:
    amount = whole.totals.amount
    assert (amount.unpriced, amount.lower_bound) == (0, 0)
    assert len(whole.totals.models) == 2
    assert amount.cost > 0


def test_the_context_is_compacted_where_it_should_be(whole: SessionState) -> None:
    (compaction,) = whole.context.compactions
    assert compaction.before
    assert whole.context.limit == 200_000
    context = whole.context
    threshold = compaction_threshold(Context(limit=context.limit, compaction_rule=context.compaction_rule))
    assert threshold
    assert 0 <= compaction.before - threshold < 2_000


@pytest.mark.parametrize(
    "word",
    [
        StatusWord.DONE,
        StatusWord.THINKING,
        StatusWord.WORKING,
        StatusWord.RETRYING,
        StatusWord.WAITS,
        StatusWord.COMPACTING,
    ],
)
def test_it_goes_through_the_states_of_an_agent(word: StatusWord, tmp_path: Path) -> None:
    with closing(private_store()) as store:
        at = moment_of(word)
        state = played(tmp_path, at, store)
        assert status(state, round((BEGAN + at) * 1000)).word is word


def moment_of(word: StatusWord) -> float:
    """When the session is in a state, by what its script then has just written."""
    if word is StatusWord.DONE:
        return 0.0
    steps = [step for step in script() if step.at > 0]
    sought = {
        StatusWord.THINKING: '"content": "Found',
        StatusWord.WORKING: "Bash",
        StatusWord.RETRYING: "api_error",
        StatusWord.WAITS: "AskUserQuestion",
        StatusWord.COMPACTING: "Your task is to create",
    }[word]
    return next(step.at for step in steps if sought.replace('"', "'") in str(step.line)) + 0.01
