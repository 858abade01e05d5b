"""One model response as it arrives: whole, or in parts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, replace
from typing import Protocol

from tui_monitor.integrations.id_set import IdSet
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

    It belongs to the scope in which it was requested. ``expects_usage`` is True for a request to a model: then a
    response that reports no usage is a lower bound, else it is none.
    """

    def __init__(self, provider: str, model: str = "", *, expects_usage: bool = False) -> None:
        self._provider = provider
        self._model = model
        self._expects_usage = expects_usage
        self._scope = current_scope()
        self._start = time.perf_counter()
        self._ttft_ms: int | None = None
        self._usage: ResponseUsage | None = None
        self._advisors: list[ResponseUsage] = []
        self._is_finished = False

    def set_provider(self, provider: str) -> None:
        """Set the provider that answers, where the request does not show it."""
        self._provider = provider

    def begin(self) -> None:
        """Note that the first part has come, unless it is a later one."""
        if self._ttft_ms is None:
            self._ttft_ms = self._elapsed_ms()

    @never_raises
    def add(self, part: object) -> None:
        """Add the response, or a part of it; most parts have no usage."""
        self.begin()
        usage = read_part(part)
        if usage is not None:
            self._usage = self._usage.merge(usage) if self._usage else usage
            self._advisors = read_part_advisors(part) or self._advisors
        if not self._model and self._expects_usage:
            self._model = model_of(part)

    @never_raises
    def finish(self, *, is_complete: bool = True) -> None:
        """Record the response, the first time; ``is_complete`` is False for a stream known to be broken off."""
        if self._is_finished:
            return
        self._is_finished = True
        usage, ttft, duration = self._usage, self._ttft_ms, self._elapsed_ms()
        if usage is None:
            if not self._expects_usage:
                return
            usage = ResponseUsage(self._model, lower_bound=True)
        if not is_complete:
            usage = replace(usage, lower_bound=True)
        self._record(usage, duration, None if ttft == duration else ttft)
        for advisor in self._advisors:
            self._record(advisor)

    def drop(self) -> None:
        """Record nothing: the response is that of another request."""
        self._is_finished = True

    def lacks_model(self) -> bool:
        """Return True if the model is expected from the response and not known yet."""
        return self._expects_usage and not self._model

    def _record(self, usage: ResponseUsage, duration_ms: int | None = None, ttft_ms: int | None = None) -> None:
        facts = asdict(usage) | {"model": usage.model or self._model}
        with use_scope(self._scope):
            record_usage(**facts, provider=self._provider, duration_ms=duration_ms, ttft_ms=ttft_ms)

    def _elapsed_ms(self) -> int:
        return round((time.perf_counter() - self._start) * 1000)


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
