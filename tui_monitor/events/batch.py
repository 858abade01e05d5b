"""What one read of a source brought, and how far the source has been read."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_monitor.events.updates import Event


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a source has been read: all that is needed to go on from there, or to see that it is another file.

    ``source`` is the identity (for files device, inode and the hash of a prefix of recorded length), ``cursor``
    opaque to all but the source, ``state`` the adapter's own parser state as JSON text.
    """

    source: str
    path: str
    adapter: str
    version: int
    cursor: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What reading met: lines read, lines that could not be read, lines of unknown type."""

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


@dataclass(frozen=True, slots=True)
class Batch:
    """What one read of one source brought: the cursor it began at (``""`` for the start), events, the checkpoint."""

    before: str
    after: Checkpoint
    events: tuple[Event, ...] = ()
    health: Health = field(default_factory=Health)
