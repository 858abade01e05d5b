"""Token counts: every response of a rollout counts once, however often it is recorded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.codex_builder import THREAD, Rollout, events_of, only, plus, read, read_resuming, usage
from tests.sources.hostile import UNHURRIED
from tui_monitor.events import ContextUpdate, Event, Rank, RateLimitUpdate, Tokens, Usage
from tui_monitor.sources.base import Record

CHILD = "0199bbbb-0000-7000-8000-000000000002"
GRANDCHILD = "0199cccc-0000-7000-8000-000000000003"


def total_tokens(events: list[Event]) -> Tokens:
    """Return the sum of all responses, merged by their ids as the ledger does."""
    joined: dict[str, list[Usage]] = {}
    for event in only(events, Usage):
        same = [event, *(other for alias in event.strong_ids for other in joined.get(alias, []))]
        joined |= dict.fromkeys((alias for other in same for alias in other.strong_ids), same)
    rollout_of = {id(same): same[0].tokens for same in joined.values()}.values()
    counts = ([getattr(tokens, name) for tokens in rollout_of] for name in ("input", "output", "cache_read"))
    return Tokens(*(sum(column) for column in counts))


def rollout_of(*counts: Record) -> Rollout:
    """Return a rollout of these responses."""
    rollout = Rollout().context()
    for count in counts:
        rollout.responds(count)
    return rollout


def fork_of(parent: Rollout, child: str, **meta: Any) -> Rollout:
    """Return a fork: its own first line, then the parent's lines at other times."""
    fork = Rollout(child, forked_from_id=parent.records[0]["payload"]["id"], **meta)
    for record in parent.records:
        fork.line(record["type"], record["payload"])
    fork.sum = parent.sum
    return fork


def test_response_has_exclusive_counts() -> None:
    [event] = events_of(rollout_of(usage(100, cached=900, cache_write=50, output=30, reasoning=10)), Usage)
    assert event.tokens == Tokens(input=100, output=30, cache_read=900, cache_creation=50, reasoning=10)
    assert (event.model, event.provider, event.rank) == ("gpt-5.3-codex", "openai", Rank.FINAL)


def test_repeated_sum_is_one_response() -> None:
    rollout = Rollout().context().responds(usage(10, output=1), times=2).responds(usage(20, output=2), times=3)
    assert [event.tokens.input for event in events_of(rollout, Usage)] == [10, 20]


def test_equal_responses_are_separate() -> None:
    events = events_of(rollout_of(usage(10, output=1), usage(10, output=1)), Usage)
    assert len(events) == 2
    assert not set(events[0].strong_ids) & set(events[1].strong_ids)


def test_line_with_limits_alone_is_not_a_response() -> None:
    rollout = Rollout().event("token_count", info=None, rate_limits=None)
    assert read(rollout.records)[1:] == []


def test_increase_of_the_sum_takes_precedence_over_the_last_response() -> None:
    rollout = rollout_of(usage(10, output=1)).count(usage(40, cached=5, output=4), usage(7, output=2))
    assert events_of(rollout, Usage)[-1].tokens == Tokens(input=30, output=3, cache_read=5)


def test_falling_sum_is_reset_to_the_last_response() -> None:
    rollout = rollout_of(usage(1000, output=50)).count(usage(200, output=9), usage(30, output=4))
    assert [event.tokens.input for event in events_of(rollout, Usage)] == [1000, 30]


def test_falling_sum_without_a_last_response_counts_in_full() -> None:
    rollout = rollout_of(usage(1000, output=50)).count(usage(200, output=9), None)
    assert [event.tokens.input for event in events_of(rollout, Usage)] == [1000, 200]


def test_estimate_of_the_context_is_not_a_response() -> None:
    rollout = rollout_of(usage(1000, output=50))
    rollout.count(rollout.sum, usage(0, total=160))
    assert len(events_of(rollout, Usage)) == 1
    assert [event.tokens for event in events_of(rollout, ContextUpdate)] == [1050, 160]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(1, 3)), max_size=12))
