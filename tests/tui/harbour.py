"""A made-up afternoon of an agent, with every kind of row."""

from __future__ import annotations

from tests.tui.live_builder import CWD, LiveBuilder
from tui_monitor.events import (
    CallState,
    Change,
    ChangeKind,
    Measure,
    RetryUpdate,
    ToolKind,
    Turn,
    TurnUpdate,
)


def afternoon() -> LiveBuilder:
    """Return the session at its end: a command, a sub-agent and a question are open."""
    live = LiveBuilder()
    _find_out(live)
    _try_again(live)
    _go_on(live)
    return live


def _find_out(live: LiveBuilder) -> None:
    live.prompt("The tide table is an hour off in summer. Find out why, and fix it.")
    live.wait(4)
    for name in ("tides.py", "clock.py", "zones.py"):
        live.read(f"{CWD}/harbour/{name}", measure=Measure(220, "lines"))
        live.wait(2)
    live.grep("utcoffset", note=f"{CWD}/harbour", measure=Measure(3, "files"))
    live.wait(9)
    live.shell("cd /home/ada/harbour && pytest -q 2>&1 | tail -3", "== 210 passed in 6.31s ==", 6.8)
    agent = live.start("Task", ToolKind.AGENT, "How do others store local times?", note="Explore")
    live.agent("a-1", agent, type="Explore", description="How do others store local times?")
    for page in ("times", "zones"):
        live.finish(live.start("WebFetch", ToolKind.WEB, f"https://www.example.org/guide/{page}?v=2", "a-1"), seconds=3)
    failed = live.start("Grep", ToolKind.SEARCH, "tzinfo", "a-1")
    live.finish(failed, CallState.FAILED, error="rg: no such directory: vendor")
    live.finish(agent, seconds=20, measure=Measure(9, "calls"))
    live.finish(
        live.start("WebSearch", ToolKind.WEB, "python zoneinfo fold"), seconds=2, measure=Measure(10, "results")
    )


def _try_again(live: LiveBuilder) -> None:
    for added, removed in ((3, 1), (12, 4)):
        live.edit(f"{CWD}/harbour/tides.py", added, removed)
        live.wait(8)
    path = f"{CWD}/tests/test_summer_time_in_the_northern_harbours.py"
    write = live.start("Write", ToolKind.WRITE, path)
    live.finish(write, changes=(Change(ChangeKind.CREATE, path, "", 64, 0),))
    live.failed_shell("TZ=Europe/Oslo pytest -q tests", "E   assert 3 == 4\n1 failed, 211 passed in 7.02s", 1, 7.4)
    live.shell("make check | tail -1", "lint ok\nFAIL: 2 files not formatted", 3.2, measure=Measure(2, "lines"))
    live.finish(live.start("Edit", ToolKind.EDIT, f"{CWD}/harbour/clock.py"), CallState.SLIPPED, error="not read yet")
    live.compacted(168_000, 36_000)
    live.wait(200)
    live.apply(RetryUpdate(session=live.state.key, at=live.now, reason="overloaded", wait_ms=4000))
    live.wait(6)
    live.finish(live.start("Bash", ToolKind.SHELL, "rm -rf build"), CallState.REJECTED, seconds=31)
    live.apply(TurnUpdate(session=live.state.key, at=live.now, turn=Turn.INTERRUPTED))


def _go_on(live: LiveBuilder) -> None:
    live.wait(400)
    live.prompt("Leave build alone. Commit what you have.")
    live.wait(3)
    ask = live.start("AskUserQuestion", ToolKind.ASK, "Shall the old column be kept for the 港 installations?")
    live.finish(ask, seconds=42)
    live.finish(live.start("linear·get_issue", ToolKind.MCP, "HARB-221"), measure=Measure(5600, "chars"))
    live.finish(live.start("Skill", ToolKind.OTHER, "release-notes"))
    live.edit(f"{CWD}/harbour/zones.py", 0, 9)
    message = "$(cat <<'EOF'\nKeep tides in UTC, and show them in local time\n\nFixes HARB-221\nEOF\n)"
    serve = live.start("Bash", ToolKind.SHELL, "python -m harbour.serve --port 0")
    live.finish(serve, CallState.BACKGROUND)
    live.wait(70)
    live.start("Bash", ToolKind.SHELL, f'git add -A && git commit -m "{message}"', note="Commit")
    live.wait(64)
    agent = live.start("Task", ToolKind.AGENT, "Review the change", note="Reviewer")
    live.agent("a-2", agent, type="Reviewer", description="Review the change")
    for name in ("tides.py", "zones.py"):
        live.read(f"{CWD}/harbour/{name}", "a-2")
    live.wait(12)
    test = live.start("Bash", ToolKind.SHELL, "pytest -q --durations=5")
    live.progress(test, elapsed_ms=0)
    live.wait(2)
    live.progress(test, elapsed_ms=2000)
    live.start("AskUserQuestion", ToolKind.ASK, "Push to origin as well?")
    live.wait(1)
