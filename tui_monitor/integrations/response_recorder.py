"""One model response as it arrives: whole, or in parts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, replace
from typing import Protocol

from tui_monitor.integrations.id_set import IdSet
from tui_monitor.telemetry.generations import Generation, generation
from tui_monitor.telemetry.recorder.record import never_raises
from tui_monitor.telemetry.recorder.response_fields import path, text
from tui_monitor.telemetry.recorder.response_usage import ResponseUsage
from tui_monitor.telemetry.recorder.scope import current_scope, use_scope
from tui_monitor.telemetry.recorder.usage_parser import model_of, read_part, read_part_advisors, read_responses
from tui_monitor.telemetry.statistics.defaults import record_usage

_recorded_outside: ContextVar[bool] = ContextVar("tui_monitor_recorded_outside", default=False)
_batched = IdSet()
"""Messages of batches that have been recorded."""


class PartRecorder(Protocol):
    """What records the parts of a stream."""

    def add(self, part: object) -> None:
        """Add a part."""

    def finish(self) -> None:
        """Record what has been added; a second time it does nothing."""

    def fail(self, error: BaseException) -> None:
        """Record what has been added before the stream failed."""


@contextmanager
def recorded_outside() -> Iterator[None]:
    """Record no response within the block: whoever sends the request through another library records it."""
    token = _recorded_outside.set(True)
    try:
        yield
    finally:
        _recorded_outside.reset(token)


def is_recorded_outside() -> bool:
    """Return True within `recorded_outside`."""
    return _recorded_outside.get()


class ResponseRecorder:
    """Records one response once: when it is complete, closed, or broken off.

    It belongs to the scope in which it was requested. If ``is_model_request``, it is a `generation`: the monitor shows
    the model at work from now on, and a response that reports no usage is a lower bound. Any other response is recorded
    if it has usage.
    """

    def __init__(self, provider: str, model: str = "", *, is_model_request: bool = False) -> None:
        self._provider = provider
        self._model = model
        self._scope = current_scope()
        self._start = time.perf_counter()
        self._usage: ResponseUsage | None = None
        self._advisors: list[ResponseUsage] = []
        self._is_finished = False
        self._call: Generation | None = None
        if is_model_request:
            self._call = generation(model, provider=provider).start()

    def set_provider(self, provider: str) -> None:
        """Set the provider that answers, where the request does not show it."""
        self._provider = provider

    def lacks_model(self) -> bool:
        """Return True if the model is expected from the response and not known yet."""
        return self._call is not None and not self._model

    def begin(self) -> None:
        """Note that a part of the response has come."""
        if self._call:
            self._call.first_token()

    def add(self, part: object) -> None:
        """Add a part of the response; most have no usage."""
        self.begin()
        self._read(part)

    def complete(self, response: object) -> None:
        """Record a whole response."""
        self._read(response)
        self.finish()

    def finish(self, *, is_complete: bool = True) -> None:
        """Record the response, the first time; ``is_complete`` is False for a stream known to be broken off."""
        self._end(None, is_complete)

    def fail(self, error: BaseException) -> None:
        """Record a request that failed, with what it had used until then."""
        is_end = isinstance(error, StopIteration | StopAsyncIteration | GeneratorExit)
        self._end(None if is_end else error, is_end)

    @never_raises
    def _read(self, part: object) -> None:
        usage = read_part(part)
        if usage is not None:
            self._usage = self._usage.merge(usage) if self._usage else usage
            self._advisors = read_part_advisors(part) or self._advisors
        if self.lacks_model():
            self._model = model_of(part)

    @never_raises
    def _end(self, error: BaseException | None, is_complete: bool) -> None:
        if self._is_finished:
            return
        self._is_finished = True
        usage = self._usage if is_complete or not self._usage else replace(self._usage, lower_bound=True)
        if usage:
            usage = replace(usage, model=usage.model or self._model)
        if self._call:
            self._call.model, self._call.provider = self._model, self._provider
            self._call.usage = usage
            self._call.end(error)
        with use_scope(self._scope):
            if usage and not self._call:
                duration_ms = round((time.perf_counter() - self._start) * 1000)
                record_usage(**asdict(usage), provider=self._provider, duration_ms=duration_ms)
            for advisor in self._advisors:
                record_usage(**asdict(advisor), provider=self._provider)


class BatchRecorder:
    """Records the responses of a batch as their results are read, each once in this process."""

    def __init__(self, provider: str) -> None:
        self._provider = provider

    @never_raises
    def add(self, part: object) -> None:
        """Record the response in one result, if it has one."""
        name = text(path(part, "result", "message"), "id")
        if name and not _batched.add(name):
            return
        for usage in read_responses(part):
            record_usage(**asdict(usage), provider=self._provider)

    def finish(self) -> None:
        """Do nothing: every result is recorded at once."""

    def fail(self, error: BaseException) -> None:
        """Do nothing: every result is recorded at once."""
