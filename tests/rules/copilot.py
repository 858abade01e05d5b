"""Copilot CLI: events, and the rows of its session store. Made by the published schema of its events,
compared with what 1.0.102 wrote."""

from __future__ import annotations

from tests.rules.rule import Folder, Rule, rule
from tests.sources.copilot_builder import MODEL, SESSION, START, CopilotSession, usage_row, write_store

RULES: list[Rule] = []
EVENTS = f"session-state/{SESSION}/events.jsonl"
COST = (50 * 3 + 30 * 15 + 40 * 0.3 + 10 * 3.75) / 1e6
"""Cost of 100 tokens in, 40 of them read from the cache and 10 written to it, and 30 out."""
METRIC = {"usage": {"inputTokens": 100, "outputTokens": 30, "cacheReadTokens": 40, "cacheWriteTokens": 10}}


def session() -> CopilotSession:
    """Return a session of one response."""
    return CopilotSession().asks("Mend the valve.").responds("Hm.", 30, apiCallId="msg_1")


@rule(RULES, requests=1, input_tokens=0, output_tokens=30, cost_is_lower_bound=True)
def events_of_copilot_have_the_output_alone(folder: Folder) -> None:
    folder.write(EVENTS, session().records)


@rule(RULES, requests=1, total_tokens=130, cost_usd=COST, cost_is_lower_bound=False, context=100)
def row_and_event_of_a_response_of_copilot_count_once(folder: Folder) -> None:
    folder.write(EVENTS, session().records)
    write_store(folder.path / "session-store.db", usage_row(100, 30, read=40, write=10, second=2))


RECORD = {"model": MODEL, "apiCallId": "msg_1", "inputTokens": 100, "outputTokens": 30, "cacheReadTokens": 40}
RECORD |= {"cacheWriteTokens": 10, "reasoningTokens": 7, "maxPromptTokens": 400}


@rule(RULES, requests=1, total_tokens=130, cost_usd=COST, cost_is_lower_bound=False, context=100, limit=400)
def newer_versions_of_copilot_record_the_usage_of_each_response(folder: Folder) -> None:
    folder.write(EVENTS, session().event("session.usage_record", usage=RECORD).records)


@rule(RULES, requests=1, total_tokens=130, reasoning_tokens=7, cost_usd=COST)
def record_row_message_and_total_of_copilot_count_once(folder: Folder) -> None:
    recorded = (
        CopilotSession().asks("Hm.").event("session.usage_record", usage=RECORD).responds("Hm.", apiCallId="msg_1")
    )
    folder.write(EVENTS, recorded.event("session.shutdown", modelMetrics={MODEL: METRIC}).records)
    write_store(folder.path / "session-store.db", usage_row(100, 30, read=40, write=10, second=2))


@rule(RULES, requests=2, total_tokens=230, sessions=1)
def rows_of_copilot_are_all_counted(folder: Folder) -> None:
    folder.write(EVENTS, session().responds("Done.").records)
    rows = usage_row(100, 30, second=2), usage_row(90, 10, second=3), usage_row(500, session_id="other")
    write_store(folder.path / "session-store.db", *rows)


@rule(RULES, requests=1, input_tokens=50, cache_read_tokens=40, output_tokens=30, total_tokens=130, cost_usd=COST)
def last_event_of_copilot_has_what_the_responses_leave_out(folder: Folder) -> None:
    folder.write(EVENTS, session().event("session.shutdown", modelMetrics={MODEL: METRIC}).records)


@rule(RULES, requests=1, total_tokens=130, cost_usd=COST)
def rows_and_total_of_copilot_count_once(folder: Folder) -> None:
    folder.write(EVENTS, session().event("session.shutdown", modelMetrics={MODEL: METRIC}).records)
    write_store(folder.path / "session-store.db", usage_row(100, 30, read=40, write=10, second=2))


@rule(RULES, tools=2, tools_failed=1, tools_rejected=1, unknown_types=0)
def refused_call_of_copilot_is_a_rejection(folder: Folder) -> None:
    built = session().calls("bash", command="make").result("bad", shellExecution={"exitCode": 2})
    refused = {"success": False, "error": {"code": "rejected", "message": "no"}}
    folder.write(EVENTS, built.calls("view", "c2", path="a").result("", "c2", **refused).records)


@rule(RULES, requests=1, total_tokens=130, sessions=1)
def row_event_and_span_of_a_response_of_copilot_count_once(folder: Folder) -> None:
    folder.write(EVENTS, CopilotSession().asks("Hm.").responds("Hm.").records)
    write_store(folder.path / "session-store.db", usage_row(100, 30, read=40, write=10, second=2))
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.conversation.id": SESSION,
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 30,
        "gen_ai.usage.cache_read.input_tokens": 40,
        "gen_ai.usage.cache_creation.input_tokens": 10,
    }
    times = {"startTime": [START // 1000, 0], "endTime": [START // 1000 + 1, 900_000_000]}
    resource = {"attributes": {"service.name": "github-copilot"}}
    span = {"type": "span", "traceId": "t", "spanId": "s", "name": "chat x", "attributes": attributes, **times}
    folder.write("otel/spans.jsonl", [{**span, "resource": resource}])
