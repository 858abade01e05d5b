"""The filter language of the activity log.

A filter is a list of terms that must all match. A word matches, whatever its case, in a call's tool, target or summary
line, or in a mark's text; ``"two words"`` in quotes are one term. ``tool:bash``, ``file:views/`` and ``agent:explore``
look in one field only; ``is:error``, ``is:change``, ``is:running`` and ``is:rejected`` match a state; ``-`` before a
term excludes its matches. Anything else is a word: no filter is invalid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tui_monitor.events import MAIN, ChangeKind, ToolKind
from tui_monitor.live.entries import Call, Entry, Mark, MarkKind
from tui_monitor.tui.rows.items import is_problem
from tui_monitor.tui.rows.target import tool_word

ERRORS = "is:error"
CHANGES = "is:change"

_TERM = re.compile(
    r'(?P<minus>-?)(?:(?P<field>tool|file|agent|is):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S*))', re.IGNORECASE
)
_PATHS = (ToolKind.READ, ToolKind.EDIT, ToolKind.WRITE)


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; an empty ``field`` means any."""

    field: str
    value: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """The conditions for listed entries. ``agents``: searchable text of each agent, by id."""

    terms: tuple[Term, ...] = ()
    agents: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        """The texts that matching entries contain, in lower case."""
        return tuple(term.value for term in self.terms if term.field != "is" and not term.negated)

    @property
    def names_tools(self) -> bool:
        """True if it asks for certain tools."""
        return any(term.field == "tool" and not term.negated for term in self.terms)

    def matches(self, entry: Entry, running: bool = False) -> bool:
        """Return True if all conditions hold for ``entry``."""
        return all(self._holds(term, entry, running) != term.negated for term in self.terms)

    def _holds(self, term: Term, entry: Entry, running: bool) -> bool:
        if term.field == "is":
            return running if term.value == "running" else _STATES[term.value](entry)
        if isinstance(entry, Mark):
            return not term.field and term.value in entry.text.casefold()
        return term.value in self._text(term.field, entry).casefold()

    def _text(self, name: str, call: Call) -> str:
        match name:
            case "tool":
                return f"{call.tool}\n{tool_word(call)}\n{call.kind}"
            case "agent":
                return "main" if call.agent == MAIN else f"{call.agent}\n{self.agents.get(call.agent, '')}"
            case "file":
                return paths_of(call)
            case _:
                return "\n".join(
                    (call.tool, tool_word(call), call.subject, call.note, call.summary_line, paths_of(call))
                )


def parse(query: str, agents: Mapping[str, str] | None = None) -> Filter:
    """Return the filter of ``query``; unfinished conditions are ignored."""
    terms = filter(None, map(_term, _TERM.finditer(query)))
    return Filter(tuple(terms), agents or {})


def problem_of(query: str) -> str:
    """Return a sentence on a state that does not exist, with those that do; empty if there is none."""
    for match in _TERM.finditer(query):
        value = match["bare"] or ""
        if (match["field"] or "").lower() == "is" and value and value.casefold() not in STATES:
            return f"There is no is:{value}; there are {', '.join(f'is:{state}' for state in STATES)}."
    return ""


def toggled(query: str, condition: str) -> str:
    """Return ``query`` with ``condition`` added, or removed if it was there."""
    words = query.split()
    return " ".join([word for word in words if word != condition] if condition in words else [*words, condition])


def _term(match: re.Match[str]) -> Term | None:
    name = (match["field"] or "").lower()
    value = (match["quoted"] if match["quoted"] is not None else match["bare"]).casefold()
    if not value:
        return None
    if name == "is" and value not in STATES:
        name, value = "", f"is:{value}"
    return Term(name, value, bool(match["minus"]))


def paths_of(call: Call) -> str:
    """Return the paths that a call reads or changes, one a line."""
    paths = [change.path for change in call.changes]
    return "\n".join([call.subject, *paths] if call.kind in _PATHS else paths)


def is_change(entry: Entry) -> bool:
    """Return True for a call that changed a file."""
    return isinstance(entry, Call) and any(change.kind is not ChangeKind.READ for change in entry.changes)


def _is_rejected(entry: Entry) -> bool:
    if isinstance(entry, Mark):
        return entry.kind is MarkKind.INTERRUPTED
    return entry.state.rejected


_STATES: Mapping[str, Callable[[Entry], bool]] = {
    "error": is_problem,
    "change": is_change,
    "rejected": _is_rejected,
}

STATES = (*_STATES, "running")
"""The values of ``is:``."""
FIELDS = ("is", "tool", "file", "agent")
