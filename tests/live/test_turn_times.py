"""How long the turn of a prompt took."""

from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tui_monitor.events import (
    AgentMessage,
    AgentUpdate,
    CallState,
    CompactionUpdate,
    Event,
    Prompt,
    RetryUpdate,
    ToolKind,
    Turn,
    TurnUpdate,
)
from tui_monitor.live.turn_times import turn_time
from tui_monitor.units import MINUTE, SECOND


def prompt(at: int) -> Prompt:
    return Prompt(session=SESSION, at=T0 + at, text="Go")


def words(at: int) -> AgentMessage:
    return AgentMessage(session=SESSION, at=T0 + at, text="Done")


def took(*events: Event, began: int = 0, after: int = 20 * MINUTE) -> int:
    return turn_time(state_after(*events), T0 + began, T0 + after)


FIRST = [prompt(0), started("a", SECOND), finished("a", 9 * SECOND), words(12 * SECOND)]


def test_turn_ends_with_the_last_words_or_call_before_the_next_prompt() -> None:
    assert took(*FIRST, prompt(10 * MINUTE)) == 12 * SECOND
    assert took(*FIRST[:-1], prompt(10 * MINUTE)) == 9 * SECOND
    assert took(*FIRST, prompt(10 * MINUTE), began=10 * MINUTE, after=11 * MINUTE) == MINUTE


def test_end_that_is_written_later_or_a_retry_adds_nothing() -> None:
    end = TurnUpdate(session=SESSION, at=T0 + 30 * SECOND, turn=Turn.DONE)
    assert took(*FIRST, end) == 12 * SECOND
    retry = RetryUpdate(session=SESSION, at=T0 + 40 * SECOND, reason="overloaded", wait_ms=1, attempt=1)
    assert took(*FIRST, retry, prompt(10 * MINUTE)) == 12 * SECOND


def test_turn_that_goes_on_has_taken_the_time_until_now() -> None:
    assert took(*FIRST[:3], after=15 * SECOND) == 15 * SECOND
    assert took(*FIRST[:2], after=15 * SECOND) == 15 * SECOND


def test_turn_goes_on_while_its_context_is_compacted_or_nothing_shows_that_its_call_runs() -> None:
    compacts = CompactionUpdate(session=SESSION, at=T0 + 10 * SECOND, finished=False)
    assert took(*FIRST[:3], compacts, after=2 * MINUTE) == 2 * MINUTE
    assert took(prompt(0), started("a", SECOND), after=5 * MINUTE) == 5 * MINUTE


def test_calls_of_agents_belong_to_the_turn() -> None:
    events = [started("t", SECOND, ToolKind.AGENT), AgentUpdate(session=SESSION, at=T0 + SECOND, agent="x", call="t")]
    inner = [started("b", 2 * SECOND, agent="x"), finished("b", 20 * SECOND, CallState.FAILED, agent="x")]
    assert took(prompt(0), *events, *inner, prompt(MINUTE)) == 20 * SECOND


def test_unknown_prompt_took_no_time() -> None:
    assert took(*FIRST, began=5 * SECOND) == 0
