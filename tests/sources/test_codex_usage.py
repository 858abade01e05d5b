"""Every response of a rollout counts once, whatever tells it and however often."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.codex_builder import THREAD, Rollout, only, read, told, usage
from tests.sources.hostile import UNHURRIED
from tui_monitor.events import ContextUpdate, Event, Rank, RateLimitUpdate, Tokens, Usage
from tui_monitor.sources.base import Record

CHILD = "0199bbbb-0000-7000-8000-000000000002"
GRANDCHILD = "0199cccc-0000-7000-8000-000000000003"


def spent(events: list[Event]) -> Tokens:
    """The sum of all responses, joined by their aliases as the ledger joins them."""
    joined: dict[str, list[Usage]] = {}
    for seen in only(events, Usage):
        same = [seen, *(other for alias in seen.strong_ids for other in joined.get(alias, []))]
        joined |= dict.fromkeys((alias for other in same for alias in other.strong_ids), same)
    responses = {id(same): same[0].tokens for same in joined.values()}.values()
    counts = ([getattr(tokens, name) for tokens in responses] for name in ("input", "output", "cache_read"))
    return Tokens(*(sum(column) for column in counts))


def responses(*counts: Record) -> Rollout:
    """A rollout of these responses."""
    rollout = Rollout().context()
    for count in counts:
        rollout.responds(count)
    return rollout


def copied(parent: Rollout, child: str, **meta: object) -> Rollout:
    """A fork: the parent's lines follow its own first one, at other times."""
    fork = Rollout(child, forked_from_id=parent.records[0]["payload"]["id"], **meta)
    for record in parent.records:
        fork.line(record["type"], record["payload"])
    fork.sum = parent.sum
    return fork


def test_a_response_is_told_with_exclusive_counts() -> None:
    [seen] = told(responses(usage(100, cached=900, written=50, output=30, reasoning=10)), Usage)
    assert seen.tokens == Tokens(input=100, output=30, cache_read=900, cache_creation=50, reasoning=10)
    assert (seen.model, seen.provider, seen.rank) == ("gpt-5.3-codex", "openai", Rank.FINAL)


def test_the_same_sum_told_twice_is_one_response() -> None:
    rollout = Rollout().context().responds(usage(10, output=1), times=2).responds(usage(20, output=2), times=3)
    assert [seen.tokens.input for seen in told(rollout, Usage)] == [10, 20]


def test_two_equal_responses_are_two() -> None:
    seen = told(responses(usage(10, output=1), usage(10, output=1)), Usage)
    assert len(seen) == 2
    assert not set(seen[0].strong_ids) & set(seen[1].strong_ids)


def test_a_line_about_limits_alone_is_no_response() -> None:
    rollout = Rollout().event("token_count", info=None, rate_limits=None)
    assert read(rollout.records)[1:] == []


def test_what_the_sum_moved_by_counts_when_the_last_response_says_something_else() -> None:
    rollout = responses(usage(10, output=1)).count(usage(40, cached=5, output=4), usage(7, output=2))
    assert told(rollout, Usage)[-1].tokens == Tokens(input=30, output=3, cache_read=5)


def test_a_sum_that_falls_began_anew_with_the_last_response() -> None:
    rollout = responses(usage(1000, output=50)).count(usage(200, output=9), usage(30, output=4))
    assert [seen.tokens.input for seen in told(rollout, Usage)] == [1000, 30]


def test_a_sum_that_falls_without_a_last_response_is_counted_whole() -> None:
    rollout = responses(usage(1000, output=50)).count(usage(200, output=9), None)
    assert [seen.tokens.input for seen in told(rollout, Usage)] == [1000, 200]


def test_an_estimate_of_the_context_is_no_response() -> None:
    rollout = responses(usage(1000, output=50))
    rollout.count(rollout.sum, usage(0, total=160))
    assert len(told(rollout, Usage)) == 1
    assert [seen.tokens for seen in told(rollout, ContextUpdate)] == [1050, 160]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(1, 3)), max_size=12))
@UNHURRIED
def test_the_responses_add_up_to_the_last_sum(calls: list[tuple[int, int, int, int]]) -> None:
    rollout = Rollout().context()
    for fresh, cached, output, times in calls:
        rollout.responds(usage(fresh, cached=cached, output=output), times=times)
    seen = told(rollout, Usage)
    assert sum(one.tokens.prompt for one in seen) == rollout.sum["input_tokens"]
    assert sum(one.tokens.output for one in seen) == rollout.sum["output_tokens"]
    assert sum(one.tokens.cache_read for one in seen) == rollout.sum["cached_input_tokens"]


def test_a_copy_of_the_file_tells_the_same_responses() -> None:
    rollout = responses(usage(10, output=1), usage(20, output=2))
    copy = Rollout()
    copy.records = [{**record, "timestamp": "2027-01-01T00:00:00Z"} for record in rollout.records]
    assert spent([*read(rollout.records), *read(copy.records)]) == Tokens(input=30, output=3)


@pytest.mark.parametrize("parent_first", [True, False])
def test_what_a_fork_copied_counts_once_whichever_file_is_read_first(parent_first: bool) -> None:
    parent = responses(usage(10, output=1), usage(20, output=2), usage(20, output=2))
    child = copied(parent, CHILD).responds(usage(5, output=5))
    parent.responds(usage(7, output=7))
    files = [read(parent.records), read(child.records)]
    events = [event for file in (files if parent_first else files[::-1]) for event in file]
    assert spent(events) == Tokens(input=62, output=17)
    assert {seen.session.id for seen in only(files[1], Usage)} == {CHILD}


