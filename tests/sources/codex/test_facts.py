"""Facts about a session: identity, folder, origin and agents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sources.codex_builder import CWD, PATH, THREAD, Rollout, events_of, only, read
from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, Event, Prompt, SessionKey, SessionUpdate, TurnUpdate

CHILD = "0199bbbb-0000-7000-8000-000000000002"
GRANDCHILD = "0199cccc-0000-7000-8000-000000000003"
SPAWNED: dict[str, Any] = {
    "subagent": {
        "thread_spawn": {
            "parent_thread_id": THREAD,
            "depth": 1,
            "agent_nickname": "Turing",
            "agent_role": "explorer",
        }
    }
}


def last_update(rollout: Rollout) -> SessionUpdate:
    return events_of(rollout, SessionUpdate)[-1]


def test_first_line_has_the_facts_of_the_session() -> None:
    event = last_update(Rollout())
    assert event.session == SessionKey("codex", THREAD)
    assert (event.cwd, event.branch, event.version, event.client) == (CWD, "main", "0.104.0", "codex_cli_rs")
    assert (event.path, event.forked_from) == (str(PATH), "")


def test_facts_are_emitted_again_only_when_they_change() -> None:
    rollout = Rollout().context().context().context(approval_policy="never").context(approval_policy="never")
    assert [event.mode for event in events_of(rollout, SessionUpdate)] == ["", "on-request", "never"]


@pytest.mark.parametrize("policy", ["granular", {"granular": {"rules": True}}])
def test_a_policy_may_be_an_object(policy: Any) -> None:
    assert last_update(Rollout().context(approval_policy=policy)).mode == "granular"


def test_settings_and_titles_are_facts_too() -> None:
    rollout = Rollout().event("thread_name_updated", thread_name="Fix the engine")
    rollout.event("thread_settings_applied", thread_settings={"cwd": "/else", "approval_policy": "never"})
    assert (last_update(rollout).title, last_update(rollout).cwd, last_update(rollout).mode) == (
        "Fix the engine",
        "/else",
        "never",
    )


def test_fork_has_its_own_id_and_that_of_its_parent() -> None:
    rollout = Rollout(CHILD, forked_from_id=THREAD).meta(THREAD, cwd="/parents").event("user_message", message="go")
    assert {event.session.id for event in read(rollout.records)} == {CHILD}
    assert (last_update(rollout).forked_from, last_update(rollout).cwd) == (THREAD, CWD)


@pytest.mark.parametrize(
    ("path", "name"),
    [(PATH, THREAD), (Path("/tmp/copy.jsonl"), "copy")],
)
def test_file_without_a_first_line_has_the_id_in_its_name(path: Path, name: str) -> None:
    records = Rollout().event("user_message", message="go").records[1:]
    assert {event.session.id for event in read(records, path)} == {name}


def test_copied_lines_have_no_events() -> None:
    rollout = Rollout(CHILD, source=SPAWNED, subagent_history_start_ordinal=4)
    rollout.records[0]["ordinal"] = 0
    rollout.meta(THREAD).records[-1]["ordinal"] = 1
    for ordinal, text in ((2, "parent's"), (3, "parent's too"), (4, "own")):
        rollout.event("user_message", message=text).records[-1]["ordinal"] = ordinal
    assert [event.text for event in events_of(rollout, Prompt)] == ["own"]


def test_lines_are_copies_without_the_parents_first_line_too() -> None:
    rollout = Rollout(CHILD, source=SPAWNED, subagent_history_start_ordinal=2)
    for ordinal, text in ((1, "parent's"), (2, "own")):
        rollout.event("user_message", message=text).records[-1]["ordinal"] = ordinal
    assert [event.text for event in events_of(rollout, Prompt)] == ["own"]


def agent_updates(events: list[Event]) -> list[AgentUpdate]:
    return only(events, AgentUpdate)


def test_file_of_an_agent_has_its_role_name_and_session() -> None:
    rollout = Rollout(CHILD, source=SPAWNED).event("user_message", message="look")
    event = events_of(rollout, AgentUpdate)[0]
    assert (event.agent, event.parent, event.type, event.description) == (CHILD, MAIN, "explorer", "Turing")
    assert {(one.session.id, one.agent) for one in read(rollout.records)} == {(THREAD, CHILD)}
    assert last_update(rollout).forked_from == ""


def test_agent_of_an_agent_is_in_the_session_of_the_main_thread() -> None:
    rollout = Rollout(GRANDCHILD, session_id=THREAD, parent_thread_id=CHILD)
    [event] = events_of(rollout, AgentUpdate)
    assert (event.session.id, event.agent, event.parent) == (THREAD, GRANDCHILD, CHILD)


def test_path_of_an_agent_is_a_better_name_than_its_nickname() -> None:
    spawn = {**SPAWNED["subagent"]["thread_spawn"], "agent_path": "/root/look", "agent_role": None}
    [event] = events_of(Rollout(CHILD, source={"subagent": {"thread_spawn": spawn}}), AgentUpdate)
    assert (event.type, event.description) == ("", "look")


TURN_ENDS: list[tuple[str, dict[str, str], AgentStatus]] = [
    ("task_complete", {"last_agent_message": "well"}, AgentStatus.COMPLETED),
    ("task_complete", {}, AgentStatus.FAILED),
    ("turn_aborted", {"reason": "interrupted"}, AgentStatus.TERMINATED),
]


@pytest.mark.parametrize(("kind", "fields", "status"), TURN_ENDS)
def test_turns_of_an_agent_are_its_status(kind: str, fields: dict[str, str], status: AgentStatus) -> None:
    rollout = Rollout(CHILD, source=SPAWNED).event("task_started").event("error", message="no more")
    events = read(rollout.event(kind, **fields).records)
    [_, start, end] = only(events, AgentUpdate)
    assert (start.status, end.status, end.ended) == (AgentStatus.RUNNING, status, end.at)
    assert end.error == ("no more" if status is AgentStatus.FAILED else "")
    assert only(events, TurnUpdate) == []


def test_message_to_the_main_agent_is_no_news_of_an_agent() -> None:
    rollout = Rollout(CHILD, source=SPAWNED).event("sub_agent_activity", agent_thread_id=THREAD, kind="interacted")
    assert [event.agent for event in events_of(rollout, AgentUpdate)] == [CHILD]


@pytest.mark.parametrize(
    ("source", "role"),
    [({"subagent": "review"}, "review"), ({"subagent": {"other": "x"}}, "other"), ({"internal": "memory"}, "memory")],
)
def test_internal_agents_have_a_role(source: Any, role: str) -> None:
    [event] = events_of(Rollout(source=source), AgentUpdate)
    assert event.type == role


def test_thread_of_a_person_is_not_an_agent() -> None:
    assert events_of(Rollout(source="cli"), AgentUpdate) == []


def test_answer_to_a_spawn_has_the_agents_id() -> None:
    rollout = Rollout().call("spawn_agent", {"message": "look"})
    rollout.answer(f'{{"agent_id":"{CHILD}","nickname":"Turing"}}')
    [event] = events_of(rollout, AgentUpdate)
    assert (event.agent, event.parent, event.description, event.status) == (CHILD, MAIN, "Turing", AgentStatus.STARTING)
    assert event.started == event.at


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
def test_parent_file_has_the_status_of_its_agents(told_status: Any, status: AgentStatus | None) -> None:
    rollout = Rollout().event("collab_close_end", receiver_thread_id=CHILD, status=told_status)
    [event] = events_of(rollout, AgentUpdate)
    assert (event.agent, event.status) == (CHILD, status)
    assert bool(event.ended) is (status in (AgentStatus.COMPLETED, AgentStatus.FAILED, AgentStatus.TERMINATED))
    assert event.error == ("no tokens" if status is AgentStatus.FAILED else "")


def test_notification_of_the_program_has_the_status_of_an_agent() -> None:
    told_by = '<subagent_notification>\n{"agent_path":"%s","status":{"completed":"all good"}}\n</subagent_notification>'
    texts = (told_by % CHILD, told_by % "/root/look", told_by % CHILD + "?", "<subagent_notification>{}", told_by[:40])
    rollout = Rollout()
    for text in texts:
        rollout.line("response_item", {"type": "message", "content": [{"type": "input_text", "text": text}]})
    [event] = events_of(rollout, AgentUpdate)
    assert (event.agent, event.status, event.ended) == (CHILD, AgentStatus.COMPLETED, event.at)


def test_events_and_items_report_agents_alike() -> None:
    fields = {"new_thread_id": CHILD, "new_agent_nickname": "Turing", "new_agent_role": "explorer", "status": "running"}
    item = {
        "tool": "wait",
        "receiver_agents": [{"thread_id": CHILD, "agent_nickname": "Turing", "agent_role": "explorer"}],
        "agents_states": {CHILD: "running"},
    }
    events = read(
        Rollout().event("collab_agent_spawn_end", **fields).item("CollabAgentToolCall", id="c", **item).records
    )
    assert [(one.agent, one.description, one.type, one.status) for one in agent_updates(events)] == [
        (CHILD, "Turing", "explorer", AgentStatus.RUNNING)
    ] * 2


@pytest.mark.parametrize("kind", ["event", "item"])
def test_activity_of_an_agent_is_an_update(kind: str) -> None:
    fields = {"id": "a", "kind": "completed", "agent_thread_id": CHILD, "agent_path": "/root/look"}
    rollout = Rollout()
    if kind == "event":
        rollout.event("sub_agent_activity", **fields)
    else:
        rollout.item("SubAgentActivity", **fields)
    [event] = events_of(rollout, AgentUpdate)
    assert (event.description, event.status) == ("look", AgentStatus.COMPLETED)


def test_unreadable_time_is_that_of_the_line_before() -> None:
    rollout = Rollout().event("task_started").event("task_complete")
    rollout.records[-1]["timestamp"] = "later"
    assert len({event.at for event in events_of(rollout, TurnUpdate)}) == 1
