"""The declared interface of a source format: write one `Adapter`, name it in `registry.py`, and it is read.

Most formats are files of JSON lines: derive from `LineAdapter` and write a `Parser`. A format of another kind
(a database, a document that is rewritten) gives a `Source` of its own from `Adapter.open`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeAlias

from tui_monitor.events import NO_WINDOW_POLICY, Batch, Checkpoint, CompactionRule, Event, SourceRef, WindowPolicy

Record: TypeAlias = dict[str, Any]
"""One decoded JSON object of a source, as its writer left it: it never leaves the adapter."""


class UnknownRecord(ValueError):
    """A record of a type that this version of the adapter does not know: counted, never fatal."""


class UnreadableRecord(ValueError):
    """A record of a known type whose content is not of the known shape: counted as skipped, never fatal."""


Checkpoints: TypeAlias = Callable[[str], Iterable[Checkpoint]]
"""All kept checkpoints whose source identity begins with the given text."""


def no_checkpoints(prefix: str) -> Iterable[Checkpoint]:
    """Reads everything from its beginning."""
    return ()


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file: its first bytes, and the JSON objects that could be read of them (some, not all)."""

    path: Path
    raw: bytes
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class SessionFile:
    """A session that was found: where, when it changed last (epoch milliseconds), its size in bytes (0: unknown)."""

    path: Path
    modified: int
    size: int = 0


@dataclass(frozen=True, slots=True)
class SearchContext:
    """Where to look for sessions: the user's home, the environment, and the folder the monitor was started in."""

    home: Path
    env: Mapping[str, str]
    cwd: Path


@dataclass(frozen=True, slots=True)
class AgentTraits:
    """Facts about an agent that its files do not state.

    ``title`` is its name in sentences, ``model_family`` a word in the names of the models it is made for (``claude``),
    ``provider`` the provider, as price lists name it, of the models that it runs by default.
    """

    title: str = ""
    model_family: str = ""
    provider: str = ""
    windows: WindowPolicy = NO_WINDOW_POLICY
    compaction_rule: CompactionRule | None = None


class Source(Protocol):
    """One file, stream or database that is read piece by piece."""

    path: Path

    def read(self) -> Batch | None:
        """The next piece, of bounded size; None when there is nothing new for now.

        Raises:
            OSError: it cannot be read just now (gone, no permission). Reading may be tried again later.
        """

    def progress(self) -> tuple[int, int]:
        """How far it has been read and how large it is, in bytes or rows."""

    def release(self) -> None:
        """Close what is held open. The next read opens it again and goes on where the last one stopped."""

    def close(self) -> None:
        """Let go of what is held open."""


class Parser(Protocol):
    """Turns the records of one file into events, in the order in which they stand."""

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        """The events of one record that stands at ``ref``.

        Raises:
            UnknownRecord: its type is not known.
            UnreadableRecord: it is not what its type promises. A KeyError, TypeError, ValueError or
                AttributeError means the same, so that a parser need not guard each access.
        """

    def state(self) -> str:
        """Everything it must remember to go on from here, as JSON text; small, and bounded."""


class Adapter(ABC):
    """What is to be known of a format."""

    name: ClassVar[str]
    """The source's name in session keys, agent ids and reports, e.g. ``claude-code``."""
    version: ClassVar[int]
    """Raised when the same bytes would give other events: what was read by an older one is then read again."""
    is_aggregate: ClassVar[bool] = False
    """Whether a file holds what agents of any kind, in any number of sessions, have exported: such files are read
    beside a session that is shown."""

    traits: ClassVar[AgentTraits] = AgentTraits()
    """Facts about the agent of this name; other formats may hold its sessions, too."""

    @abstractmethod
    def recognises(self, head: Head) -> bool:
        """Whether a file that begins so is of this format."""

    @abstractmethod
    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        """The source at ``path``, to be read on from the checkpoint kept of this very file, else from the start."""

    def related_files(self, path: Path) -> Iterable[Path]:
        """The other files that belong to the session of ``path`` (sub-agents), as they are on the disk now.

        A session inside a database has a path of its own, below that of the database. It is a companion of this one.
        """
        return ()

    def watched_paths(self, path: Path) -> Iterable[Path]:
        """The files that change when there is more to be read of ``path``."""
        return (path,)

    def roots(self, context: SearchContext) -> list[Path]:
        """The folders under which this agent keeps its sessions, whether they exist or not."""
        return []

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        """The files of all sessions kept there, without their companions, in no order."""
        return ()

    def session_files(self, context: SearchContext) -> Iterable[SessionFile]:
        """The same sessions, with when they changed last."""
        for path in self.session_paths(context):
            with suppress(OSError):
                status = path.stat()
                yield SessionFile(path, status.st_mtime_ns // 1_000_000, status.st_size)

    def superseded(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Those of these files that need not be read: others of them tell the same better, under other names."""
        return ()

    def is_sidecar(self, path: Path) -> bool:
        """Whether the file at ``path``, which holds no records, is read along with those that it describes."""
        return False

    def start_directory(self, path: Path) -> str | None:
        """The folder in which the session of ``path`` was started, as cheaply as can be; None if it does not say."""
        return None

    def session_id_of(self, path: Path) -> str:
        """The id of the session that the file at ``path`` tells of, as cheaply as can be; empty if it does not say.
        Needed only where several files may tell of one session."""
        return ""


def matching_checkpoints(adapter: Adapter, checkpoints: Checkpoints) -> Checkpoints:
    """Those that the same version of this adapter has kept."""

    def own(prefix: str) -> Iterable[Checkpoint]:
        mine = (adapter.name, adapter.version)
        return (kept for kept in checkpoints(prefix) if (kept.adapter, kept.version) == mine)

    return own