def test_a_fork_of_a_fork_counts_what_both_copied_once() -> None:
    parent = responses(usage(10, output=1))
    child = copied(parent, CHILD).responds(usage(20, output=2))
    grandchild = copied(child, GRANDCHILD).responds(usage(40, output=4))
    files = (grandchild, parent, child)
    assert spent([event for file in files for event in read(file.records)]) == Tokens(input=70, output=7)


def test_a_fork_that_goes_on_from_a_sum_it_did_not_copy_counts_its_own_alone() -> None:
    rollout = Rollout(CHILD, forked_from_id=THREAD).count(usage(5000, output=500), usage(10, output=1))
    assert [seen.tokens for seen in told(rollout, Usage)] == [Tokens(input=10, output=1)]


def test_an_agent_that_copied_nothing_never_joins_its_parents_responses() -> None:
    source = {"subagent": {"thread_spawn": {"parent_thread_id": THREAD, "depth": 1}}}
    parent = responses(usage(10, output=1))
    child = Rollout(CHILD, source=source).context().responds(usage(10, output=1))
    assert spent([*read(parent.records), *read(child.records)]) == Tokens(input=20, output=2)


def test_an_agent_that_copied_its_parents_history_joins_it() -> None:
    source = {"subagent": {"thread_spawn": {"parent_thread_id": THREAD, "depth": 1}}}
    parent = responses(usage(10, output=1))
    child = Rollout(CHILD, source=source)
    for record in parent.records:
        child.line(record["type"], record["payload"])
    assert spent([*read(parent.records), *read(child.records)]) == Tokens(input=10, output=1)


def test_a_response_told_by_its_id_is_not_told_again_by_the_count_that_follows() -> None:
    rollout = Rollout().context().record("resp_a", usage(10, cached=2, output=3))
    rollout.count(rollout.sum, usage(10, cached=2, output=3))
    [seen] = told(rollout, Usage)
    assert seen.strong_ids[0] == "resp:resp_a"
    assert seen.tokens == Tokens(input=10, output=3, cache_read=2)


def test_a_record_that_follows_its_count_joins_it() -> None:
    rollout = Rollout().context().responds(usage(10, output=3))
    rollout.sum = usage(0)
    rollout.record("resp_a", usage(10, output=3))
    assert spent(read(rollout.records)) == Tokens(input=10, output=3)


def test_once_responses_are_told_by_id_counts_give_the_context_alone() -> None:
    rollout = (
        Rollout().context().record("resp_a", usage(10, output=3)).count(usage(999, output=99), usage(80, output=8))
    )
    assert len(told(rollout, Usage)) == 1
    assert [seen.tokens for seen in told(rollout, ContextUpdate)] == [88]


def test_a_copied_count_joins_the_response_that_the_parent_tells_by_id() -> None:
    parent, child = Rollout().context(), Rollout(CHILD, forked_from_id=THREAD).context()
    for response, count in (("resp_a", usage(10, output=1)), ("resp_b", usage(20, output=2))):
        parent.record(response, count).count(parent.sum, count)
        child.responds(count)
    assert spent([*read(child.records), *read(parent.records)]) == Tokens(input=30, output=3)


def test_a_checkpoint_of_another_thread_is_not_spent_again() -> None:
    other = {"thread_id": CHILD, "response_id": "resp_x", "usage": usage(700, output=70)}
    rollout = Rollout(source={"subagent": "review"}).line("compacted", {"latest_token_usage_record": other})
    rollout.count(usage(700, output=70), usage(700, output=70)).record("resp_a", usage(10, output=1))
    assert [seen.strong_ids[0] for seen in told(rollout, Usage)] == ["resp:resp_a"]


def test_a_model_and_tier_are_those_of_the_turn() -> None:
    rollout = Rollout().context("gpt-5.3-codex", service_tier="priority").responds(usage(10, output=1))
    rollout.context("gpt-5.4").responds(usage(10, output=1))
    assert [(seen.model, seen.service_tier) for seen in told(rollout, Usage)] == [
        ("gpt-5.3-codex", "priority"),
        ("gpt-5.4", ""),
    ]


def test_web_searches_belong_to_the_response_that_follows() -> None:
    rollout = Rollout().context()
    for action in ({"type": "search", "query": "a"}, {"type": "open_page", "url": "http://a.example"}, None):
        rollout.line("response_item", {"type": "web_search_call", "action": action})
    rollout.responds(usage(10, output=1)).responds(usage(10, output=1))
    assert [seen.web_searches for seen in told(rollout, Usage)] == [2, 0]


def test_the_context_is_told_when_it_changed_with_the_size_of_the_window() -> None:
    rollout = Rollout().event("task_started", model_context_window=400_000).context()
    rollout.responds(usage(10, output=1), window=None, times=2).responds(usage(30, output=3))
    assert [(seen.tokens, seen.limit, seen.model) for seen in told(rollout, ContextUpdate)] == [
        (11, 400_000, "gpt-5.3-codex"),
        (33, 258_400, "gpt-5.3-codex"),
    ]


def test_limits_are_told_when_they_change() -> None:
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
        (seen.name, seen.used_percent, seen.window_minutes, seen.resets_at) for seen in told(rollout, RateLimitUpdate)
    ] == [
        ("primary", 12.5, 300, 1_772_359_200_000),
        ("secondary", 6.0, 10_080, None),
        ("x primary", 12.5, 300, 1_772_359_200_000),
    ]


def test_counts_that_are_no_numbers_are_none() -> None:
    rollout = Rollout().context().count({"input_tokens": "many", "output_tokens": -4}, usage(1))
    assert told(rollout, Usage) == []
