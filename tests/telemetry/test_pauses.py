"""Waiting for a person, and compacting the context."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.telemetry.support import live_session, of_type, only, read_events, status_after
from tui_monitor.events import CallFinished, CompactionUpdate, ContextUpdate, WaitUpdate
from tui_monitor.live.entries import Mark
from tui_monitor.live.status import StatusWord
from tui_monitor.telemetry import agent, compaction, execution, record_context, session, waiting


def test_agent_waits_for_a_person_with_the_question(stream: Path) -> None:
    with session("s1"):
        with waiting("Which port?"):
            status = status_after(stream, 3600)
        assert status_after(stream).word is not StatusWord.WAITS
    assert (status.word, status.subject, status.certain) == (StatusWord.WAITS, "Which port?", True)


def test_waiting_tool_is_named_and_its_time_is_kept_apart(stream: Path) -> None:
    with session("s1"), execution("deploy") as run:
        with waiting("Deploy to production?"), execution("read"):
            pass
        with waiting():
            status = status_after(stream)
    assert status.word == StatusWord.WAITS
    assert status.call
    assert status.call.tool == "deploy"
    finished = {end.call: end for end in of_type(read_events(stream), CallFinished)}[str(run.id)]
    assert finished.waited_ms == run.metadata.get("waited_ms")
    assert finished.duration_ms == run.duration_ms - (finished.waited_ms or 0)


def test_question_is_shown_rather_than_the_call_that_waits(stream: Path) -> None:
    with session("s1"), execution("deploy", {"to": "production"}), waiting("Deploy to production?"):
        status = status_after(stream)
    assert (status.subject, status.call) == ("Deploy to production?", None)


def test_results_of_other_calls_do_not_answer_a_question(stream: Path) -> None:
    with session("s1"), waiting("Which port?"), execution("ls"):
        pass
    events = [event for event in read_events(stream) if not (isinstance(event, WaitUpdate) and not event.waiting)]
    kept = events[: events.index(of_type(events, CallFinished)[0]) + 1]
    assert status_after(stream, events=kept).word == StatusWord.WAITS


def test_of_two_questions_the_other_stays_open(stream: Path) -> None:
    with session("s1"):
        with agent("scout", "a1"):
            first = waiting("First?")
            first.__enter__()
        with waiting("Second?"):
            first.__exit__(None, None, None)
            status = status_after(stream)
    assert (status.word, status.subject) == (StatusWord.WAITS, "Second?")
    assert not of_type(read_events(stream), WaitUpdate)[-1].waiting


def test_session_that_ends_waits_no_more(stream: Path) -> None:
    with session("s1"):
        waiting("Which port?").__enter__()
    assert status_after(stream).word == StatusWord.DONE


def test_compaction_is_shown_while_it_goes_on(stream: Path) -> None:
    with session("s1"):
        record_context(180_000, 200_000)
        with compaction(180_000) as compacting:
            status = status_after(stream)
            compacting.after = 20_000
    assert status.word == StatusWord.COMPACTING
    begin, end = of_type(read_events(stream), CompactionUpdate)
    assert (begin.finished, begin.trigger) == (False, "auto")
    assert (end.finished, end.before, end.after, end.failed) == (True, 180_000, 20_000, False)
    state = live_session(stream)
    assert (state.context.tokens, state.context.limit) == (20_000, 200_000)
    assert only((entry for entry in state.log.entries if isinstance(entry, Mark)), Mark).after == 20_000


def test_failed_compaction_leaves_the_context_as_it_was(stream: Path) -> None:
    with session("s1"):
        record_context(180_000, 200_000)
        with pytest.raises(ValueError, match="aground"), compaction():
            raise ValueError("aground")
        assert status_after(stream).word is not StatusWord.COMPACTING
    events = read_events(stream)
    assert of_type(events, CompactionUpdate)[-1].failed
    assert [update.tokens for update in of_type(events, ContextUpdate)] == [180_000]
    assert not [entry for entry in live_session(stream).log.entries if isinstance(entry, Mark)]
