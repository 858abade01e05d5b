"""Any value is recorded or counted as lost, and never raises into the agent."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.telemetry.support import read_events, read_line, read_lines
from tui_monitor.telemetry import (
    ToolExecution,
    configure,
    execution,
    get_collector,
    get_recording_status,
    record_log,
    record_persistent,
)


class Color(Enum):
    RED = "red"


@dataclass
class Berth:
    number: int
    path: Path


class Mute:
    def __str__(self) -> NoReturn:
        raise RuntimeError("mute")


CIRCLE: list[object] = []
CIRCLE.append(CIRCLE)
DEEP: object = "end"
for _ in range(3000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"path": Path("a/b")}, {"path": "a/b"}),
        ({1: "one", None: 2}, {"1": "one", "None": 2}),
        ({"n": 2**80}, {"n": str(2**80)}),
        ({"x": float("nan")}, {"x": None}),
        ("\ud800 half", "? half"),
        ({"\ud800": 1}, {"?": 1}),
        (b"\x00\xff", "<2 bytes>"),
        ({"when": datetime(2026, 1, 2, tzinfo=UTC)}, {"when": "2026-01-02T00:00:00+00:00"}),
        ({"berth": Berth(5, Path("a"))}, {"berth": {"number": 5, "path": "a"}}),
        ([Color.RED, {3}, (1, 2), frozenset()], ["red", [3], [1, 2], []]),
        (Mute(), "<Mute>"),
        ("nul \x00 and \x1b[31m", "nul \x00 and \x1b[31m"),
    ],
)
def test_arguments_of_any_type_become_json(stream: Path, arguments: object, expected: object) -> None:
    record_persistent(ToolExecution.start("tool", arguments))
    assert read_line(stream, "tool")["input"] == expected


@pytest.mark.parametrize("arguments", [CIRCLE, DEEP], ids=["circle", "deep"])
def test_endless_arguments_are_truncated(stream: Path, arguments: object) -> None:
    record_persistent(ToolExecution.start("tool", arguments))
    assert read_line(stream, "tool")["tool_name"] == "tool"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    tool=st.text(),
    arguments=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()) | st.integers(), inner),
    ),
    output=st.text(st.characters()),
)
def test_any_execution_is_written_as_readable_lines(stream: Path, tool: str, arguments: object, output: str) -> None:
    stream = stream.with_name(f"{uuid4()}.jsonl")
    configure(stream=stream)
    with execution(tool, arguments) as run:
        run.output = output
    assert [line["type"] for line in read_lines(stream)] == ["tool_start", "tool"]
    assert read_events(stream)


def test_unrecordable_event_is_counted_and_logged(
    stream: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ToolExecution.start("tool")
    run.metadata = None  # type: ignore[assignment]
    with caplog.at_level(logging.WARNING):
        record_persistent(run.complete_success("", timedelta()))
    assert get_recording_status().lost == 1
    assert "record_persistent has recorded nothing: TypeError" in caplog.text
    record_log("goes on")
    assert read_line(stream, "log")["message"] == "goes on"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_non_finite_metric_is_kept_in_memory_only(stream: Path, value: float) -> None:
    get_collector().record_metric("m", value)
    assert len(get_collector().get_metrics()) == 1
    assert not stream.exists()
