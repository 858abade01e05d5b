"""Missing bodies of a call are requested once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import Change, ChangeKind, ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.merge.text_volume import MAX_BODY
from tui_monitor.store.texts import truncate
from tui_monitor.tui.detail.bodies import BodyLoader, BodyTexts, Completeness


@pytest.fixture
def live() -> LiveBuilder:
    return LiveBuilder()


def trimmed(live: LiveBuilder) -> Call:
    call = live.shell("make", "built")
    call.trim()
    return call


def test_complete_bodies_are_not_requested(live: LiveBuilder) -> None:
    texts = BodyLoader()
    assert not texts.update(live.shell("make", "built"))
    assert (texts.bodies.output, texts.completeness) == ("built", Completeness.COMPLETE)


def test_bodies_of_a_trimmed_call_are_requested_once(live: LiveBuilder) -> None:
    texts, call = BodyLoader(), trimmed(live)
    assert texts.update(call)
    assert not texts.update(call)
    assert texts.completeness is Completeness.LOADING


def test_rest_of_a_cut_body_is_requested(live: LiveBuilder) -> None:
    texts = BodyLoader()
    assert texts.update(live.shell("make", "x" * MAX_BODY))
    assert texts.bodies.output == "x" * MAX_BODY


def test_rest_of_a_body_cut_by_the_store_is_requested(live: LiveBuilder) -> None:
    assert BodyLoader().update(live.shell("make", truncate("built\n" * 2_000, 4_096)))
    begun = Change(ChangeKind.MODIFY, "tides.py", "@@ -1,9 +1,9 @@\n-high\n+low\n", 9, 9)
    assert BodyLoader().update(live.finish(live.start("Edit", ToolKind.EDIT), changes=(begun,)))
    whole = replace(begun, added=1, removed=1)
    assert not BodyLoader().update(live.finish(live.start("Edit", ToolKind.EDIT), changes=(whole,)))


def test_loaded_bodies_stay_while_the_call_is_unchanged(live: LiveBuilder) -> None:
    texts, call = BodyLoader(), trimmed(live)
    texts.update(call)
    texts.answer(BodyTexts(output="built"), complete=True)
    texts.update(call)
    assert (texts.bodies.output, texts.completeness) == ("built", Completeness.COMPLETE)


def test_empty_answer_is_not_requested_again(live: LiveBuilder) -> None:
    texts, call = BodyLoader(), trimmed(live)
    texts.update(call)
    texts.answer(BodyTexts(), complete=False)
    assert not texts.update(call)
    assert texts.completeness is Completeness.LOST


def test_incomplete_answer_is_shown(live: LiveBuilder) -> None:
    texts, call = BodyLoader(), live.shell("make", "x" * MAX_BODY)
    texts.update(call)
    texts.answer(BodyTexts(output="beginning and end"), complete=False)
    assert (texts.bodies.output, texts.completeness) == ("beginning and end", Completeness.LOST)
    texts.answer(BodyTexts(), complete=False)
    assert texts.bodies.output == "beginning and end"


def test_later_result_is_requested_again(live: LiveBuilder) -> None:
    texts = BodyLoader()
    call = live.start("Bash", ToolKind.SHELL, input="x" * MAX_BODY)
    assert texts.update(call)
    texts.answer(BodyTexts(input="all of it"), complete=True)
    live.finish(call, output="built")
    assert texts.update(call)
    assert texts.bodies.output == "built"


def test_bodies_trimmed_while_shown_stay(live: LiveBuilder) -> None:
    texts, call = BodyLoader(), live.shell("make", "built")
    texts.update(call)
    call.trim()
    assert not texts.update(call)
    assert (texts.bodies.output, texts.completeness) == ("built", Completeness.COMPLETE)


def test_progress_changes_no_body(live: LiveBuilder) -> None:
    texts, call = BodyLoader(), live.start("Bash", ToolKind.SHELL, input="x" * MAX_BODY)
    texts.update(call)
    texts.answer(BodyTexts(input="all of it"), complete=True)
    live.progress(call)
    assert not texts.update(call)
    assert texts.bodies.input == "all of it"


def test_another_call_has_its_own_bodies(live: LiveBuilder) -> None:
    texts = BodyLoader()
    texts.update(trimmed(live))
    assert texts.update(trimmed(live))
