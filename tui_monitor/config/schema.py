"""The JSON Schema of configuration files: ``python -m tui_monitor.config.schema`` prints ``config.schema.json``."""

from __future__ import annotations

import json
import sys
from typing import Any

from tui_monitor.config.settings import SETTINGS

_SECTIONS = {
    "telemetry": "The recording library.",
    "display": "The screen.",
    "alerts": "When and how you are called.",
    "prices": "Prices by model id or pattern of ids, which replace those of the price list.",
    "keys": "Keys by action.",
    "windows": "Context windows by model id or pattern of ids.",
    "budgets": "Budgets in US dollars. One that is 0 is none.",
}


def config_schema() -> dict[str, Any]:
    """Return the schema as JSON Schema 2020-12."""
    root: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "tui-monitor configuration",
        **_table(""),
    }
    for name, setting in SETTINGS.items():
        *parents, last = name.split(".")
        table = root
        for parent in parents:
            table = _child(table, parent)
        entry = {**setting.type.schema, "description": setting.meaning}
        if last == "*":
            table["additionalProperties"] = entry
        else:
            table["properties"][last] = entry
    return root


def _child(table: dict[str, Any], name: str) -> dict[str, Any]:
    if name == "*":
        if table["additionalProperties"] is False:
            table["additionalProperties"] = _table("")
        child: dict[str, Any] = table["additionalProperties"]
    else:
        child = table["properties"].setdefault(name, _table(_SECTIONS.get(name, "")))
    return child


def _table(description: str) -> dict[str, Any]:
    about = {"description": description} if description else {}
    return {"type": "object", **about, "properties": {}, "additionalProperties": False}


if __name__ == "__main__":
    json.dump(config_schema(), sys.stdout, indent=2)
    sys.stdout.write("\n")
