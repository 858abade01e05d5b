"""The published JSON Schema is that of the settings, and agrees with what loading accepts."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.config.conftest import ConfigHome
from tui_monitor.config import SETTINGS, AlertsConfig, DisplayConfig, TelemetryConfig
from tui_monitor.config.schema import config_schema

PUBLISHED = json.loads(files("tui_monitor.config").joinpath("config.schema.json").read_text(encoding="utf-8"))

EXAMPLE: dict[str, Any] = {
    "data_dir": "/data",
    "workspaces": ["/work"],
    "stream": "own.jsonl",
    "telemetry": {"enabled": True, "max_executions": 5},
    "display": {"theme": "nord", "levels": [1, 2, 3, 4]},
    "alerts": {"waiting": 2, "notify": "osc9", "command": ["say", "-v"]},
    "prices": {"house-*": {"input": 1.5, "web_search": 10}},
    "windows": {"house": 1000},
    "budgets": {"daily": 5},
}


def test_published_schema_is_generated_from_the_settings() -> None:
    assert config_schema() == PUBLISHED, "python -m tui_monitor.config.schema > tui_monitor/config/config.schema.json"
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)


def test_typed_sections_have_a_setting_for_each_field() -> None:
    for section, model in (("telemetry", TelemetryConfig), ("display", DisplayConfig), ("alerts", AlertsConfig)):
        names = {f"{section}.{field.name}" for field in fields(model)}
        assert names == {name for name in SETTINGS if name.startswith(f"{section}.")}


def test_example_is_valid() -> None:
    jsonschema.validate(EXAMPLE, PUBLISHED)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("unknown",), 1),
        (("telemetry", "enabled"), 1),
        (("telemetry", "max_executions"), 0),
        (("display", "levels"), [1, 2, 3]),
        (("display", "nothing"), 1),
        (("alerts", "context_soon"), 101),
        (("alerts", "notify"), "loud"),
        (("alerts", "command"), "say"),
        (("alerts", "command"), [""]),
        (("prices", "house", "input"), -1),
        (("prices", "house", "per_hour"), 1),
        (("prices", "house"), 1),
        (("windows", "house"), 1.5),
        (("budgets", "hourly"), 1),
        (("workspaces",), [1]),
    ],
)
def test_schema_and_loading_refuse_the_same(path: tuple[str, ...], value: object, home: ConfigHome) -> None:
    document: Any = value
    for name in reversed(path):
        document = {name: document}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, PUBLISHED)
    home.configure(f"{'.'.join(path)} = {json.dumps(value)}")
    assert len(home.load_config().warnings) == 1


def test_schema_is_part_of_the_package() -> None:
    assert Path(str(files("tui_monitor.config"))).joinpath("config.schema.json").is_file()
