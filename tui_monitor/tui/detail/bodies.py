"""The bodies of a call (its texts and changes), and how much of them is available."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum, auto

from tui_monitor.events import CallState, Change, Proposal, Reply, SessionKey, ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.merge.calls import PERSONAL_KINDS, PROPOSING_KINDS
from tui_monitor.merge.text_volume import is_cut


class Completeness(Enum):
    """Availability of the bodies of a call."""

    COMPLETE = auto()
    LOADING = auto()
    """The rest was requested."""
    LOST = auto()
    """The rest is no longer available."""


@dataclass(frozen=True, slots=True)
class BodyTexts:
    """All bodies of one call, what it asks for, and what was answered."""

    input: str = ""
    output: str = ""
    error: str = ""
    metadata: str = ""
    changes: tuple[Change, ...] = ()
    proposal: Proposal | None = None
    answers: tuple[Reply, ...] = ()

    @classmethod
    def of(cls, call: Call) -> BodyTexts:
        """Return the bodies that the call itself holds."""
        return cls(call.input, call.output, call.error, call.metadata, call.changes, call.proposal, call.answers)

    @property
    def proposed_changes(self) -> tuple[Change, ...]:
        """The changes that it asks for, while none was made."""
        return tuple(self.proposal.changes) if self.proposal and not self.changes else ()

    @property
    def is_cut(self) -> bool:
        """True if any of them is incomplete."""
        texts = (self.input, self.output, self.error, self.metadata)
        return any(map(is_cut, texts)) or any(map(_lacks_lines, self.changes))


class BodyLoader:
    """The bodies of the shown call: those that it holds, or the answer to a request for the rest."""

    def __init__(self) -> None:
        self.bodies = BodyTexts()
        self.completeness = Completeness.COMPLETE
        self._call: tuple[SessionKey, str] | None = None
        self._version = 0
        self._own = BodyTexts()

    def update(self, call: Call) -> bool:
        """Show a call, or its new version. Return True if its bodies are to be requested."""
        key, own = (call.session, call.id), BodyTexts.of(call)
        # Trimming a call is no new version of it: bodies loaded before stay.
        unchanged = key == self._call and (call.version == self._version or own == self._own)
        self._call, self._version, self._own = key, call.version, own
        if unchanged:
            return False
        self.bodies = own
        self.completeness = Completeness.LOADING if call.trimmed or own.is_cut else Completeness.COMPLETE
        return self.completeness is Completeness.LOADING or _lacks_proposal(call)

    def answer(self, bodies: BodyTexts, *, complete: bool) -> None:
        """Set the requested bodies; if they are not ``complete``, the rest is no longer available."""
        if bodies != BodyTexts():
            own = self.bodies
            self.bodies = replace(
                bodies, proposal=bodies.proposal or own.proposal, answers=bodies.answers or own.answers
            )
        if self.completeness is not Completeness.COMPLETE:
            self.completeness = Completeness.COMPLETE if complete else Completeness.LOST


def _lacks_proposal(call: Call) -> bool:
    """Return True if a call may ask for something that is not held: the store has it no more than a trimmed call."""
    if call.proposal is not None or call.kind not in PROPOSING_KINDS:
        return False
    return call.state is not CallState.OK or call.kind in PERSONAL_KINDS or call.kind is ToolKind.AGENT


def _lacks_lines(change: Change) -> bool:
    """Return True if the diff has fewer lines than the change."""
    if not change.diff:
        return False
    signs = Counter(line[:1] for line in change.diff.splitlines())
    return signs["+"] < change.added or signs["-"] < change.removed
