"""The documented examples of recording, in Python."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.telemetry.support import of_type, only, read_events
from tui_monitor import (
    TOKEN_USAGE,
    TOOL_EXECUTIONS,
    CostEstimate,
    FileChange,
    TokenCounts,
    ToolExecution,
    calculate_cost,
    get_collector,
    get_dashboard_html,
    get_persistent_stats,
    monitor,
    record_persistent,
)
from tui_monitor.events import CallFinished, CallState, EndpointRequest, MetricSample, Tokens, Usage

HAIKU = "claude-3-haiku-20240307"


async def execute_tool(args: object) -> ToolExecution:
    start = time.monotonic()
    run = ToolExecution.start("tool_name", args)
    output = f"did {args}"
    run = run.complete_success(output, timedelta(seconds=time.monotonic() - start))
    TOOL_EXECUTIONS.record(run)
    record_persistent(run)
    return run


async def test_documented_tool_execution(stream: Path) -> None:
    run = await execute_tool({"query": "berths"})
    assert TOOL_EXECUTIONS.get(run.id) is run
    assert get_persistent_stats().recent(1)[0].output == "did {'query': 'berths'}"
    call = only(read_events(stream), CallFinished)
    assert (call.call, call.state) == (str(run.id), CallState.OK)


def test_documented_file_changes(stream: Path) -> None:
    run = ToolExecution.start("edit", {})
    run.add_file_change(FileChange.create("src/main.py", "print()\n"))
    run.add_file_change(FileChange.modify("src/main.py", "print()\n", "print(1)\n", (10, 20)))
    run.add_file_change(FileChange.delete("src/main.py", "print(1)\n"))
    record_persistent(run.complete_success("", timedelta()))
    changes = only(read_events(stream), CallFinished).changes
    assert [(each.kind, each.added, each.removed) for each in changes] == [
        ("create", 1, 0),
        ("modify", 1, 1),
        ("delete", 0, 1),
    ]


def test_documented_token_usage(stream: Path) -> None:
    before = TOKEN_USAGE.global_snapshot()
    TOKEN_USAGE.record_model_usage("gpt-4o", 1000, 500)
    TOKEN_USAGE.record_operation_usage("code_review", 1000, 500)
    after = TOKEN_USAGE.global_snapshot()
    assert after.totals.total() - before.totals.total() == 1500
    assert "gpt-4o" in [snapshot.name for snapshot in TOKEN_USAGE.model_snapshots()]
    assert only(read_events(stream), Usage).tokens == Tokens(input=1000, output=500)


def test_documented_cost_estimate() -> None:
    cost = CostEstimate.from_tokens(TokenCounts(1000, 500), 2.50, 10.00)
    assert cost.format_currency() == "$0.0075"


@monitor(track_tokens=True, track_cost=True)
async def chat(message: str) -> dict[str, object]:
    return {"response": message, "tokens_used": 150, "model": HAIKU}


async def test_documented_monitored_chat(stream: Path) -> None:
    assert (await chat("hello"))["response"] == "hello"
    collector = get_collector()
    assert collector.get_model_usage()[HAIKU].total_tokens == 150
    events = read_events(stream)
    assert only(events, EndpointRequest).endpoint == "chat"
    assert only(events, Usage).tokens.total == 150
    assert HAIKU in get_dashboard_html()


def test_documented_custom_metrics(stream: Path) -> None:
    collector = get_collector()
    collector.record_metric(name="custom.metric", value=42.5, tags={"environment": "production"})
    collector.record_metric("revenue", 9.5)
    recent = collector.get_metrics(name="custom.metric", since=datetime.now() - timedelta(hours=1))  # noqa: DTZ005
    assert [metric.value for metric in recent] == [42.5]
    assert [metric.tags for metric in of_type(read_events(stream), MetricSample)] == [
        (("environment", "production"),),
        (),
    ]


def test_documented_requests() -> None:
    collector = get_collector()
    collector.record_request(
        endpoint="/chat",
        method="POST",
        duration=0.523,  # seconds
        status_code=200,
        tokens_used=150,
        model=HAIKU,
        error=None,
    )
    requests = collector.get_requests(endpoint="/chat", since=datetime.now() - timedelta(minutes=30))  # noqa: DTZ005
    assert [request.duration for request in requests] == [0.523]
    for stats in collector.get_model_usage(model=HAIKU).values():
        assert (stats.total_tokens, stats.request_count) == (150, 1)
        assert f"${stats.total_cost:.4f}" == "$0.0000"


def test_documented_manual_cost_calculation() -> None:
    assert calculate_cost(model=HAIKU, prompt_tokens=100, completion_tokens=50) == pytest.approx(0.0000875)


def test_the_summary() -> None:
    collector = get_collector()
    collector.record_request("/chat", "POST", 0.5, 200)
    collector.record_request("/chat", "POST", 1.5, 500, error="no berth")
    summary = collector.get_summary()
    assert list(summary) == [
        "uptime_seconds",
        "total_requests",
        "successful_requests",
        "failed_requests",
        "success_rate",
        "average_duration",
        "total_tokens",
        "total_cost",
        "models_used",
    ]
    assert (summary["success_rate"], summary["average_duration"]) == (0.5, 1.0)
    collector.clear()
    assert collector.get_summary()["total_requests"] == 0
