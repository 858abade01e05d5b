"""Calls of a model: their start and end, retries, and the compaction of a context."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_monitor.events import CompactionUpdate, ContextUpdate, Event, ModelRequest, RetryUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import count, number, put_bounded, reset_to_epoch_ms, text
from tui_monitor.sources.stream.origin import MAX_ENTRIES, LineOrigin
from tui_monitor.sources.stream.usage import has_tokens, usage_of


@dataclass(slots=True)
class OpenGenerations:
    """The model calls under way, by session, agent and id: each with its model and attempt. The ``failures`` are those
    of agents whose last call failed, by session and agent: each with its time and reason."""

    calls: dict[str, tuple[str, int]] = field(default_factory=dict)
    failures: dict[str, tuple[int, str]] = field(default_factory=dict)

    def start(self, record: Record, origin: LineOrigin) -> Iterator[Event]:
        """Yield the start of a call."""
        model, attempt = text(record.get("model")), max(1, count(record.get("attempt")))
        put_bounded(self.calls, _owner(origin) + _id(record), (model, attempt), MAX_ENTRIES)
        self.failures.pop(_owner(origin), None)
        yield _request(origin, _id(record), model, attempt)

    def end(self, record: Record, origin: LineOrigin) -> Iterator[Event]:
        """Yield the end of a call: its tokens, or its failure. A call without either has used an unknown number."""
        model, attempt = self.calls.pop(_owner(origin) + _id(record), ("", 1))
        error = text(record.get("error"))
        self.failures.pop(_owner(origin), None)
        if has_tokens(record) or not error:
            yield usage_of(record, origin, is_lower_bound=not has_tokens(record))
        if error:
            put_bounded(self.failures, _owner(origin), (origin.at, error), MAX_ENTRIES)
            yield _failure(record, origin, error)
        yield self._still_open(origin) or _request(origin, _id(record), model, attempt, ended=True)

    def retry(self, record: Record, origin: LineOrigin) -> Iterator[Event]:
        """Yield a failed request that will be repeated or is given up: the failure of the last call, if that failed."""
        failed_at, reason = self.failures.pop(_owner(origin), (0, text(record.get("reason"))))
        yield _retry(record, origin, reason, failed_at)

    def _still_open(self, origin: LineOrigin) -> ModelRequest | None:
        """Return another call of the same agent that is still under way: one at a time is reported."""
        owner = _owner(origin)
        for key, (model, attempt) in reversed(self.calls.items()):
            if key.startswith(owner):
                return _request(origin, key.removeprefix(owner), model, attempt)
        return None


def _retry(record: Record, origin: LineOrigin, reason: str, failed_at: int) -> RetryUpdate:
    return RetryUpdate(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        reason=reason,
        attempt=count(record.get("attempt")),
        attempts=count(record.get("attempts")),
        wait_ms=number(record.get("wait_ms")),
        status=number(record.get("status_code")),
        is_rate_limit=record.get("rate_limited") is True,
        resets_at=reset_to_epoch_ms(record.get("resets_at")) or 0,
        failed_at=failed_at,
    )


def compaction(record: Record, origin: LineOrigin) -> Iterator[Event]:
    """Yield the start or end of a compaction, and the size of the context after it."""
    finished, error = record.get("finished") is not False, text(record.get("error"))
    yield CompactionUpdate(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        finished=finished,
        failed=bool(error),
        trigger=text(record.get("trigger")),
        before=number(record.get("before")),
        after=number(record.get("after")),
        duration_ms=number(record.get("duration_ms")),
    )
    if finished and not error:
        after = number(record.get("after"))
        yield ContextUpdate(session=origin.session, agent=origin.agent, at=origin.at, tokens=after)


def _request(origin: LineOrigin, request: str, model: str, attempt: int, *, ended: bool = False) -> ModelRequest:
    return ModelRequest(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        request=request,
        model=model,
        attempt=attempt,
        lasts=True,
        ended=ended,
    )


def _failure(record: Record, origin: LineOrigin, error: str) -> RetryUpdate:
    return RetryUpdate(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        reason=error,
        attempt=count(record.get("attempt")),
        status=number(record.get("status_code")),
    )


def _owner(origin: LineOrigin) -> str:
    return f"{origin.session.id}\n{origin.agent}\n"


def _id(record: Record) -> str:
    return str(record.get("id"))
