"""What the status bar is composed from, and the parts that it has at any width."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property

from tui_monitor.ledger import ZERO, Amount
from tui_monitor.live.context import LEVELS
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import CURRENT, Lag, Status, StatusWord, status
from tui_monitor.live.turn_times import turn_time
from tui_monitor.tui.alignment import join_spans
from tui_monitor.tui.header.context_line import ContextLine
from tui_monitor.tui.header.labels import cost_text
from tui_monitor.tui.rows.outcome import count_parts
from tui_monitor.tui.spans import Spans, TextSpan, Tone
from tui_monitor.units import duration_forms, pluralize

_NO_TURN = frozenset((StatusWord.IDLE, StatusWord.ENDED, StatusWord.BEHIND, StatusWord.READING))
"""The states in which no turn is of today's interest, or its figures are not all known."""
_TURN: Spans = (TextSpan("turn ", Tone.DIM),)


@dataclass(frozen=True)
class StatusView:
    """Input of the status bar: the session and the time (epoch ms). What is behind by ``lag`` is not the last word:
    sums are lower bounds meanwhile."""

    state: SessionState
    now: int
    levels: tuple[int, ...] = tuple(map(int, LEVELS))
    tz: tzinfo | None = None
    lag: Lag = CURRENT

    @cached_property
    def status(self) -> Status:
        """The state to show."""
        return status(self.state, self.now, self.lag)

    @cached_property
    def context_line(self) -> ContextLine:
        """The parts of the line about the context; while it is compacted nothing is forecast."""
        is_compacting = self.status.word is StatusWord.COMPACTING
        return ContextLine(self.state, self.now, self.levels, compacting=is_compacting)

    @property
    def amount(self) -> Amount:
        """The counts and the cost to show."""
        amount = self.state.totals.amount
        return amount._replace(lower_bound=amount.lower_bound + 1) if self.lag.ms and amount != ZERO else amount


def changed_spans(view: StatusView, words: bool = False) -> Spans:
    """Return ``9 files +179 −18``, or that no file was changed; with room for it in ``words``."""
    totals = view.state.totals
    if not totals.files_changed:
        return (TextSpan(_unchanged(view, words), Tone.DIM),) if view.state.totals_loaded else ()
    files: Spans = (TextSpan(pluralize(totals.files_changed, "file"), Tone.DIM),)
    return join_spans([files, changed_lines(view)], "  " if words else " ")


def changed_lines(view: StatusView) -> Spans:
    """Return ``+179 −18``, a lower bound where the lines of some changes are not known; see `count_parts`."""
    totals = view.state.totals
    uncounted = totals.uncounted or (view.state.unstated_changes if totals.files_changed else 0)
    return join_spans([(part,) for part in count_parts(totals.lines_added, totals.lines_removed, uncounted)], " ")


def _unchanged(view: StatusView, words: bool) -> str:
    if edits := view.state.unstated_changes:
        return f"{pluralize(edits, 'edit')}, lines unknown" if words else f"{pluralize(edits, 'edit')} ±?"
    return "no file changed" if words else "no change"


def failure_spans(view: StatusView) -> Spans:
    """Return ``✗2 !1``: what failed, and what looks as if it did."""
    problems = view.state.log.problems
    failed = view.state.totals.failed + problems.given_up
    spans = [(TextSpan(f"✗{failed}", Tone.FAILED),)] if failed else []
    spans += [(TextSpan(f"!{problems.doubtful}", Tone.DOUBT),)] if problems.doubtful else []
    return join_spans(spans, " ")


def turn_spans(view: StatusView) -> Spans:
    """Return ``turn 25m03s $1.04``: the time since your prompt, or up to the end of the turn, and its cost; empty where
    the time is not known."""
    state, current = view.state, view.status
    if current.word in _NO_TURN:
        return ()
    forms = duration_forms(turn_time(state, state.main_chain.last_prompt_at, view.now, current))[:1]
    return tuple(
        span for form in forms for span in (*_TURN, TextSpan(" ".join(filter(None, (form, _turn_cost(view))))))
    )


def turn_share_spans(view: StatusView) -> Spans:
    """Return ``turn $1.04 of $9.32``, which says most of the turn where there is little room; empty where its cost is
    not known."""
    cost = "" if view.status.word in _NO_TURN else _turn_cost(view)
    return (*_TURN, TextSpan(cost), TextSpan(" of ", Tone.DIM), TextSpan(cost_text(view.amount))) if cost else ()


def _turn_cost(view: StatusView) -> str:
    state = view.state
    amount = (state.figures.prompt_amounts or {}).get(state.main_chain.last_prompt_at, ZERO)
    return cost_text(amount) if amount.cost else ""
