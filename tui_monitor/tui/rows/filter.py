"""The filter language of the activity log.

Words must all occur, whatever their case, in a call's tool, target or finding, or in a mark's text; ``"two words"``
in quotes are one. ``tool:bash``, ``file:views/``, ``agent:explore`` look in one place only, ``is:error``,
``is:change``, ``is:running`` and ``is:rejected`` ask what became of a call, and ``-`` before any of these turns it
around. Whatever else is written is a word: there is no wrong filter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tui_monitor.events import MAIN, ChangeKind, ToolKind
from tui_monitor.live.entries import Call, Entry, Mark, MarkKind
from tui_monitor.tui.rows.target import tool_word

ERRORS = "is:error"
CHANGES = "is:change"

_TERM = re.compile(
    r'(?P<minus>-?)(?:(?P<field>tool|file|agent|is):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S*))', re.IGNORECASE
)
_PATHS = (ToolKind.READ, ToolKind.EDIT, ToolKind.WRITE)


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; a ``place`` of the empty string is anywhere."""

    place: str
    value: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are shown. ``agents`` are the words by which each agent is found."""

    terms: tuple[Term, ...] = ()
    agents: Mapping[str, str] = field(default_factory=dict)

    @property
    def names_tools(self) -> bool:
        """Whether it asks for certain tools."""
        return any(term.place == "tool" and not term.negated for term in self.terms)

    def shows(self, entry: Entry, running: bool = False) -> bool:
        """Whether all conditions hold for ``entry``, which is or is not ``running``."""
        return all(self._holds(term, entry, running) != term.negated for term in self.terms)

    def _holds(self, term: Term, entry: Entry, running: bool) -> bool:
        if term.place == "is":
            return running if term.value == "running" else _STATES[term.value](entry)
        if isinstance(entry, Mark):
            return not term.place and term.value in entry.text.casefold()
        return term.value in self._text(term.place, entry).casefold()

    def _text(self, place: str, call: Call) -> str:
        match place:
            case "tool":
                return f"{call.tool}\n{tool_word(call)}\n{call.kind}"
            case "agent":
                return "main" if call.agent == MAIN else f"{call.agent}\n{self.agents.get(call.agent, '')}"
            case "file":
                return _paths(call)
            case _:
                return "\n".join((call.tool, tool_word(call), call.subject, call.note, call.summary_line, _paths(call)))


def parse(query: str, agents: Mapping[str, str] | None = None) -> Filter:
    """The filter that ``query`` writes; unfinished conditions ask for nothing yet."""
    terms = filter(None, map(_term, _TERM.finditer(query)))
    return Filter(tuple(terms), agents or {})


def toggled(query: str, condition: str) -> str:
    """``query`` with ``condition`` if it was without, and without if it was with."""
    words = query.split()
    return " ".join([word for word in words if word != condition] if condition in words else [*words, condition])


def _term(match: re.Match[str]) -> Term | None:
    place = (match["field"] or "").lower()
    value = (match["quoted"] if match["quoted"] is not None else match["bare"]).casefold()
    if not value:
        return None
    if place == "is" and value not in (*_STATES, "running"):
        place, value = "", f"is:{value}"
    return Term(place, value, bool(match["minus"]))


def _paths(call: Call) -> str:
    paths = [change.path for change in call.changes]
    return "\n".join([call.subject, *paths] if call.kind in _PATHS else paths)


def _is_error(entry: Entry) -> bool:
    if isinstance(entry, Mark):
        return entry.kind is MarkKind.GAVE_UP
    return entry.state.failed or entry.suspicious


def _is_change(entry: Entry) -> bool:
    return isinstance(entry, Call) and any(change.kind is not ChangeKind.READ for change in entry.changes)


def _is_rejected(entry: Entry) -> bool:
    if isinstance(entry, Mark):
        return entry.kind is MarkKind.INTERRUPTED
    return entry.state.rejected


_STATES: Mapping[str, Callable[[Entry], bool]] = {
    "error": _is_error,
    "change": _is_change,
    "rejected": _is_rejected,
}
