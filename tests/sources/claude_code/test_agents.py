from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sources.claude_builder import ID, SESSION, Transcript, at, only, read, text_block, tool_use
from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, CallStarted, CompactionUpdate, Prompt, Usage
from tui_monitor.sources.claude_code.transcript import TranscriptParser

REPORT = {"status": "completed", "agentId": "a0b1c2d3", "agentType": "Explore", "resolvedModel": "claude-haiku-4-5"}


def asks(transcript: Transcript, call: str = "call_1", prompt: str = "Look at it.") -> None:
    transcript.calls("Task", call=call, description="Look", subagent_type="Explore", prompt=prompt)


def test_first_line_of_an_agents_file_adds_the_agent() -> None:
    transcript = Transcript(agent="a0b1c2d3")
    transcript.user("Look at it.", attributionAgent="Explore")
    transcript.assistant(text_block("I see."))
    update = transcript.one(AgentUpdate)
    assert (update.session, update.agent, update.type, update.started) == (SESSION, "a0b1c2d3", "Explore", at(0))
    assert (update.log_file, update.internal, update.status) == (str(transcript.path), False, None)


def test_all_lines_of_an_agents_file_belong_to_the_agent() -> None:
    transcript = Transcript(agent="a0b1c2d3")
    transcript.user("Look at it.")
    transcript.calls("Read", file_path="/e/a.py")
    assert {event.agent for event in transcript.events()} == {"a0b1c2d3"}
    assert transcript.one(Prompt).text == "Look at it."


def test_agent_metadata_is_applied_once_it_exists(tmp_path: Path) -> None:
    transcript = Transcript(agent="a0b1c2d3")
    for word in ("one", "two", "three"):
        transcript.assistant(text_block(word))
    path = tmp_path / "agent-a0b1c2d3.jsonl"
    meta = path.with_name("agent-a0b1c2d3.meta.json")
    parser = TranscriptParser(path, "")
    first, second, third = transcript.records
    assert len(only(AgentUpdate, read(parser, [first], path))) == 1
    meta.write_text('{"agentType": "Explore", "toolUse')
    assert only(AgentUpdate, read(parser, [second], path)) == []
    meta.write_text(json.dumps({"agentType": "Explore", "description": "Look", "toolUseId": "call_1", "spawnDepth": 1}))
    (update,) = only(AgentUpdate, read(parser, [third], path))
    assert (update.agent, update.type, update.description, update.call, update.parent) == (
        "a0b1c2d3",
        "Explore",
        "Look",
        "call_1",
        MAIN,
    )
    assert only(AgentUpdate, read(parser, [third], path)) == []


def test_parent_of_a_nested_agent_comes_from_the_calling_file(tmp_path: Path) -> None:
    path = tmp_path / "agent-a0b1c2d3.jsonl"
    path.with_name("agent-a0b1c2d3.meta.json").write_text('{"agentType": "Explore", "spawnDepth": 2}')
    transcript = Transcript(agent="a0b1c2d3")
    transcript.assistant(text_block("one"))
    _, described = only(AgentUpdate, read(TranscriptParser(path, ""), transcript.records, path))
    assert described.parent is None


def test_result_of_the_call_ends_the_agent() -> None:
    transcript = Transcript()
    asks(transcript)
    transcript.result([text_block("Seen.")], REPORT)
    update = transcript.one(AgentUpdate)
    assert (update.agent, update.call, update.parent, update.type, update.description) == (
        "a0b1c2d3",
        "call_1",
        MAIN,
        "Explore",
        "Look",
    )
    assert (update.status, update.ended, update.model) == (AgentStatus.COMPLETED, at(1), "claude-haiku-4-5")


def test_nested_agent_has_the_calling_agent_as_parent() -> None:
    transcript = Transcript(agent="a1")
    asks(transcript)
    transcript.result([text_block("Seen."), text_block("agentId: a2 (use it again)\n<usage>tool_uses: 3</usage>")])
    _, nested = transcript.of(AgentUpdate)
    assert (nested.agent, nested.parent, nested.status) == ("a2", "a1", AgentStatus.COMPLETED)


def test_progress_links_an_agent_to_its_call_once() -> None:
    transcript = Transcript()
    asks(transcript)
    transcript.progress(type="agent_progress", agentId="a0b1c2d3")
    transcript.progress(type="agent_progress", agentId="a0b1c2d3")
    update = transcript.one(AgentUpdate)
    assert (update.agent, update.call, update.type, update.description) == ("a0b1c2d3", "call_1", "Explore", "Look")
    assert update.status is AgentStatus.RUNNING


