"""The state of an agent as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tui_monitor.live.entries import Call


class StatusWord(StrEnum):
    """The state of an agent in a word, shown at every width. In the order of urgency: the first needs a person most."""

    WAITS = "WAITS FOR YOU"
    STUCK = "STUCK"
    FAILED = "API ERROR"
    RATE_LIMITED = "RATE LIMITED"
    HELD = "HELD"
    RETRYING = "RETRYING"
    COMPACTING = "COMPACTING"
    WORKING = "WORKING"
    THINKING = "THINKING"
    INTERRUPTED = "INTERRUPTED"
    DONE = "DONE"
    IDLE = "IDLE"
    UNKNOWN = "UNKNOWN"
    ENDED = "ENDED"
    BEHIND = "BEHIND"
    READING = "READING"


@dataclass(frozen=True, slots=True)
class Lag:
    """By how much what is known is behind what has been written: ``ms``, 0 if it is not. ``initial``: while what was
    there at the start is read."""

    ms: int = 0
    initial: bool = False


CURRENT = Lag()


@dataclass(frozen=True, slots=True)
class Status:
    """The state with its start, its subject and the evidence.

    ``certain`` when the agent's process, a hook or its files state it. ``background`` is the number of agents and
    workflows that run after the end of the turn. ``undecided`` while nothing shows whether its call runs or waits for a
    person.
    """

    word: StatusWord
    since: int
    evidence: str
    call: Call | None = None
    subject: str = ""
    certain: bool = True
    background: int = 0
    undecided: bool = False
