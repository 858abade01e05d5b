"""Rows of tool calls, and of runs of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tui_monitor.events import CallState, ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.live.liveness import Liveness
from tui_monitor.tui.rows.call_times import call_times
from tui_monitor.tui.rows.context import NO_AGENT, AgentFacts, RowContext
from tui_monitor.tui.rows.items import FoldState, LogItem
from tui_monitor.tui.rows.layout import LogRow
from tui_monitor.tui.rows.outcome import Outcome, failure_reason, outcome_of, slip_reason, sum_counts
from tui_monitor.tui.rows.risks import risk_in
from tui_monitor.tui.rows.target import RowTarget, base_name, target_of, tool_word
from tui_monitor.tui.spans import TextSpan, Tone, one_line
from tui_monitor.units import clock, compact, duration_forms, pluralize

_GLYPHS = {
    CallState.OK: TextSpan("✓", Tone.OK),
    CallState.BACKGROUND: TextSpan("▶", Tone.RUNNING),
    CallState.FAILED: TextSpan("✗", Tone.FAILED),
    CallState.SLIPPED: TextSpan("✗", Tone.DIM),
    CallState.REFUSED: TextSpan("✗", Tone.DIM),
    CallState.SKIPPED: TextSpan("✗", Tone.DIM),
    CallState.REJECTED: TextSpan("⊘", Tone.REJECTED),
    CallState.INTERRUPTED: TextSpan("⊘", Tone.REJECTED),
}
_OPEN_GLYPHS = {
    Liveness.AWAITING_USER: TextSpan("?", Tone.ASKS),
    Liveness.HELD: TextSpan("◆", Tone.HELD),
    Liveness.RUNNING: TextSpan("▶", Tone.RUNNING),
    Liveness.ISSUED: TextSpan("▷", Tone.RUNNING),
    Liveness.STALE: TextSpan("◆", Tone.HELD),
    Liveness.ABANDONED: TextSpan("–", Tone.DIM),
}
_AT_WORK = (Liveness.RUNNING, Liveness.ISSUED, Liveness.STALE)
_REASONED = (CallState.SLIPPED, CallState.REFUSED)
"""States of calls that did not run, beside which the reason stands."""
_KIND_GLYPHS = {
    ToolKind.READ: TextSpan("·", Tone.DIM),
    ToolKind.SEARCH: TextSpan("·", Tone.DIM),
    ToolKind.ASK: TextSpan("?", Tone.DIM),
    ToolKind.PLAN: TextSpan("?", Tone.DIM),
}


def call_row(item: LogItem, call: Call, context: RowContext) -> LogRow:
    """Return the row of ``item``, whose newest entry is ``call``."""
    if not item.is_run:
        return _call(item, call, context)
    calls = [entry for entry in item.entries if isinstance(entry, Call)]
    row = _lookups(calls, context) if call.kind is not ToolKind.EDIT else _edits(calls, context)
    glyph = TextSpan("▾", row.glyph.tone) if item.fold is FoldState.UNFOLDED else row.glyph
    return replace(row, glyph=glyph, depth=item.depth)


def run_time(call: Call, context: RowContext) -> int:
    """Return the time that ``call`` ran, in ms, as far as it is recorded, else the time since it was issued; 0 if
    unknown."""
    if not call.ended and context.liveness(call) is Liveness.ABANDONED:
        return 0
    return call_times(call, context).ran or 0


def _call(item: LogItem, call: Call, context: RowContext) -> LogRow:
    target, outcome = target_of(call, context.cwd), outcome_of(call, context)
    if call.kind is ToolKind.SHELL and (risk := risk_in(call.subject, context.risks)):
        target = replace(target, warning=f"⚠ {risk}")
    if call.kind is ToolKind.AGENT:
        facts, marks = context.agents.get(call.id, NO_AGENT), f"{item.failed} ✗" if item.failed else ""
        work = _work(facts, item)
        target = replace(target, marks=marks, aside=work)
        outcome = (_has_run(call, context) and _forms_of(work, facts.cost)) or outcome
    elif call.state in _REASONED:
        target = replace(target, aside=slip_reason(call))
    return LogRow(
        _glyph(item, call, context),
        target,
        tool_word(call),
        clock(call.at, context.tz),
        outcome,
        duration_forms(run_time(call, context)),
        failure_reason(call) or (_doing(item.doing, context) if item.doing else ""),
        item.depth,
    )


def _glyph(item: LogItem, call: Call, context: RowContext) -> TextSpan:
    if call.state is CallState.OPEN:
        return _OPEN_GLYPHS[context.liveness(call)]
    if call.state is CallState.OK:
        if call.suspicious:
            return TextSpan("!", Tone.DOUBT)
        if item.fold is FoldState.UNFOLDED:
            return TextSpan("▾", Tone.OK)
        return _KIND_GLYPHS.get(call.kind, _GLYPHS[CallState.OK])
    return _GLYPHS[call.state]


def _has_run(call: Call, context: RowContext) -> bool:
    return call.state is CallState.OK or (not call.state.ended and context.liveness(call) in _AT_WORK)


def _work(facts: AgentFacts, item: LogItem) -> str:
    """Return the number of calls of an agent, and the size of its context."""
    count = max(facts.calls, item.tally.calls)
    parts = (pluralize(count, "call") if count else "", compact(facts.tokens) if facts.tokens else "")
    return " · ".join(filter(None, parts))


def _forms_of(work: str, cost: str) -> Outcome:
    """Return what an agent has done and used so far, or its cost alone: its work may stand beside its target."""
    texts = (" · ".join(filter(None, (work, cost))), cost or work)
    return tuple((TextSpan(text, Tone.DIM),) for text in texts if text)


def _doing(call: Call, context: RowContext) -> str:
    """Return the last call of an agent, and for how long it runs or how long ago it ended."""
    target = target_of(call, context.cwd)
    ended = call.state.ended
    words = f"{tool_word(call)} {target.prefix}{target.text}".strip()
    since = duration_forms(context.now - (call.ended if ended else call.started))
    age = f"{since[0]} ago" if ended and since else since[0] if since else ""
    return " · ".join(filter(None, (words, age)))


def _lookups(calls: list[Call], context: RowContext) -> LogRow:
    tools = Counter(map(tool_word, calls)).most_common()
    subjects = [_subject(call) for call in (calls[0], calls[-1])]
    return LogRow(
        _KIND_GLYPHS[ToolKind.READ],
        RowTarget(
            ", ".join(f"{tool} ×{count}" for tool, count in tools), Tone.DIM, aside=" · ".join(dict.fromkeys(subjects))
        ),
        "Look",
        clock(calls[-1].at, context.tz),
        ((TextSpan(pluralize(len(calls), "call"), Tone.DIM),),),
    )


def _subject(call: Call) -> str:
    subject = one_line(call.subject)
    return base_name(subject) if call.kind is ToolKind.READ else subject


def _edits(calls: list[Call], context: RowContext) -> LogRow:
    target = target_of(calls[-1], context.cwd)
    counts = sum_counts(calls)
    return LogRow(
        _GLYPHS[CallState.OK],
        replace(target, marks=f"×{len(calls)}"),
        tool_word(calls[-1]),
        clock(calls[-1].at, context.tz),
        (counts or (TextSpan("changed", Tone.DIM),),),
    )
