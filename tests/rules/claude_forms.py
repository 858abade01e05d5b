"""Claude Code's printed stream, hooks and statusline, with and without the transcript."""

from __future__ import annotations

from tests.rules.rule import COST, COUNTS, SONNET, Folder, Rule, rule, spending
from tests.sources.claude_builder import text_block, tool_use, usage
from tests.sources.claude_payloads import Printed, hook, statusline, tool_hook

RULES: list[Rule] = []
BEGUN = COUNTS | {"output_tokens": 2}
STRUCTURED = {
    "filePath": "/p/a.py",
    "structuredPatch": [{"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 2, "lines": [" a", "+b"]}],
}


def print_run(*, result: bool = True, agent: bool = False) -> Printed:
    """Return a run with one response, or with one of an agent too; its counts are final in the result alone."""
    run = Printed()
    run.init()
    run.assistant(tool_use("call_1", "Edit", file_path="/p/a.py"), counts=BEGUN, model=SONNET)
    run.answer("updated", STRUCTURED)
    if agent:
        run.assistant(text_block("Hm."), counts=BEGUN, call="call_9", model=SONNET)
    if result:
        requests = 1 + agent
        counts = {"inputTokens": 10, "outputTokens": 500, "cacheReadInputTokens": 20_000}
        used = {name: count * requests for name, count in (counts | {"cacheCreationInputTokens": 2_000}).items()}
        run.result(requests * COST, modelUsage={SONNET: used | {"contextWindow": 200_000}})
    return run


def write_transcript(folder: Folder) -> None:
    """Write the complete transcript of the same run."""
    transcript = spending(0)
    transcript.assistant(tool_use("call_1", "Edit", file_path="/p/a.py"), stop="tool_use", counts=COUNTS, model=SONNET)
    transcript.result("updated", STRUCTURED)
    folder.session(transcript)


@rule(RULES, requests=1, output_tokens=2, cost_is_lower_bound=True, tools=1, lines_added=1)
def a_printed_response_has_preliminary_counts(folder: Folder) -> None:
    folder.write("out.jsonl", print_run(result=False).records)


@rule(RULES, requests=1, output_tokens=500, cost_usd=COST, cost_is_lower_bound=False, context=22_010)
def the_result_has_the_usage_of_the_run(folder: Folder) -> None:
    folder.write("out.jsonl", print_run().records)


@rule(RULES, requests=2, output_tokens=1_000, cost_usd=2 * COST, cost_is_lower_bound=False)
def the_result_includes_the_usage_of_sub_agents(folder: Folder) -> None:
    folder.write("out.jsonl", print_run(agent=True).records)


@rule(RULES, requests=1, output_tokens=82, cost_is_lower_bound=False, models=1)
def stream_deltas_have_the_final_counts_of_a_response(folder: Folder) -> None:
    run = Printed()
    run.streams(output=82)
    run.assistant(text_block("Hm."))
    folder.write("out.jsonl", run.records)


@rule(RULES, requests=0, output_tokens=500, cost_usd=COST, sessions=1)
def a_result_alone_has_the_usage(folder: Folder) -> None:
    folder.write("out.json", print_run().records[-1:])


@rule(RULES, requests=0, output_tokens=40, cost_usd=0.3)
def each_run_has_a_total_of_its_own(folder: Folder) -> None:
    for name, dollars in (("one", 0.1), ("two", 0.2)):
        run = Printed()
        run.result(dollars)
        run.records[-1]["uuid"] = name
        folder.write(f"{name}.json", run.records)


@rule(RULES, requests=1, output_tokens=500, cost_usd=COST, tools=1, lines_added=1, models=1)
def a_printed_run_with_a_transcript_counts_once(folder: Folder) -> None:
    write_transcript(folder)
    folder.write("out.jsonl", print_run().records)


@rule(RULES, requests=0, tools=1, tools_failed=1, lines_added=0)
def a_hook_reports_a_failed_call(folder: Folder) -> None:
    begun = tool_hook("PreToolUse", "Bash", tool_input={"command": "make"})
    folder.write("hooks.jsonl", [begun, tool_hook("PostToolUseFailure", "Bash", error="Exit code 3")])


@rule(RULES, requests=1, tools=1, files_changed=1, lines_added=1, cost_usd=COST, sessions=1)
def a_call_in_hooks_and_transcript_counts_once(folder: Folder) -> None:
    write_transcript(folder)
    end = tool_hook("PostToolUse", "Edit", tool_response=STRUCTURED, duration_ms=7)
    folder.write("hooks.jsonl", [hook("SessionStart"), tool_hook("PreToolUse", "Edit"), end, hook("Stop")])


@rule(RULES, requests=1, cost_usd=0.074055, output_tokens=500, models=2)
def a_statusline_adds_cost_that_no_response_has(folder: Folder) -> None:
    folder.session(spending())
    folder.write("statusline.jsonl", [statusline(0), statusline(0.05), statusline(0.074055)])


@rule(RULES, requests=1, cost_usd=COST, models=1)
def a_statusline_below_the_sum_of_responses_changes_nothing(folder: Folder) -> None:
    folder.session(spending())
    folder.write("statusline.jsonl", [statusline(0.001)])


@rule(RULES, requests=0, cost_usd=0.15, context=16_173, limit=200_000)
def in_a_statusline_alone_the_cost_of_each_process_counts(folder: Folder) -> None:
    counts = usage(3, 82, 15_750, 420)
    folder.write("statusline.jsonl", [statusline(dollars, current_usage=counts) for dollars in (0.0, 0.1, 0.05)])


@rule(RULES, requests=1, cost_usd=0.03, models=2)
def totals_of_different_reporters_do_not_add_up(folder: Folder) -> None:
    transcript = spending()
    transcript.bare("cost-state", sessionId=transcript.records[0]["sessionId"], totalCostUSD=0.03)
    folder.session(transcript)
    folder.write("statusline.jsonl", [statusline(0.03)])
    run = Printed()
    run.result(0.03, modelUsage={})
    folder.write("out.json", run.records)


@rule(RULES, unknown_types=0, skipped_lines=0, requests=1)
def records_of_requests_are_known(folder: Folder) -> None:
    transcript = spending()
    for kind in ("api-request", "api-request-shape", "api-request-blob", "tools-used", "atis-latch"):
        transcript.bare(kind, sessionId=transcript.records[0]["sessionId"])
    folder.session(transcript)


@rule(RULES, requests=2, cost_usd=2 * COST, agents=3, sessions=1)
def agents_of_a_workflow_belong_to_its_session(folder: Folder) -> None:
    transcript, agent = spending(), spending(agent="a0b1")
    transcript.calls("Workflow", script="…")
    structured = {"status": "async_launched", "taskId": "w1", "runId": "wf_1", "workflowName": "count"}
    transcript.result("Workflow launched.", structured)
    del transcript.records[-2]["message"]["usage"]
    folder.session(transcript)
    session = transcript.records[0]["sessionId"]
    folder.write(f"{session}/subagents/workflows/wf_1/agent-a0b1.jsonl", agent.records)
    folder.write(f"{session}/subagents/workflows/wf_1/journal.jsonl", [{"type": "launched"}])


@rule(RULES, requests=1, unknown_types=0, skipped_lines=0)
def attachments_of_the_prompt_are_known(folder: Folder) -> None:
    transcript = spending()
    for kind in ("prompt_snapshot", "skill_listing", "agent_listing_delta", "deferred_tools_delta", "environment"):
        transcript.line("attachment", attachment={"type": kind})
    folder.session(transcript)


@rule(RULES, requests=0, cost_usd=0.05)
def later_versions_print_the_total_of_all_runs(folder: Folder) -> None:
    for number, dollars in enumerate((0.02, 0.05)):
        run = Printed()
        run.init()["claude_code_version"] = "2.1.332"
        run.result(dollars, modelUsage={}, uuid=f"run-{number}")
        folder.write(f"run-{number}.jsonl", run.records)
