"""The screen's dependencies, handed in, so that every picture can be reproduced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tui_monitor.config import DisplayConfig
from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import Delivery
from tui_monitor.feed.log_pages import PageRequest
from tui_monitor.figures import FigureKind, Period
from tui_monitor.live.alerts import AlertSettings
from tui_monitor.live.session import SessionState
from tui_monitor.search.query import SearchQuery
from tui_monitor.tui.git import HeadDiff, TreeFile, head_diff, tree_files
from tui_monitor.tui.output_tail import OutputTail, read_on

if TYPE_CHECKING:
    from tui_monitor.feed.replay.clock import ReplayClock
    from tui_monitor.feed.replay.recording import Recording

STOP_S = 2.0
"""Seconds that the end of the program may wait for the store."""


class DeliverySource(Protocol):
    """Source of everything on the screen; see `feed.Feed`."""

    def start(self) -> None:
        """Start reading."""

    def stop(self, timeout: float = STOP_S) -> None:
        """Stop, waiting at most ``timeout`` seconds for the store."""

    def drain(self) -> Iterator[Delivery]:
        """Yield the waiting deliveries."""

    def lag(self, session: SessionKey) -> float:
        """Return by how many seconds the deliveries about a session are behind what has been written."""

    def follow(self, path: Path) -> None:
        """Read the session at ``path`` too, before those in the background."""

    def request_sessions(self) -> None:
        """Have the past sessions delivered."""

    def request_history(self, session: SessionKey, brief: bool = False) -> None:
        """Have the stored history of a session delivered; ``brief``: with the last calls alone."""

    def request_figures(self, session: SessionKey, kind: FigureKind, periods: Sequence[Period] = ()) -> None:
        """Have figures of a session delivered; ``periods`` are the times whose spending matters."""

    def request_periods(self, periods: Sequence[Period]) -> None:
        """Have delivered what was spent in these periods."""

    def request_bodies(self, session: SessionKey, call: str) -> None:
        """Have the bodies of a call delivered."""

    def request_file(self, session: SessionKey, path: str) -> None:
        """Have the changes of a file delivered."""

    def request_page(self, request: PageRequest) -> None:
        """Have a page of a session's log delivered."""

    def request_search(self, query: SearchQuery) -> None:
        """Have the hits of a search delivered."""


LOG_SHARE = 60
"""Percent of the screen that the log has beside other panes."""

SourceOpener = Callable[[Callable[[], None]], DeliverySource]
"""Opens a source; the source calls the given function, in any thread, when there is something to drain."""

StatePublisher = Callable[[Iterable[SessionState], int], None]
"""Takes the states of all sessions at a time (epoch ms), about once per second, for other programs."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A recording to show in the place of what is live, and its clock."""

    recording: Recording
    clock: ReplayClock


@dataclass(frozen=True, slots=True)
class MonitorSetup:
    """What a person has set up: budgets in US dollars by name, where the prices are from (slow to say the first time),
    the versions of the program and its libraries, and what makes the states of an agent certain, by the name of its
    format."""

    budgets: Mapping[str, float] = field(default_factory=dict)
    prices: Callable[[], str] = str
    versions: tuple[tuple[str, str], ...] = ()
    advice: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class AppContext:
    """Dependencies of the app: ``clock`` returns epoch milliseconds, ``tz`` is the zone of times of day (None: local),
    ``open_demo`` opens the source of a demo session, ``notices`` are shown at start-up. ``folders`` are the current one
    and those above it with their distances; their session is shown first (None: any). ``environment`` says in which
    terminal the app runs, ``publish`` gets the states of all sessions, ``setup`` is what panes say of it. ``keys`` are
    keys by action; ``log_share`` percent of the screen are for the log, ``keep_log_share`` gets what a person changes
    that to. With a ``replay`` its clock is the ``clock``. ``head_diff`` compares a file with
    the last commit, ``tree_files`` lists those of a folder that differ from it, ``read_output`` reads on in the output
    file of a call (all for a worker: they take a moment)."""

    open_source: SourceOpener
    clock: Callable[[], int]
    home: Path
    open_demo: SourceOpener | None = None
    tz: tzinfo | None = None
    display: DisplayConfig = field(default_factory=DisplayConfig)
    keys: Mapping[str, str] = field(default_factory=dict)
    log_share: int = LOG_SHARE
    keep_log_share: Callable[[int], None] = lambda share: None
    notices: tuple[str, ...] = ()
    folders: Mapping[str, int] | None = None
    alerts: AlertSettings = field(default_factory=AlertSettings)
    environment: Mapping[str, str] = field(default_factory=dict)
    publish: StatePublisher | None = None
    replay: Replay | None = None
    head_diff: Callable[[Path], HeadDiff] = head_diff
    tree_files: Callable[[Path], tuple[TreeFile, ...]] = tree_files
    read_output: Callable[[Path, OutputTail], OutputTail] = read_on
    setup: MonitorSetup = field(default_factory=MonitorSetup)
