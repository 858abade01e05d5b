"""All that is remembered from line to line of one transcript."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Self

from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.agents import Agents
from tui_monitor.sources.claude_code.background import Background
from tui_monitor.sources.claude_code.calls import Calls
from tui_monitor.sources.claude_code.context import Contexts
from tui_monitor.sources.claude_code.plan import Plan
from tui_monitor.sources.claude_code.queue import Queue
from tui_monitor.sources.claude_code.session import Facts
from tui_monitor.sources.claude_code.turns import Turns
from tui_monitor.sources.shared.fields import as_json


@dataclass(slots=True)
class State:
    """One part for each subject; every part is bounded. ``alike`` are the responses that bear no request id."""

    facts: Facts = field(default_factory=Facts)
    agents: Agents = field(default_factory=Agents)
    calls: Calls = field(default_factory=Calls)
    background: Background = field(default_factory=Background)
    plan: Plan = field(default_factory=Plan)
    contexts: Contexts = field(default_factory=Contexts)
    queue: Queue = field(default_factory=Queue)
    turns: Turns = field(default_factory=Turns)
    alike: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def restored(cls, kept: str) -> Self:
        """From what `kept` gave."""
        parts: Record = json.loads(kept)
        return cls(
            Facts(**parts["facts"]),
            Agents(**parts["agents"]),
            Calls(parts["calls"]),
            Background.restored(parts["background"]),
            Plan(**parts["plan"]),
            Contexts(**parts["contexts"]),
            Queue(**parts["queue"]),
            Turns(**parts["turns"]),
            parts["alike"],
        )

    def kept(self) -> str:
        """As JSON text."""
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        return as_json(parts | {"calls": self.calls.state()})
