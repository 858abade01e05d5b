"""The rows of the log: runs folded into one, calls of sub-agents under their agent, open calls at the end."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, groupby, repeat
from operator import attrgetter

from tui_monitor.events import MAIN, CallState, ChangeKind, ToolKind
from tui_monitor.live.entries import Call, Entry, Mark, MarkKind, is_failure
from tui_monitor.live.liveness import Liveness
from tui_monitor.live.session import SessionState
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.filter import Filter
from tui_monitor.tui.rows.items import FoldState, HiddenOpenCalls, Listed, LogItem, Tally, with_time_gaps
from tui_monitor.tui.rows.log_window import ListedEntries
from tui_monitor.tui.rows.nesting import ParentCalls, homes_of_agents, is_listed, top_level
from tui_monitor.tui.rows.words import are_last_words, without_asides, without_beginnings

# Bound once: looking a member up in its enum takes longer than everything else per entry.
_LOOKUPS = frozenset((ToolKind.READ, ToolKind.SEARCH))
_EDIT = ToolKind.EDIT
_OK = CallState.OK
_MODIFY = ChangeKind.MODIFY
_PROMPT = MarkKind.PROMPT
_REPEATED = frozenset((MarkKind.PROMPT, MarkKind.RETRY))

FEW_MARKS = 3
"""Marks of a kind in a row that are listed one by one; more become one row."""

MAX_OPEN_ROWS = 5
"""Open calls that are listed: those that wait for a person first, then the newest."""


@dataclass(frozen=True, slots=True)
class ListingOptions:
    """The user's choices: runs are ``folded`` except those with a call in ``unfolded`` (by id), and so are agents; the
    rows are ``untimed`` if there is no room for a time column; ``words``: all that the agent said is listed, not only
    the last words of each turn."""

    filter: Filter = field(default_factory=Filter)
    folded: bool = True
    unfolded: frozenset[str] = frozenset()
    untimed: bool = False
    words: bool = False


def listing_key(state: SessionState, context: RowContext) -> Hashable:
    """Return a key that is equal while `list_rows` returns the same rows for the same choices of the user."""
    agents = tuple((agent.id, agent.call, agent.internal) for agent in state.agents.values())
    return (
        state.key,
        state.log.version,
        state.log.evicted_entries,
        agents,
        context.evidence.waiting,
        context.abandoned_before,
        context.ended,
        are_last_words(state, context),
    )


def list_rows(
    state: SessionState,
    context: RowContext,
    options: ListingOptions,
    newest: int | None = None,
    window: ListedEntries | None = None,
) -> list[Listed]:
    """Return the rows of a session's log, oldest first, open calls last. ``newest`` limits the number of finished
    entries; those of a ``window`` are listed in the place of all."""
    listed = window or ListedEntries(state.log.entries, state.log.get)
    over, running = _over_and_running(state, context, newest, listed)
    homes = homes_of_agents(state, listed.get)
    if options.filter.terms:
        rows: Iterable[Listed] = _matching(over, running, homes, options.filter)
    else:
        ends = not listed.is_live or are_last_words(state, context)
        over = without_beginnings(over) if options.words else without_asides(over, ends)
        rows = _folded(over, running, homes, context, options)
    return list(with_time_gaps(rows, context, gaps=options.untimed))


def _over_and_running(
    state: SessionState, context: RowContext, newest: int | None, listed: ListedEntries
) -> tuple[list[Entry], list[Call]]:
    """Return the finished entries, abandoned calls among them, and the calls still running."""
    over = listed.entries[-newest:] if newest else listed.entries
    if not listed.is_live:
        return over, []
    abandoned = [call for call in state.log.open if context.liveness(call) is Liveness.ABANDONED]
    if not abandoned:
        return over, state.log.open
    running = [call for call in state.log.open if call not in abandoned]
    since = over[0].at if newest and over else 0
    over = list(over)
    for call in abandoned:
        if call.at >= since:
            insort(over, call, key=attrgetter("at"))
    return over, running


def _matching(
    over: Iterable[Entry], running: Iterable[Call], homes: Mapping[str, str], entry_filter: Filter
) -> Iterator[Listed]:
    for entry, runs in chain(zip(over, repeat(False)), zip(running, repeat(True))):
        is_visible = not isinstance(entry, Call) or entry_filter.names_tools or is_listed(entry)
        if not is_visible or (isinstance(entry, Call) and entry.agent not in homes):
            continue
        if entry_filter.matches(entry, runs):
            yield LogItem((entry,), depth=int(isinstance(entry, Call) and entry.agent != MAIN))


def _folded(
    over: list[Entry], running: list[Call], homes: Mapping[str, str], context: RowContext, options: ListingOptions
) -> list[Listed]:
    under = defaultdict[str, list[Call]](list)
    parents = ParentCalls(chain(over, running), homes)
    top, pinned = top_level(over, homes, under, parents), top_level(running, homes, under, parents)
    visible = _most_urgent(pinned, context)
    folder = _Folder(options, under, _turns(over), parents.children)
    folder.add(top)
    if len(visible) < len(pinned):
        folder.rows.append(HiddenOpenCalls(len(pinned) - len(visible)))
    folder.add(visible)
    return folder.rows


def _most_urgent(calls: list[Call], context: RowContext) -> list[Call]:
    """Return the open calls for which there is room, in the order in which they began."""
    if len(calls) <= MAX_OPEN_ROWS:
        return calls
    asking_last = sorted(calls, key=lambda call: context.liveness(call) is Liveness.AWAITING_USER)
    chosen = asking_last[-MAX_OPEN_ROWS:]
    return [call for call in calls if call in chosen]


def _turns(entries: Iterable[Entry]) -> dict[Mark, Tally]:
    """Return the totals of each prompt's turn that has any call."""
    calls: list[Call] = []
    turns: list[tuple[Mark, list[Call]]] = []
    for entry in entries:
        if isinstance(entry, Call):
            calls.append(entry)
        elif entry.kind is _PROMPT:
            calls = []
            turns.append((entry, calls))
    return {prompt: _tally(calls) for prompt, calls in turns if calls}


