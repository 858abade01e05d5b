"""Codex: usage of its threads."""

from __future__ import annotations

from typing import Any

from tests.compression import compress
from tests.rules.rule import Folder, Rule, rule
from tests.sources.codex_builder import PATH, THREAD, Rollout, plus, usage

RULES: list[Rule] = []
CHILD = "0199cccc-0000-7000-8000-000000000003"
GRANDCHILD = "0199dddd-0000-7000-8000-000000000004"
OTHER = "0199eeee-0000-7000-8000-000000000005"
NOVEMBER_MS = 1_794_304_800_000
"""The price list has OpenAI's service tiers since October 2026."""
MODEL = "gpt-5.4"
COST = (100 * 2.5 + 50 * 0.25 + 10 * 15) / 1e6
"""Cost of `SPENT` with that model."""
SPENT = usage(100, cached=50, output=10, reasoning=4)


def rollout(thread: str = THREAD, **meta: Any) -> Rollout:
    """Return the beginning of a thread."""
    return Rollout(thread, **meta).context(MODEL)


def name(thread: str = THREAD) -> str:
    return PATH.name.replace(THREAD, thread)


@rule(RULES, requests=2, input_tokens=200, cache_read_tokens=100, output_tokens=20, reasoning_tokens=8)
def a_repeated_count_is_one_response(folder: Folder) -> None:
    folder.write(name(), rollout().responds(SPENT, times=2).responds(SPENT, times=3).records)


@rule(RULES, requests=1, total_tokens=160, cost_usd=COST, cost_is_lower_bound=False, unpriced_requests=0)
def input_includes_cached_tokens_and_output_includes_reasoning(folder: Folder) -> None:
    folder.write(name(), rollout().responds(SPENT).records)


@rule(RULES, requests=1, cache_creation_tokens=30, input_tokens=100, cache_read_tokens=50)
def input_includes_cache_writes(folder: Folder) -> None:
    folder.write(name(), rollout().responds(usage(100, cached=50, cache_write=30, output=10)).records)


@rule(RULES, requests=1, total_tokens=160)
def a_count_without_usage_is_not_a_response(folder: Folder) -> None:
    thread = rollout().event("token_count", info=None, rate_limits={"primary": {"used_percent": 1.0}})
    folder.write(name(), thread.responds(SPENT).event("token_count", info=None).records)


@rule(RULES, requests=3, total_tokens=3 * 160)
def a_falling_sum_has_been_reset(folder: Folder) -> None:
    thread = rollout().responds(SPENT).responds(SPENT)
    folder.write(name(), thread.count(SPENT, SPENT).records)


@rule(RULES, requests=2, total_tokens=320, sessions=2)
def a_fork_has_its_history_from_its_parent_under_other_times(folder: Folder) -> None:
    folder.write(name(), rollout().responds(SPENT).records)
    fork = rollout(CHILD, forked_from_id=THREAD)
    fork.meta(THREAD).event("user_message", message="go").responds(SPENT).responds(SPENT)
    folder.write(name(CHILD), fork.records)


@rule(RULES, requests=2, total_tokens=320)
def a_usage_record_takes_precedence_over_counts(folder: Folder) -> None:
    thread = rollout().record("resp_1", SPENT)
    thread.count(thread.sum, SPENT).record("resp_2", SPENT)
    folder.write(name(), thread.count(thread.sum, SPENT).records)


@rule(RULES, requests=1, total_tokens=160, sessions=1, tools=1)
def an_archived_copy_is_the_same_thread(folder: Folder) -> None:
    thread = rollout().responds(SPENT).call("shell", {"command": ["ls"]}).answer("a")
    folder.write(f"sessions/2026/03/01/{name()}", thread.records)
    folder.write(f"archived_sessions/{name()}", thread.records)


@rule(RULES, requests=2, total_tokens=320, sessions=1)
def a_resumed_thread_continues_in_its_file(folder: Folder) -> None:
    folder.write(name(), rollout().responds(SPENT).meta().context(MODEL).responds(SPENT).records)


@rule(RULES, requests=2, models=2)
def the_model_is_that_of_the_turn(folder: Folder) -> None:
    folder.write(name(), rollout().responds(SPENT).context("gpt-5.3-codex").responds(SPENT).records)


@rule(RULES, context=160, limit=258_400)
def the_context_is_the_last_response_and_its_window_that_of_codex(folder: Folder) -> None:
    folder.write(name(), rollout().responds(usage(1_000)).responds(SPENT).records)


@rule(RULES, context=70, requests=1)
def an_estimate_of_the_context_is_not_a_response(folder: Folder) -> None:
    thread = rollout().responds(SPENT)
    folder.write(name(), thread.count(thread.sum, usage(0, total=70)).records)


@rule(RULES, requests=0, total_tokens=160, cost_usd=None, cost_is_lower_bound=True, sessions=1)
def exec_output_has_the_total_of_the_thread(folder: Folder) -> None:
    folder.write("out.jsonl", exec_output(SPENT))


