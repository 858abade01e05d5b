"""The outcome of a call as a row shows it, and the reason of a failure from its output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

from tui_monitor.clean import final_states
from tui_monitor.events import CallState, ChangeKind, ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.live.liveness import Liveness, asks_nobody, is_in_hook, is_late, no_result_yet
from tui_monitor.merge.calls import PERSONAL_KINDS
from tui_monitor.tui.rows.call_times import call_times
from tui_monitor.tui.rows.context import NO_AGENT, RowContext
from tui_monitor.tui.rows.items import Tally
from tui_monitor.tui.spans import MAX_TEXT, Spans, TextSpan, Tone, one_line
from tui_monitor.units import measure_forms

_STATUS_ONLY = re.compile(r"(?:error: )?(?:exit code|process exited with code) \d+", re.IGNORECASE)
_TAG = re.compile(r"</?[\w-]{1,40}>")


def failure_reason(call: Call) -> str:
    """Return the line that explains why ``call`` failed, or looks as if it did; empty if there is none."""
    if call.state is not CallState.FAILED and not call.suspicious:
        return ""
    reason = strip_rules(call.summary_line) or _first_line(call.error or call.output)
    return "" if _STATUS_ONLY.fullmatch(reason) else reason


def slip_reason(call: Call) -> str:
    """Return the reason why ``call`` was not run."""
    return _first_line(_TAG.sub("", call.error[:MAX_TEXT]))


def strip_rules(line: str) -> str:
    """Return a line of output without the rules that some tools draw around their summaries."""
    return one_line(final_states(line)).strip("=-*─━ ")


def _first_line(text: str) -> str:
    lines = map(one_line, text[:MAX_TEXT].splitlines())
    return next((line for line in lines if any(map(str.isalnum, line))), "")


Outcome: TypeAlias = tuple[Spans, ...]
"""Forms of the same outcome, the longest first."""

_TESTED = re.compile(r"\d+ (?:passed|failed|failures?)\b", re.IGNORECASE)
_TEST_COUNT = re.compile(r"\d+ (?:tests?|passed|failed|failures?)\b", re.IGNORECASE)
_CHANGE_WORDS = {ChangeKind.CREATE: "new", ChangeKind.DELETE: "deleted", ChangeKind.RENAME: "renamed"}
_WITHOUT_WAITING = (*PERSONAL_KINDS, ToolKind.AGENT)
"""Kinds of calls whose whole time is a person's, or is the work of others."""
EMPTY_WORDS = {ToolKind.SHELL: "no output", ToolKind.SEARCH: "no match"}


def outcome_of(call: Call, context: RowContext) -> Outcome:
    """Return the outcome of ``call``, or its state while it is open, and where there is room how long it waited."""
    outcome = _outcome(call, context)
    if not call.ended or call.kind in _WITHOUT_WAITING:
        return outcome
    waiting = _forms(Tone.DIM, *call_times(call, context).waiting("you"))
    separator = TextSpan(" · ", Tone.DIM)
    joined = tuple((*form, separator, *wait) for form, wait in product(outcome, waiting))
    return (*joined, *outcome) if outcome else waiting


def _outcome(call: Call, context: RowContext) -> Outcome:
    match call.state:
        case CallState.OPEN:
            return _open(call, context)
        case CallState.BACKGROUND:
            return _forms(Tone.RUNNING, "in background", "background")
        case CallState.OK:
            return _success(call, context)
        case CallState.FAILED:
            return _forms(Tone.FAILED, "failed" if call.exit_code is None else f"exit {call.exit_code}")
        case CallState.SLIPPED:
            return _forms(Tone.DIM, "retry")
        case CallState.REFUSED:
            return _forms(Tone.FAILED, "not permitted", "refused")
        case CallState.SKIPPED:
            return _forms(Tone.DIM, "skipped")
        case CallState.REJECTED:
            return _forms(Tone.REJECTED, "rejected by you", "rejected")
        case CallState.INTERRUPTED:
            return _forms(Tone.REJECTED, "interrupted", "stopped")


def change_counts(added: int, removed: int, word: str = "", *, uncounted: int = 0) -> Spans:
    """Return ``+6 −4`` after ``word``; see `count_parts`."""
    parts = [TextSpan(word, Tone.DIM)] if word else []
    parts += count_parts(added, removed, uncounted)
    return (*(TextSpan(f"{text} ", tone) for text, tone in parts[:-1]), *parts[-1:])