def _tally(calls: list[Call]) -> Tally:
    added = sum([call.added for call in calls])
    removed = sum([call.removed for call in calls])
    uncounted = sum([call.uncounted for call in calls])
    return Tally(len(calls), added, removed, uncounted)


class _Folder:
    """Builds the rows of entries: folds runs, and lists the calls of an unfolded agent below it."""

    def __init__(
        self,
        options: ListingOptions,
        under: Mapping[str, list[Call]],
        turns: Mapping[Mark, Tally],
        children: Mapping[str, list[Call]],
    ) -> None:
        self.rows: list[Listed] = []
        self._options, self._under, self._turns, self._children = options, under, turns, children

    def add(self, entries: Iterable[Entry], depth: int = 0) -> None:
        """Add the rows of ``entries`` at ``depth``."""
        for _, run in groupby(entries, key=self._fold_key if self._options.folded else None):
            members = tuple(run)
            if isinstance(members[0], Mark):
                self._add_marks(members, depth)
            elif len(members) > 1:
                self._add_run(members, depth)
            elif isinstance(members[0], Call):
                self._add_call(members[0], depth)

    def _fold_key(self, entry: Entry) -> Hashable:
        return entry if isinstance(entry, Call) and entry.id in self._children else _fold_key(entry)

    def _add_marks(self, marks: tuple[Entry, ...], depth: int) -> None:
        """Add marks of a kind: a few one by one, many as one row."""
        rows = [marks] if len(marks) > FEW_MARKS else [(mark,) for mark in marks]
        for row in rows:
            tally = self._turns.get(row[-1], Tally()) if isinstance(row[-1], Mark) else Tally()
            self.rows.append(LogItem(row, depth, tally=tally))

    def _add_run(self, members: tuple[Entry, ...], depth: int) -> None:
        unfolded = any(isinstance(member, Call) and member.id in self._options.unfolded for member in members)
        self.rows.append(LogItem(members, depth, _fold(unfolded)))
        if unfolded:
            self.rows.extend(LogItem((member,), depth + 1) for member in members)

    def _add_call(self, call: Call, depth: int) -> None:
        hidden, children = self._under.get(call.id), self._children.get(call.id, ())
        depth = depth or int(call.agent != MAIN and not hidden)
        if hidden:
            self._add_agent(call, hidden, depth)
        else:
            self.rows.append(LogItem((call,), depth))
        self.add(children, depth + 1)

    def _add_agent(self, call: Call, hidden: list[Call], depth: int) -> None:
        unfolded = call.id in self._options.unfolded
        failed = sum(map(is_failure, self._all_under(call)))
        doing = None if call.state.ended or call.closed or unfolded else hidden[-1]
        self.rows.append(LogItem((call,), depth, _fold(unfolded), _tally(hidden), failed, doing))
        if unfolded:
            self.add(hidden, depth + 1)

    def _all_under(self, call: Call) -> Iterator[Call]:
        """Iterate over the calls of an agent, and those of the agents that it started."""
        for other in self._under.get(call.id, ()):
            yield other
            yield from self._all_under(other)


def _fold(unfolded: bool) -> FoldState:
    return FoldState.UNFOLDED if unfolded else FoldState.FOLDED


def _fold_key(entry: Entry) -> Hashable:
    """Return a key that is equal for neighbours that fold into one row: look-ups of one agent, its edits of one file,
    all successful; retries; prompts without calls."""
    if isinstance(entry, Call) and entry.state == _OK:
        if entry.kind in _LOOKUPS:
            return entry.agent
        if entry.kind == _EDIT and len(entry.changes) == 1 and entry.changes[0].kind == _MODIFY:
            return entry.agent, entry.changes[0].path
    if isinstance(entry, Mark) and entry.kind in _REPEATED:
        return entry.kind
    return entry
