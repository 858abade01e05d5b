"""The breakdown of a context: each text counts once, whole or cut."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tui_monitor.events import AgentMessage, CompactionUpdate, ContextUpdate, Event, Prompt
from tui_monitor.live.context_breakdown import ContextBreakdown, context_breakdown
from tui_monitor.merge.text_volume import MAX_BODY, MAX_MESSAGES, TextVolume, is_cut, text_length
from tui_monitor.store.texts import truncate

STORED = 4096
"""Characters of a text that a store returns; any other number would do."""


def update(at: int, tokens: int | None) -> ContextUpdate:
    return ContextUpdate(session=SESSION, at=T0 + at, tokens=tokens)


def breakdown_of(*events: Event) -> ContextBreakdown:
    result = context_breakdown(state_after(*events))
    assert result is not None
    return result


def test_growth_is_divided_by_characters() -> None:
    result = breakdown_of(
        update(0, 1000), started("a", 1, input="x" * 1000), finished("a", 2, output="y" * 3000), update(3, 1800)
    )
    assert (result.start, result.outputs, result.calls, result.messages, result.unknown) == (1000, 600, 200, 0, 0)
    assert result.largest is not None
    assert (result.largest.id, result.largest_tokens) == ("a", 600)


def test_no_text_fills_more_than_it_can() -> None:
    call = [started("a", 1, input='{"command":"pytest -q"}'), finished("a", 2, output="1 failed, 2 passed")]
    result = breakdown_of(update(0, 15_000), *call, update(3, 165_000))
    assert (result.outputs, result.largest_tokens) == (5, 5)
    assert result.outputs + result.calls + result.messages + result.unknown == 150_000
    assert result.unknown > 149_900


def test_messages_count_and_are_all_where_nothing_else_is() -> None:
    prompt = Prompt(session=SESSION, at=T0 + 1, text="p" * 600)
    message = AgentMessage(session=SESSION, at=T0 + 2, text="s" * 400)
    call = [started("a", 3, input=""), finished("a", 4, output="y" * 3000)]
    assert breakdown_of(update(0, 1000), prompt, message, *call, update(5, 1400)).messages == 100
    assert breakdown_of(update(0, 1000), update(5, 1400)) == ContextBreakdown(1000, unknown=400)


def test_breakdown_is_none_while_the_start_is_unknown() -> None:
    assert context_breakdown(state_after()) is None
    assert context_breakdown(state_after(update(0, 1000), update(1, None))) is None


def test_calls_of_sub_agents_do_not_count() -> None:
    call = [started("a", 1, agent="sub", input="x"), finished("a", 2, agent="sub", output="y")]
    assert breakdown_of(update(0, 1000), *call, update(3, 1100)).outputs == 0


def test_breakdown_starts_anew_after_compaction() -> None:
    before = [update(0, 1000), started("a", 1, input="x" * 100), finished("a", 2, output="y" * 300)]
    compacted = [CompactionUpdate(session=SESSION, at=T0 + 3, before=1800), update(4, None), update(5, 500)]
    assert breakdown_of(*before, *compacted) == ContextBreakdown(500)
    after = [started("b", 6), finished("b", 7, output="z" * 1000), update(8, 700)]
    assert breakdown_of(*before, *compacted, *after).outputs == 200


def test_text_read_again_or_cut_by_a_store_counts_the_same() -> None:
    events = [
        update(0, 1000),
        Prompt(session=SESSION, at=T0 + 1, text="p" * 9_000),
        started("a", 2, input="x" * 700),
        finished("a", 3, output="y" * 9_000),
        update(4, 9_000),
    ]
    again = [
        replace(event, text=truncate(event.text, STORED)) if isinstance(event, Prompt) else event for event in events
    ]
    parts = [
        (result.start, result.outputs, result.calls, result.messages)
        for result in (breakdown_of(*events), breakdown_of(*again))
    ]
    assert parts[0] == parts[1]
    twice = breakdown_of(*events, *again)
    assert (twice.start, twice.outputs, twice.calls, twice.messages) == parts[0]


@given(st.text(max_size=50), st.integers(1, 300), st.integers(70, 400))
def test_text_length_includes_characters_that_a_store_left_out(piece: str, times: int, limit: int) -> None:
    text = piece * times
    assert text_length(truncate(text, limit)) == min(len(text), MAX_BODY)
    assert is_cut(truncate(text, limit)) is (len(text) > limit)


def test_text_length_is_bounded() -> None:
    assert text_length("\n⋯ 999,999,999 characters left out ⋯\n") == MAX_BODY
    assert text_length("\n⋯ , characters left out ⋯\n") == 0
    assert text_length("x" * 2 * MAX_BODY) == MAX_BODY


def test_text_volume_is_bounded() -> None:
    volume = TextVolume()
    for at in range(MAX_MESSAGES + 10):
        volume.add(at, "x")
    assert volume.since(0) == MAX_MESSAGES
    assert volume.since(MAX_MESSAGES) == 10
