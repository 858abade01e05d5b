"""The state of a Codex thread between two lines of its file."""

from __future__ import annotations

from pathlib import Path

import orjson

from tui_monitor.sources.codex.calls import CodexCalls
from tui_monitor.sources.codex.facts import ThreadFacts
from tui_monitor.sources.codex.lines import TurnDeduplicator
from tui_monitor.sources.codex.messages import MessageHandler
from tui_monitor.sources.codex.thread_database import ThreadDatabase
from tui_monitor.sources.codex.usage import UsageMeter


class ThreadState:
    """Facts, usage, calls and messages of one thread, its duplicates filter, and its database. ``state`` is the saved
    state."""

    def __init__(self, path: Path, state: str) -> None:
        saved = orjson.loads(state) if state else {}
        self.facts = ThreadFacts.restore(path, saved.get("facts", {}))
        self.usage = UsageMeter(self.facts, saved.get("usage", {}))
        self.calls = CodexCalls(saved.get("calls", {}))
        self.duplicates = TurnDeduplicator(saved.get("duplicates", {}))
        self.messages = MessageHandler(self.duplicates, saved.get("messages", {}))
        self.database = ThreadDatabase(path, saved.get("database", {}))

    def state(self) -> str:
        """Return the state as JSON text."""
        parts = {
            "facts": self.facts.state(),
            "usage": self.usage.state(),
            "calls": self.calls.state(),
            "duplicates": self.duplicates.state(),
            "messages": self.messages.state(),
            "database": self.database.state(),
        }
        return orjson.dumps(parts).decode()
