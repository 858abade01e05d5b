"""What is handed on, as values that no library of telemetry is needed for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeAlias

from tui_monitor.store import Distribution

Value: TypeAlias = str | int | float | bool | Sequence[str]
Attributes: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class ForwardedLog:
    """A log record about a span: its event name with the agent's prefix, and its attributes."""

    name: str
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class ForwardedSpan:
    """A span with the log record about the same thing. Its ids follow from our keys alone: sent again it is the same
    span. Times are epoch milliseconds; ``parent`` is 0 for the root of a trace; ``service`` is the agent's name."""

    name: str
    trace: int
    id: int
    parent: int
    start: int
    end: int
    service: str
    attributes: Attributes
    is_request: bool = False
    error: str = ""
    log: ForwardedLog | None = None

    @property
    def digest(self) -> bytes:
        """Hash of all that it says."""
        fields = (self.name, self.trace, self.parent, self.start, self.end, self.error, dict(self.attributes))
        return blake2b(json.dumps(fields).encode("utf-8", "surrogatepass"), digest_size=8).digest()


@dataclass(frozen=True, slots=True)
class ForwardedMetric:
    """A cumulative metric since its start, by attributes: sums, or distributions of ``unit`` times ``scale``."""

    name: str
    unit: str
    description: str
    sums: tuple[tuple[Attributes, int, int | float], ...] = ()
    distributions: tuple[tuple[Attributes, int, Distribution], ...] = ()
    scale: float = 1


def stable_id(size: int, *parts: object) -> int:
    """Return an id of ``size`` bytes, never 0, that follows from these parts."""
    text = json.dumps(parts, ensure_ascii=True)
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest()) or 1
