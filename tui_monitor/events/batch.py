"""The result of one read of a source, and the position after it."""

from __future__ import annotations

from dataclasses import field, replace

from tui_monitor.events.immutable import immutable
from tui_monitor.events.updates import Event
from tui_monitor.events.values import SessionKey


@immutable(frozen=True, slots=True)
class Checkpoint:
    """A position in a source, with everything needed to resume there or to detect that the file is another one.

    ``source`` is its identity (for files: device, inode and the hash of a prefix of recorded length), ``cursor`` is
    opaque to all but the source, ``state`` is the parser's state as JSON text.
    """

    source: str
    path: str
    adapter: str
    version: int
    cursor: str = ""
    state: str = ""


@immutable(frozen=True, slots=True)
class Health:
    """Counts of lines read, lines skipped as unreadable and records of an unknown type, with one line per new error."""

    lines: int = 0
    skipped: int = 0
    unknown: int = 0
    errors: tuple[str, ...] = ()

    def __add__(self, other: Health) -> Health:
        return Health(
            self.lines + other.lines,
            self.skipped + other.skipped,
            self.unknown + other.unknown,
            self.errors + other.errors,
        )


@immutable(frozen=True, slots=True)
class Batch:
    """The events of one read of one source, between the cursor ``before`` (``""``: the start) and the checkpoint.

    ``size`` is the number of bytes read, 0 if that is unknown. What cannot be read again (a pipe) has its ``lines``,
    each with its offset, and the parser's ``state_before`` them.
    """

    before: str
    after: Checkpoint
    events: tuple[Event, ...] = ()
    health: Health = field(default_factory=Health)
    size: int = 0
    lines: tuple[tuple[int, bytes], ...] = ()
    state_before: str = ""

    def sessions(self) -> frozenset[SessionKey]:
        """Return the sessions of its events."""
        return frozenset(event.session for event in self.events)

    def is_continued_by(self, other: Batch) -> bool:
        """Return True if ``other`` begins where this batch ends, in the same source."""
        end, start = self.after, other.after
        return (start.source, start.version, other.before) == (end.source, end.version, end.cursor)

    def joined(self, *others: Batch) -> Batch:
        """Return this batch and those that continue it as one."""
        if not others:
            return self
        batches = (self, *others)
        return replace(
            self,
            after=others[-1].after,
            events=tuple(event for batch in batches for event in batch.events),
            health=sum((batch.health for batch in others), start=self.health),
            size=sum(batch.size for batch in batches),
            lines=tuple(line for batch in batches for line in batch.lines),
        )