@pytest.mark.parametrize(
    ("content", "status"),
    [("It broke", AgentStatus.FAILED), ("[Request interrupted by user for tool use]", AgentStatus.TERMINATED)],
)
def test_linked_agent_ends_with_its_call(content: str, status: AgentStatus) -> None:
    transcript = Transcript()
    asks(transcript)
    transcript.progress(type="agent_progress", agentId="a0b1c2d3")
    transcript.result(content, error=True)
    _, end = transcript.of(AgentUpdate)
    assert (end.agent, end.status, end.error) == ("a0b1c2d3", status, content)


def test_call_that_started_no_agent_adds_none() -> None:
    transcript = Transcript()
    asks(transcript)
    transcript.result("<tool_use_error>InputValidationError</tool_use_error>", error=True)
    assert transcript.of(AgentUpdate) == []


@pytest.mark.parametrize("agent", ["acompact-0f1e2d", "aside_question-0f1e2d"])
def test_internal_agents_emit_only_usage(agent: str) -> None:
    transcript = Transcript(agent=agent)
    transcript.user("An old prompt.")
    transcript.assistant(text_block("An old answer."), tool_use("call_1", "Bash", command="make"))
    transcript.result("ok", {"stdout": "ok"})
    assert [type(event).__name__ for event in transcript.events() if not isinstance(event, CompactionUpdate)] == [
        "AgentUpdate",
        "Usage",
    ]
    assert transcript.one(AgentUpdate).internal


def side_chain(transcript: Transcript, prompt: str) -> str:
    """Add two lines of a chain to the session's own file. Return its agent."""
    first = transcript.user(prompt, isSidechain=True, parentUuid=None)
    transcript.assistant(tool_use("call_9", "Read", file_path="/e/a.py"), isSidechain=True)
    return str(first["uuid"])[:8]


def test_side_chain_is_an_agent_named_after_its_first_line() -> None:
    transcript = Transcript()
    asks(transcript)
    agent = side_chain(transcript, "Look at it.\n")
    transcript.result([text_block("Seen.")], {"totalDurationMs": 5})
    begun, ended = transcript.of(AgentUpdate)
    assert (begun.agent, begun.call, begun.type, begun.description, begun.parent) == (
        agent,
        "call_1",
        "Explore",
        "Look",
        MAIN,
    )
    assert (begun.status, begun.started) == (AgentStatus.RUNNING, at(1))
    assert (ended.agent, ended.status, ended.call) == (agent, AgentStatus.COMPLETED, "call_1")
    assert [call.agent for call in transcript.of(CallStarted)] == [MAIN, agent]
    assert [spent.agent for spent in transcript.of(Usage)] == [MAIN, agent]


def test_concurrent_side_chains_are_separated_by_parent_lines() -> None:
    transcript = Transcript()
    asks(transcript, "call_1", "Look left.")
    asks(transcript, "call_2", "Look right.")
    left_chain = transcript.user("Look left.", isSidechain=True, parentUuid=None)
    right = transcript.user("Look right.", isSidechain=True, parentUuid=None)
    transcript.assistant(text_block("Nothing."), isSidechain=True, parentUuid=left_chain["uuid"])
    transcript.assistant(text_block("A wall."), isSidechain=True, parentUuid=right["uuid"])
    ours = [str(left_chain["uuid"])[:8], str(right["uuid"])[:8]]
    assert [(update.agent, update.call) for update in transcript.of(AgentUpdate)] == list(
        zip(ours, ["call_1", "call_2"], strict=True)
    )
    assert [spent.agent for spent in transcript.of(Usage)] == [MAIN, MAIN, *ours]


def test_side_chain_may_name_its_agent() -> None:
    transcript = Transcript()
    transcript.user("Warm up.", isSidechain=True, agentId="c0ffee12")
    assert transcript.one(AgentUpdate).agent == "c0ffee12"


def test_agent_file_beside_the_session_belongs_to_the_session_in_its_lines() -> None:
    transcript = Transcript(agent="a0b1c2d3")
    transcript.user("Look at it.")
    path = Path("/anywhere/agent-a0b1c2d3.jsonl")
    assert {event.session.id for event in read(TranscriptParser(path, ""), transcript.records, path)} == {ID}
