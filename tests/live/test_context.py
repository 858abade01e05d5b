"""The fill of a context, its level, and the forecast of calls."""

from dataclasses import replace
from itertools import permutations

import pytest

from tests.live.events_builder import SESSION, T0
from tui_monitor.events import CompactionRule, CompactionUpdate, ContextUpdate
from tui_monitor.live.context import Context, compaction_threshold, forecast, level
from tui_monitor.merge.context_limits import fill_percentage


def update(at: int, tokens: int | None, limit: int | None = 200_000) -> ContextUpdate:
    return ContextUpdate(session=SESSION, at=T0 + at, tokens=tokens, limit=limit, limit_source="assumed")


def filled(*tokens: int) -> Context:
    context = Context()
    for at, count in enumerate(tokens):
        context.apply(update(at, count))
    return context


@pytest.mark.parametrize(
    ("percentage", "word"),
    [
        (0, "OK"),
        (49.99, "OK"),
        (50, "LOW"),
        (75, "MEDIUM"),
        (89.9, "MEDIUM"),
        (90, "HIGH"),
        (99.9, "HIGH"),
        (100, "CRITICAL"),
    ],
)
def test_level_words(percentage: float, word: str) -> None:
    assert level(percentage) == word


def test_percentage_is_of_the_window() -> None:
    assert filled(50_000).percentage == 25
    assert Context().percentage is None


def test_older_update_does_not_change_the_fill() -> None:
    context = filled(1, 2, 3)
    context.apply(update(0, 99))
    assert context.tokens == 3


def window(at: int, limit: int, source: str, model: str = "opus") -> ContextUpdate:
    return ContextUpdate(session=SESSION, at=T0 + at, tokens=9, limit=limit, limit_source=source, model=model)


@pytest.mark.parametrize("existing", ["seen", "reported", "configured", ""])
@pytest.mark.parametrize("guess", ["assumed", "price list"])
def test_guess_does_not_replace_a_reported_window(existing: str, guess: str) -> None:
    context = Context()
    context.apply(window(0, 1_000_000, existing))
    context.compact(CompactionUpdate(session=SESSION, at=T0 + 1, before=700_000, trigger="auto"))
    context.apply(update(1, None, limit=None))
    context.apply(window(2, 200_000, guess))
    assert (context.limit, context.limit_source) == (1_000_000, existing)


def test_guess_holds_until_a_better_figure_is_read() -> None:
    context = Context()
    limits = []
    for at, (limit, source) in enumerate([(200, "assumed"), (400, "price list"), (1000, "seen"), (500, "")]):
        context.apply(window(at, limit, source))
        limits.append(context.limit)
    assert limits == [200, 400, 1000, 500]


def test_another_model_has_another_window() -> None:
    context = Context()
    context.apply(window(0, 1_000_000, "seen", "opus"))
    context.apply(window(1, 200_000, "assumed", "haiku"))
    assert context.limit == 200_000


def test_model_of_an_unknown_window_has_not_that_of_the_model_before_it() -> None:
    context = Context()
    context.apply(window(0, 200_000, "price list", "haiku"))
    context.apply(ContextUpdate(session=SESSION, at=T0 + 1, tokens=9, model="bench"))
    assert (context.limit, context.limit_source) == (None, "")
    context.apply(window(2, 200_000, "price list", "haiku"))
    assert context.limit == 200_000


def test_window_that_names_no_model_is_that_of_any() -> None:
    context = Context()
    context.apply(window(0, 90_000, "", ""))
    context.apply(ContextUpdate(session=SESSION, at=T0 + 1, tokens=9, model="bench"))
    assert context.limit == 90_000


def test_fill_is_unknown_after_compaction_until_the_next_update() -> None:
    context = filled(160_000)
    context.compact(CompactionUpdate(session=SESSION, at=T0 + 5, before=160_000, trigger="auto"))
    context.apply(update(5, None))
    assert (context.tokens, context.percentage) == (None, None)
    context.apply(update(6, 36_000))
    assert (context.tokens, context.start) == (36_000, 36_000)


def test_growth_counts_from_the_last_compaction_and_is_never_negative() -> None:
    context = filled(10, 30, 25, 40)
    assert context.growths() == [20, 0, 15]
    context.compact(CompactionUpdate(session=SESSION, at=T0 + 10))
    context.apply(update(11, 5))
    context.apply(update(12, 9))
    assert context.growths() == [4]


def test_fill_at_the_time_of_the_compaction_begins_its_growth() -> None:
    context = filled(10, 30)
    context.compact(CompactionUpdate(session=SESSION, at=T0 + 10))
    context.apply(update(10, 5))
    context.apply(update(11, 9))
    assert context.growths() == [4]