@UNHURRIED
def test_responses_add_up_to_the_last_sum(calls: list[tuple[int, int, int, int]]) -> None:
    rollout = Rollout().context()
    for fresh, cached, output, times in calls:
        rollout.responds(usage(fresh, cached=cached, output=output), times=times)
    events = events_of(rollout, Usage)
    assert sum(one.tokens.prompt for one in events) == rollout.sum["input_tokens"]
    assert sum(one.tokens.output for one in events) == rollout.sum["output_tokens"]
    assert sum(one.tokens.cache_read for one in events) == rollout.sum["cached_input_tokens"]


def test_copy_of_the_file_has_the_same_responses() -> None:
    rollout = rollout_of(usage(10, output=1), usage(20, output=2))
    copy = Rollout()
    copy.records = [{**record, "timestamp": "2026-10-01T00:00:00Z"} for record in rollout.records]
    assert total_tokens([*read(rollout.records), *read(copy.records)]) == Tokens(input=30, output=3)


@pytest.mark.parametrize("parent_first", [True, False])
def test_history_copied_by_a_fork_counts_once_in_either_order(parent_first: bool) -> None:
    parent = rollout_of(usage(10, output=1), usage(20, output=2), usage(20, output=2))
    child = fork_of(parent, CHILD).responds(usage(5, output=5))
    parent.responds(usage(7, output=7))
    files = [read(parent.records), read(child.records)]
    events = [event for file in (files if parent_first else files[::-1]) for event in file]
    assert total_tokens(events) == Tokens(input=62, output=17)
    assert {event.session.id for event in only(files[1], Usage)} == {CHILD}


def test_history_copied_by_a_fork_of_a_fork_counts_once() -> None:
    parent = rollout_of(usage(10, output=1))
    child = fork_of(parent, CHILD).responds(usage(20, output=2))
    grandchild = fork_of(child, GRANDCHILD).responds(usage(40, output=4))
    files = (grandchild, parent, child)
    assert total_tokens([event for file in files for event in read(file.records)]) == Tokens(input=70, output=7)


def test_fork_that_continues_an_uncopied_sum_counts_only_its_own_responses() -> None:
    rollout = Rollout(CHILD, forked_from_id=THREAD).count(usage(5000, output=500), usage(10, output=1))
    assert [event.tokens for event in events_of(rollout, Usage)] == [Tokens(input=10, output=1)]


def test_agent_without_copied_history_shares_no_responses_with_its_parent() -> None:
    source = {"subagent": {"thread_spawn": {"parent_thread_id": THREAD, "depth": 1}}}
    parent = rollout_of(usage(10, output=1))
    child = Rollout(CHILD, source=source).context().responds(usage(10, output=1))
    assert total_tokens([*read(parent.records), *read(child.records)]) == Tokens(input=20, output=2)


def test_agent_with_copied_history_shares_its_parents_responses() -> None:
    source = {"subagent": {"thread_spawn": {"parent_thread_id": THREAD, "depth": 1}}}
    parent = rollout_of(usage(10, output=1))
    child = Rollout(CHILD, source=source)
    for record in parent.records:
        child.line(record["type"], record["payload"])
    assert total_tokens([*read(parent.records), *read(child.records)]) == Tokens(input=10, output=1)


def test_count_after_a_record_is_the_same_response() -> None:
    rollout = Rollout().context().record("resp_a", usage(10, cached=2, output=3))
    rollout.count(rollout.sum, usage(10, cached=2, output=3))
    [event] = events_of(rollout, Usage)
    assert event.strong_ids[0] == "resp:resp_a"
    assert event.tokens == Tokens(input=10, output=3, cache_read=2)


def test_record_after_its_count_is_the_same_response() -> None:
    rollout = Rollout().context().responds(usage(10, output=3))
    rollout.sum = usage(0)
    rollout.record("resp_a", usage(10, output=3))
    assert total_tokens(read(rollout.records)) == Tokens(input=10, output=3)


def test_counts_only_give_the_context_once_responses_have_records() -> None:
    rollout = (
        Rollout().context().record("resp_a", usage(10, output=3)).count(usage(999, output=99), usage(80, output=8))
    )
    assert len(events_of(rollout, Usage)) == 1
    assert [event.tokens for event in events_of(rollout, ContextUpdate)] == [88]


