"""Recording of model clients such as OpenAI's and Anthropic's, whose requests all go through one method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tui_monitor.integrations.observed_streams import observe_stream
from tui_monitor.integrations.patches import Method, Patches
from tui_monitor.integrations.pending import PendingResponses
from tui_monitor.integrations.raw_responses import http_response_of, observe_http_response
from tui_monitor.integrations.response_recorder import BatchRecorder, ResponseRecorder, is_recorded_outside
from tui_monitor.telemetry.recorder.response_fields import field as field_of
from tui_monitor.telemetry.recorder.response_fields import text

C = TypeVar("C")
_MARK = "_tui_monitor_recorded"
_UNFINISHED = ("queued", "in_progress")


@dataclass(frozen=True, slots=True)
class ClientApi:
    """The requests of a library's clients.

    ``endpoints`` are the ends of the paths of requests to a model. ``hosts`` are other providers that serve this
    interface, by the end of their host's name; all others are ``provider``. ``pending`` are responses that are made in
    the background and fetched later.
    """

    provider: str
    endpoints: tuple[str, ...]
    hosts: tuple[tuple[str, str], ...] = ()
    pending: PendingResponses = field(default_factory=PendingResponses)

    def provider_at(self, host: str) -> str:
        """Return the provider at a host."""
        return next((provider for end, provider in self.hosts if host.endswith(end)), self.provider)

    def is_model_request(self, path: str) -> bool:
        """Return True if a path is that of a request to a model."""
        return path.rstrip("/").endswith(self.endpoints)


def record_client(client: C, api: ClientApi, provider: str) -> C:
    """Record every response of one client and of its copies (``with_options``). Return the client."""
    if getattr(client, _MARK, False):
        return client
    target: Any = client
    target.request = _recorded(target.request, lambda: client, api, provider)
    for name in ("copy", "with_options"):
        if callable(copy := getattr(target, name, None)):
            setattr(target, name, _recorded_copy(copy, api, provider))
    setattr(target, _MARK, True)
    return client


def instrument_clients(patches: Patches, classes: Iterable[type[Any]], api: ClientApi, provider: str) -> None:
    """Record every response of all clients of these classes, existing and new."""

    def make(original: Method) -> Method:
        def request(self: Any, *args: Any, **kwargs: Any) -> Any:
            if getattr(self, _MARK, False) or not patches.is_active():
                return original(self, *args, **kwargs)
            bound = _recorded(original.__get__(self), lambda: self, api, provider)
            return bound(*args, **kwargs)

        return request

    for each in classes:
        patches.replace(each, "request", make)


def _recorded_copy(copy: Method, api: ClientApi, provider: str) -> Method:
    return lambda *args, **kwargs: record_client(copy(*args, **kwargs), api, provider)


def _recorded(request: Method, client: Callable[[], Any], api: ClientApi, provider: str) -> Method:
    """Return the request method that records: whole responses on arrival, others as they are read."""

    def recorded_request(*args: Any, **kwargs: Any) -> Any:
        if is_recorded_outside():
            return request(*args, **kwargs)
        call = _Call(client(), api, provider, args[1] if len(args) > 1 else kwargs.get("options"))
        try:
            response = request(*args, **kwargs)
        except BaseException as error:
            call.fail(error)
            raise
        return _await_response(response, call) if isawaitable(response) else call.observe(response)

    return recorded_request


async def _await_response(awaitable: Awaitable[Any], call: _Call) -> Any:
    try:
        response = await awaitable
    except BaseException as error:
        call.fail(error)
        raise
    return call.observe(response)


class _Call:
    """One request of a client, and its response."""

    def __init__(self, client: Any, api: ClientApi, provider: str, options: Any) -> None:
        self._api = api
        self._path = urlsplit(text(options, "url")).path
        self._is_post = text(options, "method").lower() in ("post", "")
        self._provider = provider or api.provider_at(str(getattr(getattr(client, "base_url", None), "host", "")))
        model = text(field_of(options, "json_data"), "model")
        self._recorder = self._new_recorder(model) if self._is_post else api.pending.get(self._path.rpartition("/")[2])

    def observe(self, response: Any) -> Any:
        """Record a response as it is read. Return it."""
        if self._recorder is None:
            return observe_stream(response, BatchRecorder(self._provider)) if self._has_batch() else response
        try:
            self._observe(response, self._recorder)
        except Exception as error:  # a response of an unexpected kind belongs to the agent all the same
            self._recorder.fail(error)
        return response

    def fail(self, error: BaseException) -> None:
        """Record that the request failed. One that asks for a response made in the background may be repeated."""
        if self._recorder and self._is_post:
            self._recorder.fail(error)

    def _observe(self, response: Any, recorder: ResponseRecorder) -> None:
        if hasattr(response, "__next__") or hasattr(response, "__anext__"):
            observe_stream(response, recorder)
        elif (http_response := http_response_of(response)) is not None:
            observe_http_response(http_response, recorder)
        elif text(response, "status") in _UNFINISHED and field_of(response, "usage") is None:
            self._api.pending.add(text(response, "id"), recorder)
        else:
            recorder.complete(response)
            self._api.pending.discard(text(response, "id"))

    def _new_recorder(self, model: str) -> ResponseRecorder:
        return ResponseRecorder(self._provider, model, is_model_request=self._api.is_model_request(self._path))

    def _has_batch(self) -> bool:
        """Return True for the results of a batch of messages."""
        return "/batches/" in self._path and self._path.endswith("/results")
