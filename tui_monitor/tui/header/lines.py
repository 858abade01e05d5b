"""The lines of the status bar at any width: state, last message, context, cost.

On a narrow screen token classes, forecast and names are left out first. State and age, percentage and level of the
context, cost and token total are never left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from tui_monitor.ledger import ZERO, Amount
from tui_monitor.live.context import LEVELS
from tui_monitor.live.session import SessionState
from tui_monitor.live.session_name import session_name
from tui_monitor.live.status import CURRENT, Lag, Status, status
from tui_monitor.tui.alignment import GAP, Pair, join_spans, justify
from tui_monitor.tui.header.context_line import ContextLine
from tui_monitor.tui.header.labels import (
    cache_share,
    cost_text,
    short_model,
    state_spans,
    subject_spans,
    tokens_text,
)
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, one_line, width_of
from tui_monitor.units import clock, compact, pluralize

WIDE, MIDDLE, NARROW = 110, 74, 48


@dataclass(frozen=True, slots=True)
class StatusView:
    """Input of the status bar: the session and the time (epoch ms). What is behind by ``lag`` is not the last word:
    sums are lower bounds meanwhile."""

    state: SessionState
    now: int
    levels: tuple[int, ...] = tuple(map(int, LEVELS))
    tz: tzinfo | None = None
    lag: Lag = CURRENT

    @property
    def status(self) -> Status:
        """The state to show."""
        return status(self.state, self.now, self.lag)

    @property
    def amount(self) -> Amount:
        """The counts and the cost to show."""
        amount = self.state.totals.amount
        return amount._replace(lower_bound=amount.lower_bound + 1) if self.lag.ms and amount != ZERO else amount


def header_lines(view: StatusView, width: int, low: bool = False) -> list[Spans]:
    """Return four lines for a wide screen, two for a narrow or ``low`` one, two or three for the narrowest."""
    if width >= WIDE and not low:
        return [
            justify(_state_line(view, width), width),
            _message_line(view, width),
            justify(_context_line(view, width), width),
            _cost_line(view, width),
        ]
    if width >= MIDDLE:
        return [justify(_state_line(view, width), width), justify(_short_line(view, 24), width)]
    if width >= NARROW:
        return [justify(_state_line(view, width), width), justify(_short_line(view, 12), width)]
    return [*_smallest_lines(view, width), _totals_line(view, width)]


def _state_line(view: StatusView, width: int) -> Iterator[Pair]:
    state, current = view.state, view.status
    word, subject = state_spans(current, view.now), subject_spans(current, state)
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
    state, plan = view.state, _plan(view.state, width // 3)
    if not state.last_message:
        return justify([(_title(state, width - 2 - GAP - width_of(plan)), plan)], width)
    when = TextSpan(f"  {clock(state.last_message_at, view.tz)}", Tone.DIM)
    room = width - 2 - GAP - width_of((TextSpan("“”"), when, *plan))
    words = cut_end(one_line(state.last_message[: 4 * width]), room)
    return justify([((TextSpan(f"“{words}”"), when), plan)], width)


def _plan(state: SessionState, width: int) -> Spans:
    """Return ``plan 3/7 now: Run the tests``, with at most ``width`` cells for the step."""
    plan = state.plan
    if not plan or not plan.total:
        return ()
    step = f" now: {cut_end(one_line(plan.now), width)}" if plan.now else ""
    return (TextSpan("plan ", Tone.DIM), TextSpan(f"{plan.completed}/{plan.total}"), TextSpan(step, Tone.DIM))


def _context_line(view: StatusView, width: int) -> Iterator[Pair]:
    line = ContextLine(view.state, view.now, view.levels)
    wide, small = ((TextSpan("context ", Tone.DIM), *line.gauge(bar), TextSpan("  ")) for bar in (width * 7 // 20, 24))
    fullest = line.fullest()
    yield (*wide, *fullest), line.compactions()
    yield (*wide, *fullest), ()
    yield (*small, *fullest), ()
    yield (*small, *line.fullest(growth=False)), ()
    yield (*small, *line.level(), TextSpan("   "), *line.remaining()), ()


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
    changed = _changed(view, words=True)
    return justify(
        [
            (join_spans([cost, sums, classes, requests], "   "), changed),
            (join_spans([cost, sums, classes], "   "), changed),
            (join_spans([cost, sums], "   "), changed),
        ],
        width,
    )


def _changed(view: StatusView, words: bool = False) -> Spans:
    totals = view.state.totals
    if not totals.files_changed:
        return (TextSpan(_unchanged(view, words), Tone.DIM),) if view.state.totals_loaded else ()
    files: Spans = (TextSpan(pluralize(totals.files_changed, "file"), Tone.DIM),)
    if not (totals.lines_added or totals.lines_removed):
        return files
    added, removed = (
        TextSpan(f"+{totals.lines_added:,}", Tone.ADDED),
        TextSpan(f"−{totals.lines_removed:,}", Tone.REMOVED),
    )
    lines: Spans = (added, TextSpan(" "), removed)
    return join_spans([files, lines], "  ") if words else lines


def _unchanged(view: StatusView, words: bool) -> str:
    if edits := view.state.unstated_changes:
        return f"{pluralize(edits, 'edit')}, lines unknown" if words else f"{pluralize(edits, 'edit')} ±?"
    return "no file changed" if words else "no change"


def _failures(view: StatusView) -> Spans:
    failed = view.state.totals.failed
    return (TextSpan(f"✗{failed}", Tone.FAILED),) if failed else ()


def _short_line(view: StatusView, bar: int) -> Iterator[Pair]:
    """Yield forms of the line that has to answer how full, how much, and what has changed; the bar gives way first."""
    line, amount = ContextLine(view.state, view.now, view.levels), view.amount
    wide, small, least = ((*line.gauge(cells), TextSpan(" ")) for cells in (bar, bar * 2 // 3, bar // 3))
    level, remaining, calls = line.level(), line.remaining(short=True), line.calls(short=True)
    room = join_spans([level, remaining], " · ")
    money = join_spans([(TextSpan(cost_text(amount)),), (TextSpan(tokens_text(amount), Tone.DIM),)], " ")
    changed = join_spans([money, _changed(view)], " ")
    most = join_spans([money, _failures(view), _changed(view)], " ")
    yield (*wide, *join_spans([room, calls], " · ")), most
    yield (*small, *join_spans([room, calls], " · ")), most
    yield (*wide, *room), most
    yield (*small, *room), most
    yield (*least, *room), most
    yield room, most
    yield room, changed
    yield level, changed
    yield level, money


def _smallest_lines(view: StatusView, width: int) -> list[Spans]:
    word = state_spans(view.status, view.now)
    level = ContextLine(view.state, view.now, view.levels).level()
    if width_of(word) + width_of(level) + GAP + 2 <= width:
        return [justify([(word, level)], width)]
    return [justify([(word, ())], width), justify([(level, ())], width)]


def _totals_line(view: StatusView, width: int) -> Spans:
    amount = view.amount
    name: Spans = (TextSpan(one_line(session_name(view.state)), Tone.DIM),)
    return justify(
        [
            (name, (TextSpan(f"{cost_text(amount)} {tokens_text(amount)}"),)),
            ((TextSpan(f"{cost_text(amount)} {tokens_text(amount)}"),), ()),
        ],
        width,
    )
