"""The outcome of a call as a row shows it, and the line of its output that explains a failure."""

from __future__ import annotations

import re
from typing import TypeAlias

from tui_monitor.events import CallState, ChangeKind, ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.live.liveness import Liveness
from tui_monitor.tui.rows.context import NO_AGENT, RowContext
from tui_monitor.tui.spans import MAX_TEXT, Span, Spans, Tone, one_line
from tui_monitor.units import measure_forms

_STATUS_ONLY = re.compile(r"(?:error: )?(?:exit code|process exited with code) \d+", re.IGNORECASE)
_TAG = re.compile(r"</?[\w-]{1,40}>")


def finding_below(call: Call) -> str:
    """The line that tells why ``call`` failed, or looks as if it did; empty where there is nothing to tell."""
    if call.state is not CallState.FAILED and not call.suspicious:
        return ""
    found = tidied(call.summary_line) or _first_line(call.error or call.output)
    return "" if _STATUS_ONLY.fullmatch(found) else found


def slip_of(call: Call) -> str:
    """Why the agent's own checks refused ``call``."""
    return _first_line(_TAG.sub("", call.error[:MAX_TEXT]))


def tidied(finding: str) -> str:
    """A line of output without the rules that some tools draw around their summaries."""
    return one_line(finding).strip("=-*─━ ")


def _first_line(text: str) -> str:
    lines = map(one_line, text[:MAX_TEXT].splitlines())
    return next((line for line in lines if any(map(str.isalnum, line))), "")


Outcome: TypeAlias = tuple[Spans, ...]
"""Forms of the same outcome, the fullest first."""

_TESTED = re.compile(r"\d+ (?:passed|failed|failures?)\b", re.IGNORECASE)
_TEST_COUNT = re.compile(r"\d+ (?:tests?|passed|failed|failures?)\b", re.IGNORECASE)
_WRITTEN = {ChangeKind.CREATE: "new", ChangeKind.DELETE: "deleted", ChangeKind.RENAME: "renamed"}
_NOTHING = {ToolKind.SHELL: "no output", ToolKind.SEARCH: "no match"}


def outcome_of(call: Call, context: RowContext) -> Outcome:
    """What came of ``call``, or is known of it while it is open."""
    match call.state:
        case CallState.OPEN:
            return _open(call, context)
        case CallState.BACKGROUND:
            return _says(Tone.RUNNING, "in background", "background")
        case CallState.OK:
            return _success(call, context)
        case CallState.FAILED:
            return _says(Tone.FAILED, "failed" if call.exit_code is None else f"exit {call.exit_code}")
        case CallState.SLIPPED:
            return _says(Tone.DIM, "retry")
        case CallState.REJECTED:
            return _says(Tone.REJECTED, "rejected")
        case CallState.INTERRUPTED:
            return _says(Tone.REJECTED, "interrupted", "stopped")


def changed(added: int, removed: int, word: str = "") -> Spans:
    """``+6 −4``, without the side that is none, after ``word``."""
    parts = [Span(word, Tone.DIM)] if word else []
    if added:
        parts.append(Span(f"+{added}", Tone.ADDED))
    if removed:
        parts.append(Span(f"−{removed}", Tone.REMOVED))
    return (*(Span(f"{text} ", tone) for text, tone in parts[:-1]), *parts[-1:])


def _says(tone: Tone, *forms: str) -> Outcome:
    return tuple((Span(form, tone),) for form in forms)


def _open(call: Call, context: RowContext) -> Outcome:
    match context.liveness(call):
        case Liveness.ABANDONED:
            return _says(Tone.DIM, "no result")
        case Liveness.AWAITING_USER:
            return _says(Tone.ASKS, "waits for you", "waits")
        case Liveness.STALE if call.doing.startswith("hook"):
            return _says(Tone.HELD, f"{one_line(call.doing)}, or you", "hook or you", "held")
        case Liveness.STALE:
            return _says(Tone.HELD, "runs or waits for you", "runs or waits", "held")
        case Liveness.RUNNING | Liveness.ISSUED:
            doing = one_line(call.doing)
            return _says(Tone.DIM, doing) if doing and doing != "running" else ()


def _success(call: Call, context: RowContext) -> Outcome:
    if call.suspicious:
        return _says(Tone.DOUBT, "output says FAIL", "says FAIL", "FAIL?")
    if call.kind is ToolKind.ASK:
        return _says(Tone.DIM, "answered")
    if call.kind is ToolKind.PLAN:
        return _says(Tone.DIM, "accepted")
    if call.kind is ToolKind.AGENT:
        return _says(Tone.DIM, *filter(None, [context.agents.get(call.id, NO_AGENT).cost]), *_measure(call))
    written = next((change.kind for change in call.changes if change.kind is not ChangeKind.READ), None)
    if written:
        return _written(call, written)
    summary = _test_summary(call.summary_line) if call.kind is ToolKind.SHELL else ()
    return _says(Tone.DIM, *summary, *_measure(call))


def _test_summary(finding: str) -> tuple[str, ...]:
    """``14 doctests, 410 tests, 0 failures``, from the first count of tests on, and these counts alone. That there
    are tests says nothing: many a listing and message does so."""
    if not _TESTED.search(finding):
        return ()
    counts = list(_TEST_COUNT.finditer(finding))
    return (
        tidied(finding),
        tidied(finding[counts[0].start() :]),
        one_line(", ".join(count[0] for count in counts)),
    )


def _written(call: Call, kind: ChangeKind) -> Outcome:
    counts = changed(call.added, call.removed)
    word = "rewritten" if kind is ChangeKind.MODIFY and call.kind is ToolKind.WRITE else _WRITTEN.get(kind, "")
    if not word:
        return (counts or (Span("changed", Tone.DIM),),)
    return (changed(call.added, call.removed, word), counts) if counts else _says(Tone.DIM, word)


def _measure(call: Call) -> tuple[str, ...]:
    return tuple(map(one_line, measure_forms(call.measure, _NOTHING.get(call.kind, "")))) if call.measure else ()
