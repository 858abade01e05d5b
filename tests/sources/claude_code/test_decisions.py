"""Decisions on calls: allowed, declined or stopped, and by whom."""

from __future__ import annotations

import pytest

from tests.sources.claude_builder import Transcript
from tui_monitor.events import CallFinished, CallState
from tui_monitor.sources.base import Record

REFUSAL = "The user doesn't want to proceed with this tool use. The tool use was rejected …"
BY_PERSON = {"decision": "reject", "source": "user_reject"}
BY_RULE = {"decision": "reject", "source": "config", "reasonType": "rule"}
BY_HOOK = {"decision": "reject", "source": "hook", "reasonType": "hook"}
ALLOWED = {"decision": "accept", "source": "user_temporary"}
NEW, OLD = "2.1.332", "2.1.290"


def finish(content: str, *, error: bool | None = None, **fields: object) -> CallFinished:
    transcript = Transcript()
    transcript.calls("Bash", command="make")
    transcript.result(content, error=error).update(fields)
    return transcript.one(CallFinished)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"toolDenialKind": "user-rejected", "toolDenialBeforeRun": True, "version": NEW}, CallState.REJECTED),
        ({"toolDenialBeforeRun": True}, CallState.REJECTED),
        ({"toolDenialKind": "user-rejected", "version": NEW}, CallState.INTERRUPTED),
        ({"toolDenialKind": "user-rejected", "version": NEW, "permissionDecision": BY_PERSON}, CallState.REJECTED),
        ({"toolDenialKind": "user-rejected", "version": OLD}, CallState.REJECTED),
        ({"toolDenialKind": "user-rejected", "version": OLD, "permissionDecision": ALLOWED}, CallState.INTERRUPTED),
        ({"toolDenialKind": "interrupted"}, CallState.INTERRUPTED),
        ({"toolDenialKind": "cancelled"}, CallState.INTERRUPTED),
        ({"toolDenialKind": "permission-rule", "permissionDecision": BY_RULE}, CallState.REFUSED),
        ({"toolDenialKind": "automode-blocked"}, CallState.REFUSED),
        ({"permissionDecision": BY_PERSON}, CallState.REJECTED),
        ({"permissionDecision": BY_HOOK}, CallState.REFUSED),
        ({}, CallState.REJECTED),
    ],
)
def test_refused_and_stopped_calls_are_told_apart(fields: Record, state: CallState) -> None:
    assert finish(REFUSAL, error=True, **fields).state is state


@pytest.mark.parametrize(
    ("decision", "approved", "approval"),
    [
        ({"decision": "accept", "source": "config", "reasonType": "mode"}, True, "policy"),
        ({"decision": "accept", "source": "hook"}, True, "policy"),
        ({"decision": "accept", "source": "classifier"}, True, "auto"),
        ({"decision": "accept", "source": "user_temporary"}, True, "user"),
        ({"decision": "accept", "source": "user_permanent"}, True, "user"),
        ({"decision": "accept"}, True, ""),
        ({"decision": "ask", "source": "config"}, None, ""),
        ({}, None, ""),
        ("accept", None, ""),
    ],
)
def test_authority_that_allowed_a_call_is_named(decision: object, approved: bool | None, approval: str) -> None:
    result = finish("built", permissionDecision=decision)
    assert (result.state, result.approved, result.approval) == (CallState.OK, approved, approval)


def test_failure_of_an_allowed_call_keeps_its_approval() -> None:
    result = finish("Exit code 2", error=True, permissionDecision=ALLOWED)
    assert (result.state, result.approved, result.approval) == (CallState.FAILED, True, "user")


def test_refusal_by_a_rule_is_one_by_policy() -> None:
    result = finish(REFUSAL, error=True, permissionDecision=BY_RULE)
    assert (result.approved, result.approval) == (False, "policy")
