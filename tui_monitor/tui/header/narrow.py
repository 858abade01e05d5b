"""The status bar of narrow screens: one line that answers how full, how much, and what has changed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tui_monitor.live.session_name import session_name
from tui_monitor.live.status import StatusWord, status
from tui_monitor.tui.alignment import GAP, Pair, join_spans, justify
from tui_monitor.tui.header.context_line import ContextLine
from tui_monitor.tui.header.labels import cost_text, state_spans, tokens_text
from tui_monitor.tui.header.view import (
    StatusView,
    changed_lines,
    changed_spans,
    failure_spans,
    turn_share_spans,
    turn_spans,
)
from tui_monitor.tui.prose import spoken_line
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, one_line, width_of

BARS = (24, 12, 8)
"""Cells of the bar. It gives way first: its percentage stands beside it."""
SPEAKS = frozenset((StatusWord.WAITS, StatusWord.DONE, StatusWord.FAILED, StatusWord.RATE_LIMITED))
"""The states in which what the agent said last is what a person needs."""


def short_lines(view: StatusView, width: int) -> list[Spans]:
    """Return a line with as much as fits: percentage, level and an imminent compaction, cost, tokens, failures and
    changes always, if need be in two lines."""
    forms = list(_forms(view))
    left, right = forms[-1]
    if width_of(left) + width_of(right) + GAP + 2 > width:
        return _beside(left, right, width)
    return [justify(forms, width)]


def _forms(view: StatusView) -> Iterator[Pair]:
    """Yield forms of the line, the fullest first: the forecast and the bar give way to the cost of the turn, and this
    one to what is never left out."""
    line = view.context_line
    level, remaining, calls, soon = line.level(), line.left(), line.calls(short=True), line.any_call()
    rooms = [join_spans(parts, " · ") for parts in ([level, remaining, calls], [level, remaining, soon], [level, soon])]
    sums = _sums(view)
    yield (*line.gauge(BARS[0]), TextSpan(" "), *rooms[0]), join_spans([turn_spans(view), *sums], "  ")
    yield from _with_turn(view, line, rooms)
    for room, bar in product(rooms[:2], BARS):
        yield (*line.gauge(bar), TextSpan(" "), *room), join_spans(sums, " ")
    for room in rooms[1:]:
        yield room, join_spans(sums, " ")
    yield join_spans([level, soon], " "), join_spans(sums, " ")


def _with_turn(view: StatusView, line: ContextLine, rooms: list[Spans]) -> Iterator[Pair]:
    """Yield the forms with the cost of the turn, if that is known."""
    turn = turn_share_spans(view)
    if not turn:
        return
    shares, shares_without_files = ([turn, *_sums(view, files=files)[1:]] for files in (True, False))
    for room, bar in product(rooms[:2], BARS):
        yield (*line.gauge(bar), TextSpan(" "), *room), join_spans(shares, " ")
    shortest = join_spans([line.level(), line.left(unit=""), line.any_call()], " · ")
    for amounts in (shares, shares_without_files):
        yield (*line.gauge(BARS[-1]), TextSpan(" "), *shortest), join_spans(amounts, " ")
        yield shortest, join_spans(amounts, " ")
    yield rooms[-1], join_spans(shares_without_files, " ")


def _sums(view: StatusView, files: bool = True) -> list[Spans]:
    """Return cost, tokens, failures and changes; the latter without the number of ``files`` if it is not wanted."""
    amount, changed = view.amount, changed_spans(view)
    tokens: Spans = (TextSpan(tokens_text(amount), Tone.DIM),)
    if not files:
        changed = changed_lines(view) or changed
    return [(TextSpan(cost_text(amount)),), tokens, failure_spans(view), changed]


def smallest_lines(view: StatusView, width: int) -> list[Spans]:
    """Return the lines for the narrowest screens: state and context, then sums, each on as many lines as they take."""
    line = view.context_line
    level = join_spans([line.level(), line.any_call()], " ")
    return [*_beside(state_spans(view.status, view.now, view.tz), level, width), *_sum_lines(view, width)]


def _sum_lines(view: StatusView, width: int) -> list[Spans]:
    name: Spans = (TextSpan(one_line(session_name(view.state)), Tone.DIM),)
    cost, tokens, failed, changed = _sums(view)
    everything = join_spans([cost, tokens, failed, changed], " ")
    without_files = join_spans(_sums(view, files=False), " ")
    if width_of(without_files) + 2 <= width:
        return [justify([(name, everything), (everything, ()), (without_files, ())], width)]
    return _beside(join_spans([cost, tokens], " "), join_spans([failed, changed], " "), width)


def _beside(left: Spans, right: Spans, width: int) -> list[Spans]:
    """Return two parts in one line, or in two if they do not fit."""
    if width_of(left) + width_of(right) + GAP + 2 <= width:
        return [justify([(left, right)], width)]
    return [justify([(part, ())], width) for part in (left, right) if part]


def words_lines(view: StatusView, width: int) -> list[Spans]:
    """Return a line with what the agent said last, if it waits for somebody, is done or has failed."""
    said = view.state.last_message
    word = status(view.state, view.now).word  # the last one that was known while the screen is behind: nothing moves
    if word not in SPEAKS or not said:
        return []
    return [justify([((TextSpan(f"“{cut_end(spoken_line(said), width - 4)}”"),), ())], width)]
