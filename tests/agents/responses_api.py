"""A turn as the events of the OpenAI Responses API."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.agents.script import Json, Turn, Use
from tui_monitor.events import Tokens

Event = dict[str, Json]


def events(turn: Turn, model: str) -> Iterator[Event]:
    """The response, streamed: each item as it is complete, the token counts at the end."""
    response: Event = {"id": f"resp_{turn.id}", "object": "response", "model": model}
    yield {"type": "response.created", "response": response | {"status": "in_progress"}}
    items = [_words(turn)] if turn.says else []
    items += [_call(use) for use in turn.uses]
    for index, item in enumerate(items):
        yield {"type": "response.output_item.added", "output_index": index, "item": item}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    done: Event = {"status": "completed", "output": [*items], "usage": _usage(turn.tokens)}
    yield {"type": "response.completed", "response": response | done}


def _words(turn: Turn) -> Event:
    part: Event = {"type": "output_text", "text": turn.says, "annotations": []}
    return {"type": "message", "id": f"msg_{turn.id}", "role": "assistant", "status": "completed", "content": [part]}


def _call(use: Use) -> Event:
    named: Event = {"id": f"item_{use.id}", "call_id": use.id, "name": use.tool, "status": "completed"}
    if use.arguments is None:
        return {"type": "custom_tool_call", **named, "input": use.text}
    if use.namespace:
        named["namespace"] = use.namespace
    return {"type": "function_call", **named, "arguments": json.dumps(use.arguments)}


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
