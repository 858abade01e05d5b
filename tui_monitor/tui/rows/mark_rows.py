"""Rows of everything between calls: prompts, compactions, retries, time gaps."""

from __future__ import annotations

from dataclasses import replace

from tui_monitor.live.entries import Mark, MarkKind
from tui_monitor.live.prompt_cache import MissCause
from tui_monitor.tui.prose import spoken_line
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.items import HiddenOpenCalls, LogEdge, OlderCalls, Tally, TimeGap
from tui_monitor.tui.rows.layout import LogRow
from tui_monitor.tui.rows.outcome import Outcome, sum_counts
from tui_monitor.tui.rows.target import RowTarget
from tui_monitor.tui.spans import TextSpan, Tone, one_line
from tui_monitor.units import clock, compact, dollars, duration_forms, pluralize, to_datetime

_RULE = TextSpan("─", Tone.DIM)
_MARKS = {
    MarkKind.PROMPT: TextSpan("›", Tone.PROMPT),
    MarkKind.SAID: TextSpan("“", Tone.DIM),
    MarkKind.COMPACTED: TextSpan("═", Tone.COMPACTED),
    MarkKind.RETRY: TextSpan("∼", Tone.RETRY),
    MarkKind.GAVE_UP: TextSpan("✗", Tone.FAILED),
    MarkKind.INTERRUPTED: TextSpan("⊘", Tone.REJECTED),
    MarkKind.DONE: TextSpan("✓", Tone.OK),
    MarkKind.ENDED: TextSpan("·", Tone.DIM),
    MarkKind.HOOK_FAILED: TextSpan("!", Tone.DOUBT),
    MarkKind.CACHE_MISSED: TextSpan("∼", Tone.DOUBT),
    MarkKind.AWAY: _RULE,
}


def mark_row(mark: Mark, number: int, tally: Tally, context: RowContext) -> LogRow:
    """Return the row of ``mark``, the last of ``number`` of its kind. ``tally``: the totals of a prompt's turn."""
    time, text = clock(mark.at, context.tz), one_line(mark.text)
    glyph, target = _MARKS[mark.kind], _target(mark, text, context)
    if number > 1:
        target = replace(target, marks=f"  ×{number:,}")
    if mark.kind is MarkKind.PROMPT:
        took = duration_forms(context.turn_time(mark.at))
        return LogRow(glyph, target, time=time, outcome=_turn(tally, context.prompt_cost(mark.at)), duration=took)
    return LogRow(glyph, target, time=time, outcome=_outcome(mark), duration=_ran(mark))


def older_calls_row(older: OlderCalls) -> LogRow:
    """Return the row with the number of calls before the log."""
    return LogRow(_RULE, RowTarget(f"… {pluralize(older.number, 'older call')}", Tone.DIM))


def edge_row(edge: LogEdge) -> LogRow:
    """Return the row of what is beyond the first row, or the last one."""
    return LogRow(_RULE, RowTarget(edge.text, Tone.DIM))


def hidden_calls_row(hidden: HiddenOpenCalls) -> LogRow:
    """Return the row with the number of open calls that are not listed."""
    return LogRow(_RULE, RowTarget(f"+{hidden.number} more open", Tone.DIM))


def time_gap_row(time_gap: TimeGap, context: RowContext) -> LogRow:
    """Return the row with a new day, or with the time and how much later it is."""
    when = to_datetime(time_gap.at, context.tz)
    if not when:
        return LogRow(_RULE, RowTarget(""))
    if time_gap.new_day:
        return LogRow(_RULE, RowTarget(f"{when:%A} {when.day} {when:%B %Y}", Tone.DIM))
    later = "".join(f" · {form} later" for form in duration_forms(time_gap.after)[:1])
    return LogRow(_RULE, RowTarget(f"{when:%H:%M}{later}", Tone.DIM))


def _ran(mark: Mark) -> tuple[str, ...]:
    return duration_forms(mark.duration_ms or 0) if mark.kind is MarkKind.HOOK_FAILED else ()


