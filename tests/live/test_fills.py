"""What fills the context: counted once, and the same after a restart."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tui_monitor.events import AgentMessage, CallFinished, CompactionUpdate, ContextUpdate, Event, Prompt
from tui_monitor.live.context_breakdown import ContextBreakdown, context_breakdown
from tui_monitor.merge.text_volume import MAX_BODY, MAX_WORDS, TextVolume, is_cut, text_length
from tui_monitor.store.bodies import truncate

KEPT = 4096
"""Characters that a store gives back of a text; any other number would do."""


def filled(at: int, tokens: int | None) -> ContextUpdate:
    return ContextUpdate(session=SESSION, at=T0 + at, tokens=tokens)


def told(*events: Event) -> ContextBreakdown:
    found = context_breakdown(state_after(*events))
    assert found is not None
    return found


def test_the_growth_is_split_by_characters() -> None:
    found = told(filled(0, 1000), started("a", 1, input="x" * 100), finished("a", 2, output="y" * 300), filled(3, 1800))
    assert (found.start, found.outputs, found.calls, found.words) == (1000, 600, 200, 0)
    assert found.largest is not None
    assert (found.largest.id, found.largest_tokens) == ("a", 600)


def test_words_count_and_take_all_where_nothing_else_came() -> None:
    prompt = Prompt(session=SESSION, at=T0 + 1, text="p" * 60)
    said = AgentMessage(session=SESSION, at=T0 + 2, text="s" * 40)
    call = [started("a", 3, input=""), finished("a", 4, output="y" * 300)]
    assert told(filled(0, 1000), prompt, said, *call, filled(5, 1400)).words == 100
    assert told(filled(0, 1000), filled(5, 1400)).words == 400


def test_nothing_is_said_while_the_start_is_unknown() -> None:
    assert context_breakdown(state_after()) is None
    assert context_breakdown(state_after(filled(0, 1000), filled(1, None))) is None


def test_what_sub_agents_do_fills_their_own_context() -> None:
    call = [started("a", 1, agent="sub", input="x"), finished("a", 2, agent="sub", output="y")]
    assert told(filled(0, 1000), *call, filled(3, 1100)).outputs == 0


def test_it_starts_anew_after_compaction() -> None:
    before = [filled(0, 1000), started("a", 1, input="x" * 100), finished("a", 2, output="y" * 300)]
    compacted = [CompactionUpdate(session=SESSION, at=T0 + 3, before=1800), filled(4, None), filled(5, 500)]
    assert told(*before, *compacted) == ContextBreakdown(500)
    after = [started("b", 6), finished("b", 7, output="z" * 10), filled(8, 700)]
    assert told(*before, *compacted, *after).outputs == 200


def test_what_is_told_again_or_cut_by_a_store_counts_the_same() -> None:
    events = [
        filled(0, 1000),
        Prompt(session=SESSION, at=T0 + 1, text="p" * 500),
        started("a", 2, input="x" * 700),
        finished("a", 3, output="y" * 9_000),
        filled(4, 9_000),
    ]
    again = [
        replace(event, output=truncate(event.output, KEPT)) if isinstance(event, CallFinished) else event
        for event in events
    ]
    parts = [(found.start, found.outputs, found.calls, found.words) for found in (told(*events), told(*again))]
    assert parts[0] == parts[1]
    twice = told(*events, *again)
    assert (twice.start, twice.outputs, twice.calls, twice.words) == parts[0]


@given(st.text(max_size=50), st.integers(1, 300), st.integers(70, 400))
def test_characters_include_those_that_a_store_left_out(piece: str, times: int, kept: int) -> None:
    text = piece * times
    assert text_length(truncate(text, kept)) == min(len(text), MAX_BODY)
    assert is_cut(truncate(text, kept)) is (len(text) > kept)


def test_no_text_counts_more_than_is_given_to_a_model() -> None:
    assert text_length("\n⋯ 999,999,999 characters left out ⋯\n") == MAX_BODY
    assert text_length("\n⋯ , characters left out ⋯\n") == 0
    assert text_length("x" * 2 * MAX_BODY) == MAX_BODY


def test_only_so_many_words_are_remembered() -> None:
    words = TextVolume()
    for at in range(MAX_WORDS + 10):
        words.hear(at, "x")
    assert words.since(0) == MAX_WORDS
    assert words.since(MAX_WORDS) == 10
