"""The texts of a call, and what of them is not at hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto

from tui_monitor.events import Change, SessionKey
from tui_monitor.live.entries import Call
from tui_monitor.merge.text_volume import is_cut


class Completeness(Enum):
    """Whether the texts of a call are at hand in full."""

    YES = auto()
    ASKED = auto()
    """What is missing was asked for."""
    LOST = auto()
    """It is no longer to be had."""


@dataclass(frozen=True, slots=True)
class BodyTexts:
    """All texts of one call."""

    input: str = ""
    output: str = ""
    error: str = ""
    metadata: str = ""
    changes: tuple[Change, ...] = ()

    @classmethod
    def of(cls, call: Call) -> BodyTexts:
        """The texts that the call itself holds."""
        return cls(call.input, call.output, call.error, call.metadata, call.changes)

    @property
    def is_cut(self) -> bool:
        """Whether there is more of any of them than is held here."""
        texts = (self.input, self.output, self.error, self.metadata)
        return any(map(is_cut, texts)) or any(map(_lacks_lines, self.changes))


class BodyLoader:
    """The texts of the call that is shown: those it holds, or what came in answer to a question for the rest."""

    def __init__(self) -> None:
        self.bodies = BodyTexts()
        self.whole = Completeness.YES
        self._call: tuple[SessionKey, str] | None = None
        self._version = 0
        self._own = BodyTexts()

    def take(self, call: Call) -> bool:
        """A call is shown, or what has become of it. True if its texts are to be asked for."""
        key, own = (call.session, call.id), BodyTexts.of(call)
        # What was at hand when a call was trimmed stays at hand: that does not make another version of it.
        known = key == self._call and (call.version == self._version or own == self._own)
        self._call, self._version, self._own = key, call.version, own
        if known:
            return False
        self.bodies = own
        self.whole = Completeness.ASKED if call.trimmed or own.is_cut else Completeness.YES
        return self.whole is Completeness.ASKED

    def answer(self, bodies: BodyTexts, *, complete: bool) -> None:
        """These texts have been found; if they are not ``complete``, the rest is no longer to be had."""
        if bodies != BodyTexts():
            self.bodies = bodies
        self.whole = Completeness.YES if complete else Completeness.LOST


def _lacks_lines(change: Change) -> bool:
    """Whether fewer lines stand in its diff than it changed."""
    if not change.diff:
        return False
    signs = Counter(line[:1] for line in change.diff.splitlines())
    return signs["+"] < change.added or signs["-"] < change.removed
