"""OpenTelemetry: the conventions of Claude Code, Codex, Gemini CLI and GenAI."""

from __future__ import annotations

import json

from tests.rules.rule import Folder, Rule, rule
from tests.sources.otlp_builder import (
    CLAUDE,
    PATH,
    PROCESS,
    chat,
    claude,
    claude_request,
    claude_span,
    codex_response,
    gemini,
    log,
    logs,
    metrics,
    series,
    span,
    spans,
)
from tui_monitor.sources.base import Record

NOVEMBER_S = 21_945_600
"""Seconds after the start of the exports until there are prices of tiers."""
RULES: list[Rule] = []
TOKENS = "gen_ai.client.token.usage"
COUNTS = {"input_tokens": 3, "output_tokens": 20, "cache_read_tokens": 15_000, "cache_creation_tokens": 400}


@rule(RULES, requests=1, input_tokens=3, cache_read_tokens=15_000, output_tokens=20, cost_usd=0.0125, models=1)
def a_claude_response_has_its_cost(folder: Folder) -> None:
    folder.write(PATH.name, [logs(claude_request("req_1", 1))])


@rule(RULES, requests=1, total_tokens=15_423)
def event_and_span_of_claude_are_one_response(folder: Folder) -> None:
    traced = claude_span("llm_request", 1, 1, request_id="req_1", **COUNTS)
    folder.write(PATH.name, [logs(claude_request("req_1", 1)), spans(traced, service="claude-code")])


@rule(RULES, requests=3, agents=1, context=15_403)
def requests_of_the_program_count_but_are_not_agents(folder: Folder) -> None:
    titles = claude_request("req_2", 2, "generate_session_title")
    compaction = claude_request("req_3", 3, "compact")
    folder.write(PATH.name, [logs(claude_request("req_1", 1), titles, compaction)])


@rule(RULES, requests=1, cost_usd=0.0125, models=1)
def events_and_metrics_report_the_same_usage(folder: Folder) -> None:
    measured = series("claude_code.cost.usage", (10, {"session.id": CLAUDE.id}, 0.0125))
    folder.write(PATH.name, [logs(claude_request("req_1", 1)), metrics(measured)])


@rule(RULES, requests=0, cost_usd=0.75)
def deltas_of_a_metric_add_up(folder: Folder) -> None:
    attributes = {"session.id": CLAUDE.id}
    folder.write(PATH.name, [metrics(series("claude_code.cost.usage", (10, attributes, 0.5), (20, attributes, 0.25)))])


@rule(RULES, requests=0, output_tokens=4500)
def cumulative_metrics_count_once(folder: Folder) -> None:
    attributes = {"gen_ai.token.type": "output"}
    sums = [series(TOKENS, (at, attributes, 4500), cumulative=True, kind="histogram") for at in (10, 20)]
    folder.write(PATH.name, [metrics(one, **{"service.instance.id": PROCESS.id}) for one in sums])


@rule(RULES, tools=1, tools_failed=1)
def success_may_be_text(folder: Folder) -> None:
    ended = claude("tool_result", 3, tool_name="Bash", tool_use_id="t1", success="false", duration_ms="900")
    folder.write(PATH.name, [logs(claude_request("req_1", 1), ended)])


@rule(RULES, requests=1, input_tokens=100, cache_read_tokens=900, output_tokens=50, reasoning_tokens=20)
def codex_sends_counts_as_text_at_the_end_of_a_response(folder: Folder) -> None:
    folder.write(PATH.name, [logs(codex_response(1), service="codex_exec")])


@rule(RULES, requests=1, input_tokens=60, cache_read_tokens=20, output_tokens=9, reasoning_tokens=5)
def gemini_output_excludes_thoughts(folder: Folder) -> None:
    counts = {"input_token_count": 80, "cached_content_token_count": 20, "output_token_count": 4}
    attributes = gemini("api_response", 1, model="gemini-2.5-pro", thoughts_token_count=5, **counts)
    folder.write(PATH.name, [logs(attributes, service="gemini-cli")])


@rule(RULES, requests=1, input_tokens=300, cache_read_tokens=900, output_tokens=45)
def genai_input_includes_cached_tokens(folder: Folder) -> None:
    folder.write(PATH.name, [spans(chat(1, 1))])


