"""Recorder for Google's Gen AI SDK: ``instrument()`` records every response of all clients, with its tokens.

Covers ``generate_content`` (each request that automatic function calling makes), its streams, chats, embeddings, Live
and Interactions, on Gemini and on Vertex, synchronous or not.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from tui_monitor.integrations.patches import Method, Patches
from tui_monitor.integrations.pending import PendingResponses
from tui_monitor.integrations.raw_responses import observe_http_response
from tui_monitor.integrations.response_recorder import ResponseRecorder, is_recorded_outside
from tui_monitor.telemetry.recorder.record import never_raises
from tui_monitor.telemetry.recorder.response_fields import decoded, field, text
from tui_monitor.telemetry.recorder.usage_parser import read_part

_PROVIDER = "google"
_REQUEST = re.compile(
    r"(?:models/)?(?P<model>[^/:]+):(?:stream)?(?:generateContent|embedContent|batchEmbedContents|predict)\b",
    re.IGNORECASE,
)
_MODEL = "_tui_monitor_model"
_UNFINISHED = ("in_progress", "queued", "requires_action")
_PENDING = PendingResponses()
_PATCHES = Patches()


def instrument() -> None:
    """Record every response of all clients of this process, from now on. Doing it twice changes nothing.

    Raises:
        ImportError: Google's Gen AI SDK is not installed.
    """
    from google.genai import _api_client, live

    def install() -> None:
        client = _api_client.BaseApiClient
        _PATCHES.replace(client, "request", _recorded)
        _PATCHES.replace(client, "async_request", _recorded_async)
        _PATCHES.replace(client, "request_streamed", _recorded_stream)
        _PATCHES.replace(client, "async_request_streamed", _recorded_async_stream)
        _PATCHES.replace(live.AsyncLive, "connect", _recorded_connection)
        _PATCHES.replace(live.AsyncSession, "_receive", _recorded_message)
        _install_interactions()

    _PATCHES.apply(install)


def uninstrument() -> None:
    """Record nothing more."""
    _PATCHES.undo()


def _install_interactions() -> None:
    try:
        from google.genai._gaos import basesdk
    except ImportError:  # before 2026 the SDK has no Interactions, or another client for them
        return
    _PATCHES.replace(basesdk.BaseSDK, "do_request", _recorded_interaction)
    _PATCHES.replace(basesdk.AsyncBaseSDK, "do_request_async", _recorded_async_interaction)


def _recorder_of(path: str) -> ResponseRecorder | None:
    """Return a recorder for a request to a model; None for any other request."""
    if is_recorded_outside() or not (match := _REQUEST.search(path)):
        return None
    return ResponseRecorder(_PROVIDER, match["model"], is_model_request=True)


def _body(response: Any) -> object:
    """Return the JSON of a response."""
    return decoded(field(response, "body"))


def _recorded(original: Method) -> Method:
    def request(self: Any, http_method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        recorder = _recorder_of(path)
        if recorder is None:
            return original(self, http_method, path, *args, **kwargs)
        try:
            response = original(self, http_method, path, *args, **kwargs)
        except BaseException as error:
            recorder.fail(error)
            raise
        recorder.complete(_body(response))
        return response

    return request


def _recorded_async(original: Method) -> Method:
    async def async_request(self: Any, http_method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        recorder = _recorder_of(path)
        if recorder is None:
            return await original(self, http_method, path, *args, **kwargs)
        try:
            response = await original(self, http_method, path, *args, **kwargs)
        except BaseException as error:
            recorder.fail(error)
            raise
        recorder.complete(_body(response))
        return response

    return async_request


def _recorded_stream(original: Method) -> Method:
    def request_streamed(self: Any, http_method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        recorder = _recorder_of(path)
        parts = original(self, http_method, path, *args, **kwargs)
        return _observed(parts, recorder) if recorder else parts

    return request_streamed


def _observed(parts: Iterator[Any], recorder: ResponseRecorder) -> Iterator[Any]:
    has_ended = False
    try:
        for part in parts:
            recorder.add(_body(part))
            has_ended = has_ended or _ends(part)
            yield part
    except Exception as error:
        recorder.fail(error)
        raise
    finally:
        recorder.finish(is_complete=has_ended)


def _recorded_async_stream(original: Method) -> Method:
    async def async_request_streamed(self: Any, http_method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        recorder = _recorder_of(path)
        parts = await original(self, http_method, path, *args, **kwargs)
        return _observed_async(parts, recorder) if recorder else parts

    return async_request_streamed


async def _observed_async(parts: AsyncIterator[Any], recorder: ResponseRecorder) -> AsyncIterator[Any]:
    has_ended = False
    try:
        async for part in parts:
            recorder.add(_body(part))
            has_ended = has_ended or _ends(part)
            yield part
    except Exception as error:
        recorder.fail(error)
        raise
    finally:
        recorder.finish(is_complete=has_ended)


def _ends(part: Any) -> bool:
    """Return True for the part of a stream that says why it ends."""
    return any(mark in str(field(part, "body")) for mark in ('"finishReason"', '"blockReason"'))


def _recorded_connection(original: Method) -> Method:
    @asynccontextmanager
    async def connect(self: Any, *, model: str, **kwargs: Any) -> AsyncIterator[Any]:
        async with original(self, model=model, **kwargs) as session:
            setattr(session, _MODEL, model.removeprefix("models/"))
            yield session

    return connect


def _recorded_message(original: Method) -> Method:
    async def _receive(self: Any) -> Any:
        message = await original(self)
        if not is_recorded_outside() and read_part(message) is not None:
            ResponseRecorder(_PROVIDER, getattr(self, _MODEL, "")).complete(message)
        return message

    return _receive


def _recorded_interaction(original: Method) -> Method:
    def do_request(self: Any, hook_ctx: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        recorder = _interaction_recorder(request)
        try:
            response = original(self, hook_ctx, request, *args, **kwargs)
        except BaseException as error:
            if recorder and request.method == "POST":
                recorder.fail(error)
            raise
        if recorder:
            _observe_interaction(response, recorder)
        return response

    return do_request


def _recorded_async_interaction(original: Method) -> Method:
    async def do_request_async(self: Any, hook_ctx: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        recorder = _interaction_recorder(request)
        try:
            response = await original(self, hook_ctx, request, *args, **kwargs)
        except BaseException as error:
            if recorder and request.method == "POST":
                recorder.fail(error)
            raise
        if recorder:
            _observe_interaction(response, recorder)
        return response

    return do_request_async


def _interaction_recorder(request: Any) -> ResponseRecorder | None:
    """Return a recorder for a new interaction, or for fetching one that was made in the background."""
    if is_recorded_outside():
        return None
    path = str(request.url.path).rstrip("/")
    if request.method == "POST" and path.endswith("/interactions"):
        return ResponseRecorder(_PROVIDER, text(_json(request), "model"), is_model_request=True)
    return _PENDING.get(path.rpartition("/")[2]) if request.method == "GET" else None


@never_raises
def _observe_interaction(response: Any, recorder: ResponseRecorder) -> None:
    body = _json(response)
    if text(body, "status") in _UNFINISHED and read_part(body) is None:
        _PENDING.add(text(body, "id"), recorder)
    else:
        _PENDING.discard(text(body, "id"))
        observe_http_response(response, recorder)


def _json(message: Any) -> object:
    """Return the JSON of an HTTP request or response that has been read, else None."""
    try:
        return decoded(message.content)
    except Exception:  # it is a stream, or no JSON
        return None
