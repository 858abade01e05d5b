"""Live state for tests of the screen: a made-up session, built call by call."""

from __future__ import annotations

from typing import Any

from tui_monitor.events import (
    MAIN,
    AgentUpdate,
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    Change,
    ChangeKind,
    CompactionUpdate,
    Event,
    Prompt,
    SessionKey,
    SessionUpdate,
    ToolKind,
)
from tui_monitor.live.apply import apply
from tui_monitor.live.entries import Call
from tui_monitor.live.session import SessionState

SESSION = SessionKey("claude-code", "s-1")
CWD = "/home/ada/harbour"
EIGHT_PM = 1_767_643_200_000
"""5 January 2026, 20:00:00 UTC, in milliseconds."""


class LiveBuilder:
    """One session; its clock ``now`` (epoch ms) moves by `wait` and by the duration of calls. ``events`` are all
    applied events."""

    def __init__(self, now: int = EIGHT_PM, session: SessionKey = SESSION, cwd: str = CWD) -> None:
        self.now = now
        self.state = SessionState(session)
        self.events: list[Event] = []
        self.apply(SessionUpdate(session=session, at=now, cwd=cwd))
        self._calls = 0

    def apply(self, event: Event) -> None:
        """Apply an event."""
        self.events.append(event)
        apply(event, self.state)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += round(seconds * 1000)

    def start(self, tool: str, kind: ToolKind, subject: str = "", agent: str = MAIN, **fields: Any) -> Call:
        """Issue a call, which stays open; ``fields`` are those of `CallStarted`."""
        self._calls += 1
        name = f"call-{self._calls}"
        self.apply(
            CallStarted(
                session=self.state.key,
                agent=agent,
                at=self.now,
                call=name,
                uid=name,
                tool=tool,
                kind=kind,
                subject=subject,
                **fields,
            )
        )
        return self._get(name)

    def progress(self, call: Call, doing: str = "running", elapsed_ms: int | None = None, **fields: Any) -> None:
        """Report progress of ``call``; ``fields`` are others of `CallProgress`."""
        self.apply(
            CallProgress(
                session=call.session,
                agent=call.agent,
                at=self.now,
                call=call.id,
                doing=doing,
                elapsed_ms=elapsed_ms,
                **fields,
            )
        )

    def finish(self, call: Call, state: CallState = CallState.OK, seconds: float = 0.1, **fields: Any) -> Call:
        """Finish ``call`` after ``seconds``; ``fields`` are those of `CallFinished`."""
        self.wait(seconds)
        self.apply(
            CallFinished(session=call.session, agent=call.agent, at=self.now, call=call.id, state=state, **fields)
        )
        return call

    def prompt(self, text: str) -> None:
        """Add a prompt."""
        self.apply(Prompt(session=self.state.key, at=self.now, text=text))

    def compacted(self, before: int, after: int, seconds: float = 87) -> None:
        """Compact the context, which takes ``seconds``."""
        self.wait(seconds)
        self.apply(
            CompactionUpdate(
                session=self.state.key,
                at=self.now,
                trigger="auto",
                before=before,
                after=after,
                duration_ms=round(seconds * 1000),
            )
        )

    def agent(self, name: str, call: Call, **fields: Any) -> None:
        """Let ``call`` start a sub-agent of this id; ``fields`` are those of `AgentUpdate`."""
        self.apply(AgentUpdate(session=self.state.key, agent=name, at=self.now, call=call.id, **fields))

    def shell(self, command: str, output: str = "", seconds: float = 0.1, **fields: Any) -> Call:
        """Run a command."""
        return self.finish(self.start("Bash", ToolKind.SHELL, command), seconds=seconds, output=output, **fields)

    def failed_shell(self, command: str, error: str, exit_code: int = 1, seconds: float = 0.1) -> Call:
        """Run a command that fails."""
        call = self.start("Bash", ToolKind.SHELL, command)
        return self.finish(call, CallState.FAILED, seconds, error=error, exit_code=exit_code)

    def read(self, path: str, agent: str = MAIN, note: str = "", **fields: Any) -> Call:
        """Read a file, from the line ``note`` on."""
        return self.finish(self.start("Read", ToolKind.READ, path, agent, note=note), **fields)

    def grep(self, pattern: str, agent: str = MAIN, note: str = "", **fields: Any) -> Call:
        """Search for a pattern in the path ``note``."""
        return self.finish(self.start("Grep", ToolKind.SEARCH, pattern, agent, note=note), **fields)

    def edit(self, path: str, added: int = 1, removed: int = 1, agent: str = MAIN, diff: str = "") -> Call:
        """Change a file."""
        change = Change(ChangeKind.MODIFY, path, diff, added, removed)
        return self.finish(self.start("Edit", ToolKind.EDIT, path, agent), changes=(change,))

    def _get(self, identifier: str) -> Call:
        call = self.state.log.get(identifier)
        assert call is not None
        return call
