"""The lines above the tabs: title, state, times, target and facts of an entry."""

from __future__ import annotations

from datetime import UTC

import pytest

from tests.tui.live_builder import CWD, LiveBuilder
from tui_monitor.events import CallProgress, CallState, Change, ChangeKind, Measure, Tokens, ToolKind
from tui_monitor.live.entries import Call, Mark, MarkKind
from tui_monitor.tui.detail.facts import facts, headline, target, title
from tui_monitor.tui.rows.context import RowContext, row_context
from tui_monitor.tui.spans import Spans


@pytest.fixture
def live() -> LiveBuilder:
    return LiveBuilder()


def text_of(spans: Spans) -> str:
    return "".join(span.text for span in spans)


def context(live: LiveBuilder) -> RowContext:
    return row_context(live.state, live.now, UTC)


def edited(live: LiveBuilder, *paths: str) -> Call:
    changes = tuple(Change(ChangeKind.MODIFY, f"{CWD}/{path}", "", 11, 15) for path in paths)
    return live.finish(live.start("Edit", ToolKind.EDIT, f"{CWD}/{paths[0]}"), changes=changes)


def test_title_of_a_change_names_the_file_and_the_size(live: LiveBuilder) -> None:
    assert title(edited(live, "quay.py"), context(live)) == "Change  quay.py  +11 −15"


def test_title_has_the_ordinal_of_the_change(live: LiveBuilder) -> None:
    assert title(edited(live, "quay.py"), context(live), (1, 4)) == "Change  quay.py  +11 −15  1/4"


def test_title_of_several_changes_names_the_first(live: LiveBuilder) -> None:
    assert title(edited(live, "quay.py", "ship.py", "tide.py"), context(live)) == "Change  quay.py and 2 more  +33 −45"


def test_title_of_another_call_names_tool_and_target(live: LiveBuilder) -> None:
    assert title(live.shell("mix test"), context(live)) == "Bash  mix test"
    assert title(live.read(f"{CWD}/quay.py"), context(live)) == "Read  quay.py"


def test_title_of_a_mark_is_its_kind(live: LiveBuilder) -> None:
    assert title(Mark(MarkKind.COMPACTED, 0), context(live)) == "Context compacted"


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (CallState.OK, "✓ ok"),
        (CallState.FAILED, "✗ failed"),
        (CallState.SLIPPED, "✗ rejected by the agent's own checks"),
        (CallState.REFUSED, "✗ refused: not permitted"),
        (CallState.SKIPPED, "✗ skipped: a call beside it failed"),
        (CallState.REJECTED, "⊘ rejected by you"),
        (CallState.INTERRUPTED, "⊘ interrupted by you"),
        (CallState.BACKGROUND, "▶ in background"),
    ],
)
def test_state_has_a_glyph_and_a_word(live: LiveBuilder, state: CallState, word: str) -> None:
    call = live.finish(live.start("Bash", ToolKind.SHELL), state)
    assert text_of(headline(call, context(live))).startswith(f"{word} · Bash")


def test_success_with_a_failure_in_its_output_is_doubtful(live: LiveBuilder) -> None:
    assert "the output reports a failure" in text_of(
        headline(live.shell("go test", "--- FAIL: TestMoor"), context(live))
    )


def test_headline_of_an_open_call(live: LiveBuilder) -> None:
    call = live.start("Bash", ToolKind.SHELL, "make")
    assert text_of(headline(call, context(live))).startswith("▷ asked for · Bash")
    live.wait(12)
    assert text_of(headline(call, context(live))) == "▷ asked for; no output yet · Bash · 12s"
    live.wait(600)
    assert text_of(headline(call, context(live))) == "◆ running or waiting: the files don't say · Bash · 10m12s"
    live.progress(call, elapsed_ms=580_000)
    assert text_of(headline(call, context(live))) == "▶ running · Bash · 9m40s · 32s held"


def test_time_is_left_only_to_a_command_that_is_known_to_run(live: LiveBuilder) -> None:
    call = live.start("Bash", ToolKind.SHELL, "make", timeout_ms=120_000)
    live.wait(36)
    assert "left" not in text_of(headline(call, context(live)))
    live.progress(call, elapsed_ms=30_000)
    assert text_of(headline(call, context(live))).endswith("1m30s left")