def test_counts_of_a_turn_without_records_are_responses() -> None:
    """An older version has continued the thread."""
    rollout = Rollout().event("task_started").context().record("resp_a", usage(10, output=3))
    rollout.count(rollout.sum, usage(10, output=3)).event("task_started").count(rollout.sum, usage(10, output=3))
    rollout.responds(usage(20, cached=5, output=4), times=2).responds(usage(20, cached=5, output=4))
    rollout.event("task_started").record("resp_b", usage(30, output=1)).count(rollout.sum, usage(30, output=1))
    assert [event.tokens.input for event in events_of(rollout, Usage)] == [10, 20, 20, 30]
    assert total_tokens(read(rollout.records)) == Tokens(input=80, output=12, cache_read=10)


def test_records_without_a_sum_leave_the_sum_to_the_counts() -> None:
    rollout = Rollout().event("task_started").context()
    rollout.line("token_usage_record", {"response_id": "resp_a", "usage": usage(10, output=3)})
    rollout.responds(usage(10, output=3)).event("task_started").responds(usage(20, output=4))
    assert total_tokens(read(rollout.records)) == Tokens(input=30, output=7)


def interleaved(limits: tuple[str | None, str | None]) -> Rollout:
    """Return a rollout with two running sums, whose lines have these limits."""
    rollout = Rollout().context()
    sums = [usage(0), usage(900_000, output=1)]
    for number in range(1, 5):
        for index, last in enumerate((usage(10 * number, output=1), usage(number, output=2))):
            sums[index] = plus(sums[index], last)
            rate_limits = {"limit_id": limits[index]} if limits[index] else None
            rollout.count(sums[index], last, rate_limits=rate_limits).count(sums[index], last, rate_limits=rate_limits)
    return rollout


def test_sums_of_two_limits_grow_in_turns() -> None:
    rollout = interleaved(("codex", "codex_bengalfox"))
    assert total_tokens(read(rollout.records)) == Tokens(input=100 + 10, output=4 + 8)
    assert read_resuming(rollout.records) == read(rollout.records)


def test_sum_that_rises_under_another_limit_alone_continues() -> None:
    """The limit is that of the model, which may be changed within one thread."""
    rollout = Rollout().context()
    for limit in ("codex", "codex_bengalfox", "codex"):
        rollout.responds(usage(10, output=1)).records[-1]["payload"]["rate_limits"] = {"limit_id": limit}
    rollout.count(plus(rollout.sum, usage(5, output=1)), None, rate_limits={"limit_id": "other"})
    assert [event.tokens.input for event in events_of(rollout, Usage)] == [10, 10, 10, 5]


@pytest.mark.parametrize("first", [usage(500, output=5), usage(2000, output=50)])
def test_sum_that_equals_its_last_response_has_been_reset(first: Record) -> None:
    rollout = rollout_of(usage(1000, output=50)).count(first, first).count(plus(first, usage(7)), usage(7))
    assert [event.tokens.input for event in events_of(rollout, Usage)] == [1000, first["input_tokens"], 7]


def test_restart_with_the_same_sums_has_responses_of_its_own() -> None:
    rollout = rollout_of(usage(10, output=1), usage(20, output=2))
    rollout.sum = usage(0)
    rollout.responds(usage(10, output=1), times=2).responds(usage(20, output=2), times=2)
    assert total_tokens(read(rollout.records)) == Tokens(input=60, output=6)


@pytest.mark.parametrize("total", [None, usage(0)])
def test_counts_without_a_sum_are_responses(total: Record | None) -> None:
    rollout = Rollout().context()
    for last in (usage(10, output=1), usage(10, output=1), usage(30, output=3)):
        rollout.event("token_count", info={"total_token_usage": total, "last_token_usage": last})
        rollout.records.append(rollout.records[-1])
    assert total_tokens(read(rollout.records)) == Tokens(input=50, output=5)
    assert read_resuming(rollout.records) == read(rollout.records)


