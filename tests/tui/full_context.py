"""A made-up session whose context has every kind of part, two compactions and misses of the cache."""

from __future__ import annotations

from dataclasses import replace

from tests.tui.harbour_totals import MODEL, working_afternoon
from tests.tui.live_builder import CWD, LiveBuilder
from tui_monitor.events import CompactionSummary, ContextPart, ContextUpdate, Rates, SessionKey, Tokens, ToolKind
from tui_monitor.totals import ServedRequest

MILLION = 10**6
PICO = 10**12
RATES = Rates(5 * MILLION, 25 * MILLION, MILLION // 2, 6_250_000, 10 * MILLION)
"""Dollars for a million tokens: 5, 25, 0.50, 6.25, 10."""
SUMMARY = """The tide table was an hour off in summer: tides.py took local times for UTC. tides.py and
test_summer_time_in_the_northern_harbours.py were changed. `cd /home/ada/harbour && pytest -q` is green."""


def full_context() -> LiveBuilder:
    """Return the afternoon with a context of which everything is known."""
    live = working_afternoon()
    _parts(live)
    key, compacted_at = live.state.key, live.state.context.compactions[-1].at
    live.apply(CompactionSummary(session=key, at=compacted_at + 2, text=SUMMARY * 20))
    for number, tokens in enumerate((40_000, 62_000, 96_000, 130_000, 168_000)):
        at = compacted_at - 9_000 + number
        live.apply(ContextUpdate(session=key, at=at, tokens=tokens, model=MODEL))
    live.apply(ContextUpdate(session=key, at=compacted_at, tokens=None))
    call = live.start("linear·get_issue", ToolKind.MCP, "TIDE-7")
    live.finish(call, output="x" * 9_000)
    live.read(f"{CWD}/harbour/tides.py", output="y" * 12_000)
    live.wait(1)
    live.apply(ContextUpdate(session=key, at=live.now, tokens=134_000, model=MODEL))
    totals = live.state.totals
    live.state.totals = replace(totals, session=key, requests=_requests(live.now))
    return live


def _requests(now: int) -> tuple[ServedRequest, ...]:
    def request(minutes: int, read: int, written: int, model: str = MODEL) -> ServedRequest:
        return ServedRequest(now - minutes * 60_000, model, Tokens(3, 400, read, written), RATES)

    return (
        request(60, 90_000, 6_000),
        request(38, 0, 97_000),
        request(20, 0, 98_000, "claude-haiku-9"),
        request(19, 98_000, 2_000, "claude-haiku-9"),
        request(2, 0, 130_000),
        request(1, 130_000, 4_000),
    )


def _parts(live: LiveBuilder) -> None:
    key: SessionKey = live.state.key
    wholes = {"system prompt": 7_400, "tools": 37_000, "MCP servers": 30_000, "skills": 6_300, "agents": 2_700}
    entries = {
        "tools": {"Bash": 9_000, "Edit": 3_000, "Read": 2_500, "Task": 8_000},
        "MCP servers": {"linear": 18_000, "github": 12_000},
        "skills": {"verify": 2_000, "tides": 1_500},
        "agents": {"Explore": 700, "Plan": 500},
        "memory": {f"{CWD}/CLAUDE.md": 4_000, "/home/ada/.agent/notes.md": 900},
    }
    for name, chars in wholes.items():
        live.apply(ContextPart(session=key, at=live.now - 9, name=name, chars=chars))
    for group, sizes in entries.items():
        for name, chars in sizes.items():
            live.apply(ContextPart(session=key, at=live.now - 9, name=name, chars=chars, group=group))
    missing = "missing servers"
    live.apply(ContextPart(session=key, at=live.now - 9, name=missing, chars=0, items=2))
    for server, problem in (("postgres", "failed"), ("slack", "pending")):
        live.apply(ContextPart(session=key, at=live.now - 9, name=server, chars=0, group=missing, problem=problem))
