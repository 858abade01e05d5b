"""The lines above the tabs: state, duration and target of a call."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from tui_monitor.clean import final_states
from tui_monitor.events import CallState, Change, ChangeKind, ToolKind
from tui_monitor.live.entries import Call, Entry, Mark, MarkKind
from tui_monitor.live.liveness import Liveness, holder, is_in_hook, is_late, no_result_yet
from tui_monitor.tui.lines.json_lines import json_object
from tui_monitor.tui.rows.call_times import call_times
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.outcome import EMPTY_WORDS, change_counts
from tui_monitor.tui.rows.target import relative, target_of, tool_word
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import clock, compact, duration_forms, measure_forms, pluralize

_STATES = {
    CallState.BACKGROUND: TextSpan("▶ in background", Tone.RUNNING),
    CallState.OK: TextSpan("✓ ok", Tone.OK),
    CallState.FAILED: TextSpan("✗ failed", Tone.FAILED),
    CallState.SLIPPED: TextSpan("✗ rejected by the agent's own checks", Tone.DIM),
    CallState.REFUSED: TextSpan("✗ refused: not permitted", Tone.FAILED),
    CallState.SKIPPED: TextSpan("✗ skipped: a call beside it failed", Tone.DIM),
    CallState.REJECTED: TextSpan("⊘ rejected by you", Tone.REJECTED),
    CallState.INTERRUPTED: TextSpan("⊘ interrupted by you", Tone.REJECTED),
}
_OPEN_STATES = {
    Liveness.AWAITING_USER: TextSpan("? waits for you", Tone.ASKS),
    Liveness.HELD: TextSpan("◆ held: queued, or in a hook", Tone.HELD),
    Liveness.RUNNING: TextSpan("▶ running", Tone.RUNNING),
    Liveness.ISSUED: TextSpan("▷ asked for", Tone.RUNNING),
    Liveness.STALE: TextSpan("◆ running or waiting: the files don't say", Tone.HELD),
    Liveness.ABANDONED: TextSpan("– no result", Tone.DIM),
}
_MARKS = {
    MarkKind.PROMPT: TextSpan("› prompt", Tone.PROMPT),
    MarkKind.SAID: TextSpan("“ words of the agent"),
    MarkKind.COMPACTED: TextSpan("═ context compacted", Tone.COMPACTED),
    MarkKind.RETRY: TextSpan("∼ API error, retried", Tone.RETRY),
    MarkKind.GAVE_UP: TextSpan("✗ API error, given up", Tone.FAILED),
    MarkKind.INTERRUPTED: TextSpan("⊘ interrupted by you", Tone.REJECTED),
    MarkKind.DONE: TextSpan("✓ done", Tone.OK),
    MarkKind.ENDED: TextSpan("· session ended", Tone.DIM),
    MarkKind.HOOK_FAILED: TextSpan("! hook failed", Tone.DOUBT),
    MarkKind.AWAY: TextSpan("─ while you were away", Tone.DIM),
    MarkKind.CACHE_MISSED: TextSpan("∼ prompt cache missed", Tone.DOUBT),
}
_SHOWN_ELSEWHERE = ("exit_code", "tool_approved", "tool_approval_type")
"""Metadata that is among the other facts of a call."""
_APPROVALS = {"user": "approved by you", "auto": "approved automatically", "policy": "approved by policy"}


NOT_APPLIED = "Asked for · not applied"


def title(
    entry: Entry,
    context: RowContext,
    ordinal: tuple[int, int] | None = None,
    proposed: tuple[Change, ...] = (),
) -> str:
    """Return the title of the pane: ``Change  lib/waiting.py  +11 −15  1/4``. ``ordinal``: number of this change, and
    how many changes of the file there are; ``proposed``: the changes that the call asks for."""
    if isinstance(entry, Mark):
        words = _MARKS[entry.kind].text.partition(" ")[2]
        return words[:1].upper() + words[1:]
    if proposed:
        return "  ".join(filter(None, (NOT_APPLIED, _paths(proposed, context), _counts(proposed))))
    changes = [change for change in entry.changes if change.kind is not ChangeKind.READ]
    if not changes:
        of = target_of(entry, context.cwd)
        return f"{tool_word(entry)}  {of.prefix}{of.text}{of.suffix}"
    number = f"{ordinal[0]}/{ordinal[1]}" if ordinal else ""
    return "  ".join(filter(None, ("Change", _paths(changes, context), _counts(changes), number)))


def _paths(changes: Sequence[Change], context: RowContext) -> str:
    others = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
    return relative(one_line(changes[0].path), context.cwd) + others


def _counts(changes: Sequence[Change]) -> str:
    added, removed = sum(change.added for change in changes), sum(change.removed for change in changes)
    uncounted = sum(change.is_uncounted for change in changes)
    return "".join(span.text for span in change_counts(added, removed, uncounted=uncounted))


def headline(entry: Entry, context: RowContext, more: Spans = ()) -> Spans:
    """Return state, tool, run time and waiting time, and ``more`` that its view knows. What a mark is stands in the
    title."""
    after = (TextSpan(" · ", Tone.DIM), *more) if more else ()
    if isinstance(entry, Mark):
        glyph = TextSpan(_MARKS[entry.kind].text.partition(" ")[0] + " ", _MARKS[entry.kind].tone)
        return (glyph, *_joined(*_dim(_mark_facts(entry, context))), *after)
    tool = one_line(entry.tool) or tool_word(entry)
    return (*_joined(_state(entry, context), TextSpan(tool), *_dim(_times(entry, context))), *after)


def target(call: Call, context: RowContext, shown: str = "") -> Spans:
    """Return the full target of a call, unless it is part of the ``shown`` title, and the agent's description of it."""
    of = target_of(call, context.cwd)
    if call.kind is ToolKind.SHELL:
        text, aside = one_line(call.subject), one_line(call.note)
    else:
        text, aside = f"{of.prefix}{of.text}{of.suffix}", "  ".join(filter(None, (of.marks, of.aside)))
    return _aside("" if text in shown else text, aside)


