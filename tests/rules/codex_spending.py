"""Codex: usage of its threads."""

from __future__ import annotations

from tests.rules.rule import Folder, Rule, rule
from tests.sources.codex_builder import PATH, THREAD, Rollout, plus, usage

RULES: list[Rule] = []
CHILD = "0199cccc-0000-7000-8000-000000000003"
MODEL = "gpt-5.4"
COST = (100 * 2.5 + 50 * 0.25 + 10 * 15) / 1e6
"""Cost of `SPENT` with that model."""
SPENT = usage(100, cached=50, output=10, reasoning=4)


def rollout(thread: str = THREAD, **meta: object) -> Rollout:
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


def exec_output(total: dict[str, int]) -> list[dict[str, object]]:
    """Return the output of a run of ``codex exec --json``."""
    command = {"id": "item_1", "type": "command_execution", "command": "ls", "exit_code": 0, "status": "completed"}
    return [
        {"type": "thread.started", "thread_id": THREAD},
        {"type": "turn.started"},
        {"type": "item.completed", "item": command},
        {"type": "turn.completed", "usage": total},
    ]