@rule(RULES, requests=1, total_tokens=160, cost_usd=COST, tools=1)
def exec_output_with_a_rollout_is_ignored(folder: Folder) -> None:
    folder.write("out.jsonl", exec_output(SPENT))
    thread = rollout().call("shell", {"command": ["ls"]}).answer("a").responds(SPENT)
    folder.write(name(), thread.records)


@rule(RULES, total_tokens=320, requests=0)
def the_last_total_of_a_resumed_thread_counts(folder: Folder) -> None:
    folder.write("out.jsonl", [*exec_output(SPENT), *exec_output(plus(SPENT, SPENT))])


SOURCE = {"subagent": {"thread_spawn": {"parent_thread_id": THREAD, "depth": 1, "agent_path": "/root/look"}}}
FAST_COST = 2 * (100 * 12.5 + 50 * 1.25 + 10 * 75) / 1e6
"""Cost of two such responses of gpt-5.5 in its Fast mode."""


@rule(RULES, requests=2, cost_usd=FAST_COST)
def the_service_tier_of_a_thread_stays_in_its_turns(folder: Folder) -> None:
    thread = Rollout(begin_ms=NOVEMBER_MS)
    for _ in range(2):
        thread.event("thread_settings_applied", thread_settings={"model": "gpt-5.5", "service_tier": "priority"})
        thread.event("task_started").context("gpt-5.5").responds(SPENT)
    folder.write(name(), thread.records)


@rule(RULES, requests=4, total_tokens=4 * 160)
def an_older_version_goes_on_with_counts_alone(folder: Folder) -> None:
    thread = rollout().event("task_started").record("resp_1", SPENT)
    thread.count(thread.sum, SPENT).record("resp_2", SPENT).count(thread.sum, SPENT)
    folder.write(name(), thread.event("task_started").context(MODEL).responds(SPENT).responds(SPENT, times=2).records)


@rule(RULES, requests=2, total_tokens=320)
def counts_may_lack_the_sum(folder: Folder) -> None:
    thread = rollout()
    for _ in range(2):
        thread.event("token_count", info={"total_token_usage": None, "last_token_usage": SPENT})
    folder.write(name(), thread.records)


@rule(RULES, requests=4, total_tokens=640)
def a_restarted_sum_may_repeat_the_old_one(folder: Folder) -> None:
    thread = rollout().responds(SPENT).responds(SPENT)
    thread.sum = usage(0)
    folder.write(name(), thread.responds(SPENT, times=2).responds(SPENT).records)


@rule(RULES, requests=4, total_tokens=640)
def two_limits_have_a_sum_each(folder: Folder) -> None:
    thread = rollout()
    sums = {"codex": usage(0), "codex_other": usage(70_000, output=9)}
    for _ in range(2):
        for limit in sums:
            sums[limit] = plus(sums[limit], SPENT)
            thread.count(sums[limit], SPENT, rate_limits={"limit_id": limit})
    folder.write(name(), thread.records)


@rule(RULES, requests=3, total_tokens=480, sessions=1)
def going_back_goes_on_in_a_second_file_of_the_thread(folder: Folder) -> None:
    first = rollout().record("resp_1", SPENT)
    first.count(first.sum, SPENT).event("task_started").record("resp_2", SPENT).count(first.sum, SPENT)
    base = {"thread_id": THREAD, "end_ordinal_exclusive": 4, "end_byte_offset": 900}
    second = rollout(history_base=base)
    second.sum = SPENT
    second.record("resp_3", SPENT).count(second.sum, SPENT)
    folder.write(name(), first.records)
    folder.write(name(f"{THREAD}_{CHILD}"), second.records)


@rule(RULES, requests=3, total_tokens=480, sessions=4)
def a_fork_of_a_fork_keeps_the_responses_of_a_file_that_is_gone(folder: Folder) -> None:
    root = rollout().responds(SPENT)
    middle = Rollout(CHILD, forked_from_id=THREAD).copy(root.records)
    middle.sum = root.sum
    middle.event("task_started").context(MODEL).responds(SPENT)
    last = Rollout(GRANDCHILD, forked_from_id=CHILD).copy(middle.records)
    last.sum = middle.sum
    last.now_ms += 120_000
    folder.write(name(), root.records)
    folder.write(name(GRANDCHILD), last.event("task_started").context(MODEL).responds(SPENT).records)
    folder.write(name(OTHER), Rollout(OTHER).event("user_message", message="something else").records)


@rule(RULES, requests=3, total_tokens=480, sessions=2, context=160)
def the_history_of_a_fork_is_its_parents_though_the_parents_file_is_gone(folder: Folder) -> None:
    parent = rollout().responds(SPENT).responds(SPENT)
    fork = Rollout(CHILD, forked_from_id=THREAD).copy(parent.records)
    fork.sum = parent.sum
    fork.now_ms += 120_000
    folder.write(name(CHILD), fork.event("task_started").context(MODEL).responds(SPENT).records)


