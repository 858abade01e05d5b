"""Decisions on calls, as newer versions write them beside results: who allowed, declined or stopped a call."""

from __future__ import annotations

from tui_monitor.events import CallState
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.windows import version_numbers
from tui_monitor.sources.shared.fields import table, text

_USER, _ACCEPT, _REJECT = "user", "accept", "reject"
_AUTHORITIES = {"config": "policy", "hook": "policy", "classifier": "auto"}
_DENIALS = {
    "interrupted": CallState.INTERRUPTED,
    "cancelled": CallState.INTERRUPTED,
    "permission-rule": CallState.REFUSED,
    "automode-blocked": CallState.REFUSED,
}
_BY_PERSON = "user-rejected"
_MARKS_REFUSALS = (2, 1, 326)
"""The version from which on a refusal before the call ran is marked as such."""


def refusal_state(record: Record) -> CallState | None:
    """Return the state of a call that a person or a rule refused or stopped; None if the record does not say so."""
    decision, by_person = _decision(record), _is_by_person(record)
    if record.get("toolDenialBeforeRun") is True:
        return CallState.REJECTED
    kind = text(record.get("toolDenialKind"))
    if kind == _BY_PERSON:
        if decision == _REJECT and by_person:
            return CallState.REJECTED
        runs = decision == _ACCEPT or version_numbers(text(record.get("version"))) >= _MARKS_REFUSALS
        return CallState.INTERRUPTED if runs else CallState.REJECTED
    if kind in _DENIALS:
        return _DENIALS[kind]
    if decision == _REJECT:
        return CallState.REJECTED if by_person else CallState.REFUSED
    return None


def decision_of(record: Record) -> tuple[bool | None, str]:
    """Return whether the call was allowed by the decision in the record of its result, and by whom; None and an empty
    text if it has none."""
    if "permissionDecision" not in record:
        return None, ""
    decision = _decision(record)
    if decision not in (_ACCEPT, _REJECT):
        return None, ""
    source = text(table(record.get("permissionDecision")).get("source"))
    approval = _USER if _is_by_person(record) else _AUTHORITIES.get(source, "")
    return decision == _ACCEPT, approval


def _decision(record: Record) -> str:
    return text(table(record.get("permissionDecision")).get("decision"))


def _is_by_person(record: Record) -> bool:
    return text(table(record.get("permissionDecision")).get("source")).startswith(_USER)
