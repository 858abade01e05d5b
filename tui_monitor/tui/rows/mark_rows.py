"""The rows of what happened between calls: prompts, compactions, retries, and time that went by."""

from __future__ import annotations

from dataclasses import replace

from tui_monitor.live.entries import Mark, MarkKind
from tui_monitor.tui.rows.cells import Span, Tone, one_line
from tui_monitor.tui.rows.items import Lapse, More, Tally
from tui_monitor.tui.rows.outcome import Outcome, changed
from tui_monitor.tui.rows.row import Row
from tui_monitor.tui.rows.scene import Scene
from tui_monitor.tui.rows.target import Target
from tui_monitor.units import clock, compact, duration_forms, pluralize, to_datetime

_MARKS = {
    MarkKind.PROMPT: Span("›", Tone.PROMPT),
    MarkKind.COMPACTED: Span("═", Tone.COMPACTED),
    MarkKind.RETRY: Span("∼", Tone.RETRY),
    MarkKind.GAVE_UP: Span("✗", Tone.FAILED),
    MarkKind.INTERRUPTED: Span("⊘", Tone.REJECTED),
    MarkKind.DONE: Span("✓", Tone.OK),
    MarkKind.ENDED: Span("·", Tone.DIM),
}
_RULE = Span("─", Tone.DIM)


def mark_row(mark: Mark, number: int, tally: Tally, scene: Scene) -> Row:
    """What ``mark`` says, the last of so many of its kind; ``tally`` is what the turn came to that a prompt began."""
    time, text = clock(mark.at, scene.tz), one_line(mark.text)
    glyph, target = _MARKS[mark.kind], _said(mark, text)
    if number > 1:
        target = replace(target, marks=f"  ×{number:,}")
    if mark.kind is MarkKind.PROMPT and tally.calls:
        took = duration_forms(max(0, tally.until - mark.at))
        return Row(glyph, target, time=time, outcome=_turn(tally), duration=took)
    return Row(glyph, target, time=time, outcome=_retry(mark) if mark.kind is MarkKind.RETRY else ())


def more_row(more: More) -> Row:
    """Says how many open calls are not listed."""
    return Row(_RULE, Target(f"+{more.number} more open", Tone.DIM))


def lapse_row(lapse: Lapse, scene: Scene) -> Row:
    """Says which day has begun, or how much later the next row is."""
    when = to_datetime(lapse.at, scene.tz)
    if not when:
        return Row(_RULE, Target(""))
    if lapse.new_day:
        return Row(_RULE, Target(f"{when:%A} {when.day} {when:%B %Y}", Tone.DIM))
    later = "".join(f" · {form} later" for form in duration_forms(lapse.after)[:1])
    return Row(_RULE, Target(f"{when:%H:%M}{later}", Tone.DIM))


def _turn(tally: Tally) -> Outcome:
    calls = pluralize(tally.calls, "call")
    return changed(tally.added, tally.removed, calls), (Span(calls, Tone.DIM),)


def _said(mark: Mark, text: str) -> Target:
    match mark.kind:
        case MarkKind.COMPACTED:
            sizes = " → ".join(compact(size) for size in (mark.before, mark.after) if size is not None)
            facts = " · ".join(filter(None, (sizes, text, *duration_forms(mark.duration_ms or 0)[:1])))
            return Target("COMPACTED", Tone.COMPACTED, aside=facts)
        case MarkKind.RETRY:
            return Target("API error", Tone.RETRY, aside=text)
        case MarkKind.GAVE_UP:
            return Target("API error", Tone.FAILED, aside=text)
        case MarkKind.INTERRUPTED:
            return Target("interrupted by you", Tone.REJECTED, aside=text)
        case MarkKind.DONE:
            return Target("done", Tone.DIM, aside=text)
        case MarkKind.ENDED:
            return Target("session ended", Tone.DIM, aside=text)
        case MarkKind.PROMPT:
            return Target(text, Tone.PROMPT)


def _retry(mark: Mark) -> Outcome:
    return tuple((Span(f"again in {form}", Tone.RETRY),) for form in duration_forms(mark.duration_ms or 0))
