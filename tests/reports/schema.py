"""The public shape of ``stats --json`` as a JSON schema, closed: nothing may be missing, nothing be added."""

from __future__ import annotations

from typing import TypeAlias

Schema: TypeAlias = dict[str, object]

COUNT: Schema = {"type": "integer", "minimum": 0}
TEXT: Schema = {"type": "string"}
MONEY: Schema = {"type": ["number", "null"], "minimum": 0}
TIME: Schema = {"type": ["string", "null"], "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}


def closed(**properties: Schema) -> Schema:
    """An object of just these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def listed(items: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": items}


def or_null(type_: str) -> Schema:
    """A value that may be unknown."""
    return {"type": [type_, "null"]}


USAGE: dict[str, Schema] = {
    **dict.fromkeys(
        (
            "requests",
            "input_tokens",
            "output_tokens",
            "cache_read_tokens",
            "cache_creation_tokens",
            "reasoning_tokens",
            "total_tokens",
        ),
        COUNT,
    ),
    "cost_usd": MONEY,
    "cost_is_lower_bound": {"type": "boolean"},
    "unpriced_requests": COUNT,
}
COUNTED = ("tools", "tools_failed", "tools_rejected", "files_changed", "lines_added", "lines_removed")
TOTALS: dict[str, Schema] = {**USAGE, **dict.fromkeys(COUNTED, COUNT)}
CONTEXT = closed(
    current=or_null("integer"),
    limit=or_null("integer"),
    percentage=or_null("number"),
    level={"enum": ["OK", "LOW", "MEDIUM", "HIGH", "CRITICAL", None]},
)
SESSION = closed(id=TEXT, source=TEXT, path=TEXT, agents=COUNT, started=TIME, ended=TIME, **TOTALS, context=CONTEXT)
TOOL = closed(tool=TEXT, calls=COUNT, failed=COUNT, p50_ms=or_null("integer"), p95_ms=or_null("integer"))
HEALTH = closed(files=COUNT, lines=COUNT, skipped_lines=COUNT, unknown_types=COUNT, errors=listed(TEXT))
STATS = closed(
    schema={"const": 1},
    totals=closed(**TOTALS),
    models=listed(closed(model=TEXT, provider=or_null("string"), **USAGE)),
    sessions=listed(SESSION),
    tools=listed(TOOL),
    health=HEALTH,
)
