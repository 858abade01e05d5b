"""What the store must look at for what is sought or filtered: the less, the sooner it answers."""

from __future__ import annotations

from collections.abc import Callable

from tui_monitor.events import CompactionUpdate, HookFailure, Prompt, RetryUpdate, TurnUpdate
from tui_monitor.live.entries import Entry, Mark, MarkKind
from tui_monitor.store.log_pages import CallScope, PageScope
from tui_monitor.tui.rows.filter import CHANGES, ERRORS, Filter, is_change
from tui_monitor.tui.rows.items import is_problem

PROBLEMS = PageScope(CallScope.MAY_FAIL, (RetryUpdate, TurnUpdate, HookFailure))
CHANGED = PageScope(CallScope.CHANGING)
SCOPES = {
    "problem": PROBLEMS,
    "change": CHANGED,
    "prompt": PageScope(CallScope.NONE, (Prompt,)),
    "compaction": PageScope(CallScope.NONE, (CompactionUpdate,)),
}
"""The scopes of what can be sought."""
_BY_CONDITION = {
    ERRORS: PROBLEMS,
    "is:rejected": PROBLEMS,
    CHANGES: CHANGED,
}


def scope_of(entry_filter: Filter) -> PageScope | None:
    """Return what has all entries that a filter may match; None if that may be any."""
    conditions = (f"{term.field}:{term.value}" for term in entry_filter.terms if not term.negated)
    return next((_BY_CONDITION[condition] for condition in conditions if condition in _BY_CONDITION), None)


def is_sought(kind: str) -> Callable[[Entry], bool]:
    """Return the test for what can be sought."""
    kinds = {"prompt": MarkKind.PROMPT, "compaction": MarkKind.COMPACTED}
    if kind not in kinds:
        return is_change if kind == "change" else is_problem
    return lambda entry: isinstance(entry, Mark) and entry.kind is kinds[kind]
