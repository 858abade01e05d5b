"""Agents beyond those of one call: nested, resumed and background ones, teammates, workflows."""

from __future__ import annotations

import json
from pathlib import Path

from tests.sources.claude_builder import ID, Transcript, at, only, read, text_block, tool_use
from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, CallFinished, CallStarted, CallState, Event, Prompt
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.transcript import TranscriptParser

RUNNING, COMPLETED = AgentStatus.RUNNING, AgentStatus.COMPLETED
LAUNCHED = {"isAsync": True, "status": "async_launched", "agentId": "a0b1"}


def statuses(events: list[Event], agent: str) -> list[tuple[AgentStatus, int]]:
    updates = only(AgentUpdate, events)
    return [(update.status, update.at) for update in updates if update.agent == agent and update.status]


def answer(transcript: Transcript) -> Record:
    return transcript.assistant(text_block("Hm."), stop="end_turn")


def launch(transcript: Transcript, call: str = "call_1") -> None:
    """Start the background agent a0b1."""
    transcript.calls("Agent", call, description="Count", prompt="count", subagent_type="Explore")
    transcript.result("Async agent launched successfully.", LAUNCHED, call=call)


def test_agent_ends_with_its_last_answer_and_begins_again_with_the_next_line() -> None:
    agent = Transcript(agent="a0b1")
    agent.user("count")
    answer(agent)
    agent.user("count again")
    answer(agent)
    expected = [(COMPLETED, at(1)), (RUNNING, at(2)), (COMPLETED, at(3))]
    assert statuses(agent.events(), "a0b1") == expected


def test_agent_that_waits_for_a_task_has_not_ended() -> None:
    agent = Transcript(agent="c0d1")
    launch(agent)
    answer(agent)
    text = agent.notification("a0b1", "completed", "Agent finished", extra="<tool-use-id>call_1</tool-use-id>\n")
    agent.user(f"[SYSTEM NOTIFICATION - NOT USER INPUT]\nThis is automated.\n\n{text}", isMeta=True)
    answer(agent)
    events = agent.events()
    assert statuses(events, "c0d1") == [(COMPLETED, at(4))]
    assert statuses(events, "a0b1") == [(RUNNING, at(1)), (COMPLETED, at(3))]
    assert only(Prompt, events) == []


def test_end_of_an_agent_survives_a_restart() -> None:
    agent = Transcript(agent="a0b1")
    agent.user("count")
    answer(agent)
    parser = agent.parser()
    read(parser, agent.records, agent.path)
    later = agent.user("count again")
    assert statuses(read(agent.parser(parser.state()), [later], agent.path), "a0b1") == [(RUNNING, at(2))]


def test_message_to_an_ended_agent_lets_it_work_again() -> None:
    transcript = Transcript()
    launch(transcript)
    transcript.user(transcript.notification("a0b1", "completed"), origin={"kind": "task-notification"})
    transcript.calls("SendMessage", "call_2", to="a0b1", message="more")
    transcript.result("Message sent.", {"success": True, "resumedAgentId": "a0b1"}, call="call_2")
    transcript.user(transcript.notification("a0b1", "completed"), origin={"kind": "task-notification"})
    events = transcript.events()
    assert statuses(events, "a0b1") == [(RUNNING, at(1)), (COMPLETED, at(2)), (RUNNING, at(4)), (COMPLETED, at(5))]
    assert [end.call for end in only(CallFinished, events)] == ["call_1", "call_1", "call_2"]


def test_teammate_works_on_after_its_call_and_its_messages_are_no_prompts() -> None:
    transcript = Transcript()
    arguments = {"description": "Count", "prompt": "You are counter.", "name": "counter", "team_name": "harbour"}
    transcript.assistant({"type": "tool_use", "id": "call_1", "name": "Agent", "input": arguments})
    spawned = {"status": "teammate_spawned", "agent_id": "counter@harbour", "agent_type": "Explore", "name": "counter"}
    transcript.result("Spawned successfully.\nagent_id: counter@harbour", spawned)
    for message in ("I counted seven.", '{"type":"idle_notification","from":"counter"}', "Eight."):
        transcript.user(f'<teammate-message teammate_id="counter" color="blue">\n{message}\n</teammate-message>')
    events = transcript.events()
    assert statuses(events, "counter@harbour") == [(RUNNING, at(1)), (COMPLETED, at(3)), (RUNNING, at(4))]
    added = next(update for update in only(AgentUpdate, events) if update.agent == "counter@harbour")
    assert (added.type, added.description, added.parent) == ("Explore", "counter", MAIN)
    assert only(Prompt, events) == []
    assert [end.state for end in only(CallFinished, events)] == [CallState.OK]


