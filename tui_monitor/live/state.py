"""The state of all sessions that are followed, in bounded memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest

from tui_monitor.events import Event, ProcessScan, SessionKey, SessionProcess
from tui_monitor.figures import PeriodTotal, SessionFigures
from tui_monitor.live.apply import EVERYTHING, NOTHING, Part, apply
from tui_monitor.live.body_cache import BodyCache
from tui_monitor.live.log import MAX_CALLS, CallLog
from tui_monitor.live.processes import assign
from tui_monitor.live.prompt_cache import mark_misses
from tui_monitor.live.restore import restore
from tui_monitor.live.session import SessionState
from tui_monitor.merge.history import SessionHistory
from tui_monitor.totals import SessionTotals

MAX_SESSIONS = 1000
"""Sessions to remember, those active last; the store has the others."""

MAX_FULL_LOGS = 8
"""Sessions, those active last, that keep all entries of their logs; the others keep the last few."""
FEW_ENTRIES = 40


@dataclass(slots=True)
class Changes:
    """The parts of sessions that have changed since the views were last updated."""

    parts: dict[SessionKey, int] = field(default_factory=dict)
    """The values of `Part`: joining flags themselves would cost as much as most events."""

    def add(self, session: SessionKey, part: Part) -> None:
        """Add ``part`` of ``session``."""
        self.parts[session] = self.parts.get(session, 0) | part._value_

    def of(self, session: SessionKey | None) -> Part:
        """Return the parts of ``session`` that have changed."""
        return Part(self.parts.get(session, 0)) if session else NOTHING


class LiveState:
    """The ``sessions`` by key. Written by one thread only.

    ``pinned`` is the session on the screen: it is neither evicted nor are entries of its log. ``period_totals`` are
    what was last summed up of periods, for budgets.
    """

    def __init__(self, max_calls: int = MAX_CALLS) -> None:
        self.sessions: dict[SessionKey, SessionState] = {}
        self.pinned: SessionKey | None = None
        self.period_totals: tuple[PeriodTotal, ...] = ()
        self._sessions_by_pid: dict[int, SessionKey] = {}
        """The session that each process was seen to run last."""
        self._stated_scans: dict[str, ProcessScan] = {}
        """The last scan of each source that states the processes of its sessions."""
        self._unscanned: set[str] = set()
        """Those of which a session was read after that."""
        self._full_logs: set[SessionKey] = set()
        self._max_calls = max_calls
        self._bodies = BodyCache()

    def apply(self, events: Iterable[Event], changes: Changes) -> None:
        """Merge events, and add to ``changes`` what they change."""
        touched: list[SessionState] = []
        for event in events:
            state = self._session(event.session)
            changes.add(event.session, apply(event, state))
            if not touched or touched[-1] is not state:
                touched.append(state)
        for state in touched:
            if len(state.log) > FEW_ENTRIES and state.key in self.sessions:
                self._bound_logs(state.key)
        self._apply_late_scans(changes)

    def restore(self, history: SessionHistory, changes: Changes, is_brief: bool = False) -> None:
        """Merge what the store remembers of a session, of which later events may be here already. ``is_brief``: it
        lacks entries of the log, as if they were evicted."""
        state = self._session(history.session)
        state.evicted = is_brief
        restore(history, state)
        self._bound_logs(history.session)
        changes.add(history.session, EVERYTHING)
        self._apply_late_scans(changes)

    def set_totals(self, totals: SessionTotals, changes: Changes) -> None:
        """Replace the totals of a session by those of the store; of one that is here: another was evicted, or is known
        to the store by the copies in another session alone."""
        if (state := self.sessions.get(totals.session)) is None:
            return
        state.totals, state.totals_loaded = totals, True
        state.revision += 1
        changes.add(totals.session, Part.TOTALS)
        if mark_misses(state):
            changes.add(totals.session, Part.LOG)

    def set_figures(self, session: SessionKey, figures: SessionFigures, changes: Changes) -> None:
        """Replace those figures of a session that the store has answered."""
        if state := self.sessions.get(session):
            state.figures = state.figures.updated(figures)
            changes.add(session, Part.FIGURES)

    def apply_scan(self, scan: ProcessScan, changes: Changes, adds_sessions: bool = True) -> None:
        """Note which sessions have a process now. One of an unknown session stands for it, if it ``adds_sessions``;
        such a session lasts as long as its process."""
        assignment = assign(scan, self.sessions)
        for key, process in assignment.processes.items():
            if key not in self.sessions and not adds_sessions:
                continue
            state = self._session(key)
            if state.process != process:
                state.process, state.process_gone = process, False
                state.revision += 1
                state.cwd = state.cwd or process.cwd
                state.version = state.version or process.version
                changes.add(key, Part.STATUS | Part.FACTS)
        for key in assignment.released:
            state = self.sessions[key]
            state.process, state.process_gone = None, False
            changes.add(key, Part.STATUS | Part.LOG)
        self._note_successors(assignment.processes)
        for key in assignment.gone:
            state = self.sessions[key]
            if state.process or not state.process_gone:
                state.process, state.process_gone = None, True
                state.revision += 1
                changes.add(key, Part.STATUS | Part.LOG)
            if not state.started and key != self.pinned:
                del self.sessions[key]
        if scan.gone is not None:
            self._note_agents(scan.gone, scan.source, changes)
            self._stated_scans[scan.source] = scan
            self._unscanned.discard(scan.source)

    def _apply_late_scans(self, changes: Changes) -> None:
        """Note the processes of sessions that were read after the scan which had them."""
        while self._unscanned:
            self.apply_scan(self._stated_scans[self._unscanned.pop()], changes, adds_sessions=False)

    def _note_agents(self, gone: Collection[tuple[SessionKey, str]], source: str, changes: Changes) -> None:
        """Note which sub-agents have lost their process: their own, or that of the session that they run in."""
        for state in self.sessions.values():
            for agent in state.children() if state.key.source == source else ():
                is_gone = (state.key, agent.id) in gone or (agent.process_id is None and state.process_gone)
                if agent.process_gone is not is_gone:
                    agent.process_gone = is_gone
                    state.revision += 1
                    changes.add(state.key, Part.STATUS | Part.AGENTS | Part.LOG)

    def _note_successors(self, processes: Mapping[SessionKey, SessionProcess]) -> None:
        """Note of each session which one its process has run before, and runs no more."""
        for key, process in processes.items():
            before = self._sessions_by_pid.get(process.pid)
            if before and before in processes and processes[before].pid == process.pid:
                continue
            if state := self.sessions.get(key):
                state.continues = before
                self._sessions_by_pid[process.pid] = key

    def newest(self) -> SessionState | None:
        """Return the session that was active last."""
        return max(self.sessions.values(), key=lambda state: state.last_at, default=None)

    def _session(self, key: SessionKey) -> SessionState:
        state = self.sessions.get(key)
        if state is None:
            if len(self.sessions) >= MAX_SESSIONS:
                self._evict_oldest()
            state = self.sessions[key] = SessionState(key, log=CallLog(self._max_calls, self._bodies))
            if key.source in self._stated_scans:
                self._unscanned.add(key.source)
        return state

    def _evict_oldest(self) -> None:
        """Evict a tenth at once, so that this is rarely needed."""
        evictable = [state for state in self.sessions.values() if state.key != self.pinned]
        for state in nsmallest(MAX_SESSIONS // 10, evictable, key=lambda state: state.last_at):
            state.log.shrink(0)
            self._full_logs.discard(state.key)
            del self.sessions[state.key]

    def _bound_logs(self, session: SessionKey) -> None:
        self._full_logs.add(session)
        if len(self._full_logs) > MAX_FULL_LOGS:
            evictable = self._full_logs - {self.pinned}
            oldest = min((self.sessions[key] for key in evictable), key=lambda state: state.last_at)
            oldest.log.shrink(FEW_ENTRIES)
            oldest.evicted = True
            self._full_logs.remove(oldest.key)
