"""A model server on loopback that answers every request by its path, as several providers do, and counts them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.integrations import scripted

SILENT, ZERO, CUT = "silent", "zero", "cut"
"""Models of servers that report no usage, report zeros, or break off their streams."""

EMBEDDING = {
    "object": "list",
    "model": "text-embedding-3-small",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}],
    "usage": {"prompt_tokens": 8, "total_tokens": 8},
}
GENERATED = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "berth 4"}]}, "finishReason": "STOP"}],
    "modelVersion": "gemini-2.5-flash",
    "usageMetadata": {
        "promptTokenCount": 90,
        "cachedContentTokenCount": 40,
        "candidatesTokenCount": 11,
        "thoughtsTokenCount": 7,
        "totalTokenCount": 108,
    },
}
INTERACTION = {
    "id": "v1_a",
    "object": "interaction",
    "model": "gemini-2.5-flash",
    "status": "completed",
    "created": "2026-01-01T00:00:00Z",
    "updated": "2026-01-01T00:00:00Z",
    "steps": [{"type": "model_output", "content": [{"type": "text", "text": "berth 4"}]}],
    "usage": {
        "total_input_tokens": 90,
        "total_cached_tokens": 40,
        "total_output_tokens": 11,
        "total_thought_tokens": 7,
        "total_tokens": 108,
    },
}
Body = dict[str, Any]


class FakeServer:
    """The address of the server, and the paths of the requests that were made to it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.paths: list[str] = []


@contextmanager
def fake_server() -> Iterator[FakeServer]:
    """Serve until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            server.paths.append(self.path)
            self._send(*_answer(self.path, body))

        def do_GET(self) -> None:
            server.paths.append(self.path)
            self._send(*_fetched(self.path))

        def _send(self, kind: str, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            if "json" in kind and "gzip" in self.headers.get("Accept-Encoding", ""):
                content = gzip.compress(content)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server = FakeServer(f"http://127.0.0.1:{http.server_address[1]}")
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def _answer(path: str, body: Body) -> tuple[str, bytes]:
    streams = bool(body.get("stream")) or "streamGenerateContent" in path
    for name, answer in _ANSWERS.items():
        if name in path:
            answers = answer(body, streams)
            return _events(answers) if streams else ("application/json", json.dumps(answers).encode())
    return "application/json", b"{}"


def _fetched(path: str) -> tuple[str, bytes]:
    if "/results" in path:
        message = scripted.message()
        message["usage"]["service_tier"] = "batch"
        lines = [{"custom_id": n, "result": {"type": "succeeded", "message": message | {"id": n}}} for n in "ab"]
        return "application/x-jsonl", b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    if "/batches/" in path:
        batch = {"id": "b", "type": "message_batch", "results_url": "http://" + "x", "processing_status": "ended"}
        return "application/json", json.dumps(batch).encode()
    return "application/json", json.dumps(scripted.response() | {"id": path.rpartition("/")[2]}).encode()


def _events(events: list[Body]) -> tuple[str, bytes]:
    typed = "type" in events[0] or "event_type" in events[0]
    lines = "".join(
        (f"event: {event.get('type', event.get('event_type'))}\n" if typed else "") + f"data: {json.dumps(event)}\n\n"
        for event in events
    )
    is_openai = events[0].get("object") == "chat.completion.chunk" and len(events) > 2
    return "text/event-stream", (lines + ("data: [DONE]\n\n" if is_openai else "")).encode()


def _chat(body: Body, streams: bool) -> Any:
    whole = scripted.chat() | {"service_tier": "priority"} if body.get("service_tier") else scripted.chat()
    model = body["model"]
    if model == SILENT:
        del whole["usage"]
    elif model == ZERO:
        whole["usage"] = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    whole["model"] = model if model in (SILENT, ZERO) else whole["model"]
    if not streams:
        return whole
    piece = {**whole, "object": "chat.completion.chunk", "usage": None}
    piece["choices"] = [{"index": 0, "delta": {"content": "berth 4"}, "finish_reason": None}]
    end = {**piece, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    usage = {**piece, "choices": [], "usage": whole.get("usage")}
    wanted = (body.get("stream_options") or {}).get("include_usage") and model not in (SILENT, CUT)
    return [piece, end, *([usage] if wanted else [])] if model != CUT else [piece]


def _responses(body: Body, streams: bool) -> Any:
    whole = scripted.response()
    if body.get("background") and not streams:
        return whole | {"status": "queued", "usage": None, "output": []}
    if not streams:
        return whole
    created = whole | {"status": "in_progress", "usage": None, "output": []}
    head = {"type": "response.created", "sequence_number": 0, "response": created}
    text = {"type": "response.output_text.delta", "delta": "berth 4", "item_id": "msg_1", "output_index": 0}
    delta = text | {"content_index": 0, "sequence_number": 1, "logprobs": []}
    end = {"type": "response.completed", "sequence_number": 2, "response": whole}
    return [head, delta] if body["model"] == CUT else [head, end]


def _messages(body: Body, streams: bool) -> Any:
    if not streams:
        return scripted.message()
    events = scripted.message_stream()
    return events[:3] if body["model"] == CUT else events


def _generate(body: Body, streams: bool) -> Any:
    if not streams:
        return GENERATED
    first = {**GENERATED, "usageMetadata": {"promptTokenCount": 90, "totalTokenCount": 90}}
    first["candidates"] = [{"content": {"role": "model", "parts": [{"text": "berth"}]}}]
    return [first, GENERATED]


def _interactions(body: Body, streams: bool) -> Any:
    if not streams:
        return INTERACTION
    begun = {"event_type": "interaction.created", "interaction": INTERACTION | {"usage": None, "status": "in_progress"}}
    return [begun, {"event_type": "interaction.completed", "interaction": INTERACTION}]


_ANSWERS = {
    "count_tokens": lambda body, streams: {"input_tokens": 99},
    "/chat/completions": _chat,
    "/responses": _responses,
    "/embeddings": lambda body, streams: EMBEDDING,
    "/messages": _messages,
    "enerateContent": _generate,
    "countTokens": lambda body, streams: {"totalTokens": 99},
    "mbedContent": lambda body, streams: {"embedding": {"values": [0.5]}, "embeddings": [{"values": [0.5]}]},
    "/interactions": _interactions,
}