def test_sum_that_returns_includes_the_responses_without_one() -> None:
    rollout = rollout_of(usage(10, output=1))
    rollout.event("token_count", info={"last_token_usage": usage(20, output=2)})
    rollout.sum = usage(30, output=3)
    rollout.responds(usage(5, output=1))
    assert total_tokens(read(rollout.records)) == Tokens(input=35, output=4)


def test_copied_count_is_the_same_response_as_the_parents_record() -> None:
    parent, child = Rollout().context(), Rollout(CHILD, forked_from_id=THREAD).context()
    for response, count in (("resp_a", usage(10, output=1)), ("resp_b", usage(20, output=2))):
        parent.record(response, count).count(parent.sum, count)
        child.responds(count)
    assert total_tokens([*read(child.records), *read(parent.records)]) == Tokens(input=30, output=3)


def test_checkpoint_of_another_thread_counts_nothing() -> None:
    other = {"thread_id": CHILD, "response_id": "resp_x", "usage": usage(700, output=70)}
    rollout = Rollout(source={"subagent": "review"}).line("compacted", {"latest_token_usage_record": other})
    rollout.count(usage(700, output=70), usage(700, output=70)).record("resp_a", usage(10, output=1))
    assert [event.strong_ids[0] for event in events_of(rollout, Usage)] == ["resp:resp_a"]


def test_model_is_that_of_the_turn_and_the_tier_stays() -> None:
    rollout = Rollout().context("gpt-5.3-codex").responds(usage(10, output=1))
    for settings in ({"service_tier": "priority"}, {"service_tier": None}):
        rollout.event("thread_settings_applied", thread_settings=settings)
        rollout.context("gpt-5.4").responds(usage(10, output=1)).context("gpt-5.5").responds(usage(10, output=1))
    rollout.context("gpt-5.5", service_tier="flex").responds(usage(10, output=1))
    assert [(event.model, event.service_tier) for event in events_of(rollout, Usage)] == [
        ("gpt-5.3-codex", ""),
        ("gpt-5.4", "priority"),
        ("gpt-5.5", "priority"),
        ("gpt-5.4", ""),
        ("gpt-5.5", ""),
        ("gpt-5.5", "flex"),
    ]


def test_web_searches_belong_to_the_next_response() -> None:
    rollout = Rollout().context()
    for action in ({"type": "search", "query": "a"}, {"type": "open_page", "url": "http://a.example"}, None):
        rollout.line("response_item", {"type": "web_search_call", "action": action})
    rollout.responds(usage(10, output=1)).responds(usage(10, output=1))
    assert [event.web_searches for event in events_of(rollout, Usage)] == [2, 0]


def test_context_is_emitted_on_change_with_the_window_size() -> None:
    rollout = Rollout().event("task_started", model_context_window=400_000).context()
    rollout.responds(usage(10, output=1), window=None, times=2).responds(usage(30, output=3))
    assert [(event.tokens, event.limit, event.model) for event in events_of(rollout, ContextUpdate)] == [
        (11, 400_000, "gpt-5.3-codex"),
        (33, 258_400, "gpt-5.3-codex"),
    ]


def test_rate_limits_are_emitted_when_they_change() -> None:
    primary = {"used_percent": 12.5, "window_minutes": 300, "resets_at": 1_772_359_200}
    weekly = {"used_percent": 6, "window_minutes": 10_080, "resets_at": None}
    rollout = Rollout()
    for limits in (
        {"primary": primary},
        {"primary": primary, "secondary": weekly},
        {"limit_name": "x", "primary": primary},
    ):
        rollout.event("token_count", info=None, rate_limits={"limit_id": "codex", **limits})
    assert [
        (event.name, event.used_percent, event.window_minutes, event.resets_at)
        for event in events_of(rollout, RateLimitUpdate)
    ] == [
        ("primary", 12.5, 300, 1_772_359_200_000),
        ("secondary", 6.0, 10_080, None),
        ("x primary", 12.5, 300, 1_772_359_200_000),
    ]


def test_counts_that_are_not_numbers_are_ignored() -> None:
    rollout = Rollout().context().count({"input_tokens": "many", "output_tokens": -4}, {"input_tokens": None})
    assert events_of(rollout, Usage) == []
