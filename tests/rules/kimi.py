"""Kimi CLI and Kimi Code: wire logs of sessions and sub-agents. Made by the published source of both programs;
those of Kimi Code compared with what 2.1.0 wrote."""

from __future__ import annotations

from tests.rules.rule import Folder, Rule, rule
from tests.sources.kimi_builder import SESSION, NewerLog, OlderLog

RULES: list[Rule] = []
MAIN_LOG, AGENT_LOG = f"{SESSION}/agents/main/wire.jsonl", f"{SESSION}/agents/a1/wire.jsonl"


@rule(RULES, requests=1, input_tokens=100, cache_read_tokens=50, cache_creation_tokens=20, output_tokens=10)
def usage_of_kimi_code_is_counted_once_and_not_again_at_the_end_of_the_step(folder: Folder) -> None:
    folder.write(MAIN_LOG, NewerLog().asks("Hm.").spends(100, 10, 50, 20).records)


@rule(RULES, requests=1, total_tokens=180, context=19, limit=100, unpriced_requests=1)
def model_of_kimi_cli_is_in_no_record(folder: Folder) -> None:
    log = OlderLog().asks("Hm.").spends(100, 10, 50, 20, message_id="m", context_tokens=19, max_context_tokens=100)
    folder.write(f"{SESSION}/wire.jsonl", log.records)


@rule(RULES, requests=2, sessions=1, agents=2)
def agents_of_kimi_code_have_logs_beside_the_main_one(folder: Folder) -> None:
    folder.write(MAIN_LOG, NewerLog().asks("Hm.").spends(100, 10).records)
    folder.write(AGENT_LOG, NewerLog("a1").asks("Look.").spends(50, 5).records)


@rule(RULES, requests=2, sessions=1, agents=2, total_tokens=165)
def sub_agent_of_kimi_cli_is_counted_in_its_own_log(folder: Folder) -> None:
    counts = {"type": "StatusUpdate", "payload": {"token_usage": {"input_other": 50, "output": 5}}}
    begin = {"type": "TurnBegin", "payload": {"user_input": "Look."}}
    log = OlderLog().asks("Hm.").spends(100, 10, message_id="m")
    for event in (begin, counts):
        log.message("SubagentEvent", parent_tool_call_id="c", agent_id="a1", event=event)
    folder.write(f"{SESSION}/wire.jsonl", log.records)
    folder.write(f"{SESSION}/subagents/a1/wire.jsonl", OlderLog().asks("Look.").spends(50, 5).records)


@rule(RULES, requests=1, sessions=2)
def fork_of_kimi_code_copies_records_that_count_once(folder: Folder) -> None:
    records = NewerLog().asks("Hm.").spends(100, 10).records
    folder.write(MAIN_LOG, records)
    folder.write("session_fork/agents/main/wire.jsonl", records)


@rule(RULES, tools=2, tools_failed=1, tools_rejected=1, lines_added=0, unknown_types=0)
def refused_call_of_kimi_is_a_rejection(folder: Folder) -> None:
    log = NewerLog().asks("Hm.").calls("Bash", command="make").result("exit code 2", isError=True)
    folder.write(MAIN_LOG, log.calls("Glob", "c2").result("Rejected by user", "c2", isError=True).spends(1).records)