def test_threshold_is_the_fill_of_observed_automatic_compactions_else_the_agents_rule() -> None:
    context = filled(100_000)
    assert compaction_threshold(context) is None
    context.apply(replace(update(1, 100_000), compaction_rule=CompactionRule(reserve=33_000)))
    assert compaction_threshold(context) == 167_000
    context.compact(CompactionUpdate(session=SESSION, at=T0, before=170_251, trigger="auto"))
    context.compact(CompactionUpdate(session=SESSION, at=T0 + 1, before=20_000, trigger="manual"))
    assert compaction_threshold(context) == 170_251


def test_base_of_the_agent_is_left_out_of_the_percentage_on_both_sides() -> None:
    """As Codex says: 51 % left at 132,000 tokens of 258,400."""
    context = Context()
    context.apply(replace(update(0, 132_000, limit=258_400), base=12_000))
    assert context.percentage is not None
    assert 100 - round(context.percentage) == 51
    context.apply(update(1, 9_000, limit=None))
    assert context.percentage == 0
    assert context.percentage_at(258_400) == context.percentage_at(300_000) == 100
    assert fill_percentage(500, 1000, base=12_000) == 50


def test_compaction_rule_stays_until_another_is_reported() -> None:
    context = Context()
    context.apply(replace(update(0, 1000, limit=258_400), compaction_rule=CompactionRule(18, 19)))
    context.apply(update(1, 2000, limit=None))
    assert compaction_threshold(context) == 244_800
    context.apply(replace(update(2, 3000, limit=None), compaction_rule=CompactionRule(1, 2)))
    assert compaction_threshold(context) == 129_200


def test_forecast_is_none_below_half_of_the_threshold() -> None:
    assert forecast(filled(80_000), 167_000) is None
    assert forecast(filled(80_000), None) is None


def test_forecast_weighs_recent_growth_with_a_thousand_a_call() -> None:
    growing = filled(*range(80_000, 142_000, 2_000))
    result = forecast(growing, 167_000)
    assert result is not None
    assert result.growth == round((30 * 2000 + 8 * 1000) / 38)
    assert result.calls == round(27_000 / ((30 * 2000 + 8 * 1000) / 38))
    assert result.low < result.calls < result.high


def test_one_long_result_counts_in_a_forecast_as_a_large_one_only() -> None:
    assert forecast(filled(60_000, 100_000), 167_000) == forecast(filled(96_000, 100_000), 167_000)


def test_range_near_the_end_reaches_from_a_third_to_three_times_the_forecast() -> None:
    result = forecast(filled(*range(120_000, 152_000, 1_000)), 167_000)
    assert result is not None
    assert (result.low, result.calls, result.high) == (5, 16, 48)


def test_forecast_past_the_threshold_is_no_call() -> None:
    result = forecast(filled(170_000), 167_000)
    assert result is not None
    assert result.calls == 0


def test_threshold_that_was_exceeded_without_a_compaction_is_dropped() -> None:
    context = Context()
    context.apply(replace(update(1, 150_000, limit=1_000_000), compaction_rule=CompactionRule(reserve=33_000)))
    context.compact(CompactionUpdate(session=SESSION, at=T0 + 2, trigger="auto", before=160_000))
    context.apply(update(3, 170_000, limit=1_000_000))
    assert compaction_threshold(context) == 160_000, "the next update may be a compaction"
    context.apply(update(4, 175_000, limit=1_000_000))
    assert compaction_threshold(context) == 967_000
    context.compact(CompactionUpdate(session=SESSION, at=T0 + 5, trigger="auto", before=180_000))
    assert compaction_threshold(context) == 180_000


def test_rule_that_was_exceeded_without_a_compaction_is_dropped() -> None:
    context = Context()
    context.apply(replace(update(1, 168_000), compaction_rule=CompactionRule(reserve=33_000)))
    assert compaction_threshold(context) == 167_000
    context.apply(update(2, 169_000))
    assert compaction_threshold(context) is None


UPDATES = [(1, 10), (3, 20), (5, 10), (6, None), (7, 30), (9, 45)]


@pytest.mark.parametrize("order", list(permutations(range(6)))[::7])
def test_updates_in_any_order_and_repeated_give_the_same_context(order: tuple[int, ...]) -> None:
    context = Context()
    for index in (*order, *order):
        context.apply(update(*UPDATES[index]))
    assert (context.tokens, context.at, context.start) == (45, T0 + 9, 30)
    assert context.growths() == [10, 0, 20, 15]


def test_update_read_late_within_a_time_of_equal_fill_divides_it() -> None:
    context = filled(10, 10, 10)
    context.apply(replace(update(0, 99), at=T0 + 1))
    assert context.growths() == [89, 0]


def test_history_is_merged_before_what_was_read_already() -> None:
    context = Context()
    context.apply(replace(update(5, 50), compaction_rule=CompactionRule(1, 2)))
    earlier = replace(update(5, 40), compaction_rule=CompactionRule(1, 3))
    context.merge_earlier([update(1, 10), update(2, None), update(3, 20), earlier])
    assert (context.tokens, context.start, context.compaction_rule) == (50, 20, CompactionRule(1, 2))
