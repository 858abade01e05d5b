"""The last response spans of a file: which of them are nested, and which traces have any."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_monitor.sources.shared.fields import put_bounded

_MAX_SPANS = 256


@dataclass(slots=True)
class ResponseSpans:
    """Response spans by uid, bounded: parent, trace, and counts. Their values are JSON, for the parser's state."""

    spans: dict[str, list[object]] = field(default_factory=dict)

    def add(self, uid: str, parent: str, trace: str, counts: list[int]) -> None:
        """Add a span; ``parent`` is the uid of the span around it, or empty."""
        entry: list[object] = [_uid(trace, parent), trace, counts]
        put_bounded(self.spans, uid, entry, _MAX_SPANS)

    def nested_with(self, uid: str, parent: str, counts: list[int]) -> list[str]:
        """Return the spans with equal counts around or directly inside the span ``uid``."""
        trace = uid.partition("+")[0]
        around = _uid(trace, parent)
        return [
            other
            for other, (other_parent, _, other_counts) in self.spans.items()
            if other_counts == counts and (other == around or other_parent == uid)
        ]

    def has_trace(self, trace: str) -> bool:
        """Return True if a response of this trace was read."""
        return any(span[1] == trace for span in self.spans.values())


def _uid(trace: str, span: str) -> str:
    return f"{trace}+{span}" if span else ""