def _turn(tally: Tally, cost: str) -> Outcome:
    """Return forms of ``17 calls +79 −5 ≥$9.32``; the cost goes before the lines where there is no room for both."""
    if not tally.calls:
        return ((TextSpan(cost, Tone.DIM),),) if cost else ()
    calls = pluralize(tally.calls, "call")
    changes, count = sum_counts([tally], calls), (TextSpan(calls, Tone.DIM),)
    price = (TextSpan(f" {cost}", Tone.DIM),)
    return ((*changes, *price), (*count, *price), changes, count) if cost else (changes, count)


def _target(mark: Mark, text: str, context: RowContext) -> RowTarget:
    match mark.kind:
        case MarkKind.COMPACTED:
            sizes = " → ".join(compact(size) for size in (mark.before, mark.after) if size is not None)
            facts = " · ".join(filter(None, (sizes, text, *duration_forms(mark.duration_ms or 0)[:1])))
            return RowTarget("COMPACTED", Tone.COMPACTED, aside=facts)
        case MarkKind.RETRY:
            return RowTarget("API error", Tone.RETRY, aside=text)
        case MarkKind.GAVE_UP:
            return RowTarget("API error", Tone.FAILED, aside=text)
        case MarkKind.INTERRUPTED:
            return RowTarget("interrupted by you", Tone.REJECTED, aside=text)
        case MarkKind.DONE:
            return RowTarget("done", Tone.DIM, aside=text)
        case MarkKind.ENDED:
            return RowTarget("session ended", Tone.DIM, aside=text)
        case MarkKind.HOOK_FAILED:
            return RowTarget(f"hook {text}", Tone.DOUBT, aside=_first_line(mark.detail))
        case MarkKind.CACHE_MISSED:
            return RowTarget("cache missed", Tone.DOUBT, aside=_miss(mark))
        case MarkKind.AWAY:
            return RowTarget(_away(mark, context), Tone.PROMPT)
        case MarkKind.PROMPT:
            return RowTarget(text, Tone.PROMPT, marks=context.prompt_cost(mark.at))
        case MarkKind.SAID:
            return RowTarget(spoken_line(mark.text))


def _away(mark: Mark, context: RowContext) -> str:
    """Return ``── 14 calls, 3 files, 1 ✗ since 20:41 ──``."""
    files = int(mark.detail or 0)
    facts = [
        pluralize(mark.before or 0, "call"),
        pluralize(files, "file") if files else "",
        f"{mark.after} ✗" if mark.after else "",
    ]
    return f"── {', '.join(filter(None, facts))} since {clock(mark.at, context.tz)[:5]} ──"


def _miss(mark: Mark) -> str:
    """Return ``expired after 12m04s · 98k sent anew``."""
    when = "".join(f" after {form}" for form in duration_forms(mark.duration_ms or 0)[:1])
    cause = "unknown cause" if mark.text == MissCause.UNKNOWN else mark.text
    return f"{cause}{when if mark.text == MissCause.EXPIRED else ''} · {compact(mark.before or 0)} sent anew"


def _first_line(text: str) -> str:
    return one_line(text.strip().partition("\n")[0])


def _outcome(mark: Mark) -> Outcome:
    match mark.kind:
        case MarkKind.RETRY:
            return _retry(mark)
        case MarkKind.HOOK_FAILED:
            return () if mark.exit_code is None else ((TextSpan(f"exit {mark.exit_code}", Tone.DOUBT),),)
        case MarkKind.CACHE_MISSED:
            return () if mark.cost is None else ((TextSpan(f"+{dollars(mark.cost)}", Tone.DOUBT),),)
    return ()


def _retry(mark: Mark) -> Outcome:
    forms = duration_forms(mark.duration_ms or 0)[:1]
    return tuple((TextSpan(f"{words}{form}", Tone.RETRY),) for form in forms for words in ("again in ", "in "))
