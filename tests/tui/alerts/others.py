"""Other sessions beside the made-up one: one that asks, one that is done, one that works."""

from __future__ import annotations

from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import AgentMessage, SessionKey, ToolKind, Turn, TurnUpdate


def other(name: str, now: int, source: str = "codex") -> LiveBuilder:
    """Return a session in a folder of this name that began ten minutes before ``now``."""
    live = LiveBuilder(now - 600_000, SessionKey(source, f"s-{name}"), f"/home/ada/{name}")
    live.prompt("go on")
    return live


def asking(name: str, now: int, seconds: float, question: str = "Which currencies do you need?") -> LiveBuilder:
    """Return a session that has asked ``seconds`` before ``now``."""
    live = other(name, now)
    live.now = now - round(1000 * seconds)
    live.start("Ask", ToolKind.ASK, question)
    live.now = now
    return live


def done(name: str, now: int, seconds: float = 30) -> LiveBuilder:
    """Return a session whose turn of some minutes ended ``seconds`` before ``now``."""
    live = other(name, now)
    at = now - round(1000 * seconds)
    live.apply(AgentMessage(session=live.state.key, at=at, text="All tests pass."))
    live.apply(TurnUpdate(session=live.state.key, at=at, turn=Turn.DONE))
    live.now = now
    return live


def working(name: str, now: int) -> LiveBuilder:
    """Return a session with a call that was issued a moment ago."""
    live = other(name, now)
    live.now = now - 1000
    live.start("Bash", ToolKind.SHELL, "make test")
    live.now = now
    return live
