"""The places of spans in their traces, which the store needs to count once what several of them describe.

The spans between those of model work (of HTTP, of a database) count only in traces that have such work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from tui_monitor.events import SessionKey, SpanUpdate, Tokens
from tui_monitor.sources.otlp.export import Span
from tui_monitor.sources.shared.fields import put_bounded

_MAX_TRACES = 256
_MAX_WAITING = 512


@dataclass(slots=True)
class Traces:
    """The traces of a file: ``sessions`` are those that their model work belongs to, ``waiting`` the spans of traces
    without any so far, by id with the one around it, and their times."""

    sessions: dict[str, list[str]] = field(default_factory=dict)
    waiting: dict[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def restore(cls, saved: dict[str, Any]) -> Self:
        """Return the saved traces."""
        return cls(dict(saved["sessions"]), dict(saved["waiting"]))

    def state(self) -> dict[str, Any]:
        """Return the traces as JSON values."""
        return {"sessions": self.sessions, "waiting": self.waiting}

    def updates(
        self, span: Span, session: SessionKey, tokens: Tokens | None = None, *, is_sum: bool = False
    ) -> Iterator[SpanUpdate]:
        """Yield the place of a span of model work in ``session``, and of the spans that waited for it."""
        put_bounded(self.sessions, span.trace, [*session], _MAX_TRACES)
        yield _place(session, span.trace, span.uid, span.parent, span.start, span.end, tokens, is_sum=is_sum)
        for uid in [uid for uid in self.waiting if uid.startswith(f"{span.trace}+")]:
            yield _place(session, span.trace, uid, *self.waiting.pop(uid))

    def other_updates(self, span: Span) -> Iterator[SpanUpdate]:
        """Yield the place of a span that describes no model work, if its trace has any."""
        if span.trace in self.sessions:
            session = SessionKey(*self.sessions[span.trace])
            yield _place(session, span.trace, span.uid, span.parent, span.start, span.end)
        elif span.parent:
            put_bounded(self.waiting, span.uid, [span.parent, span.start, span.end], _MAX_WAITING)


def _place(
    session: SessionKey,
    trace: str,
    uid: str,
    parent: str,
    began: int,
    ended: int,
    tokens: Tokens | None = None,
    *,
    is_sum: bool = False,
) -> SpanUpdate:
    return SpanUpdate(
        session=session,
        trace=trace,
        span=span_id(uid),
        parent=span_id(f"{trace}+{parent}") if parent else "",
        began=began,
        ended=ended,
        tokens=tokens if tokens and tokens.total else None,
        is_sum=is_sum,
    )


def span_id(uid: str) -> str:
    """Return the id of a span among all ids of responses."""
    return f"span:{uid}"
