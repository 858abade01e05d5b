"""What the lines of an agent say of its state; what its process says is told by other tests."""

from __future__ import annotations

from contextlib import closing

from tests.rules.rule import Folder, Rule, rule, spending
from tests.sources.claude_builder import Transcript, tool_use
from tests.sources.claude_payloads import tool_hook
from tests.sources.codex_builder import PATH as ROLLOUT
from tests.sources.codex_builder import Rollout
from tests.sources.opencode_builder import Sessions
from tests.sources.printed_builder import ended, gemini_run, opencode_line, said

RULES: list[Rule] = []


def stopped(**fields: object) -> Transcript:
    """Return a transcript whose turn is over."""
    transcript = spending()
    transcript.system("turn_duration", durationMs=900, **fields)
    return transcript


def launched() -> Transcript:
    """Return a transcript with a background agent of which no ending is written."""
    transcript = spending()
    transcript.calls("Agent", description="Look", subagent_type="Explore", prompt="look")
    transcript.result("Async agent launched", {"isAsync": True, "status": "async_launched", "agentId": "a0b1"})
    transcript.assistant({"type": "text", "text": "It looks."})
    return transcript


@rule(RULES, word="DONE")
def a_turn_is_over_with_its_duration(folder: Folder) -> None:
    folder.session(stopped())


@rule(RULES, word="WORKING")
def agents_and_workflows_go_on_after_the_turn(folder: Folder) -> None:
    folder.session(stopped(pendingBackgroundAgentCount=1, pendingWorkflowCount=0))


@rule(RULES, word="DONE")
def agents_do_not_go_on_after_a_turn_that_leaves_none_running(folder: Folder) -> None:
    transcript = launched()
    transcript.system("turn_duration", durationMs=900, pendingBackgroundAgentCount=0)
    folder.session(transcript)


@rule(RULES, word="WORKING")
def agents_without_an_ending_go_on_after_a_turn_that_says_nothing_of_them(folder: Folder) -> None:
    transcript = launched()
    transcript.system("turn_duration", durationMs=900)
    folder.session(transcript)


@rule(RULES, word="THINKING")
def a_stop_hook_with_an_error_makes_the_agent_go_on(folder: Folder) -> None:
    transcript = spending()
    transcript.system("stop_hook_summary", hookErrors=["run the tests"], preventedContinuation=False)
    transcript.user("Stop hook feedback:\nrun the tests", isMeta=True)
    folder.session(transcript)


@rule(RULES, word="ENDED")
def a_saved_total_at_the_end_means_that_the_session_was_left(folder: Folder) -> None:
    transcript = stopped()
    transcript.line("cost-state", totalCostUSD=0.5)
    folder.session(transcript)


@rule(RULES, word="WAITS FOR YOU")
def a_hook_says_that_a_person_is_asked(folder: Folder) -> None:
    transcript = spending(0)
    transcript.assistant(tool_use("call_1", "Bash", command="make"))
    folder.session(transcript)
    payload = tool_hook("PermissionRequest", "Bash", tool_input={"command": "make"})
    folder.write("hooks.jsonl", [payload | {"timestamp": "2026-03-01T10:00:02Z"}])


@rule(RULES, word="WAITS FOR YOU")
def a_command_with_escalated_permissions_likely_waits(folder: Folder) -> None:
    thread = Rollout().event("task_started").context("gpt-5.4", approvals_reviewer="user")
    thread.call("exec_command", {"cmd": "make", "sandbox_permissions": "require_escalated"})
    folder.write(ROLLOUT.name, thread.records)


@rule(RULES, word="INTERRUPTED")
def a_refused_permission_ends_the_turn_of_opencode(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        message = sessions.message("assistant")
        state = {"status": "error", "input": {"command": "make"}, "error": "The user rejected permission to use this."}
        sessions.tool(message, "bash", state)


@rule(RULES, word="DONE")
def a_result_ends_the_printed_turn_of_gemini(folder: Folder) -> None:
    folder.write("out.jsonl", gemini_run(said("go", role="user"), said("Done."), ended(5, 1)))


@rule(RULES, word="API ERROR")
def an_error_ends_the_printed_turn_of_opencode(folder: Folder) -> None:
    failed = opencode_line("error", error={"name": "APIError", "data": {"message": "overloaded"}})
    folder.write("out.jsonl", [opencode_line("step_start", {"type": "step-start"}), failed])