@rule(RULES, requests=2, total_tokens=2 * 1245)
def the_sum_of_an_agent_run_is_not_counted(folder: Folder) -> None:
    run = span(
        "invoke_agent reviewer",
        3,
        0,
        {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 2400, "gen_ai.usage.output_tokens": 90},
        seconds=5,
    )
    folder.write(PATH.name, [spans(chat(1, 1), chat(2, 3), run)])


@rule(RULES, requests=1, total_tokens=1245)
def a_repeated_export_counts_once(folder: Folder) -> None:
    folder.write(PATH.name, [spans(chat(1, 1)), spans(chat(1, 1))])


@rule(RULES, requests=1, total_tokens=1_260)
def two_scopes_that_measure_one_response_count_once(folder: Folder) -> None:
    attributes = {"gen_ai.token.type": "input", "gen_ai.request.model": "gpt-5.5"}
    measured = metrics(series(TOKENS, (10, attributes, 1_200), cumulative=True), **{"service.instance.id": PROCESS.id})
    again = json.loads(json.dumps(measured).replace('"meter"', '"other meter"'))
    response = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 1_200, "gen_ai.usage.output_tokens": 60}
    traced = spans(span("chat", 1, 1, response), **{"service.instance.id": PROCESS.id})
    folder.write(PATH.name, [traced, measured, again])


@rule(RULES, requests=0, input_tokens=5_000, output_tokens=500, sessions=1)
def metrics_without_a_process_are_of_their_service(folder: Folder) -> None:
    sums = [(10, "input", 3_000), (20, "input", 2_000), (10, "output", 300), (20, "output", 200)]
    points = [(at, {"gen_ai.token.type": kind}, number) for at, kind, number in sums]
    folder.write(PATH.name, [metrics(series(TOKENS, *points, kind="histogram"), service="reviewer")])


@rule(RULES, requests=2, total_tokens=2 * 1_245, sessions=2)
def metrics_of_a_service_add_nothing_to_its_conversations(folder: Folder) -> None:
    responses = chat(1, 1, conversation__id="first"), chat(2, 3, conversation__id="second")
    attributes = {"gen_ai.request.model": "gpt-4o"}
    points = [(10, attributes | {"gen_ai.token.type": kind}, sum_) for kind, sum_ in (("input", 2_400), ("output", 90))]
    folder.write("metrics.jsonl", [metrics(series(TOKENS, *points), service="reviewer")])
    folder.write(PATH.name, [spans(*responses)])


@rule(RULES, requests=0, input_tokens=300, cache_read_tokens=900, output_tokens=45, reasoning_tokens=20)
def both_generations_of_genai_counters_count_once(folder: Folder) -> None:
    counts = {
        "input_tokens": 1_200,
        "cache_read.input_tokens": 900,
        "output_tokens": 45,
        "reasoning.output_tokens": 20,
    }
    newer = [
        series(f"gen_ai.client.inference.usage.{name}", (10, {}, number), cumulative=True)
        for name, number in counts.items()
    ]
    older = [(10, {"gen_ai.token.type": kind}, sum_) for kind, sum_ in (("input", 1_200), ("output", 45))]
    folder.write(PATH.name, [metrics(*newer, series(TOKENS, *older, cumulative=True, kind="histogram"))])


@rule(RULES, requests=0, total_tokens=9 + 7 + 5 + 3, unpriced_requests=1)
def a_metric_of_claude_has_the_class_of_its_tokens(folder: Folder) -> None:
    classes = {"input": 9, "output": 7, "cacheRead": 5, "cacheCreation": 3}
    points = [(10, {"session.id": CLAUDE.id, "type": kind, "model": "m"}, count) for kind, count in classes.items()]
    folder.write(PATH.name, [metrics(series("claude_code.token.usage", *points))])


@rule(RULES, requests=1, cost_usd=2.5 * (100 * 5 + 900 * 0.5 + 50 * 30) / 1e6)
def a_response_of_codex_has_its_tier(folder: Folder) -> None:
    priority = codex_response(NOVEMBER_S, model="gpt-5.5", service_tier="priority")
    folder.write(PATH.name, [logs(priority, service="codex_exec")])


OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.model_name": "claude-opus-4-6",
    "llm.provider": "anthropic",
    "llm.token_count.prompt": 1_200,
    "llm.token_count.prompt_details.cache_read": 900,
    "llm.token_count.prompt_details.cache_write": 100,
    "llm.token_count.completion": 45,
    "llm.token_count.completion_details.reasoning": 20,
}


@rule(
    RULES, requests=1, input_tokens=200, cache_read_tokens=900, cache_creation_tokens=100, reasoning_tokens=20, tools=1
)
def openinference_includes_the_cache_in_the_prompt(folder: Folder) -> None:
    tool = {"openinference.span.kind": "TOOL", "tool.name": "grep"}
    agent = {"openinference.span.kind": "AGENT"}
    own = [span("agent", 1, 0, agent), span("llm", 2, 1, OPENINFERENCE), span("grep", 3, 2, tool)]
    folder.write(PATH.name, [spans(*own)])


@rule(RULES, requests=1, total_tokens=1_245)
def a_chat_of_the_clients_own_inside_that_of_openinference_counts_once(folder: Folder) -> None:
    outer = span("llm", 1, 1, OPENINFERENCE)
    counts = {
        "input_tokens": 1_200,
        "output_tokens": 45,
        "cache_read.input_tokens": 900,
        "cache_write.input_tokens": 100,
    }
    own = {"gen_ai.operation.name": "chat", **{f"gen_ai.usage.{name}": count for name, count in counts.items()}}
    inner = span("chat", 2, 1, own | {"gen_ai.usage.reasoning.output_tokens": 20}, parentSpanId=outer["spanId"])
    folder.write(PATH.name, [spans(inner), spans(outer)])


@rule(RULES, requests=2, total_tokens=2 * 520)
def the_outer_span_of_vercel_repeats_its_steps(folder: Folder) -> None:
    steps = {"ai.usage.inputTokens": 500, "ai.usage.outputTokens": 20, "ai.model.id": "gpt-5.5"}
    sums = {"ai.usage.inputTokens": 1_000, "ai.usage.outputTokens": 40}
    outer = span("ai.generateText", 1, 0, {"ai.operationId": "ai.generateText", **sums})
    name = "ai.generateText.doGenerate"
    inner = [
        span(name, number, 0, {"ai.operationId": name, **steps}, parentSpanId=outer["spanId"]) for number in (2, 3)
    ]
    folder.write(PATH.name, [spans(outer, *inner)])


@rule(RULES, requests=1, total_tokens=520)
def traceloop_had_other_names_before_the_conventions(folder: Folder) -> None:
    counts = {"gen_ai.usage.prompt_tokens": 500, "gen_ai.usage.completion_tokens": 20, "llm.usage.total_tokens": 520}
    folder.write(PATH.name, [spans(span("openai.chat", 1, 0, {"llm.request.type": "chat", **counts}))])


@rule(RULES, requests=1, total_tokens=1_245)
def a_chat_inside_an_equal_chat_counts_once(folder: Folder) -> None:
    outer = chat(1, 1)
    folder.write(PATH.name, [spans(chat(2, 1) | {"parentSpanId": outer["spanId"]}), spans(outer)])


@rule(RULES, requests=1, cost_usd=2.5 * (300 * 5 + 900 * 0.5 + 45 * 30) / 1e6)
def openai_reports_the_tier_that_served_a_response(folder: Folder) -> None:
    response = chat(1, NOVEMBER_S, response__model="gpt-5.5")
    response["attributes"].append({"key": "openai.response.service_tier", "value": {"stringValue": "priority"}})
    folder.write(PATH.name, [spans(response)])


@rule(RULES, requests=1, cost_usd=(60 * 5 + 40 * 10) / 1e6)
def cache_writes_for_an_hour_cost_more(folder: Folder) -> None:
    counts = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.details.ephemeral_1h_input_tokens": 40}
    facts = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic"}
    response = span("chat", 1, 1, {**facts, "gen_ai.request.model": "claude-opus-4-6", **counts})
    folder.write(PATH.name, [spans(response)])


@rule(RULES, requests=1, total_tokens=7_200)
def the_usage_of_an_agent_without_responses_counts(folder: Folder) -> None:
    usage = {"gen_ai.usage.input_tokens": 7_000, "gen_ai.usage.output_tokens": 200}
    folder.write(PATH.name, [spans(span("invoke_agent", 1, 0, {"gen_ai.operation.name": "invoke_agent", **usage}))])