@rule(RULES, requests=4, total_tokens=640, sessions=1, agents=3)
def siblings_may_have_responses_of_the_same_size(folder: Folder) -> None:
    parent = rollout().responds(SPENT).responds(SPENT)
    folder.write(name(), parent.records)
    for thread in (CHILD, GRANDCHILD):
        child = Rollout(thread, source=SOURCE, forked_from_id=THREAD).copy(parent.records)
        child.sum = parent.sum
        child.now_ms += 120_000
        folder.write(name(thread), child.event("task_started").context(MODEL).responds(SPENT).records)


@rule(RULES, requests=3, total_tokens=480, sessions=1, unpriced_requests=0)
def a_sub_agent_may_inherit_the_last_turn_alone(folder: Folder) -> None:
    parent = rollout().responds(SPENT).event("task_started").event("user_message", message="go").responds(SPENT)
    child = Rollout(CHILD, source=SOURCE, forked_from_id=THREAD, session_id=THREAD).copy(parent.records[-2:], step_ms=0)
    child.sum = parent.sum
    child.now_ms += 120_000
    folder.write(name(), parent.records)
    folder.write(name(CHILD), child.event("task_started").context(MODEL).responds(SPENT).records)


@rule(RULES, requests=1, total_tokens=160, sessions=1)
def lines_before_the_start_ordinal_are_copies(folder: Folder) -> None:
    child = Rollout(CHILD, source=SOURCE, subagent_history_start_ordinal=4).context(MODEL)
    child.responds(usage(70_000, output=9)).responds(SPENT)
    for ordinal, record in enumerate(child.records):
        record["ordinal"] = ordinal
    folder.write(name(), rollout().responds(SPENT).records)
    folder.write(name(CHILD), child.records)


@rule(RULES, requests=3, total_tokens=480, sessions=1)
def a_sub_agent_may_repeat_its_parent_without_the_parents_first_line(folder: Folder) -> None:
    parent = rollout().responds(SPENT, times=2).responds(SPENT, times=2)
    child = Rollout(CHILD, source=SOURCE).copy(parent.records[1:])
    child.records[0]["timestamp"] = child.records[1]["timestamp"]
    child.sum = parent.sum
    child.now_ms += 5000
    folder.write(name(), parent.records)
    folder.write(name(CHILD), child.event("task_started").context(MODEL).responds(SPENT).records)


@rule(RULES, requests=2, total_tokens=320, sessions=1, agents=2)
def a_sub_agent_spends_in_its_parents_session(folder: Folder) -> None:
    folder.write(name(), rollout().record("resp_1", SPENT).records)
    folder.write(name(CHILD), rollout(CHILD, source=SOURCE).record("resp_2", SPENT, thread=CHILD).records)


@rule(RULES, requests=2, total_tokens=320, sessions=1)
def a_compressed_rollout_is_a_rollout(folder: Folder) -> None:
    plain = folder.write(name(), rollout().responds(SPENT).responds(SPENT).records)
    plain.with_name(f"{plain.name}.zst").write_bytes(compress(plain.read_bytes()))
    plain.unlink()


def exec_output(total: dict[str, int]) -> list[dict[str, object]]:
    """Return the output of a run of ``codex exec --json``."""
    command = {"id": "item_1", "type": "command_execution", "command": "ls", "exit_code": 0, "status": "completed"}
    return [
        {"type": "thread.started", "thread_id": THREAD},
        {"type": "turn.started"},
        {"type": "item.completed", "item": command},
        {"type": "turn.completed", "usage": total},
    ]


@rule(RULES, context=132_000, limit=258_400, percentage=48.7)
def the_percentage_leaves_out_the_base_on_both_sides(folder: Folder) -> None:
    folder.write(name(), rollout().responds(usage(131_000, output=1_000)).records)


@rule(RULES, requests=2, unpriced_requests=2, total_tokens=320)
def the_newest_models_have_no_price_yet(folder: Folder) -> None:
    thread = Rollout().context("gpt-6.2-sol").responds(SPENT).context("codex-auto-review").responds(SPENT)
    folder.write(name(), thread.records)


@rule(RULES, requests=1, cost_is_lower_bound=True, unpriced_requests=0)
def a_tier_before_the_price_list_has_it_is_a_lower_bound(folder: Folder) -> None:
    thread = Rollout().event(
        "thread_settings_applied", thread_settings={"model": "gpt-5.5", "service_tier": "priority"}
    )
    folder.write(name(), thread.event("task_started").context("gpt-5.5").responds(SPENT).records)


@rule(RULES, requests=1, total_tokens=160)
def a_record_without_usage_is_not_a_response(folder: Folder) -> None:
    thread = rollout().line("token_usage_record", {"thread_id": THREAD, "response_id": "resp_0", "usage": None})
    folder.write(name(), thread.record("resp_1", SPENT).records)
