"""The demo session is deterministic, parsed completely, and shows every feature."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tui_monitor.demo.player import TranscriptWriter
from tui_monitor.demo.project import ROOT
from tui_monitor.demo.script import script
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


def play(folder: Path, until: float, store: Store) -> SessionState:
    """Play until this many seconds from the start, and return the session's live state."""
    writer = TranscriptWriter(folder, BEGAN)
    writer.play(until)
    adapter, prices = ClaudeCode(), PriceBook(Overrides.from_tables({}, {}))
    files = dict.fromkeys((writer.path, *adapter.related_files(writer.path)), adapter)
    _, errors = read_files(store, files, prices)
    assert not errors
    (summary,) = store.sessions()
    live = LiveState()
    live.restore(store.history(summary.session), Changes())
    live.set_totals(store.totals(summary.session), Changes())
    return live.sessions[summary.session]


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """Yield the store of the whole session."""
    with closing(private_store(bodies=True)) as store:
        yield store


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, store: Store) -> SessionState:
    """Return the session at its end."""
    return play(tmp_path_factory.mktemp("demo"), END, store)


def calls_of(state: SessionState) -> list[Call]:
    """Return the calls in the log."""
    return [entry for entry in state.log.entries if isinstance(entry, Call)]


def test_script_is_deterministic_and_in_order() -> None:
    first = script()
    assert first == script()
    assert [step.at for step in first] == sorted(step.at for step in first)


def test_script_has_a_past_and_a_lively_start() -> None:
    times = [step.at for step in script()]
    assert sum(at < 0 for at in times) > 50
    assert sum(0 <= at < 10 for at in times) > 8
    assert 100 < times[-1] < 300


def test_every_line_is_parsed(whole: SessionState, store: Store) -> None:
    health = store.health()
    assert (health.skipped, health.unknown, health.errors) == (0, 0, ())
    assert health.lines == len(script())


def test_every_call_has_a_result_and_every_edit_a_diff(whole: SessionState) -> None:
    calls = calls_of(whole)
    assert len(calls) > 60
    assert all(call.state.ended for call in calls)
    edits = [change for call in calls for change in call.changes if change.kind is not ChangeKind.READ]
    assert len(edits) > 15
    assert all(change.diff and change.path.startswith(ROOT) for change in edits)


def test_calls_of_every_state_and_marks_occur(whole: SessionState) -> None:
    states = {call.state for call in calls_of(whole)}
    assert {CallState.OK, CallState.FAILED, CallState.REJECTED} <= states
    assert any(call.suspicious for call in calls_of(whole))
    assert {MarkKind.PROMPT, MarkKind.COMPACTED, MarkKind.RETRY} <= {
        entry.kind for entry in whole.log.entries if not isinstance(entry, Call)
    }


def test_sub_agents_are_linked_to_their_calls(whole: SessionState) -> None:
    agents = whole.children()
    assert len(agents) == 2
    for agent in agents:
        call = whole.log.get(agent.call)
        assert call
        assert (call.tool, agent.type) == ("Task", "Explore")


def test_everything_is_priced(whole: SessionState) -> None:
    amount = whole.totals.amount
    assert amount.unpriced == 0
    assert amount.lower_bound == 1, "a session of a person: titles and side questions are in no transcript"
    assert len(whole.totals.models) == 2
    assert amount.cost > 0


def test_context_is_compacted_at_the_threshold(whole: SessionState) -> None:
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
def test_session_goes_through_every_state(word: StatusWord, tmp_path: Path) -> None:
    with closing(private_store()) as store:
        at = moment_of(word)
        state = play(tmp_path, at, store)
        assert status(state, round((BEGAN + at) * 1000)).word is word


def moment_of(word: StatusWord) -> float:
    """Return when the session is in a state, by the line that precedes it."""
    if word is StatusWord.DONE:
        return 0.0
    steps = [step for step in script() if step.at > 0]
    marker = {
        StatusWord.THINKING: '"content": "Found',
        StatusWord.WORKING: "Bash",
        StatusWord.RETRYING: "api_error",
        StatusWord.WAITS: "AskUserQuestion",
        StatusWord.COMPACTING: "Your task is to create",
    }[word]
    return next(step.at for step in steps if marker.replace('"', "'") in str(step.line)) + 0.01
