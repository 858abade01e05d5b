"""The lines of the status bar at any width: state, last message, context, cost.

On a narrow screen token classes, forecast and names are left out first. State and age, percentage and level of the
context, an imminent compaction, cost, token total, failures and changed lines are never left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.ledger import ZERO
from tui_monitor.live.session import SessionState
from tui_monitor.live.session_name import session_name
from tui_monitor.live.status import StatusWord
from tui_monitor.live.waiting_time import waiting_time
from tui_monitor.tui.alignment import GAP, Pair, join_spans, justify
from tui_monitor.tui.header.cache_warning import cache_warning
from tui_monitor.tui.header.labels import (
    cache_share,
    cost_text,
    short_model,
    state_spans,
    subject_spans,
    tokens_text,
)
from tui_monitor.tui.header.narrow import short_lines, smallest_lines, words_lines
from tui_monitor.tui.header.plan_line import plan_windows_short
from tui_monitor.tui.header.suite_line import suite_forms
from tui_monitor.tui.header.view import StatusView, changed_spans, turn_spans
from tui_monitor.tui.prose import spoken_line
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, one_line, width_of
from tui_monitor.units import MINUTE, clock, compact, duration_forms, pluralize

WIDE, NARROW = 110, 48
UNSURE = frozenset((StatusWord.HELD, StatusWord.WAITS, StatusWord.STUCK))
"""The states that, unless they are certain, nobody understands without their evidence."""
LEAST_SUBJECT = 20
"""Cells of a subject that is cut to make room for the evidence."""


def header_lines(view: StatusView, width: int, low: bool = False) -> list[Spans]:
    """Return four lines for a wide screen, two for a narrow or ``low`` one, two to four for the narrowest. One
    with the words of an agent that waits or is done follows, unless the screen is ``low``."""
    state = justify(_state_line(view, width), width)
    if width >= WIDE and not low:
        context = justify(_context_line(view, width), width)
        return [state, _message_line(view, width), context, _cost_line(view, width)]
    words = [] if low else words_lines(view, width)
    if width >= NARROW:
        return [state, *short_lines(view, width), *words]
    return [*smallest_lines(view, width), *words]


def _state_line(view: StatusView, width: int) -> Iterator[Pair]:
    state, current = view.state, view.status
    word, subject = state_spans(current, view.now, view.tz), subject_spans(current, state)
    title = () if width >= WIDE and not state.last_message else _title(state, width // 2)
    if not subject:
        subject, title = title, ()
    evidence: Spans = (TextSpan(current.evidence, Tone.DIM),)
    name: Spans = (TextSpan(one_line(session_name(state))),)
    model: Spans = (TextSpan(" " + one_line(short_model(state.model)), Tone.DIM),) if state.model else ()
    room = width - 2 - width_of(word) - 2 - GAP - width_of(name)
    if title:
        yield join_spans([word, subject, evidence], "   "), (*title, *_identity(state, " · "))
    yield join_spans([word, subject, evidence], "   "), _identity(state)
    beside = room - width_of(model) - 6 - width_of(evidence)
    is_unsure = (current.word in UNSURE or current.undecided) and not current.certain
    if is_unsure and beside >= min(LEAST_SUBJECT, width_of(subject)):
        yield join_spans([word, _cut(subject, beside), evidence], "   "), (*name, *model)
    yield join_spans([word, subject], "   "), _identity(state)
    yield join_spans([word, subject], "  "), (*name, *model)
    yield join_spans([word, _cut(subject, max(width // 3, room - width_of(model)))], "  "), (*name, *model)
    yield join_spans([word, _cut(subject, max(width // 4, room))], "  "), name
    yield word, ()


def _title(state: SessionState, width: int) -> Spans:
    """Return the title of a session, unless its name is nothing else."""
    title = one_line(state.title)
    return (TextSpan(cut_end(title, width)),) if title and title != one_line(session_name(state)) else ()


def _identity(state: SessionState, separator: str = "") -> Spans:
    """Return ``spotter · claude-code 2.1.39 · opus-4-6 · default``, after the ``separator``."""
    source = f"{state.key.source} {state.version}".strip()
    parts = [one_line(part) for part in (source, short_model(state.model), state.mode) if part]
    return (
        TextSpan(separator, Tone.DIM),
        TextSpan(one_line(session_name(state))),
        TextSpan("".join(f" · {part}" for part in parts), Tone.DIM),
    )


def _cut(spans: Spans, width: int) -> Spans:
    return tuple(TextSpan(cut_end(span.text, width), span.tone) for span in spans)


def _message_line(view: StatusView, width: int) -> Spans:
    state, facts = view.state, _plan_and_suite(view, width)
    if not state.last_message:
        return justify([(_title(state, width - 2 - GAP - width_of(facts)), facts)], width)
    when = TextSpan(f"  {clock(state.last_message_at, view.tz)}", Tone.DIM)
    room = width - 2 - GAP - width_of((TextSpan("“”"), when, *facts))
    words = cut_end(spoken_line(state.last_message), room)
    return justify([((TextSpan(f"“{words}”"), when), facts)], width)


def _plan_and_suite(view: StatusView, width: int) -> Spans:
    """Return the plan and the last test result in at most half of the width; the latter gives way."""
    plan = _plan(view.state, width // 3)
    forms = [join_spans([plan, suite], "   ") for suite in suite_forms(view.state, view.now)]
    return next((form for form in forms if width_of(form) <= width // 2), forms[-1])


def _plan(state: SessionState, width: int) -> Spans:
    """Return ``plan 3/7 now: Run the tests``, with at most ``width`` cells for the step."""
    plan = state.plan
    if not plan or not plan.total:
        return ()
    step = f" now: {cut_end(one_line(plan.now), width)}" if plan.now else ""
    return (TextSpan("plan ", Tone.DIM), TextSpan(f"{plan.completed}/{plan.total}"), TextSpan(step, Tone.DIM))


def _context_line(view: StatusView, width: int) -> Iterator[Pair]:
    line = view.context_line
    wide, small = ((TextSpan("context ", Tone.DIM), *line.gauge(bar), TextSpan("  ")) for bar in (width * 7 // 20, 24))
    fullest = line.fullest()
    warning = cache_warning(view.state, view.now)
    yield (*wide, *fullest), warning or line.compactions()
    if warning:
        yield (*small, *fullest), warning
        yield (*small, *line.fullest(growth=False)), warning
        yield (*small, *line.level(), TextSpan("   "), *line.remaining()), warning
    yield (*wide, *fullest), ()
    yield (*small, *fullest), ()
    yield (*small, *line.fullest(growth=False)), ()
    yield (*small, *line.level(), TextSpan("   "), *line.remaining()), ()


def _waited(view: StatusView) -> Spans:
    """Return ``waited for you 54m``; empty below a minute."""
    waited = waiting_time(view.state, view.now)
    if waited.ms < MINUTE:
        return ()
    exact, *_, rounded = duration_forms(waited.ms)
    return (TextSpan(f"waited for you {f'≥{exact}' if waited.lower_bound else rounded}", Tone.DIM),)


def _cost_line(view: StatusView, width: int) -> Spans:
    amount = view.amount
    cost: Spans = (TextSpan("cost ", Tone.DIM), TextSpan(cost_text(amount)))
    sums: Spans = (TextSpan(tokens_text(amount)),)
    share = cache_share(amount)
    hit = f" ({share} %)" if share is not None else ""
    output = f"out {'≥' if amount.lower_bound else ''}{compact(amount.output)}"
    classes: Spans = (
        TextSpan(f"in {compact(amount.input)}  {output}  ", Tone.DIM),
        TextSpan(f"cache {compact(amount.cache_read)} r · {compact(amount.cache_creation)} w{hit}", Tone.DIM),
    )
    requests: Spans = (TextSpan(pluralize(amount.requests, "request"), Tone.DIM),)
    if amount == ZERO:
        classes = ()
    if not amount.requests:
        requests = ()
    waited = _waited(view)
    changed = join_spans([turn_spans(view), changed_spans(view, words=True)], "   ")
    windows = plan_windows_short(view.state, view.now)
    planned = join_spans([*windows, changed], "   ") if windows else changed
    return justify(
        [
            (join_spans(parts, "   "), aside)
            for aside in ((planned, changed) if windows else (changed,))
            for parts in (
                [cost, sums, classes, requests, waited],
                [cost, sums, classes, requests],
                [cost, sums, classes],
                [cost, sums],
            )
        ],
        width,
    )
