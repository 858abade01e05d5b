"""Any history of a session's rows gives each row's events in its last form, whenever it is read, resumed or deleted."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.sources.opencode_builder import ROOT, EventStore, Sessions, completed, tokens
from tui_monitor.events import CallFinished, CallStarted, Prompt, TurnUpdate, Usage
from tui_monitor.sources.opencode import reader
from tui_monitor.sources.opencode.adapter import OpenCode


class SessionHistory(RuleBasedStateMachine):
    """A program that writes, a reader that may be killed at any time, and a store that takes its batches."""

    @initialize(mode=st.sampled_from(["wal", "delete"]))
    def begin(self, mode: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "opencode.db"
        self.small_pages = patch.object(reader, "PAGE_ROWS", 3)
        self.small_pages.start()
        self.sessions = Sessions(self.path, mode).session().session("ses_other")
        self.store = EventStore()
        self.source = OpenCode().open(self.path / ROOT)
        self.running: list[str] = []
        self.messages: list[str] = []
        self.prompts: set[str] = set()
        self.finished: set[str] = set()
        self.spent: set[int] = set()
        self.completed = 0

    @rule()
    def add_prompt(self) -> None:
        """Add a person's message."""
        text = f"prompt {len(self.prompts)}"
        self.sessions.part(self.sessions.message("user"), "text", text=text)
        self.prompts.add(text)

    @rule(is_other=st.booleans())
    def add_response(self, is_other: bool) -> None:
        """Begin a message with a call, in this or in another session."""
        session = "ses_other" if is_other else ROOT
        message = self.sessions.message("assistant", session=session)
        call = self.sessions.tool(message, "bash", {"status": "pending", "input": {}}, session)
        if not is_other:
            self.messages.append(message)
            self.running.append(call)

    @rule(index=st.integers(0), is_over=st.booleans(), is_known=st.booleans())
    def advance_call(self, index: int, is_over: bool, is_known: bool) -> None:
        """Update or end a call that the reader may have read before."""
        if not self.running:
            self.add_response(is_other=False)
        if is_known:
            self.read_to_the_end()
        call = self.running[index % len(self.running)]
        running = {"status": "running", "input": {"command": "make"}, "metadata": {"output": f"{index}"}}
        self.sessions.update("part", call, state=completed({"command": "make"}, "x", exit=0) if is_over else running)
        if is_over:
            self.running.remove(call)
            self.finished.add(call)

    @rule(is_known=st.booleans())
    def complete(self, is_known: bool) -> None:
        """Complete the last message, with its usage; the reader may have read it before."""
        if not self.messages:
            self.add_response(is_other=False)
        if is_known:
            self.read_to_the_end()
        message = self.messages.pop()
        self.spent.add(len(self.spent) + 1)
        self.sessions.part(message, "step-finish", tokens=tokens(len(self.spent)))
        self.sessions.complete(message)
        self.completed += 1

    @rule(most=st.integers(1, 3), parts_only=st.booleans())
    def delete_rows(self, most: int, parts_only: bool) -> None:
        """Delete the last messages with their parts, or the last parts alone, after reading; new rows reuse their row
        ids."""
        self.read_to_the_end()
        execute = self.sessions.connection.execute
        if parts_only:
            execute("DELETE FROM part WHERE rowid > (SELECT max(rowid) FROM part) - ?", (most,))
        else:
            execute("DELETE FROM message WHERE rowid > (SELECT max(rowid) FROM message) - ?", (most,))
            execute("DELETE FROM part WHERE message_id NOT IN (SELECT id FROM message)")
        remaining = {name for (name,) in execute("SELECT id FROM part UNION SELECT id FROM message")}
        self.running = [call for call in self.running if call in remaining]
        self.messages = [message for message in self.messages if message in remaining]

    @rule()
    def vacuum(self) -> None:
        """Rewrite the database."""
        self.sessions.connection.execute("VACUUM")

    @rule(times=st.integers(1, 3))
    def read(self, times: int) -> None:
        for _ in range(times):
            if batch := self.source.read():
                assert self.store.take(batch)
                self.store.events += batch.events

    @rule()
    def resume(self) -> None:
        """Kill the reader and start another."""
        self.source.close()
        self.source = OpenCode().open(self.path / ROOT, self.store.checkpoints)

    def read_to_the_end(self) -> None:
        while batch := self.source.read():
            assert self.store.take(batch)
            self.store.events += batch.events
        self.check_events()

    def check_events(self) -> None:
        """Check that all rows have been emitted, in their last form, and nothing else."""
        events = self.store.events
        assert {event.text for event in events if isinstance(event, Prompt)} == self.prompts
        states = {event.call: event for event in events if isinstance(event, CallFinished)}
        assert set(states) == self.finished
        started = {event.call: event for event in events if isinstance(event, CallStarted)}
        assert set(started) >= self.finished | set(self.running)
        assert all(started[call].subject == "make" for call in self.finished)
        usages = {event.strong_ids[0]: event.tokens.input for event in events if isinstance(event, Usage)}
        assert sorted(usages.values()) == sorted(self.spent)
        ends = {event for event in events if isinstance(event, TurnUpdate) and event.turn == "done"}
        assert len(ends) == self.completed

    def teardown(self) -> None:
        if not hasattr(self, "source"):
            return
        try:
            self.read_to_the_end()
        finally:
            self.sessions.close()
            self.small_pages.stop()
            self.folder.cleanup()


TestSessionHistory = SessionHistory.TestCase
TestSessionHistory.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