AGENT = {"gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": "gpt-4o"}


def agent_run(number: int, input_tokens: int, inside: int = 0, output: int = 100) -> Record:
    """Return the run of an agent; ``inside`` is the number of the span around it."""
    usage = {"gen_ai.usage.input_tokens": input_tokens, "gen_ai.usage.output_tokens": output}
    return span("invoke_agent", number, 0, AGENT | usage, parentSpanId=f"{inside:016x}" if inside else "")


@rule(RULES, requests=3, total_tokens=2 * 4_600 + 500)
def an_agent_adds_what_the_agents_inside_it_leave(folder: Folder) -> None:
    inside = agent_run(2, 4_500, 1), agent_run(3, 4_500, 1)
    folder.write(PATH.name, [spans(*inside), spans(agent_run(1, 9_500, output=200))])


@rule(RULES, requests=2, total_tokens=2 * 1_245)
def an_agent_adds_nothing_to_responses_that_are_exported_later_or_elsewhere(folder: Folder) -> None:
    first, second = (chat(number, 1) | {"parentSpanId": f"{1:016x}"} for number in (2, 3))
    folder.write(PATH.name, [spans(agent_run(1, 2_400)), spans(first)])
    folder.write("later.jsonl", [spans(second)])


@rule(RULES, requests=1, total_tokens=1_245)
def an_agent_adds_nothing_to_a_response_in_another_file_though_the_span_between_is_lost(folder: Folder) -> None:
    folder.write(PATH.name, [spans(chat(3, 1) | {"parentSpanId": f"{2:016x}"})])
    folder.write("outer.jsonl", [spans(agent_run(1, 1_200))])


@rule(RULES, requests=2, total_tokens=9_700)
def agents_inside_each_other_may_be_in_other_files(folder: Folder) -> None:
    for number, run in enumerate((agent_run(1, 9_500, output=200), agent_run(2, 4_500, 1))):
        folder.write(f"{number}.jsonl", [spans(run)])


@rule(RULES, requests=2, total_tokens=1_245 + 500, context=1_200, models=2)
def embeddings_are_responses_and_no_context(folder: Folder) -> None:
    facts = {"gen_ai.operation.name": "embeddings", "gen_ai.request.model": "text-embedding-3-small"}
    folder.write(PATH.name, [spans(chat(1, 1), span("embeddings", 2, 3, facts | {"gen_ai.usage.input_tokens": 500}))])


@rule(RULES, requests=2, total_tokens=1_245 + 7_100)
def an_agent_without_responses_counts_beside_one_that_has_some(folder: Folder) -> None:
    response = chat(3, 1) | {"parentSpanId": f"{2:016x}"}
    around = span("plan", 1, 0, {})
    folder.write(PATH.name, [spans(response, agent_run(2, 1_200, 1), agent_run(4, 7_000, 1), around)])


@rule(RULES, requests=1, total_tokens=1_245, cost_usd=(200 * 5 + 900 * 0.5 + 100 * 6.25 + 45 * 25) / 1e6)
def the_span_with_more_details_describes_a_response_that_two_spans_have(folder: Folder) -> None:
    outer = span("llm", 1, 1, OPENINFERENCE)
    counts = {"gen_ai.usage.input_tokens": 1_200, "gen_ai.usage.output_tokens": 45}
    facts = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "claude-opus-4-6"}
    middle = span("HTTP POST", 2, 1, {"http.request.method": "POST"}, parentSpanId=outer["spanId"])
    inner = span("chat", 3, 1, facts | counts, parentSpanId=middle["spanId"])
    folder.write(PATH.name, [spans(inner, middle), spans(outer)])


@rule(RULES, cost_usd=(5_000 * 0.5 + 500 * 30) / 1e6, cost_is_lower_bound=True, unpriced_requests=0)
def metrics_of_a_known_model_cost_at_least_what_cached_tokens_do(folder: Folder) -> None:
    model = {"gen_ai.request.model": "gpt-5.5", "gen_ai.provider.name": "openai"}
    sums = (("input", 5_000), ("output", 500))
    points = [(10, model | {"gen_ai.token.type": kind}, number) for kind, number in sums]
    folder.write(PATH.name, [metrics(series(TOKENS, *points, kind="histogram"), service="reviewer")])


