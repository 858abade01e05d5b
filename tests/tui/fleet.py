"""Made-up sessions of several agents in every state that the list of sessions groups by, and past ones."""

from __future__ import annotations

from pathlib import Path

from tests.tui.harbour_totals import deliveries
from tests.tui.live_builder import EIGHT_PM, LiveBuilder
from tui_monitor.events import (
    Activity,
    AgentMessage,
    ContextUpdate,
    ProcessScan,
    SessionKey,
    SessionProcess,
    SessionUpdate,
    ToolKind,
    Turn,
    TurnUpdate,
)
from tui_monitor.feed.deliveries import Delivery, DiscoveryResult, PastSession, ProcessesScanned, Progress
from tui_monitor.ledger import Amount
from tui_monitor.totals import SessionTotals

CENT = 10**10
MINUTE = 60_000
NOW = EIGHT_PM + 30 * MINUTE
FOLDERS = {"/home/ada/elsewhere": 0, "/home/ada": 1, "/home": 2, "/": 3}
"""The current folder, in which no session began."""

CLAUDE, CODEX, GEMINI = "claude-code", "codex", "gemini"


def builder(
    name: str, folder: str, ago: int, source: str = CLAUDE, branch: str = "main", tokens: int = 0, cents: int = 0
) -> LiveBuilder:
    """Return a session that began ``ago`` milliseconds before now."""
    live = LiveBuilder(NOW - ago, SessionKey(source, name))
    live.apply(
        SessionUpdate(
            session=live.state.key,
            at=live.now - 1,
            cwd=f"/home/ada/{folder}",
            branch=branch,
            path=f"/srv/{name}.jsonl",
        )
    )
    if tokens:
        live.apply(ContextUpdate(session=live.state.key, at=live.now, tokens=tokens, limit=200_000))
    live.state.totals = SessionTotals(live.state.key, Amount(9, 2_000, 9_000, cost=cents * CENT), files_changed=0)
    return live


def say(live: LiveBuilder, text: str) -> None:
    """Let the agent say something."""
    live.apply(AgentMessage(session=live.state.key, at=live.now, text=text))


def end(live: LiveBuilder, turn: Turn = Turn.DONE) -> LiveBuilder:
    """End the turn."""
    live.apply(TurnUpdate(session=live.state.key, at=live.now, turn=turn))
    return live


def waiting() -> LiveBuilder:
    """Return a session with an open question."""
    live = builder("asks", "lighthouse-registry", 4 * MINUTE, branch="ent-221", tokens=142_000, cents=610)
    live.start("AskUserQuestion", ToolKind.ASK, "Which lamps are out of service since the storm?")
    return live


def working() -> LiveBuilder:
    """Return a session with a command that runs."""
    live = builder("runs", "buoys", 9 * MINUTE, CODEX, "drift-model", 64_000, 392)
    live.now = NOW - 12_000
    live.progress(live.start("exec_command", ToolKind.SHELL, "make survey && make charts"))
    return live


def thinking() -> LiveBuilder:
    """Return a session that thinks about a prompt."""
    live = builder("thinks", "tides", 7 * MINUTE, tokens=90_000, cents=161)
    say(live, "The gauge at the northern pier is an hour ahead.")
    live.now = NOW - 2_000
    live.prompt("and the southern one?")
    return live


def done() -> LiveBuilder:
    """Return a session whose turn has just ended."""
    live = builder("done", "charts", 6 * MINUTE, GEMINI, "", 41_000, 205)
    live.prompt("draw the new soundings")
    live.now = NOW - 3 * MINUTE
    say(live, "All soundings of the survey are on the chart.")
    live.state.totals = SessionTotals(
        live.state.key, live.state.totals.amount, files_changed=4, lines_added=61, lines_removed=7
    )
    return end(live)


def ended() -> LiveBuilder:
    """Return a session that was left an hour ago."""
    live = builder("ended", "signals", 70 * MINUTE, tokens=30_000, cents=12)
    live.prompt("list the lamps")
    say(live, "There are nineteen.")
    return end(live, Turn.SESSION_ENDED)


def idle_process() -> Delivery:
    """Return the scan of a process that has not been asked anything."""
    process = SessionProcess(
        session=SessionKey(CLAUDE, "new"),
        pid=7,
        cwd="/home/ada/foghorn",
        activity=Activity.IDLE,
        since=NOW - 40_000,
    )
    return ProcessesScanned((ProcessScan(source=CLAUDE, processes=(process,)),))


def past() -> tuple[PastSession, ...]:
    """Return past sessions, one of them never read."""
    amount = Amount(9, 2_000, 9_000, cost=930 * CENT)
    key = SessionKey(CLAUDE, "old")
    return (
        PastSession(
            CLAUDE,
            Path("/srv/old.jsonl"),
            key,
            "/home/ada/charts",
            "main",
            "Soundings of the outer reef",
            NOW - 26 * 60 * MINUTE,
            61.0,
            SessionTotals(key, amount, files_changed=2, lines_added=12, lines_removed=3),
        ),
        PastSession(CODEX, Path("/srv/never-read.jsonl"), None, "/home/ada/buoys", ended=NOW - 50 * 24 * 60 * MINUTE),
    )


def fleet() -> tuple[Delivery, ...]:
    """Return the deliveries of all live sessions, in an order of no meaning."""
    sessions = (ended(), thinking(), waiting(), done(), working())
    found = DiscoveryResult((), (), has_sessions=True)
    return (
        found,
        *(delivery for live in sessions for delivery in deliveries(live)),
        idle_process(),
        Progress(9, 9),
    )
