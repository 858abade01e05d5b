"""The line about the context window: a bar, how full it is, and how long it will last."""

from __future__ import annotations

from tui_monitor.events import MAIN
from tui_monitor.live.context import Context, Forecast, compaction_threshold, forecast, level
from tui_monitor.live.session import SessionState
from tui_monitor.tui.alignment import join_spans
from tui_monitor.tui.header.labels import agent_name
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end
from tui_monitor.units import compact, duration_forms, pluralize

LEVEL_TONES = {
    "OK": Tone.LEVEL,
    "LOW": Tone.LEVEL,
    "MEDIUM": Tone.DOUBT,
    "HIGH": Tone.FAILED,
    "CRITICAL": Tone.FAILED,
}


def gauge(percentage: float | None, mark: float | None, width: int, tone: Tone) -> Spans:
    """Return a bar of ``width`` cells filled to ``percentage`` (None: unknown), with ``┃`` at the percentage
    ``mark``."""
    filled = 0 if percentage is None else min(width, round(width * percentage / 100))
    if percentage and width and not filled:
        filled = 1
    if mark is None or not width:
        return _bar(0, width, filled, tone)
    place = min(width - 1, int(width * mark / 100))
    return (*_bar(0, place, filled, tone), TextSpan("┃", Tone.TEXT), *_bar(place + 1, width, filled, tone))


def _bar(start: int, stop: int, filled: int, tone: Tone) -> Spans:
    """Return the cells from ``start`` to ``stop`` of a bar whose first cells are ``filled``."""
    full, free = max(0, min(stop, filled) - start), max(0, stop - max(start, filled))
    return (*((TextSpan("█" * full, tone),) if full else ()), *((TextSpan("░" * free, Tone.LINE),) if free else ()))


MAX_NAME = 16
"""Cells of the name of a sub-agent."""
ANY_CALL = 0.05
"""Share of the threshold below which the next call may be the last before compaction."""


class ContextLine:
    """The parts of the context line of a session at a time."""

    def __init__(self, state: SessionState, now: int, levels: tuple[int, ...], *, compacting: bool = False) -> None:
        leading = state.leading_agent
        self._context: Context = leading.context
        self._name = "" if leading.id == MAIN else cut_end(agent_name(leading), MAX_NAME)
        self._now = now
        self._levels = levels
        self._threshold = compaction_threshold(self._context)
        self._forecast: Forecast | None = None if compacting else forecast(self._context, self._threshold)
        self._compacting = compacting

    @property
    def _tone(self) -> Tone:
        percentage = self._context.percentage
        return Tone.DIM if percentage is None else LEVEL_TONES[level(percentage, self._levels)]

    def gauge(self, width: int) -> Spans:
        """Return the bar, with the compaction mark."""
        mark = self._context.percentage_at(self._threshold or None)
        return gauge(self._context.percentage, mark, width, self._tone)

    def level(self) -> Spans:
        """Return ``49 % OK``, which is never left out; with the name of the agent where it is a sub-agent's."""
        percentage, tokens = self._context.percentage, self._context.tokens
        of_agent = (TextSpan(f" {self._name}", Tone.DIM),) if self._name else ()
        if percentage is None:
            held = "?" if tokens is None else f"{compact(tokens)} tok"
            return (TextSpan(held, Tone.TEXT), TextSpan(" of ? window", Tone.DIM), *of_agent)
        word = level(percentage, self._levels)
        return (TextSpan(f"{round(percentage)} % ", Tone.TEXT), TextSpan(word, self._tone), *of_agent)

    def occupancy(self) -> Spans:
        """Return ``97k/200k``, with a note if the window is assumed."""
        context = self._context
        if context.tokens is None or not context.limit:
            return (
                (TextSpan("unknown until the next response", Tone.DIM),)
                if context.tokens is None and context.at
                else ()
            )
        assumed = " assumed" if context.limit_source == "assumed" else ""
        return (TextSpan(f"{compact(context.tokens)}/{compact(context.limit)}"), TextSpan(assumed, Tone.DIM))

    def remaining(self) -> Spans:
        """Return ``70k to compaction ┃``, or the remaining tokens of the window: ``70k tok left``."""
        room = self._room()
        return (TextSpan(f"{room} to compaction ┃"),) if room and self._threshold else self.left()

    def left(self, unit: str = " tok") -> Spans:
        """Return ``70k tok left``, of what is left until a compaction or else of the window."""
        room = self._room()
        return (TextSpan(f"{room}{unit} left"),) if room else ()

    def _room(self) -> str:
        context, end = self._context, self._threshold or self._context.limit
        return compact(max(0, end - context.tokens)) if end and context.tokens is not None else ""

    def calls(self, short: bool = False) -> Spans:
        """Return ``~85 calls (40–200)``, or a notice that any call may be the last."""
        estimate, tokens = self._forecast, self._context.tokens
        if estimate is None or tokens is None or not self._threshold:
            return ()
        if soon := self.any_call():
            return soon if short else (*soon, TextSpan(f" (~{estimate.calls})", Tone.DIM))
        span = "" if short else f" ({estimate.low}–{estimate.high})"
        return (TextSpan(f"~{pluralize(estimate.calls, 'call')}{span}"),)

    def any_call(self) -> Spans:
        """Return ``any call now`` near compaction, which is never left out."""
        threshold, tokens = self._threshold, self._context.tokens
        if self._compacting or not threshold or tokens is None:
            return ()
        return (TextSpan("any call now", Tone.DOUBT),) if threshold - tokens <= ANY_CALL * threshold else ()

    def growth(self) -> Spans:
        """Return ``↑0.8k/call``."""
        return (TextSpan(f"↑{self._forecast.growth / 1000:.1f}k/call", Tone.DIM),) if self._forecast else ()

    def compactions(self) -> Spans:
        """Return ``1 compaction, 33m ago``."""
        compactions = self._context.compactions
        if not compactions:
            return ()
        ago = duration_forms(max(0, self._now - compactions[-1].at))[-1:]
        return (
            TextSpan(f"{pluralize(len(compactions), 'compaction')}" + "".join(f", {age} ago" for age in ago), Tone.DIM),
        )

    def fullest(self, growth: bool = True) -> Spans:
        """Return everything, for wide screens."""
        rest = join_spans([self.occupancy(), self.remaining(), self.calls(), self.growth() if growth else ()], " · ")
        return join_spans([self.level(), rest], "   ")