@rule(RULES, context=1_200, limit=128_000)
def the_context_is_the_last_prompt_and_its_window_that_of_the_model(folder: Folder) -> None:
    folder.write(PATH.name, [spans(chat(1, 1), chat(2, 2))])


@rule(RULES, requests=2, input_tokens=1_000, output_tokens=40, models=1)
def a_total_has_the_count_that_is_missing(folder: Folder) -> None:
    facts = {"llm.request.type": "chat", "gen_ai.request.model": "gpt-5.5", "llm.usage.total_tokens": 520}
    counts = {"gen_ai.usage.prompt_tokens": 500}, {"gen_ai.usage.completion_tokens": 20}
    own = [span("openai.chat", number, number, facts | count) for number, count in enumerate(counts, 1)]
    folder.write(PATH.name, [spans(*own)])


@rule(RULES, requests=1, cost_usd=2.5 * (300 * 5 + 900 * 0.5 + 45 * 30) / 1e6)
def the_tier_asked_for_counts_while_that_which_served_is_unknown(folder: Folder) -> None:
    response = chat(1, NOVEMBER_S, response__model="gpt-5.5")
    response["attributes"].append({"key": "openai.request.service_tier", "value": {"stringValue": "priority"}})
    folder.write(PATH.name, [spans(response)])


@rule(RULES, requests=1, cache_creation_tokens=50, cost_usd=(50 * 5 + 10 * 6.25 + 40 * 10) / 1e6)
def cache_writes_are_the_sum_of_both_durations(folder: Folder) -> None:
    details = {"ephemeral_1h_input_tokens": 40, "ephemeral_5m_input_tokens": 10, "cache_creation_input_tokens": 50}
    counts = {"gen_ai.usage.input_tokens": 100} | {f"gen_ai.usage.details.{name}": n for name, n in details.items()}
    facts = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic"}
    folder.write(PATH.name, [spans(span("chat", 1, 1, {**facts, "gen_ai.request.model": "claude-opus-4-6", **counts}))])


@rule(RULES, requests=2, total_tokens=2 * 1_245)
def the_run_of_a_named_agent_may_lack_its_operation(folder: Folder) -> None:
    run = {"agent_name": "reviewer", "gen_ai.usage.input_tokens": 2_400, "gen_ai.usage.output_tokens": 90}
    inside = [chat(number, 1) | {"parentSpanId": f"{1:016x}"} for number in (2, 3)]
    folder.write(PATH.name, [spans(*inside, span("agent run", 1, 0, run))])


DETAILS = "gen_ai.client.inference.operation.details"
SPENT = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 1_200, "gen_ai.usage.output_tokens": 45}


@rule(RULES, requests=1, total_tokens=1_245)
def an_event_may_have_its_name_in_a_field_of_its_own(folder: Folder) -> None:
    event = log("", 1, SPENT | {"gen_ai.conversation.id": "first"}, eventName=DETAILS)
    event["attributes"] = [pair for pair in event["attributes"] if pair["key"] != "event.name"]
    folder.write(PATH.name, [logs(event, service="reviewer")])


@rule(RULES, requests=2, total_tokens=2 * 1_245, sessions=1)
def exports_may_be_written_over_many_lines(folder: Folder) -> None:
    exports = [spans(chat(number, number)) for number in (1, 2)]
    (folder.path / "otlp.json").write_text("\n".join(json.dumps(export, indent=2) for export in exports))


@rule(RULES, requests=1, total_tokens=1_245)
def spans_that_python_prints_are_written_over_many_lines(folder: Folder) -> None:
    def printed(number: int, parent: str | None, attributes: Record) -> str:
        context = {"trace_id": f"0x{7:032x}", "span_id": f"0x{number:016x}", "trace_state": "[]"}
        times = {"start_time": "2026-03-01T10:00:00Z", "end_time": "2026-03-01T10:00:09Z"}
        span_record = {"name": "chat", "context": context, "parent_id": parent, **times, "attributes": attributes}
        return json.dumps(span_record, indent=4) + "\n"

    run = SPENT | {"gen_ai.operation.name": "invoke_agent"}
    (folder.path / "console.txt").write_text(printed(2, f"0x{1:016x}", SPENT) + printed(1, None, run))
