"""``watch --json``: the live state of a session in its public shape."""

from __future__ import annotations

from typing import Any

import jsonschema

from tests.live.events_builder import SESSION, T0, apply_all, finished, started, state_after
from tests.reports.schema import COUNT, MONEY, TEXT, TIME, Schema, closed, listed, or_null
from tui_monitor.events import AgentUpdate, CallState, ContextUpdate, Event, Prompt, SessionUpdate, ToolKind
from tui_monitor.live.status import Lag
from tui_monitor.reports.snapshot import MAX_CALLS, snapshot_json, steady_part

STATE = closed(word=TEXT, certain={"type": "boolean"}, since=TIME, evidence=TEXT, subject=or_null("string"))
CONTEXT = closed(
    current=or_null("integer"),
    limit=or_null("integer"),
    percentage=or_null("number"),
    level=or_null("string"),
    compacts_at=or_null("integer"),
    calls_left={"type": ["array", "null"], "items": COUNT, "minItems": 3, "maxItems": 3},
)
AGENT = closed(
    id=TEXT,
    type=or_null("string"),
    description=or_null("string"),
    model=or_null("string"),
    state={"enum": ["running", "ended", "failed", "unknown"]},
    calls=COUNT,
    total_tokens=COUNT,
    cost_usd=MONEY,
    context=or_null("integer"),
)
CALL = closed(
    id=TEXT,
    tool=TEXT,
    target=or_null("string"),
    state={"enum": ["open", "ok", "failed", "rejected", "interrupted"]},
    outcome=or_null("string"),
    started=TIME,
    duration_ms=or_null("integer"),
    waited_ms=or_null("integer"),
    lines_added=or_null("integer"),
    lines_removed=or_null("integer"),
)
TEXTS = ("title", "project", "cwd", "branch", "path", "model", "version", "said")
SNAPSHOT: Schema = closed(
    schema={"const": 1},
    now=TIME,
    sessions=listed(
        closed(
            id=TEXT,
            source=TEXT,
            live={"type": "boolean"},
            pid=or_null("integer"),
            state=STATE,
            context=CONTEXT,
            totals=or_null("object"),
            limits=listed(closed(name=TEXT, used_percentage={"type": "number"}, resets=TIME)),
            agents=listed(AGENT),
            calls=listed(CALL),
            **dict.fromkeys(TEXTS, or_null("string")),
        )
    ),
    alerts=listed(closed(kind=TEXT, session=TEXT, since=TIME, text=TEXT)),
)


def snapshot(*events: Event, after: int = 1_000) -> Any:
    """Return the only session of a snapshot taken ``after`` milliseconds, and its alerts."""
    document: Any = snapshot_json([state_after(*events)], T0 + after)
    jsonschema.validate(document, SNAPSHOT)
    return document["sessions"][0], document["alerts"]


def test_session_without_events_has_unknown_values() -> None:
    session, alerts = snapshot()
    assert (session["state"]["word"], session["live"], session["model"], alerts) == ("UNKNOWN", False, None, [])


def test_running_call_is_open_and_its_duration_grows() -> None:
    session, _ = snapshot(started("c", 0, subject="make"), after=2_500)
    (call,) = session["calls"]
    assert (call["state"], call["target"], call["duration_ms"], call["outcome"]) == ("open", "make", 2_500, None)
    assert session["live"]


def test_results_have_the_words_of_the_contract() -> None:
    states = [state for state in CallState if state.ended]
    events = [event for state in states for event in (started(state.value, 0), finished(state.value, 9, state))]
    session, _ = snapshot(*events)
    assert {call["id"]: call["state"] for call in session["calls"]} == {
        "ok": "ok",
        "failed": "failed",
        "slipped": "failed",
        "refused": "failed",
        "skipped": "failed",
        "rejected": "rejected",
        "interrupted": "interrupted",
    }


def test_only_the_last_calls_are_listed_oldest_first() -> None:
    session, _ = snapshot(*(started(str(number), number) for number in range(MAX_CALLS + 5)))
    assert [call["id"] for call in session["calls"]] == [str(number) for number in range(5, MAX_CALLS + 5)]


def test_question_that_stays_open_is_an_alert() -> None:
    question = started("q", 0, ToolKind.ASK, subject="Which port?")
    assert snapshot(question, after=4_000)[1] == []
    _, alerts = snapshot(question, after=5_000)
    assert [(alert["kind"], alert["session"], alert["text"]) for alert in alerts] == [
        ("waiting", SESSION.id, "Which port?")
    ]


def test_facts_context_and_agents_are_reported() -> None:
    session, _ = snapshot(
        SessionUpdate(session=SESSION, at=T0, cwd="/home/ada/engine", branch="main", title="Valves"),
        Prompt(session=SESSION, at=T0, text="Go"),
        ContextUpdate(session=SESSION, at=T0, tokens=90_000, limit=200_000, limit_source="seen"),
        AgentUpdate(session=SESSION, at=T0, agent="a1", type="explore", description="Look around"),
    )
    assert (session["project"], session["branch"], session["title"]) == ("engine", "main", "Valves")
    assert (session["context"]["current"], session["context"]["percentage"]) == (90_000, 45.0)
    assert [(agent["id"], agent["type"]) for agent in session["agents"]] == [("a1", "explore")]


def test_passing_time_alone_changes_nothing() -> None:
    state = state_after(Prompt(session=SESSION, at=T0, text="Mend it."), started("a", 1_000))
    before, after = (steady_part(snapshot_json([state], T0 + at)) for at in (2_000, 3_000))
    assert before == after


def test_end_of_a_call_changes_something() -> None:
    state = state_after(Prompt(session=SESSION, at=T0, text="Mend it."), started("a", 1_000))
    before = steady_part(snapshot_json([state], T0 + 2_000))
    apply_all(state, finished("a", 2_000))
    assert steady_part(snapshot_json([state], T0 + 2_000)) != before


def test_session_that_is_behind_says_so() -> None:
    state = state_after(Prompt(session=SESSION, at=T0, text="Mend it."))
    document: Any = snapshot_json([state], T0 + 9_000, lag=lambda session: Lag(3_000))
    later = snapshot_json([state], T0 + 10_000, lag=lambda session: Lag(4_000))
    jsonschema.validate(document, SNAPSHOT)
    assert document["sessions"][0]["state"]["word"] == "BEHIND"
    assert steady_part(document) == steady_part(later)