def workflow(path: Path) -> tuple[list[Event], Path]:
    """Return the events of a session with a workflow, and the folder of its agents."""
    folder = path.with_suffix("") / "subagents" / "workflows" / "wf_1"
    folder.mkdir(parents=True)
    journal = [{"type": "launched"}, {"type": "started", "agentId": "a0b1", "label": "boats"}, {"type": "result"}]
    (folder / "journal.jsonl").write_text("\n".join(map(json.dumps, journal)) + "\n{cut")
    transcript = Transcript()
    transcript.calls("Workflow", script="export const meta = {}")
    structured = {"status": "async_launched", "taskId": "w1", "runId": "wf_1", "workflowName": "count-things"}
    transcript.result("Workflow launched.", structured | {"summary": "Count boats and ropes"})
    transcript.user(transcript.notification("w1", "completed", "done"), origin={"kind": "task-notification"})
    return read(TranscriptParser(path, ""), transcript.records, path), folder


def test_workflow_is_an_agent_that_ends_with_all_its_agents(tmp_path: Path) -> None:
    events, _ = workflow(tmp_path / f"{ID}.jsonl")
    assert statuses(events, "wf_1") == [(RUNNING, at(1)), (COMPLETED, at(2))]
    assert statuses(events, "a0b1") == [(COMPLETED, at(2))]
    added = only(AgentUpdate, events)[0]
    assert (added.type, added.description, added.call) == ("workflow", "Count boats and ropes", "call_1")
    assert only(AgentUpdate, events)[-1].parent == "wf_1"


def test_call_of_a_workflow_is_named_after_it(tmp_path: Path) -> None:
    events, _ = workflow(tmp_path / f"{ID}.jsonl")
    assert [(start.subject, start.note) for start in only(CallStarted, events)] == [
        ("", ""),
        ("Count boats and ropes", "count-things"),
    ]


def test_agent_of_a_workflow_has_its_run_as_parent(tmp_path: Path) -> None:
    _, folder = workflow(tmp_path / f"{ID}.jsonl")
    path = folder / "agent-a0b1.jsonl"
    path.with_suffix(".meta.json").write_text('{"agentType": "workflow-subagent", "workflowPhase": "Count"}')
    agent = Transcript(agent="a0b1")
    agent.user("count")
    update = only(AgentUpdate, read(TranscriptParser(path, ""), agent.records, path))[-1]
    assert (update.parent, update.type, update.description) == ("wf_1", "workflow-subagent", "Count")


def test_parent_of_a_nested_agent_is_in_its_metadata(tmp_path: Path) -> None:
    path = tmp_path / "agent-a0b1.jsonl"
    path.with_suffix(".meta.json").write_text('{"spawnDepth": 2, "parentAgentId": "c0d1", "description": "Inner"}')
    agent = Transcript(agent="a0b1")
    agent.user("count")
    update = only(AgentUpdate, read(TranscriptParser(path, ""), agent.records, path))[-1]
    assert (update.parent, update.description) == ("c0d1", "Inner")


def test_prompt_that_left_the_queue_is_the_one_that_its_line_names() -> None:
    transcript = Transcript()
    for operation, content in (("enqueue", "one"), ("enqueue", "two"), ("remove", "two"), ("remove", None)):
        transcript.line("queue-operation", operation=operation, content=content)
    assert [prompt.text for prompt in transcript.of(Prompt)] == ["two", "one"]


def test_calls_of_several_tools_are_not_teams() -> None:
    transcript = Transcript()
    transcript.assistant(tool_use("call_1", "Bash", command="make"), stop="end_turn")
    transcript.result("built", {"runId": "r", "stdout": "built"})
    assert transcript.of(AgentUpdate) == []
