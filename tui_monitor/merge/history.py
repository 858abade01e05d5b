"""A session as the store remembers it: whole records, and the events that are kept as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tui_monitor.events import Change, Event, SessionKey
from tui_monitor.merge.agents import MergedAgent
from tui_monitor.merge.calls import CallRecord
from tui_monitor.merge.context_limits import LimitReport
from tui_monitor.merge.session_facts import SessionFacts
from tui_monitor.merge.suite_result import SuiteResult


@dataclass(frozen=True, slots=True)
class CallContent:
    """The long texts of a call, each cut; ``summary``, ``looks_failed`` (see `outcome`) and ``suite`` are of
    the whole output."""

    input: str = ""
    output: str = ""
    error: str = ""
    metadata: str = ""
    changes: tuple[Change, ...] = ()
    summary: str = ""
    looks_failed: bool = False
    suite: SuiteResult | None = None


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A call with its long texts; ``order`` is its position in the order of reading."""

    id: str
    order: int
    record: CallRecord
    content: CallContent


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event that is kept as it was; ``order`` is its position in the order of reading."""

    order: int
    event: Event


class LogPlace(NamedTuple):
    """A place in a session's log: a time (epoch ms), and a position in the order of reading."""

    at: int
    order: int


BEGINNING, END = LogPlace(-(2**62), 0), LogPlace(2**62, 0)
"""Places before and after all entries."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Calls and events that are next to each other in a session's log.

    ``first`` and ``last`` are the places of all that was looked at, None for nothing; ``is_whole`` is set if there was
    nothing more.
    """

    calls: tuple[RecordedCall, ...] = ()
    events: tuple[RecordedEvent, ...] = ()
    first: LogPlace | None = None
    last: LogPlace | None = None
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class SessionHistory:
    """All that live state is built from.

    ``calls`` are the last ones, those without an end, and results whose call was not read yet; ``events`` are in order
    of time. ``call_ends`` has, by agent, the end of the call that started it: id, time, and True if it failed.
    ``last_call_at`` and ``last_result_at`` are those of the main chain's calls that are left out.
    """

    session: SessionKey
    facts: SessionFacts = field(default_factory=SessionFacts)
    agents: Mapping[str, MergedAgent] = field(default_factory=dict)
    limits: Mapping[str, tuple[LimitReport, ...]] = field(default_factory=dict)
    call_ends: Mapping[str, tuple[str, int, bool]] = field(default_factory=dict)
    calls: tuple[RecordedCall, ...] = ()
    events: tuple[RecordedEvent, ...] = ()
    last_call_at: int = 0
    last_result_at: int = 0

    def __len__(self) -> int:
        """Return how much work it makes: its records and events."""
        return len(self.agents) + len(self.calls) + len(self.events)
