"""Who a session is, where it works, what it was made from, and which agents it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sources.codex_builder import CWD, PATH, THREAD, Rollout, only, read, told
from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, Event, Prompt, SessionKey, SessionUpdate, TurnUpdate

CHILD = "0199bbbb-0000-7000-8000-000000000002"
SPAWNED = {
    "subagent": {
        "thread_spawn": {
            "parent_thread_id": THREAD,
            "depth": 1,
            "agent_nickname": "Turing",
            "agent_role": "explorer",
        }
    }
}


def last(rollout: Rollout) -> SessionUpdate:
    return told(rollout, SessionUpdate)[-1]


def test_the_first_line_tells_the_session() -> None:
    seen = last(Rollout())
    assert seen.session == SessionKey("codex", THREAD)
    assert (seen.cwd, seen.branch, seen.version, seen.client) == (CWD, "main", "0.104.0", "codex_cli_rs")
    assert (seen.path, seen.forked_from) == (str(PATH), "")


def test_facts_are_told_again_only_when_they_change() -> None:
    rollout = Rollout().context().context().context(approval_policy="never").context(approval_policy="never")
    assert [seen.mode for seen in told(rollout, SessionUpdate)] == ["", "on-request", "never"]


@pytest.mark.parametrize("policy", ["granular", {"granular": {"rules": True}}])
def test_a_policy_may_be_an_object(policy: Any) -> None:
    assert last(Rollout().context(approval_policy=policy)).mode == "granular"


def test_settings_and_titles_are_facts_too() -> None:
    rollout = Rollout().event("thread_name_updated", thread_name="Fix the engine")
    rollout.event("thread_settings_applied", thread_settings={"cwd": "/else", "approval_policy": "never"})
    assert (last(rollout).title, last(rollout).cwd, last(rollout).mode) == ("Fix the engine", "/else", "never")


def test_a_fork_names_its_parent_and_keeps_its_own_name() -> None:
    rollout = Rollout(CHILD, forked_from_id=THREAD).meta(THREAD, cwd="/parents").event("user_message", message="go")
    assert {event.session.id for event in read(rollout.records)} == {CHILD}
    assert (last(rollout).forked_from, last(rollout).cwd) == (THREAD, CWD)


@pytest.mark.parametrize(
    ("path", "name"),
    [(PATH, THREAD), (Path("/tmp/copy.jsonl"), "copy")],
)
def test_a_file_without_its_first_line_is_named_after_itself(path: Path, name: str) -> None:
    records = Rollout().event("user_message", message="go").records[1:]
    assert {event.session.id for event in read(records, path)} == {name}


def test_lines_that_are_known_to_be_copied_tell_nothing() -> None:
    rollout = Rollout(CHILD, source=SPAWNED, subagent_history_start_ordinal=4)
    rollout.records[0]["ordinal"] = 0
    rollout.meta(THREAD).records[-1]["ordinal"] = 1
    for ordinal, text in ((2, "parent's"), (3, "parent's too"), (4, "own")):
        rollout.event("user_message", message=text).records[-1]["ordinal"] = ordinal
    assert [seen.text for seen in told(rollout, Prompt)] == ["own"]


def test_without_the_parents_first_line_no_line_is_known_to_be_copied() -> None:
    rollout = Rollout(CHILD, subagent_history_start_ordinal=100).event("user_message", message="own")
    rollout.records[-1]["ordinal"] = 1
    assert [seen.text for seen in told(rollout, Prompt)] == ["own"]


def agents(events: list[Event]) -> list[AgentUpdate]:
    return only(events, AgentUpdate)


def test_an_agents_file_tells_its_role_name_and_parent() -> None:
    rollout = Rollout(CHILD, source=SPAWNED)
    [seen] = told(rollout, AgentUpdate)
    assert (seen.agent, seen.type, seen.description) == (MAIN, "explorer", "Turing")
    assert last(rollout).forked_from == THREAD


@pytest.mark.parametrize(
    ("source", "role"),
    [({"subagent": "review"}, "review"), ({"subagent": {"other": "x"}}, "other"), ({"internal": "memory"}, "memory")],
)
def test_agents_of_the_program_itself_tell_what_they_are_for(source: Any, role: str) -> None:
    [seen] = told(Rollout(source=source), AgentUpdate)
    assert seen.type == role


def test_a_persons_own_thread_is_no_agent() -> None:
    assert told(Rollout(source="cli"), AgentUpdate) == []


def test_the_answer_to_a_spawn_names_the_agent() -> None:
    rollout = Rollout().call("spawn_agent", {"message": "look"})
    rollout.answer(f'{{"agent_id":"{CHILD}","nickname":"Turing"}}')
    [seen] = told(rollout, AgentUpdate)
    assert (seen.agent, seen.parent, seen.description, seen.status) == (CHILD, MAIN, "Turing", AgentStatus.STARTING)
    assert seen.started == seen.at


STATUSES: list[tuple[Any, AgentStatus | None]] = [
    ("pending_init", AgentStatus.STARTING),
    ("pendingInit", AgentStatus.STARTING),
    ("running", AgentStatus.RUNNING),
    ({"completed": "all good"}, AgentStatus.COMPLETED),
    ({"errored": "no tokens"}, AgentStatus.FAILED),
    ("interrupted", AgentStatus.TERMINATED),
    ("shutdown", AgentStatus.TERMINATED),
    ("not_found", None),
    (None, None),
]


@pytest.mark.parametrize(("told_status", "status"), STATUSES)
def test_the_parents_file_tells_how_its_agents_are(told_status: Any, status: AgentStatus | None) -> None:
    rollout = Rollout().event("collab_close_end", receiver_thread_id=CHILD, status=told_status)
    [seen] = told(rollout, AgentUpdate)
    assert (seen.agent, seen.status) == (CHILD, status)
    assert bool(seen.ended) is (status in (AgentStatus.COMPLETED, AgentStatus.FAILED, AgentStatus.TERMINATED))
    assert seen.error == ("no tokens" if status is AgentStatus.FAILED else "")


def test_a_message_of_the_program_tells_what_became_of_an_agent() -> None:
    told_by = '<subagent_notification>\n{"agent_path":"%s","status":{"completed":"all good"}}\n</subagent_notification>'
    texts = (told_by % CHILD, told_by % "/root/look", told_by % CHILD + "?", "<subagent_notification>{}", told_by[:40])
    rollout = Rollout()
    for text in texts:
        rollout.line("response_item", {"type": "message", "content": [{"type": "input_text", "text": text}]})
    [seen] = told(rollout, AgentUpdate)
    assert (seen.agent, seen.status, seen.ended) == (CHILD, AgentStatus.COMPLETED, seen.at)


def test_events_and_items_tell_of_agents_alike() -> None:
    named = {"new_thread_id": CHILD, "new_agent_nickname": "Turing", "new_agent_role": "explorer", "status": "running"}
    item = {
        "tool": "wait",
        "receiver_agents": [{"thread_id": CHILD, "agent_nickname": "Turing", "agent_role": "explorer"}],
        "agents_states": {CHILD: "running"},
    }
    events = read(
        Rollout().event("collab_agent_spawn_end", **named).item("CollabAgentToolCall", id="c", **item).records
    )
    assert [(one.agent, one.description, one.type, one.status) for one in agents(events)] == [
        (CHILD, "Turing", "explorer", AgentStatus.RUNNING)
    ] * 2


@pytest.mark.parametrize("kind", ["event", "item"])
def test_activity_of_an_agent_is_a_sign_of_it(kind: str) -> None:
    fields = {"id": "a", "kind": "completed", "agent_thread_id": CHILD, "agent_path": "/root/look"}
    rollout = Rollout()
    if kind == "event":
        rollout.event("sub_agent_activity", **fields)
    else:
        rollout.item("SubAgentActivity", **fields)
    [seen] = told(rollout, AgentUpdate)
    assert (seen.description, seen.status) == ("/root/look", AgentStatus.COMPLETED)


def test_times_that_cannot_be_read_are_those_of_the_line_before() -> None:
    rollout = Rollout().event("task_started").event("task_complete")
    rollout.records[-1]["timestamp"] = "later"
    assert len({seen.at for seen in told(rollout, TurnUpdate)}) == 1
