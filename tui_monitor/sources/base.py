"""The interface of source formats. A new format is one `Adapter`, listed in ``discovery/registry.py``.

Most formats are files of JSON lines: derive from `LineAdapter` and write a `Parser`. Formats of another kind
(a database, a document that is rewritten) return a `Source` of their own from `Adapter.open`.
"""

from __future__ import annotations

import stat
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeAlias

from tui_monitor.events import (
    NO_WINDOW_POLICY,
    Batch,
    Checkpoint,
    CompactionRule,
    Event,
    ProcessScan,
    SessionKey,
    SessionProcess,
    SourceRef,
    WindowPolicy,
)

Record: TypeAlias = dict[str, Any]
"""A decoded JSON object of a source. It never leaves the adapter."""


class UnknownRecord(ValueError):
    """A record of an unknown type: counted, never fatal."""


class UnreadableRecord(ValueError):
    """A record of a known type but of another shape: counted as skipped, never fatal."""


Checkpoints: TypeAlias = Callable[[str], Iterable[Checkpoint]]
"""Return all saved checkpoints whose source identity begins with the given text."""


def no_checkpoints(prefix: str) -> Iterable[Checkpoint]:
    """Return no checkpoints: every source is read from its start."""
    return ()


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file: its first bytes, and some of the JSON objects in them."""

    path: Path
    raw: bytes
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class SessionFile:
    """The main file of a session, its last change (epoch milliseconds) and its size in bytes (0: unknown)."""

    path: Path
    modified: int
    size: int = 0


def session_file(path: Path) -> SessionFile | None:
    """Return the session in the file at ``path``; None if that is no regular file.

    Raises:
        OSError: it does not exist, or cannot be examined.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        return None
    return SessionFile(path, status.st_mtime_ns // 1_000_000, status.st_size)


@dataclass(frozen=True, slots=True)
class SearchContext:
    """The surroundings that decide where sessions are searched: home, environment, current directory."""

    home: Path
    env: Mapping[str, str]
    cwd: Path


@dataclass(frozen=True, slots=True)
class Process:
    """A process of this user. ``started`` is the moment at which it began, in a form that only equality matters for:
    it distinguishes a process from a later one of the same id. ``arguments`` are the beginning of its command line,
    ``home`` is the home folder that it was started with (empty: unknown), ``terminal`` the device that it is shown on.
    """

    pid: int
    started: str = ""
    arguments: tuple[str, ...] = ()
    cwd: str = ""
    home: str = ""
    terminal: str = ""

    def saves_in(self, home: Path) -> bool:
        """Return False if it was started with another home folder, and so saves its sessions elsewhere."""
        return self.home in ("", str(home))


class ProcessTable(Protocol):
    """The processes of this user, as far as the operating system lists them; never those of others."""

    def namespace(self) -> str:
        """Return the name of the space in which process ids have their meaning here; empty if there is but one."""

    def is_alive(self, pid: int, started: str = "") -> bool:
        """Return True if the process lives; ``started``, if known, excludes a later one of the same id."""

    def named(self, programs: Collection[str]) -> list[Process]:
        """Return the processes that run one of these programs, by the name of its file or script."""

    def find(self, pid: int) -> Process | None:
        """Return a process; None if it is gone or cannot be examined."""

    def open_files(self, pid: int) -> list[Path]:
        """Return the files that a process holds open; none if that is unknown."""

    def began_at(self, pid: int) -> int | None:
        """Return when a process began (epoch ms, about); None if that is unknown."""

    def newest_child_at(self, pid: int) -> int | None:
        """Return when the newest living child of a process began (epoch ms), 0 without one; None if that is unknown."""


@dataclass(frozen=True, slots=True)
class MetricNames:
    """The names under which an agent exports its own metrics, as dashboards query them in Prometheus.

    ``token_kinds`` are the values of the label ``type`` of tokens by the names of the counts.
    """

    tokens: str
    cost: str
    lines: str
    sessions: str
    commits: str
    token_kinds: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AgentTraits:
    """Facts about an agent that its files do not state.

    ``title`` is its name in sentences, ``model_family`` a word in the names of the models it is made for (``claude``),
    ``provider`` the provider, as price lists name it, of the models that it runs by default. ``context_base`` is the
    number of tokens that its own percentage of a context leaves out, both of the window and of its content.
    ``exact_states`` are sentences on what makes its states certain, for a person who wants that; ``metric_names`` those
    of its own metrics, None where it exports none. ``resume`` is the command that goes on with a session, ``{}`` in it
    the session's id.
    """

    title: str = ""
    model_family: str = ""
    provider: str = ""
    windows: WindowPolicy = NO_WINDOW_POLICY
    compaction_rule: CompactionRule | None = None
    context_base: int = 0
    exact_states: str = ""
    metric_names: MetricNames | None = None
    resume: str = ""


class Source(Protocol):
    """A file, stream or database that is read in chunks."""

    path: Path

    def read(self) -> Batch | None:
        """Return the events of the next chunk, of bounded size; None if there is nothing new yet.

        Raises:
            OSError: the source cannot be read now (deleted, no permission). Reading may be tried again later.
        """

    def progress(self) -> tuple[int, int]:
        """Return the amount read so far and the whole size, in bytes or rows."""

    def release(self) -> None:
        """Close descriptors for now. The next read opens them again and resumes where the last one stopped."""

    def close(self) -> None:
        """Close the source for good."""


class Parser(Protocol):
    """A converter of the records of one file, in their order, into events."""

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        """Return the events of the record at ``ref``.

        Raises:
            UnknownRecord: the type of the record is unknown.
            UnreadableRecord: the record does not have the shape of its type. A KeyError, TypeError, ValueError or
                AttributeError means the same, so that a parser need not guard each access.
        """

    def state(self) -> str:
        """Return everything needed to resume from here, as JSON text; small and bounded."""


class Adapter(ABC):
    """A source format: how its files are recognised, found, and opened."""

    name: ClassVar[str]
    """Name of the source in session keys, agent ids and reports, e.g. ``claude-code``."""
    version: ClassVar[int]
    """Increased when the same bytes give other events; files read by an older version are then read again."""
    is_aggregate: ClassVar[bool] = False
    """True for formats whose one file holds many sessions of any agent (OTLP exports)."""

    states_processes: ClassVar[bool] = False
    """True for formats whose lines state the processes of their sessions; `scan_processes` knows those of opened
    files."""

    programs: ClassVar[frozenset[str]] = frozenset()
    """Names of the programs that run its sessions."""

    traits: ClassVar[AgentTraits] = AgentTraits()
    """Facts about the agent of this name, whose sessions may also come from other formats."""

    @abstractmethod
    def recognises(self, head: Head) -> bool:
        """Return True if a file with this beginning is of this format."""

    @abstractmethod
    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        """Open the source at ``path``, resuming from a checkpoint of this very file if there is one."""

    def related_files(self, path: Path) -> Iterable[Path]:
        """Return the other files of the session at ``path`` (of its sub-agents) that exist now.

        A session inside a database has its own path below the database, and is one of the database's related files.
        """
        return ()

    def watched_paths(self, path: Path) -> Iterable[Path]:
        """Return the files to watch for changes of ``path`` (a database's WAL, say)."""
        return (path,)

    def roots(self, context: SearchContext) -> list[Path]:
        """Return the folders where this agent saves sessions, whether they exist or not."""
        return []

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        """Return the main files of all sessions in these folders, in no particular order."""
        return ()

    def session_files(self, context: SearchContext) -> Iterable[SessionFile]:
        """Return the same sessions with the time of their last change."""
        for path in self.session_paths(context):
            with suppress(OSError):
                if session := session_file(path):
                    yield session

    def scan_processes(self, context: SearchContext, table: ProcessTable) -> ProcessScan | None:
        """Return the living processes of this agent's sessions; None if they are unknown.

        Called about twice a second: it must cost little. By default they are those of its ``programs``, of which it is
        not known which sessions they run.
        """
        if not self.programs:
            return None
        session = SessionKey(self.name, "")
        processes = [
            SessionProcess(session=session, pid=process.pid, cwd=process.cwd, terminal=process.terminal)
            for process in table.named(self.programs)
            if process.saves_in(context.home)
        ]
        return ProcessScan(source=self.name, processes=tuple(processes))

    def process_files(self, context: SearchContext) -> Iterable[Path]:
        """Return the files and folders by whose changes `scan_processes` may return something else."""
        return ()

    def superseded(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Return the paths made redundant by a better source among ``paths``."""
        return ()

    def is_sidecar(self, path: Path) -> bool:
        """Return True for sidecar metadata files, which are never opened as sources."""
        return False

    def start_directory(self, path: Path) -> str | None:
        """Return the directory in which the session was started, reading as little as possible; None if unknown."""
        return None

    def session_named(self, path: Path) -> str:
        """Return the id of the session that the name of its file states; empty if it states none. Nothing is read."""
        return ""

    def session_id_of(self, path: Path) -> str:
        """Return the id of the session in the file at ``path``, reading as little as possible; empty if unknown.

        Needed only for formats in which several files can be about one session.
        """
        return ""


def matching_checkpoints(adapter: Adapter, checkpoints: Checkpoints) -> Checkpoints:
    """Restrict ``checkpoints`` to those of the same version of this adapter."""

    def matching(prefix: str) -> Iterable[Checkpoint]:
        own = (adapter.name, adapter.version)
        return (checkpoint for checkpoint in checkpoints(prefix) if (checkpoint.adapter, checkpoint.version) == own)

    return matching
