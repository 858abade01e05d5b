"""Where entries of a log are listed: at the top, below the call of their agent, or below the call that made them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from tui_monitor.events import ToolKind
from tui_monitor.live.entries import Call, Entry
from tui_monitor.live.session import SessionState

# Bound once: looking a member up in its enum takes longer than everything else per entry.
_TODO = ToolKind.TODO

_E = TypeVar("_E", bound=Entry)

MAX_NESTING = 6
"""Levels of calls below the call that made them; deeper ones are listed on the last."""


def homes_of_agents(state: SessionState, get: Callable[[str], Call | None]) -> dict[str, str]:
    """Return, by agent, the call under which its calls are listed; empty if that call is not in the log. Internal
    agents are missing."""
    homes = {}
    for agent in state.agents.values():
        call = get(agent.call) if agent.call else None
        if not agent.internal:
            homes[agent.id] = call.id if call and call.agent != agent.id else ""
    return homes


class ParentCalls:
    """The calls that are listed below the one that made them, its ``children`` by its id."""

    def __init__(self, entries: Iterable[Entry], homes: Mapping[str, str]) -> None:
        calls = (entry for entry in entries if isinstance(entry, Call) and is_listed(entry))
        self._parents = {call.id: call.parent for call in calls if call.agent in homes}
        self.children: dict[str, list[Call]] = {}

    def take(self, call: Call) -> bool:
        """Take a call as a child if the one that made it is listed."""
        parent = self._listed_parent(call)
        if parent:
            self.children.setdefault(parent, []).append(call)
        return bool(parent)

    def _listed_parent(self, call: Call) -> str:
        """Return the call below which one is listed; empty for none, also of calls that make each other."""
        ancestors: list[str] = []
        parent = call.parent
        while parent in self._parents:
            if parent == call.id or parent in ancestors:
                return ""
            ancestors.append(parent)
            parent = self._parents[parent]
        return ancestors[max(0, len(ancestors) - MAX_NESTING)] if ancestors else ""


def is_listed(call: Call) -> bool:
    """Return False for an update of the plan, which the header shows, unless it failed."""
    return call.kind != _TODO or call.state.failed


def top_level(
    entries: Iterable[_E], homes: Mapping[str, str], under: Mapping[str, list[Call]], parents: ParentCalls
) -> list[_E]:
    """Return the entries that are listed at the top level; add the others to ``under``, by the call of their agent, or
    to ``parents``."""
    top: list[_E] = []
    for entry in entries:
        if not isinstance(entry, Call):
            top.append(entry)
        elif is_listed(entry) and entry.agent in homes:
            if entry.parent and parents.take(entry):
                continue
            home = homes[entry.agent]
            if home:
                under[home].append(entry)
            else:
                top.append(entry)
    return top
