"""The published schema describes the lines that the parser reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.sources.stream_builder import EVERYTHING, execution, line, read, telemetry
from tui_monitor.sources.base import Record
from tui_monitor.sources.stream.adapter import schema
from tui_monitor.sources.stream.parser import TYPES

SCHEMA: dict[str, Any] = json.loads(schema())
VALIDATOR = Draft202012Validator(SCHEMA)


def test_schema_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_schema_describes_every_type() -> None:
    described = {
        definition["properties"]["type"]["const"]
        for definition in SCHEMA["$defs"].values()
        if "type" in definition.get("properties", {})
    }
    assert described == TYPES


def test_every_field_has_a_description() -> None:
    descriptions = [
        field
        for kind in SCHEMA["$defs"].values()
        for name, field in kind.get("properties", {}).items()
        if name != "type"
    ]
    assert all(field.get("description") for field in [*SCHEMA["$defs"].values(), *descriptions])


@pytest.mark.parametrize("record", EVERYTHING, ids=lambda record: str(record.get("type", "bare")))
def test_readable_lines_are_valid(record: Record) -> None:
    assert read(record)
    VALIDATOR.validate(record)


@pytest.mark.parametrize(
    "record",
    [
        line("usage", input_tokens=1, unknown={"field": 1}),
        line("tool", **execution(files_affected=[{"change_type": "modify", "path": "a", "lines_affected": [1, 2]}])),
        telemetry(timestamp="2026-01-01T00:00:00Z", tool_approved=1),
        execution(started_at="2026-01-01T00:00:00Z", tokens={"input": 1, "output": None}),
    ],
)
def test_valid_lines_are_valid(record: Record) -> None:
    VALIDATOR.validate(record)


@pytest.mark.parametrize(
    "record",
    [
        line("hologram"),
        line("usage", input_tokens=-1),
        line("usage", input_tokens="5"),
        line("metric", name="n"),
        line("log"),
        line("tool", tool_name=None),
        line("tool", **execution(files_affected=[{"change_type": "vanish", "path": "a"}])),
        line("agent", id="a", status="pondering"),
        {**line("log", message="x"), "v": 2},
        {"some": "thing"},
    ],
)
def test_invalid_lines_are_invalid(record: Record) -> None:
    assert not VALIDATOR.is_valid(record)


def test_schema_says_that_input_excludes_the_cache() -> None:
    description = SCHEMA["$defs"]["TelemetryFields"]["properties"]["input_tokens"]["description"]
    assert "EXCLUDES" in description
