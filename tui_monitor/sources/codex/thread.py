"""Everything that is remembered of a Codex thread between two lines of its file."""

from __future__ import annotations

from pathlib import Path

import orjson

from tui_monitor.sources.codex.calls import Calls
from tui_monitor.sources.codex.facts import Facts
from tui_monitor.sources.codex.lines import Twice
from tui_monitor.sources.codex.messages import Talk
from tui_monitor.sources.codex.thread_database import Tree
from tui_monitor.sources.codex.usage import Meter


class Thread:
    """One thread: its facts, its token counts, its calls, its talk, what another line may tell again, and its place
    among other threads. ``state`` is what an earlier one left."""

    def __init__(self, path: Path, state: str) -> None:
        told = orjson.loads(state) if state else {}
        self.facts = Facts.of(path, told.get("facts", {}))
        self.meter = Meter(self.facts, told.get("meter", {}))
        self.calls = Calls(told.get("calls", {}))
        self.twice = Twice(told.get("twice", {}))
        self.talk = Talk(self.twice, told.get("talk", {}))
        self.tree = Tree(path, told.get("tree", {}))

    def state(self) -> str:
        """All of it as JSON text."""
        parts = {
            "facts": self.facts.state(),
            "meter": self.meter.state(),
            "calls": self.calls.state(),
            "twice": self.twice.state(),
            "talk": self.talk.state(),
            "tree": self.tree.state(),
        }
        return orjson.dumps(parts).decode()