def facts(call: Call, context: RowContext) -> Spans:
    """Return everything else in a word or a number each."""
    return _joined(*_dim(_call_facts(call, context)))


def _state(call: Call, context: RowContext) -> TextSpan:
    if call.state is CallState.OPEN:
        liveness = context.liveness(call)
        if liveness is Liveness.HELD and is_in_hook(call):
            return TextSpan(f"◆ held: in {one_line(final_states(holder(call)))}", Tone.HELD)
        if liveness is Liveness.ISSUED and is_late(call, context.now):
            return TextSpan(f"▷ asked for; {no_result_yet(call)}", Tone.HELD)
        return _OPEN_STATES[liveness]
    if call.suspicious:
        return TextSpan("! ok, but the output reports a failure", Tone.DOUBT)
    return _STATES[call.state]


def _times(call: Call, context: RowContext) -> Iterator[str]:
    times = call_times(call, context)
    if call.progress_lines and not call.state.ended:
        yield f"{pluralize(call.progress_lines, 'line')} so far"
    if times.ran is not None:
        yield _duration(times.ran)
    yield from times.waiting("waiting for you")[:1]
    if call.timeout_ms and times.ran is not None and _is_timed(call):
        left = call.timeout_ms - times.ran
        yield f"{_duration(left)} left" if left > 0 else "over its timeout"


def _is_timed(call: Call) -> bool:
    """Return True for a command of which it is known since when it has run: what waits for a person has time."""
    is_running_command = call.state is CallState.OPEN and call.kind is ToolKind.SHELL
    return is_running_command and (call.runs or call.elapsed_ms is not None)


def _duration(ms: int) -> str:
    return next(iter(duration_forms(ms)), f"{ms} ms")


def _call_facts(call: Call, context: RowContext) -> Iterator[str]:
    if call.exit_code is not None:
        yield f"exit {call.exit_code}"
    if call.measure:
        yield one_line(measure_forms(call.measure, EMPTY_WORDS.get(call.kind, ""))[0])
    yield _approval(call)
    yield one_line(call.model)
    if call.tokens:
        yield f"{compact(call.tokens.prompt)} tokens in, {compact(call.tokens.output)} out"
    if call.agent:
        yield f"agent {one_line(call.agent)}"
    if call.timeout_ms:
        yield f"timeout {_duration(call.timeout_ms)}"
    if call.started:
        yield f"at {clock(call.started, context.tz)}"
    yield from _metadata(call)


def _metadata(call: Call) -> Iterator[str]:
    """Yield what else a source says of a call, each fact with its name, such as the fields that were masked."""
    facts = json_object(call.metadata)
    if not facts:
        yield one_line(call.metadata)
    for name, value in facts.items():
        if name in _SHOWN_ELSEWHERE or value in (None, "", [], {}):
            continue
        words = ", ".join(map(str, value)) if isinstance(value, list) else value
        yield one_line(f"{name} {words if isinstance(words, str) else json.dumps(words, ensure_ascii=False)}")


def _approval(call: Call) -> str:
    by = one_line(call.approval)
    if call.approved is False:
        return f"denied by {by}" if by else "denied"
    if by:
        return _APPROVALS.get(by, f"approved by {by}")
    return "approved" if call.approved else ""


def _mark_facts(mark: Mark, context: RowContext) -> Iterator[str]:
    yield " → ".join(f"{compact(size)} tokens" for size in (mark.before, mark.after) if size is not None)
    if mark.exit_code is not None:
        yield f"exit {mark.exit_code}"
    if mark.duration_ms:
        yield f"again in {_duration(mark.duration_ms)}" if mark.kind is MarkKind.RETRY else _duration(mark.duration_ms)
    if mark.at:
        yield clock(mark.at, context.tz)


def _aside(text: str, aside: str) -> Spans:
    between = "  " if text and aside else ""
    return tuple(span for span in (TextSpan(text), TextSpan(between + aside, Tone.DIM)) if span.text)


def _dim(words: Iterator[str]) -> Iterator[TextSpan]:
    return (TextSpan(word, Tone.DIM) for word in words if word)


def _joined(*spans: TextSpan) -> Spans:
    dot = TextSpan(" · ", Tone.DIM)
    return tuple(piece for number, span in enumerate(spans) for piece in ((dot, span) if number else (span,)))
