"""Turns as events of the Anthropic Messages API."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.agents.script import Json, ToolUse, Turn

Event = dict[str, Json]


def events(turn: Turn, model: str) -> Iterator[Event]:
    """Yield the response as a stream: the first event has one output token, the last one all, like the real API."""
    message: Event = {"id": f"msg_{turn.id}", "type": "message", "role": "assistant", "model": model, "content": []}
    ending: Event = {"stop_reason": None, "stop_sequence": None, "usage": _usage(turn, output=1)}
    yield {"type": "message_start", "message": message | ending}
    blocks = [_text_block(turn)] if turn.text else []
    blocks += [_tool_use(use) for use in turn.tool_uses]
    for index, (start, deltas) in enumerate(blocks):
        yield {"type": "content_block_start", "index": index, "content_block": start}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    stop: Event = {"stop_reason": "tool_use" if turn.tool_uses else "end_turn", "stop_sequence": None}
    yield {"type": "message_delta", "delta": stop, "usage": _usage(turn, turn.tokens.output)}
    yield {"type": "message_stop"}


def _text_block(turn: Turn) -> tuple[Event, list[Event]]:
    texts = [text for text in (turn.text, turn.rest) if text]
    return {"type": "text", "text": ""}, [{"type": "text_delta", "text": text} for text in texts]


def _tool_use(use: ToolUse) -> tuple[Event, list[Event]]:
    start: Event = {"type": "tool_use", "id": use.id, "name": use.tool, "input": {}}
    return start, [{"type": "input_json_delta", "partial_json": json.dumps(use.arguments)}]


def _usage(turn: Turn, output: int) -> Event:
    tokens = turn.tokens
    cache_creation: Event = {
        "ephemeral_5m_input_tokens": tokens.cache_creation - tokens.cache_creation_1h,
        "ephemeral_1h_input_tokens": tokens.cache_creation_1h,
    }
    return {
        "input_tokens": tokens.input,
        "output_tokens": output,
        "cache_read_input_tokens": tokens.cache_read,
        "cache_creation_input_tokens": tokens.cache_creation,
        "cache_creation": cache_creation,
        "service_tier": "standard",
        **turn.terms,
    }
