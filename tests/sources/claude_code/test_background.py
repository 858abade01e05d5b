from __future__ import annotations

import pytest

from tests.sources.claude_builder import Transcript, at
from tui_monitor.events import AgentStatus, AgentUpdate, CallFinished, CallProgress, CallStarted, CallState, Measure


def launched(transcript: Transcript, task: str = "b1") -> None:
    transcript.calls("Bash", command="make all", description="Build it", run_in_background=True)
    transcript.result(f"Command running in background with ID: {task}.", {"stdout": "", "backgroundTaskId": task})


def launched_agent(transcript: Transcript) -> None:
    transcript.calls("Agent", description="Look", subagent_type="Explore", prompt="look")
    transcript.result("Async agent launched", {"isAsync": True, "status": "async_launched", "agentId": "a0b1"})


def states(transcript: Transcript) -> list[CallState]:
    return [end.state for end in transcript.of(CallFinished)]


def test_background_command_runs_until_its_notification() -> None:
    transcript = Transcript()
    launched(transcript)
    transcript.user(transcript.notification("b1", "completed", 'Background command "Build it" completed (exit code 0)'))
    _, end = transcript.of(CallFinished)
    assert states(transcript) == [CallState.BACKGROUND, CallState.OK]
    assert (end.call, end.exit_code, end.at) == ("call_1", 0, at(2))


@pytest.mark.parametrize(
    ("status", "state"),
    [("failed", CallState.FAILED), ("killed", CallState.INTERRUPTED), ("stopped", CallState.INTERRUPTED)],
)
def test_notification_has_the_final_state(status: str, state: CallState) -> None:
    transcript = Transcript()
    launched(transcript)
    transcript.user(transcript.notification("b1", status, "Background command ended with exit code 2"))
    _, end = transcript.of(CallFinished)
    assert (end.state, end.exit_code, end.error) == (state, 2, "Background command ended with exit code 2")


def test_end_written_three_times_is_emitted_once() -> None:
    transcript = Transcript()
    launched(transcript)
    text = transcript.notification("b1", "completed")
    transcript.bare("queue-operation", operation="enqueue", content=text)
    transcript.line(
        "attachment", attachment={"type": "queued_command", "commandMode": "task-notification", "prompt": text}
    )
    transcript.user(text, isMeta=True, origin={"kind": "task-notification"})
    assert states(transcript) == [CallState.BACKGROUND, CallState.OK]


def test_notification_may_name_the_call() -> None:
    transcript = Transcript()
    launched(transcript)
    transcript.user(transcript.notification("other", "completed", extra="<tool-use-id>call_1</tool-use-id>\n"))
    assert states(transcript) == [CallState.BACKGROUND, CallState.OK]


def test_progress_and_unknown_tasks_are_ignored() -> None:
    transcript = Transcript()
    launched(transcript)
    transcript.user(transcript.notification("b1", "running"))
    transcript.user(transcript.notification("b2", "completed"))
    assert states(transcript) == [CallState.BACKGROUND]


def test_task_is_read_from_the_text_without_a_structured_result() -> None:
    transcript = Transcript()
    transcript.calls("Bash", command="make all")
    transcript.result("Command was manually backgrounded by user with ID: b7. Output is …")
    transcript.user(transcript.notification("b7", "completed"))
    assert states(transcript) == [CallState.BACKGROUND, CallState.OK]


def test_polling_call_has_the_subject_of_its_task() -> None:
    transcript = Transcript()
    launched(transcript)
    transcript.calls("TaskOutput", call="call_2", task_id="b1", timeout=9)
    _, look = transcript.of(CallStarted)
    assert (look.subject, look.note, look.timeout_ms) == ("b1", "Build it", 9)


def test_polling_an_ended_task_ends_it() -> None:
    transcript = Transcript()
    launched(transcript)
    transcript.calls("TaskOutput", call="call_2", task_id="b1")
    task = {"task_id": "b1", "status": "completed", "output": "one\ntwo", "exitCode": 1}
    transcript.result("<status>completed</status>…", {"retrieval_status": "success", "task": task}, call="call_2")
    _, look, end = transcript.of(CallFinished)
    assert (look.call, look.state, look.output) == ("call_2", CallState.OK, "one\ntwo")
    assert (look.measure, look.exit_code, look.metadata) == (Measure(2, "lines"), 1, '{"status":"completed"}')
    assert (end.call, end.state, end.output, end.exit_code) == ("call_1", CallState.FAILED, "one\ntwo", 1)


