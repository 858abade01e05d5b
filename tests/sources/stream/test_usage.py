"""TelemetryRecord objects: usage, each counted once."""

from __future__ import annotations

import pytest

from tests.sources.stream_builder import MILLIS, SECONDS, line, only, read, telemetry
from tui_monitor.events import CallFinished, CallStarted, CallState, Rank, Tokens, ToolKind, Usage
from tui_monitor.sources.base import Record


def usages(*records: Record) -> list[Usage]:
    return only(read(*records), Usage)


def test_record_is_one_response() -> None:
    record = telemetry(cache_read_tokens=7, cache_creation_tokens=9, plan_id="P", task_id="T", operation="chat")
    [event] = usages(record)
    assert event.tokens == Tokens(input=100, output=20, cache_read=7, cache_creation=9)
    assert (event.session.id, event.at, event.rank) == ("a1", MILLIS, Rank.FINAL)
    assert (event.model, event.provider, event.engine) == ("claude-sonnet-4-5", "anthropic", "claude")
    assert (event.plan, event.task, event.operation) == ("P", "T", "chat")


def test_optional_fields_are_read() -> None:
    record = line(
        "usage",
        input_tokens=5,
        output_tokens=50,
        reasoning_tokens=30,
        cache_creation_tokens=9,
        cache_creation_1h_tokens=4,
        web_searches=2,
        service_tier="priority",
        duration_ms=900,
        ttft_ms=100,
    )
    [event] = usages(record)
    assert (event.tokens.reasoning, event.tokens.cache_creation_1h) == (30, 4)
    assert (event.web_searches, event.service_tier, event.duration_ms, event.ttft_ms) == (2, "priority", 900, 100)


@pytest.mark.parametrize(("cached", "cache_read"), [(70, 70), (70, 0), (0, 70), (70, None), (None, 70)])
def test_cached_tokens_and_cache_read_tokens_are_the_same_tokens(cached: int | None, cache_read: int | None) -> None:
    [event] = usages(telemetry(cached_tokens=cached, cache_read_tokens=cache_read))
    assert (event.tokens.cache_read, event.tokens.total) == (70, 190)


def test_total_alone_is_a_lower_bound() -> None:
    [event] = usages(telemetry(input_tokens=0, output_tokens=0, total_tokens=300))
    assert (event.tokens, event.rank) == (Tokens(input=300), Rank.PARTIAL)


@pytest.mark.parametrize(
    ("cost", "expected"), [(0.0075, 7_500_000_000), (1, 10**12), (0.0, None), (None, None), ("1", None)]
)
def test_cost_is_reported_in_picodollars_unless_zero(cost: object, expected: int | None) -> None:
    [event] = usages(telemetry(estimated_cost=cost))
    assert event.reported_cost == expected


def test_uid_is_the_id_of_the_response() -> None:
    one, again, other = (line("usage", uid, input_tokens=5) for uid in ("u1", "u1", "u2"))
    assert [event.strong_ids for event in usages(one, again, other)] == [("uid:u1",), ("uid:u1",), ("uid:u2",)]


def test_id_of_a_bare_record_is_derived_from_its_content() -> None:
    [first] = usages(telemetry())
    [_, again] = usages(telemetry(output_tokens=1), telemetry())
    assert first.strong_ids == again.strong_ids


@pytest.mark.parametrize("difference", [{"agent_id": "a2"}, {"timestamp": SECONDS + 1}, {"output_tokens": 21}])
def test_different_bare_records_are_two_responses(difference: Record) -> None:
    [one, other] = usages(telemetry(), telemetry(**difference))
    assert one.strong_ids != other.strong_ids


def test_identical_lines_at_different_places_are_two_records() -> None:
    events = usages(telemetry(), telemetry(), telemetry())
    assert len({one.strong_ids for one in events}) == 3


def test_line_without_a_uid_has_the_id_of_a_bare_record() -> None:
    [one, other] = usages(
        {**line("usage", input_tokens=5), "uid": None}, {**line("usage", input_tokens=6), "uid": None}
    )
    assert one.strong_ids != other.strong_ids


@pytest.mark.parametrize(
    ("approved", "kind", "state"),
    [
        (True, "auto", CallState.OK),
        (False, "user", CallState.REJECTED),
        (None, None, CallState.OK),
        (0, "policy", CallState.REJECTED),
    ],
)
def test_record_of_a_tool_is_also_a_call(approved: bool | int | None, kind: str | None, state: CallState) -> None:
    record = telemetry(tool_name="bash", tool_args='["ls", "-la"]', tool_approved=approved, tool_approval_type=kind)
    events = read(record)
    [call], [end] = only(events, CallStarted), only(events, CallFinished)
    assert (call.tool, call.kind, call.subject, call.input) == ("bash", ToolKind.SHELL, "ls", '["ls", "-la"]')
    assert (end.call, end.state, end.approval) == (call.call, state, kind or "")
    assert len(only(events, Usage)) == 1


def test_record_of_a_tool_alone_is_not_a_response() -> None:
    none = dict.fromkeys(("input_tokens", "output_tokens", "total_tokens"), 0)
    assert usages(telemetry(tool_name="bash", **none)) == []
    assert len(usages(telemetry(**none))) == 1
