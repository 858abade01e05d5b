"""What hooks came to: at the end of a turn, before a call, in attachments and in printed streams."""

import pytest

from tests.sources.claude_builder import Transcript
from tui_monitor.events import HookFailure, HookSuccess
from tui_monitor.sources.base import Record


def test_hook_at_the_end_of_a_turn_blocks_or_fails() -> None:
    transcript = Transcript()
    transcript.line(
        "system",
        subtype="stop_hook_summary",
        hookInfos=[{"command": "make lint", "durationMs": 1200}, {"command": "notify"}],
        hookErrors=["[make lint]: 3 files\nare bad\n", "[notify]: Failed with non-blocking status code: 127"],
        failedHookErrorIndexes=[1],
    )
    lint, notify = transcript.of(HookFailure)
    assert (lint.hook, lint.occasion, lint.error) == ("make lint", "Stop", "3 files\nare bad\n".strip())
    assert (lint.exit_code, lint.duration_ms, lint.blocked) == (2, 1200, True)
    assert (notify.hook, notify.exit_code, notify.duration_ms, notify.blocked) == ("notify", 127, None, False)


def test_hook_that_refused_a_call_is_named_with_its_occasion() -> None:
    transcript = Transcript()
    transcript.calls("Bash", command="ls")
    transcript.result("PreToolUse:Bash hook error: [cat; exit 2]: no bash today\n", error=True)
    failure = transcript.one(HookFailure)
    assert (failure.occasion, failure.hook, failure.error) == ("PreToolUse:Bash", "cat; exit 2", "no bash today")
    assert (failure.exit_code, failure.blocked) == (2, True)


BLOCKING: Record = {
    "type": "hook_blocking_error",
    "hookName": "PostToolUse:Edit",
    "blockingError": {"blockingError": "not formatted", "command": "fmt"},
}
FAILED: Record = {
    "type": "hook_non_blocking_error",
    "hookName": "SessionStart",
    "command": "warm",
    "stderr": "no such file",
    "exitCode": 1,
    "durationMs": 30,
}


@pytest.mark.parametrize(
    ("attachment", "facts"),
    [
        (BLOCKING, ("fmt", "PostToolUse:Edit", "not formatted", 2, None, True)),
        (FAILED, ("warm", "SessionStart", "no such file", 1, 30, False)),
    ],
    ids=["blocking", "failed"],
)
def test_attachment_has_the_failure(attachment: Record, facts: tuple[object, ...]) -> None:
    transcript = Transcript()
    transcript.line("attachment", attachment=attachment)
    one = transcript.one(HookFailure)
    assert (one.hook, one.occasion, one.error, one.exit_code, one.duration_ms, one.blocked) == facts


def test_hooks_that_succeeded_are_named_with_their_times() -> None:
    transcript = Transcript()
    transcript.line(
        "system",
        subtype="stop_hook_summary",
        hookErrors=["[lint]: bad"],
        hookInfos=[{"command": "lint", "durationMs": 9}, {"command": "notify", "durationMs": 30}],
    )
    transcript.line(
        "attachment",
        attachment={"type": "hook_success", "hookName": "PostToolUse:Edit", "command": "fmt", "exitCode": 0},
    )
    runs = [(run.occasion, run.hook, run.duration_ms) for run in transcript.of(HookSuccess)]
    assert runs == [("Stop", "notify", 30), ("PostToolUse:Edit", "fmt", None)]


def test_failure_without_a_name_may_be_that_of_any_hook() -> None:
    transcript = Transcript()
    transcript.line("system", subtype="stop_hook_summary", hookErrors=["bad"], hookInfos=[{"command": "lint"}])
    assert [failure.error for failure in transcript.of(HookFailure)] == ["bad"]
    assert transcript.of(HookSuccess) == []


def test_failure_that_an_attachment_reports_is_not_repeated_by_the_summary() -> None:
    transcript = Transcript()
    attachment = {"type": "hook_non_blocking_error", "hookName": "Stop", "hookEvent": "Stop", "command": "notify"}
    transcript.line("attachment", attachment={**attachment, "stderr": "oops", "exitCode": 1})
    transcript.line(
        "system",
        subtype="stop_hook_summary",
        hookErrors=["oops", "oops", "[lint]: bad"],
        failedHookErrorIndexes=[0, 1],
        hookInfos=[{"command": "notify"}, {"command": "lint"}],
    )
    assert [(run.hook, run.error) for run in transcript.of(HookFailure)] == [
        ("notify", "oops"),
        ("", "oops"),
        ("lint", "bad"),
    ]