def test_polling_a_running_task_leaves_it_open() -> None:
    transcript = Transcript()
    launched(transcript)
    transcript.calls("BashOutput", call="call_2", bash_id="b1")
    transcript.result("…", {"shellId": "b1", "status": "running", "exitCode": None, "stdout": "hm"}, call="call_2")
    _, look = transcript.of(CallFinished)
    assert (look.output, look.metadata) == ("hm", '{"status":"running"}')


def test_poll_is_read_from_its_text_without_a_structured_result() -> None:
    transcript = Transcript()
    launched(transcript)
    transcript.calls("TaskOutput", call="call_2", task_id="b1")
    text = "<status>completed</status>\n<output>\n<status>failed</status>\n</output>"
    transcript.result(text, call="call_2")
    assert states(transcript) == [CallState.BACKGROUND, CallState.OK, CallState.OK]


def test_task_stopped_by_the_agent_ends_ok() -> None:
    transcript = Transcript()
    launched(transcript)
    transcript.calls("KillShell", call="call_2", shell_id="b1")
    transcript.result("Successfully killed shell: b1", {"message": "…", "shell_id": "b1"}, call="call_2")
    transcript.user(transcript.notification("b1", "killed"))
    assert [(end.call, end.state) for end in transcript.of(CallFinished)] == [
        ("call_1", CallState.BACKGROUND),
        ("call_2", CallState.OK),
        ("call_1", CallState.OK),
    ]


@pytest.mark.parametrize(
    ("path", "file"),
    [
        (
            "/tmp/claude-1/-home-ada/s1/tasks/b1.output. You will be notified",
            "/tmp/claude-1/-home-ada/s1/tasks/b1.output",
        ),
        ("/tmp/my tasks/tasks/b1.output", "/tmp/my tasks/tasks/b1.output"),
        ("/home/ada/.ssh/id_rsa", ""),
        ("/home/ada/tasks/other.output", ""),
        ("tasks/b1.output", ""),
        ("/home/ada/tasks/b1.output.key", ""),
    ],
)
def test_output_file_of_a_background_command_has_the_name_of_its_task(path: str, file: str) -> None:
    transcript = Transcript()
    transcript.calls("Bash", command="make all", run_in_background=True)
    note = f"Command running in background with ID: b1. Output is being written to: {path}"
    transcript.result(note, {"stdout": "", "backgroundTaskId": "b1"})
    assert [progress.output_file for progress in transcript.of(CallProgress)] == ([file] if file else [])


def test_background_agent_runs_until_its_end() -> None:
    transcript = Transcript()
    launched_agent(transcript)
    usage = "<result>All fine.</result>\n<usage>total_tokens: 7\ntool_uses: 9\nduration_ms: 1234</usage>\n"
    transcript.user(transcript.notification("a0b1", "completed", 'Agent "Look" completed', usage))
    launch, end = transcript.of(CallFinished)
    assert (launch.state, end.state, end.output) == (CallState.BACKGROUND, CallState.OK, "All fine.")
    assert (end.measure, end.duration_ms) == (Measure(9, "calls"), 1234)
    start, finish = transcript.of(AgentUpdate)
    assert (start.agent, start.status, start.ended, start.type) == ("a0b1", AgentStatus.RUNNING, None, "Explore")
    assert (finish.agent, finish.status, finish.ended, finish.call) == ("a0b1", AgentStatus.COMPLETED, at(2), "call_1")


def test_background_workflow_is_not_an_agent() -> None:
    transcript = Transcript()
    transcript.calls("Workflow", description="Audit")
    transcript.result("Workflow launched", {"status": "async_launched", "taskId": "w1"})
    transcript.user(transcript.notification("w1", "failed", "Workflow failed"))
    assert states(transcript) == [CallState.BACKGROUND, CallState.FAILED]
    assert transcript.of(AgentUpdate) == []
