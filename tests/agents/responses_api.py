"""Turns as events of the OpenAI Responses API."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.agents.script import Json, ToolUse, Turn
from tui_monitor.events import Tokens

Event = dict[str, Json]


def events(turn: Turn, model: str) -> Iterator[Event]:
    """Yield the response as a stream: each item as it is complete, the token counts at the end."""
    response: Event = {"id": f"resp_{turn.id}", "object": "response", "model": model}
    yield {"type": "response.created", "response": response | {"status": "in_progress"}}
    items = [_message(turn)] if turn.text else []
    items += [_call(use) for use in turn.tool_uses]
    for index, item in enumerate(items):
        yield {"type": "response.output_item.added", "output_index": index, "item": item}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    completion: Event = {"status": "completed", "output": [*items], "usage": _usage(turn.tokens)}
    yield {"type": "response.completed", "response": response | completion}


def _message(turn: Turn) -> Event:
    part: Event = {"type": "output_text", "text": turn.text, "annotations": []}
    return {"type": "message", "id": f"msg_{turn.id}", "role": "assistant", "status": "completed", "content": [part]}


def _call(use: ToolUse) -> Event:
    fields: Event = {"id": f"item_{use.id}", "call_id": use.id, "name": use.tool, "status": "completed"}
    if use.arguments is None:
        return {"type": "custom_tool_call", **fields, "input": use.text}
    if use.namespace:
        fields["namespace"] = use.namespace
    return {"type": "function_call", **fields, "arguments": json.dumps(use.arguments)}


def _usage(tokens: Tokens) -> Event:
    return {
        "input_tokens": tokens.prompt,
        "input_tokens_details": {
            "cached_tokens": tokens.cache_read,
            "cache_write_tokens": tokens.cache_creation,
        },
        "output_tokens": tokens.output,
        "output_tokens_details": {"reasoning_tokens": tokens.reasoning},
        "total_tokens": tokens.total,
    }
