"""The row of each kind of call."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.tui.live_builder import CWD, LiveBuilder
from tests.tui.rows.drawn import lines, row, text
from tui_monitor.events import CallState, Change, ChangeKind, Measure, ToolKind
from tui_monitor.ledger import Amount
from tui_monitor.live.entries import Call
from tui_monitor.totals import AgentTotal, SessionTotals
from tui_monitor.tui.rows.target import tool_word
from tui_monitor.tui.spans import TextSpan, Tone

FILE = f"{CWD}/harbour/tides.py"


def change(kind: ChangeKind, added: int = 0, removed: int = 0) -> tuple[Change, ...]:
    return (Change(kind, FILE, "", added, removed),)


def row_text(tool: str, kind: ToolKind, subject: str = "", note: str = "", **result: Any) -> str:
    """Return the row of a successful call, without its time."""
    live = LiveBuilder()
    call = live.finish(live.start(tool, kind, subject, note=note), **result)
    return text(row(live, call)).removeprefix("20:00 ")


def test_shell_commands() -> None:
    shell = partial(row_text, "Bash", ToolKind.SHELL)
    assert shell("make", measure=Measure(5, "lines")) == "✓ Bash make 5 lines"
    assert shell("make", "Build it", measure=Measure(0, "lines")) == "✓ Bash make Build it no output"
    assert shell("make", "Build it", output="one\nlinked ok\n") == "✓ Bash make linked ok"
    assert shell("cd web && npm test | tail") == "✓ Bash npm test | in web"
    assert row_text("exec_command", ToolKind.SHELL, "bash -lc 'ls -la'", exit_code=0) == "✓ Bash ls -la"


@pytest.mark.parametrize(
    ("output", "width", "outcome"),
    [
        ("14 doctests, 410 tests, 0 failures", 94, "410 tests, 0 failures"),
        ("=== 210 passed in 6.31s ===", 94, "210 passed in 6.31s"),
        ("=== 210 passed in 6.31s ===", 78, "210 passed"),
        ("=== 0 failed, 210 passed, 2 warnings in 6.31s ===", 94, "0 failed, 210 passed"),
        ("14 doctests, 410 tests, 0 failures", 78, "9 lines"),
        ("-rw-r--r-- 1 ada 59 test", 78, "9 lines"),
    ],
)
def test_summary_of_tests_is_the_outcome_if_it_fits(output: str, width: int, outcome: str) -> None:
    live = LiveBuilder()
    call = live.shell("check", output, measure=Measure(9, "lines"))
    assert text(row(live, call), width).endswith(outcome)


def test_reads_and_searches() -> None:
    read, search = partial(row_text, "Read", ToolKind.READ), partial(row_text, "Grep", ToolKind.SEARCH)
    assert read(FILE, measure=Measure(22, "lines")) == "· Read harbour/tides.py 22 lines"
    assert read(FILE, "17", measure=Measure(12, "lines", 90)) == "· Read harbour/tides.py:17 12 lines"
    assert read("/etc/hosts") == "· Read /etc/hosts"
    assert search("utc", f"{CWD}/docs", measure=Measure(0, "files")) == '· Grep "utc" in docs no match'
    assert row_text("LS", ToolKind.SEARCH, f"{CWD}/docs", measure=Measure(2, "entries")) == "· LS docs 2 entries"
    assert search("/api/v1") == '· Grep "/api/v1"'
    assert row_text("Glob", ToolKind.SEARCH, "*.py", CWD, measure=Measure(2, "files")) == '· Glob "*.py" in . 2 files'


def test_file_changes() -> None:
    edit, write = partial(row_text, "Edit", ToolKind.EDIT, FILE), partial(row_text, "Write", ToolKind.WRITE, FILE)
    patch = partial(row_text, "apply_patch", ToolKind.EDIT)
    assert edit(changes=change(ChangeKind.MODIFY, 6, 4)) == "✓ Edit harbour/tides.py +6 −4"
    assert edit(changes=change(ChangeKind.READ)) == "✓ Edit harbour/tides.py"
    assert write(changes=change(ChangeKind.CREATE, 234)) == "✓ Write harbour/tides.py new +234"
    assert write(changes=change(ChangeKind.MODIFY, 61, 4)) == "✓ Write harbour/tides.py +61 −4"
    assert patch(changes=change(ChangeKind.DELETE, 0, 9)) == "✓ Edit harbour/tides.py deleted −9"
    assert patch(changes=change(ChangeKind.RENAME)) == "✓ Edit harbour/tides.py renamed"


def test_lines_that_are_not_known_are_no_zeros() -> None:
    write, patch = partial(row_text, "write", ToolKind.WRITE, FILE), partial(row_text, "apply_patch", ToolKind.EDIT)
    assert write(changes=change(ChangeKind.MODIFY)) == "✓ Write harbour/tides.py rewritten ±?"
    assert patch(changes=change(ChangeKind.DELETE)) == "✓ Edit harbour/tides.py deleted ±?"
    both = (*change(ChangeKind.MODIFY, 6, 4), *change(ChangeKind.DELETE))
    assert patch(changes=both) == "✓ Edit harbour/tides.py ≥ +6 −4"
    assert write(changes=change(ChangeKind.CREATE)) == "✓ Write harbour/tides.py new"


def test_web_requests() -> None:
    web = partial(row_text, "WebFetch", ToolKind.WEB)
    fetched = web("https://me@www.example.org/a/b/?q=1#x", measure=Measure(1200, "chars"))
    assert fetched == "✓ Web example.org/a/b 1.2k chars"
    assert web("python zoneinfo", measure=Measure(10, "results")) == "✓ Web “python zoneinfo” 10 results"
    assert web("http://[broken") == "✓ Web http://[broken"


def test_other_tools() -> None:
    issue = row_text("linear·get_issue", ToolKind.MCP, "HARB-221", measure=Measure(5600, "chars"))
    assert issue == "✓ MCP linear·get_issue HARB-221 5.6k chars"
    assert row_text("AskUserQuestion", ToolKind.ASK, "Keep it?") == "? Ask “Keep it?” answered"
    assert row_text("ExitPlanMode", ToolKind.PLAN, "# Plan\nFirst, look") == "? Plan Plan accepted"
    assert row_text("TaskOutput", ToolKind.WAIT, "the tests") == "✓ Wait ↻ the tests"
    assert row_text("TaskOutput", ToolKind.WAIT, "b01", "Run the tests") == "✓ Wait ↻ Run the tests b01"
    assert row_text("Skill", ToolKind.OTHER, "release-notes") == "✓ Skill release-notes"
    assert row_text("TodoWrite", ToolKind.TODO, "3 of 7") == "✓ Todo 3 of 7"


@pytest.mark.parametrize(
    ("state", "result", "expected"),
    [
        (CallState.FAILED, {"exit_code": 3, "error": "boom"}, "✗ Bash make exit 3"),
        (CallState.FAILED, {"error": "boom"}, "✗ Bash make failed"),
        (
            CallState.SLIPPED,
            {"error": "<tool_use_error>not read yet</tool_use_error>"},
            "✗ Bash make not read yet retry",
        ),
        (CallState.REJECTED, {}, "⊘ Bash make rejected"),
        (CallState.INTERRUPTED, {}, "⊘ Bash make interrupted"),
        (CallState.OK, {"output": "lint ok\nFAIL: 2 files"}, "! Bash make says FAIL"),
    ],
)
def test_unsuccessful_calls(state: CallState, result: dict[str, Any], expected: str) -> None:
    live = LiveBuilder()
    call = live.finish(live.start("Bash", ToolKind.SHELL, "make"), state, **result)
    assert text(row(live, call)) == f"20:00 {expected}"


@pytest.mark.parametrize(
    ("kind", "state", "result", "below"),
    [
        (ToolKind.SHELL, CallState.FAILED, {"error": "E assert 1\n== 1 failed in 2s ==\n"}, "1 failed in 2s"),
        (ToolKind.SHELL, CallState.FAILED, {"error": "Exit code 1"}, ""),
        (ToolKind.READ, CallState.FAILED, {"error": "\n---\nno such file\nmore"}, "no such file"),
        (ToolKind.MCP, CallState.FAILED, {}, ""),
        (ToolKind.EDIT, CallState.SLIPPED, {"error": "not read yet"}, ""),
        (ToolKind.SHELL, CallState.OK, {"output": "--- FAIL: TestTide"}, "FAIL: TestTide"),
        (ToolKind.SHELL, CallState.OK, {"output": "fine"}, ""),
    ],
)
def test_reason_of_a_failure_is_below(kind: ToolKind, state: CallState, result: dict[str, Any], below: str) -> None:
    live = LiveBuilder()
    assert row(live, live.finish(live.start("x", kind), state, **result)).below == below


def test_patch_of_several_files_names_the_first() -> None:
    live = LiveBuilder()
    changes = tuple(Change(ChangeKind.MODIFY, f"{CWD}/{name}.py", "", 2, 1) for name in ("a", "b", "a", "c"))
    call = live.finish(live.start("apply_patch", ToolKind.EDIT), changes=changes)
    assert text(row(live, call)) == "20:00 ✓ Edit a.py +2 files +8 −4"


def test_agent_row_has_calls_context_and_cost() -> None:
    live = LiveBuilder()
    call = live.start("Task", ToolKind.AGENT, "Look for tides", note="Explore")
    live.agent("a-1", call)
    amount = Amount(requests=9, cost=45 * 10**10, lower_bound=1)
    live.state.totals = SessionTotals(live.state.key, agents=(AgentTotal("a-1", amount, 33),))
    live.state.agents["a-1"].context.tokens = 41_000
    live.finish(call, seconds=51)
    assert text(row(live, call)) == "20:00 ✓ Agent Explore: Look for tides 33 calls · 41k ≥$0.45 51s"


@pytest.mark.parametrize(
    ("state", "glyph"),
    [
        (CallState.OK, TextSpan("✓", Tone.OK)),
        (CallState.FAILED, TextSpan("✗", Tone.FAILED)),
        (CallState.INTERRUPTED, TextSpan("⊘", Tone.REJECTED)),
    ],
)
def test_ended_agent_has_the_sign_of_any_other_call(state: CallState, glyph: TextSpan) -> None:
    live = LiveBuilder()
    call = live.start("Task", ToolKind.AGENT, "Look for tides")
    assert row(live, call).glyph == TextSpan("▷", Tone.RUNNING)
    assert row(live, live.finish(call, state)).glyph == glyph


def test_durations_below_a_second_are_not_shown() -> None:
    live = LiveBuilder()
    assert row(live, live.shell("ls", seconds=0.9)).duration == ()
    assert row(live, live.shell("make", seconds=161)).duration == ("2m41s", "3m")
    assert row(live, live.shell("make", seconds=161, duration_ms=4000)).duration == ("4s",)


def test_run_time_excludes_waiting() -> None:
    live = LiveBuilder()
    call = live.start("Bash", ToolKind.SHELL, "make")
    live.wait(60)
    live.progress(call, elapsed_ms=2000)
    assert row(live, live.finish(call, seconds=1)).duration == ("3s",)


@pytest.mark.parametrize(
    ("width", "fields", "shown"),
    [
        (94, {"duration_ms": 43_000}, "5 lines · 11s held 43s"),
        (94, {"waited_ms": 11_000}, "5 lines · 11s you 43s"),
        (94, {"duration_ms": 43_000, "approved": True, "approval": "user"}, "5 lines · 11s you 43s"),
        (94, {"duration_ms": 53_000}, "5 lines 53s"),
        (78, {"waited_ms": 11_000}, "5 lines 43s"),
    ],
)
def test_time_that_a_call_waited_is_apart_where_there_is_room(width: int, fields: dict[str, Any], shown: str) -> None:
    live = LiveBuilder()
    call = live.finish(live.start("Bash", ToolKind.SHELL, "make"), seconds=54, measure=Measure(5, "lines"), **fields)
    assert text(row(live, call), width).endswith(f"make {shown}")


def test_failed_call_that_waited_keeps_its_outcome() -> None:
    live = LiveBuilder()
    call = live.start("Bash", ToolKind.SHELL, "make")
    live.finish(call, CallState.FAILED, seconds=200, exit_code=2, waited_ms=190_000)
    assert text(row(live, call), 94).endswith("make exit 2 · 3m10s you 10s")
    assert text(row(live, call), 60).endswith("make exit 2 10s")


def test_time_of_a_question_is_a_persons_alone() -> None:
    live = LiveBuilder()
    call = live.finish(live.start("AskUserQuestion", ToolKind.ASK, "Which?"), seconds=54)
    assert text(row(live, call), 94).endswith("answered 54s")


class TestOpenCallRows:
    """Rows of calls without a result."""

    def row_text(self, live: LiveBuilder, call: Call) -> tuple[str, str]:
        log_row = row(live, call)
        return log_row.glyph.text, "".join(span.text for span in log_row.outcome[0]) if log_row.outcome else ""

    def test_just_issued(self) -> None:
        live = LiveBuilder()
        call = live.start("Bash", ToolKind.SHELL, "make")
        live.wait(4)
        assert self.row_text(live, call) == ("▷", "")
        live.wait(55)
        assert self.row_text(live, call) == ("▷", "no output yet")

    def test_stale_call(self) -> None:
        live = LiveBuilder()
        call = live.start("Bash", ToolKind.SHELL, "make")
        live.wait(61)
        assert self.row_text(live, call) == ("◆", "running or waiting")
        assert row(live, call).duration[0] == "1m01s"

    def test_quick_tools_are_stale_sooner(self) -> None:
        live = LiveBuilder()
        call = live.start("Edit", ToolKind.EDIT, FILE)
        live.wait(6)
        assert self.row_text(live, call) == ("◆", "running or waiting")

    def test_call_with_progress(self) -> None:
        live = LiveBuilder()
        call = live.start("Bash", ToolKind.SHELL, "make")
        live.wait(90)
        live.progress(call, elapsed_ms=30_000)
        live.wait(3)
        assert self.row_text(live, call) == ("▶", "")
        assert row(live, call).duration == ("33s",)
        live.wait(2)
        assert self.row_text(live, call) == ("◆", "running or waiting")

    def test_call_in_a_hook(self) -> None:
        live = LiveBuilder()
        call = live.start("Bash", ToolKind.SHELL, "make")
        live.wait(61)
        live.progress(call, "hook check.sh")
        assert self.row_text(live, call) == ("▷", "hook check.sh")
        live.wait(3)
        assert self.row_text(live, call) == ("◆", "hook check.sh, or you")

    def test_call_that_waits_for_an_answer(self) -> None:
        live = LiveBuilder()
        assert self.row_text(live, live.start("AskUserQuestion", ToolKind.ASK, "Keep?")) == ("?", "waits for you")
        assert self.row_text(live, live.start("ExitPlanMode", ToolKind.PLAN)) == ("?", "waits for you")

    def test_agent_is_running_while_it_has_events(self) -> None:
        live = LiveBuilder()
        call = live.start("Task", ToolKind.AGENT, "Look")
        live.agent("a-1", call)
        live.wait(100)
        live.read(FILE, "a-1")
        live.wait(14)
        assert self.row_text(live, call) == ("▶", "")
        live.wait(2)
        assert self.row_text(live, call) == ("◆", "running or waiting")

    def test_call_in_the_background(self) -> None:
        live = LiveBuilder()
        call = live.finish(live.start("Bash", ToolKind.SHELL, "make serve"), CallState.BACKGROUND)
        live.prompt("go on")
        live.wait(100)
        assert text(row(live, call)) == "20:00 ▶ Bash make serve & background 1m40s"

    def test_abandoned_call(self) -> None:
        live = LiveBuilder()
        call = live.start("Bash", ToolKind.SHELL, "make")
        live.wait(1)
        live.prompt("never mind")
        live.wait(100)
        assert self.row_text(live, call) == ("–", "no result")
        assert row(live, call).duration == ()


def test_colour_is_never_the_only_carrier() -> None:
    states = [state for state in CallState if state is not CallState.OPEN]
    live = LiveBuilder()
    rows = [row(live, live.finish(live.start("x", ToolKind.MCP), state)) for state in states]
    texts = {(row.glyph.text, "".join(span.text for span in (row.outcome or ((),))[0])) for row in rows}
    assert len(texts) == len(states)


def test_counts_of_changes_have_their_colours() -> None:
    live = LiveBuilder()
    assert row(live, live.edit(FILE, 6, 4)).outcome == ((TextSpan("+6 ", Tone.ADDED), TextSpan("−4", Tone.REMOVED)),)


def test_unknown_tools_keep_their_names() -> None:
    live = LiveBuilder()
    words = [tool_word(live.start(name, ToolKind.OTHER)) for name in ("list_dir", "SlashCommand", "\x1b[1mx")]
    assert words == ["list_dir", "SlashCommand", "X"]


def test_run_of_look_ups_is_one_row() -> None:
    live = LiveBuilder()
    live.read(FILE)
    live.grep("utcoffset")
    live.read(f"{CWD}/clock.py")
    assert lines(live) == ["20:00 · Look  Read ×2, Grep ×1  tides.py · clock.py              3 calls"]


def test_file_outside_the_project_and_secret_are_marked() -> None:
    live = LiveBuilder()
    live.edit("/etc/hosts")
    live.read(f"{CWD}/.env")
    live.shell("cat .env", "KEY=1")
    drawn = lines(live)
    assert "hosts  ⚠ outside the project" in drawn[0]
    assert all("⚠ secret" in row for row in drawn[1:3])


def test_web_call_is_late_after_longer_than_a_command() -> None:
    live = LiveBuilder()
    web, command = live.start("WebSearch", ToolKind.WEB, "tides"), live.start("Bash", ToolKind.SHELL, "make")
    live.wait(8)
    assert "no result yet" not in text(row(live, web), 120)
    assert "no output yet" in text(row(live, command), 120)
    live.wait(8)
    assert "no result yet" in text(row(live, web), 120)


@pytest.mark.parametrize(("held_after_ms", "outcome"), [(None, "hook check.sh, or you"), (6000, "hook check.sh 20s")])
def test_call_in_a_hook_waits_for_you_only_where_you_may_be_asked(held_after_ms: int | None, outcome: str) -> None:
    live = LiveBuilder()
    call = live.start("Bash", ToolKind.SHELL, "make", held_after_ms=held_after_ms)
    live.progress(call, "hook check.sh")
    live.wait(20)
    assert outcome in text(row(live, call), 120)
