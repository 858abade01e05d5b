"""A log in which a person goes from one failure, change, prompt, compaction or match to the next."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from textual import events
from textual.reactive import var

from tui_monitor.live.entries import Mark, MarkKind
from tui_monitor.tui.rows.filter import Filter, is_change
from tui_monitor.tui.rows.items import FoldState, LogItem, is_problem
from tui_monitor.tui.rows.page_scopes import is_sought
from tui_monitor.tui.widgets.paged_log import PagedLog

HIT = "hit"
"""What is sought while something is searched for."""


def _is_mark(kind: MarkKind) -> Callable[[LogItem], bool]:
    return lambda item: isinstance(item.entry, Mark) and item.entry.kind is kind


def _hides_failures(item: LogItem) -> bool:
    """Return True for an agent whose calls are not listed, if one of them failed."""
    return item.fold is FoldState.FOLDED and item.failed > 0


_SEEKABLE: Mapping[str, Callable[[LogItem], bool]] = {
    "problem": lambda item: any(map(is_problem, item.entries)) or _hides_failures(item),
    "change": lambda item: any(map(is_change, item.entries)),
    "prompt": _is_mark(MarkKind.PROMPT),
    "compaction": _is_mark(MarkKind.COMPACTED),
}
_NAMES = {"problem": "failure", "change": "change", "prompt": "prompt", "compaction": "compaction", HIT: "match"}


class SeekingLog(PagedLog):
    """Seeks among the listed rows, then in the rest of the session."""

    find_text: var[str] = var("", init=False)
    """What is searched for, in the same language; empty for nothing."""
    note: var[str] = var("", init=False)
    """What became of the last search, until something else is done."""

    @abstractmethod
    def parsed(self, text: str) -> Filter:
        """Return the filter that a text stands for in this session."""

    @abstractmethod
    def set_unfolded(self, item: LogItem, unfolded: bool) -> None:
        """Show the rows under one, or hide them."""

    def watch_find_text(self) -> None:
        """Mark what is found, and go to the nearest match."""
        self.find = self.parsed(self.find_text)
        self.note = ""
        if self.find_text and not (self.selected and self._is_sought(self.selected)):
            self.action_seek(HIT, -1)
        self.refresh_bindings()

    def _is_sought(self, item: LogItem) -> bool:
        return any(map(self.find.matches, item.entries))

    def on_key(self, event: events.Key) -> None:
        """Forget what became of the last search, and look no further."""
        self.note = ""

    def action_seek(self, kind: str, by: int) -> None:
        """Select the next row forward (1) or back (-1) of this kind; back, while the log follows."""
        by = -1 if self.following else by
        matches = self._is_sought if kind == HIT else _SEEKABLE[kind]
        if not self._seek(by, matches, centred=True):
            self._seek_beyond(kind, by)
        elif kind == "problem" and self.selected and _hides_failures(self.selected):
            self._enter_agent(self.selected, by, matches)

    def _seek_beyond(self, kind: str, by: int) -> None:
        """Look for a row in the rest of the session; say so while it takes, and if there is none."""
        where = f"{_NAMES[kind]} {'above' if by < 0 else 'below'}"
        matches = self.find.matches if kind == HIT else is_sought(kind)

        def end(is_found: bool) -> None:
            self.note = "" if is_found else f"no {where}"

        self.note = looking = f"looking for a {where} …"
        if not self.seek_beyond(kind, matches, by, goes_on=lambda: self.note == looking, end=end):
            end(is_found=False)

    def _enter_agent(self, item: LogItem, by: int, matches: Callable[[LogItem], bool]) -> None:
        """Show the calls of an agent, and select the first of them that matches, or going back the last; going forward
        the agent itself comes first."""
        self.set_unfolded(item, True)
        listing, index = self._cursor.listing, self._cursor.index
        if index is None or (by > 0 and any(map(is_problem, item.entries))):
            return
        after = listing.step(index, 1, lambda below: below.depth <= item.depth)
        begin = index if by > 0 else len(listing.rows) if after is None else after
        target = listing.step(begin, by, matches)
        if target is None:
            return
        self.select(target, centred=True)
        if self.selected and _hides_failures(self.selected):
            self._enter_agent(self.selected, by, matches)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Have one of two actions that share a key: the next match while something is searched for, else failure."""
        if action == "seek" and parameters[0] in (HIT, "problem"):
            return bool(self.find_text) is (parameters[0] == HIT)
        return super().check_action(action, parameters)