def count_parts(added: int, removed: int, uncounted: int = 0) -> Iterator[TextSpan]:
    """Yield ``+6`` and ``−4``; a count of zero is left out. With changes whose lines are not known, of which there are
    ``uncounted``, they are lower bounds after ``≥``, or there is ``±?`` alone."""
    if uncounted:
        yield TextSpan("≥" if added or removed else "±?", Tone.DIM)
    if added:
        yield TextSpan(f"+{added:,}", Tone.ADDED)
    if removed:
        yield TextSpan(f"−{removed:,}", Tone.REMOVED)


def bound_count(sign: str, lines: int, uncounted: int) -> str:
    """Return ``+6`` for a cell of a table, empty for none; with ``uncounted`` changes ``≥+6``, or ``+?``."""
    if not uncounted:
        return f"{sign}{lines:,}" if lines else ""
    return f"≥{sign}{lines:,}" if lines else f"{sign}?"


def sum_counts(calls: Sequence[Call | Tally], word: str = "") -> Spans:
    """Return what calls changed together; see `change_counts`."""
    uncounted = sum(each.uncounted for each in calls)
    return change_counts(
        sum(each.added for each in calls), sum(each.removed for each in calls), word, uncounted=uncounted
    )


def _forms(tone: Tone, *forms: str) -> Outcome:
    return tuple((TextSpan(form, tone),) for form in forms)


def _open(call: Call, context: RowContext) -> Outcome:
    match context.liveness(call):
        case Liveness.ABANDONED:
            return _forms(Tone.DIM, "no result")
        case Liveness.AWAITING_USER:
            return _forms(Tone.ASKS, "waits for you", "waits")
        case Liveness.HELD if not is_in_hook(call):
            return _forms(Tone.HELD, "held or queued", "held")
        case Liveness.HELD:
            return _forms(Tone.HELD, *_hook_forms(call), "open")
        case Liveness.STALE:
            return _forms(Tone.HELD, "running or waiting", "open")
        case Liveness.ISSUED if is_late(call, context.now) and not call.doing:
            return _forms(Tone.HELD, no_result_yet(call), "no sign yet")
        case Liveness.RUNNING | Liveness.ISSUED:
            doing = one_line(final_states(call.doing))
            return _forms(Tone.DIM, doing) if doing and doing != "running" else ()


def _hook_forms(call: Call) -> tuple[str, str]:
    """Return forms of what holds a call for which a hook was started, whose end is not recorded."""
    hook = one_line(final_states(call.doing))
    return (hook, "in a hook") if asks_nobody(call) else (f"{hook}, or you", "hook or you")


def _success(call: Call, context: RowContext) -> Outcome:
    if call.suspicious:
        return _forms(Tone.DOUBT, "output says FAIL", "says FAIL", "FAIL?")
    if call.kind is ToolKind.ASK:
        return _forms(Tone.DIM, "answered")
    if call.kind is ToolKind.PLAN:
        return _forms(Tone.DIM, "accepted")
    if call.kind is ToolKind.AGENT:
        return _forms(Tone.DIM, *filter(None, [context.agents.get(call.id, NO_AGENT).cost]), *_measure(call))
    change_kind = next((change.kind for change in call.changes if change.kind is not ChangeKind.READ), None)
    if change_kind:
        return _change(call, change_kind)
    summary = _test_summary(call.summary_line) if call.kind is ToolKind.SHELL else ()
    return _forms(Tone.DIM, *summary, *_measure(call))


def _test_summary(line: str) -> tuple[str, ...]:
    """Return forms of ``14 doctests, 410 tests, 0 failures``, empty without a result: a count of tests alone stands in
    many listings and messages."""
    if not _TESTED.search(line):
        return ()
    counts = list(_TEST_COUNT.finditer(line))
    return (
        strip_rules(line),
        strip_rules(line[counts[0].start() :]),
        one_line(", ".join(count[0] for count in counts)),
    )


def _change(call: Call, kind: ChangeKind) -> Outcome:
    counts = sum_counts([call])
    word = "rewritten" if kind is ChangeKind.MODIFY and call.kind is ToolKind.WRITE else _CHANGE_WORDS.get(kind, "")
    if not word:
        return (counts or (TextSpan("changed", Tone.DIM),),)
    return (sum_counts([call], word), counts) if counts else _forms(Tone.DIM, word)


def _measure(call: Call) -> tuple[str, ...]:
    return tuple(map(one_line, measure_forms(call.measure, EMPTY_WORDS.get(call.kind, "")))) if call.measure else ()
