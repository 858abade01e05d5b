"""What belongs to an entry besides its texts."""

from __future__ import annotations

from datetime import UTC

from tests.tui.live_builder import CWD, LiveBuilder
from tui_monitor.events import ToolKind
from tui_monitor.live.entries import Entry, Mark, MarkKind
from tui_monitor.tui.detail.related import MAX_CALLS, NOTHING_RELATED, related
from tui_monitor.tui.rows.context import row_context


def lines(live: LiveBuilder, entry: Entry, width: int = 60) -> list[str]:
    found = related(entry, live.state, row_context(live.state, live.now, UTC))
    return [line for section in found.sections(width) for line in section.lines if line.strip()]


def test_agent_has_its_own_calls() -> None:
    live = LiveBuilder()
    call = live.start("Task", ToolKind.AGENT, "Look for tides")
    live.agent("a-1", call)
    assert lines(live, call) == ["No call of it is known yet: they appear here as it makes them."]
    live.shell("make quay")
    live.grep("tide", agent="a-1")
    live.start("Bash", ToolKind.SHELL, "make tides", "a-1")
    assert [line.split()[:3] for line in lines(live, call)] == [["·", "Grep", '"tide"'], ["▷", "Bash", "make"]]


def test_many_calls_of_an_agent_are_counted() -> None:
    live = LiveBuilder()
    call = live.start("Task", ToolKind.AGENT, "Look")
    live.agent("a-1", call)
    for number in range(MAX_CALLS + 3):
        live.grep(f"tide {number}", agent="a-1")
    first, *rows = lines(live, call)
    assert first == "⋯ 3 calls before"
    assert len(rows) == MAX_CALLS
    assert "tide 202" in rows[-1]


def test_turn_has_its_files_and_what_failed() -> None:
    live = LiveBuilder()
    live.edit(f"{CWD}/before.py")
    live.wait(1)
    live.prompt("go on")
    live.edit(f"{CWD}/quay.py", 2, 1)
    live.edit(f"{CWD}/tides.py", 1_200, 0)
    live.edit(f"{CWD}/quay.py", 3, 0)
    live.failed_shell("make check", "Error: low water")
    prompt = next(entry for entry in live.state.log.entries if isinstance(entry, Mark))
    changed, quay, tides, failed, row, reason = lines(live, prompt)
    assert (changed.strip(), failed.strip()) == ("changed in this turn", "failed in this turn")
    assert quay.split() == ["quay.py", "2×", "+5", "−1"]
    assert tides.split() == ["tides.py", "+1,200"]
    assert row.split()[:4] == ["✗", "Bash", "make", "check"]
    assert reason.strip() == "↳ Error: low water"


def test_other_entries_have_nothing_else() -> None:
    live = LiveBuilder()
    call = live.shell("make")
    assert related(call, live.state, row_context(live.state, live.now)) is NOTHING_RELATED
    assert related(None, live.state, row_context(live.state, live.now)) is NOTHING_RELATED


def test_absence_has_what_was_changed_since_then() -> None:
    live = LiveBuilder()
    live.edit(f"{CWD}/before.py")
    away = Mark(MarkKind.AWAY, live.now, before=1)
    live.edit(f"{CWD}/quay.py")
    changed, quay = lines(live, away)
    assert (changed.strip(), quay.split()[0]) == ("changed since then", "quay.py")