def test_held_call_names_the_hook_as_the_header_does(live: LiveBuilder) -> None:
    call = live.start("Bash", ToolKind.SHELL, "make")
    live.apply(CallProgress(session=live.state.key, at=live.now, call=call.id, doing="hook check.sh"))
    live.wait(20)
    assert text_of(headline(call, context(live))).startswith("◆ held: in hook check.sh, or waits for you · Bash")


def test_run_time_and_waiting_time_are_separate(live: LiveBuilder) -> None:
    call = live.start("Bash", ToolKind.SHELL)
    live.wait(54)
    live.progress(call, elapsed_ms=43_000)
    live.finish(call, seconds=0)
    assert text_of(headline(call, context(live))).endswith("43s · 11s held")


@pytest.mark.parametrize(("measured", "times"), [(54_000, "54s"), (53_000, "53s"), (43_000, "43s · 11s held")])
def test_short_waiting_is_not_shown(live: LiveBuilder, measured: int, times: str) -> None:
    call = live.finish(live.start("Bash", ToolKind.SHELL), seconds=54, duration_ms=measured)
    assert text_of(headline(call, context(live))).endswith(f"Bash · {times}")


def test_short_times_are_in_milliseconds(live: LiveBuilder) -> None:
    assert text_of(headline(live.shell("true", seconds=0.14), context(live))).endswith("140 ms")


def test_command_is_shown_in_full(live: LiveBuilder) -> None:
    call = live.shell(f"cd {CWD} && make 2>&1 \\\n | tail -3")
    assert text_of(target(call, context(live))) == f"cd {CWD} && make 2>&1 \\ | tail -3"


def test_target_is_followed_by_the_agents_description(live: LiveBuilder) -> None:
    call = live.start("Bash", ToolKind.SHELL, "make", note="Build all")
    assert text_of(target(call, context(live))) == "make  Build all"
    assert text_of(target(live.grep("moor", note=f"{CWD}/src"), context(live))) == '"moor" in src'


def test_facts_of_a_call(live: LiveBuilder) -> None:
    call = live.start("Bash", ToolKind.SHELL, model="opus-9", timeout_ms=120_000)
    live.finish(
        call,
        exit_code=3,
        measure=Measure(22, "lines"),
        approval="user",
        approved=True,
        tokens=Tokens(input=2_000, output=150),
        metadata='{"host":\n"quay"}',
    )
    assert text_of(facts(call, context(live))) == (
        "exit 3 · 22 lines · approved by you · opus-9 · 2k tokens in, 150 out · timeout 2m00s · at 20:00:00 · host quay"
    )


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        ('{"masked": ["input", "files_affected"], "exit_code": 3}', "masked input, files_affected"),
        ('{"tries": 2, "ok": true, "none": null}', "tries 2 · ok true"),
        ("plain words", "plain words"),
        ('{"cut', '{"cut'),
    ],
)
def test_metadata_is_named_fact_by_fact(live: LiveBuilder, metadata: str, text: str) -> None:
    call = live.shell("make", metadata=metadata)
    assert text_of(facts(call, context(live))).endswith(f"· {text}")


@pytest.mark.parametrize(
    ("approved", "by", "text"),
    [
        (True, "auto", "approved automatically"),
        (True, "policy", "approved by policy"),
        (True, "a hook", "approved by a hook"),
        (True, "", "approved"),
        (False, "user", "denied by user"),
        (False, "", "denied"),
        (None, "", ""),
    ],
)
def test_approval_is_shown(live: LiveBuilder, approved: bool | None, by: str, text: str) -> None:
    call = live.finish(live.start("Bash", ToolKind.SHELL), approved=approved, approval=by)
    assert text_of(facts(call, context(live))) == " · ".join(filter(None, (text, "at 20:00:00")))


def test_headline_of_a_mark_has_its_numbers(live: LiveBuilder) -> None:
    mark = Mark(MarkKind.COMPACTED, live.now, before=167_000, after=36_000, duration_ms=87_000)
    assert text_of(headline(mark, context(live))) == "═ 167k tokens → 36k tokens · 1m27s · 20:00:00"
    retry = Mark(MarkKind.RETRY, live.now, "overloaded", duration_ms=4_000)
    assert text_of(headline(retry, context(live))) == "∼ again in 4s · 20:00:00"


def test_hostile_names_are_harmless(live: LiveBuilder) -> None:
    call = live.start("\x1b[2JTool", ToolKind.OTHER, "\x1b]0;owned\x07subject\nline", model="\u202emodel")
    text = "".join(text_of(of(call, context(live))) for of in (headline, target, facts))
    assert not any(character in text for character in "\x1b\x07\n\u202e")
