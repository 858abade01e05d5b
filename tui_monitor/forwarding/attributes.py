"""Attributes of responses and calls: those of the GenAI conventions, and ours."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tui_monitor.events import PICO
from tui_monitor.forwarding.model import Attributes, Value
from tui_monitor.merge.calls import CallRecord
from tui_monitor.sources.otlp import forwarded_names as names
from tui_monitor.store import RecordedResponse


def response_attributes(response: RecordedResponse) -> Attributes:
    """Return the attributes of a response; names of older conventions beside those of today."""
    tokens, terms = response.tokens, response.terms
    facts: dict[str, Value | None] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": response.provider,
        "gen_ai.system": response.provider,
        "gen_ai.request.model": response.model,
        "gen_ai.response.model": response.model,
        "gen_ai.usage.input_tokens": tokens.prompt,
        "gen_ai.usage.output_tokens": tokens.output,
        "gen_ai.usage.cache_read.input_tokens": tokens.cache_read,
        "gen_ai.usage.cache_creation.input_tokens": tokens.cache_creation,
        "gen_ai.usage.reasoning.output_tokens": tokens.reasoning,
        names.COST: None if response.cost is None else response.cost / PICO,
        names.RESPONSE_IDS: response.ids,
        names.OPERATION_NAME: response.operation,
        names.PLAN: response.plan,
        names.TASK: response.task,
        names.ENGINE: terms.engine,
        names.SERVICE_TIER: terms.service_tier,
        names.SPEED: terms.speed,
        names.REGION: terms.region,
    }
    rare: dict[str, Value | None] = {
        names.LONG_WRITES: tokens.cache_creation_1h or None,
        names.WEB_SEARCHES: response.web_searches or None,
        names.IS_LOWER_BOUND: response.is_lower_bound or None,
        names.TIME_TO_FIRST_TOKEN: None if response.ttft_ms is None else response.ttft_ms / 1000,
    }
    return known({**facts, **rare})


def call_attributes(call: str, record: CallRecord) -> Attributes:
    """Return the attributes of a call, without what was written."""
    return known(
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": record.tool,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.id": call,
            "error.type": str(record.state) if record.state.failed else "",
            names.TOOL_KIND: record.kind.value,
            names.CALL_STATE: record.state.value,
            names.CALL_PARENT: record.parent,
            names.EXIT_CODE: record.exit_code,
            names.APPROVAL: record.approval,
            names.DURATION_MS: record.duration_ms,
            names.WAITED_MS: record.waiting_ms,
        }
    )


def message(role: str, content: str) -> str:
    """Return a text as the conventions have messages; empty without one."""
    if not content:
        return ""
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": content}]}], ensure_ascii=False)


def known(facts: Mapping[str, Value | None]) -> dict[str, Value]:
    """Return the facts that are there: no empty text, no empty list, and nothing that is unknown."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in facts.items()
        if value not in (None, "", ())
    }
