"""The card of the empty screen: where sessions were searched, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui_monitor.sources.discovery.find import SearchRoot
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_start, one_line, to_width, width_of
from tui_monitor.tui.widgets.span_text import SpanText
from tui_monitor.units import pluralize

WIDTH = 60
"""Cells between the edges of the card, if there is room."""
NARROW = 44
"""Cells below which there is no room for paths."""
OTHER_LINES = 12
"""Lines of the screen that are not search roots: frame, other lines of the card, key line."""
MAX_NOTES = 6
MAX_ROOTS = 8
"""Search roots that are all listed; of more, only those with sessions today are."""
_COUNT_WIDTH = 20
"""Cells for the number of sessions in a search root."""


@dataclass(frozen=True, slots=True)
class SearchReport:
    """Result of a search without a session: ``search_ended`` is False while it runs; ``notes`` are problems with the
    named paths, ``is_reading`` is True while there is more in them; ``demo`` offers a demo session; ``others``: there
    are sessions elsewhere. Paths are shown relative to ``home``."""

    home: Path
    search_ended: bool = False
    roots: Sequence[SearchRoot] = ()
    notes: Sequence[str] = ()
    demo: bool = False
    others: bool = False
    is_reading: bool = False


class EmptyCard(SpanText, can_focus=True):
    """A card in the middle of an empty screen."""

    DEFAULT_CSS = """
    EmptyCard { max-width: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "demo", "See the demo", tooltip="Play a demo session", id="empty.demo"),
    ]

    class DemoRequested(Message):
        """The demo session was chosen."""

    _demo = False

    def update(self, report: SearchReport, width: int, height: int) -> None:
        """Show a report in lines of at most ``width`` cells, on a screen of ``height`` lines."""
        lines = card_lines(report, width, height)
        self.styles.width = max(map(width_of, lines))
        self.show(lines)
        if self._demo != report.demo:
            self._demo = report.demo
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the demo if there is none."""
        return self._demo if action == "demo" else True

    def action_demo(self) -> None:
        """Request the demo session."""
        self.post_message(self.DemoRequested())


def card_lines(report: SearchReport, width: int, height: int) -> list[Spans]:
    """Return the card in lines of at most ``width`` cells, for a screen of ``height`` lines."""
    if not report.search_ended and not report.notes:
        return [(TextSpan("Looking for sessions …"),)]
    if report.is_reading and not report.notes and not report.roots:
        return [(TextSpan("Reading …"),)]
    width = min(width, WIDTH)
    keys = [("s", "sessions")] * report.others + [("⏎", "see the demo")] * report.demo + [("?", "keys"), ("q", "quit")]
    return [
        *_reasons(report, width, height),
        (),
        *(line for advice in _advice(report) for line in _wrapped(advice, Tone.TEXT, width)),
        (),
        tuple(span for key, name in keys for span in (TextSpan(key, Tone.KEY), TextSpan(f" {name}   "))),
    ]


def _advice(report: SearchReport) -> list[str]:
    if report.others:
        return ["Start an agent in this folder: it will appear here.", "Or choose one of the sessions elsewhere."]
    if not report.roots:  # it reads the named paths: nothing else can appear
        return ["Show another session: tui-monitor PATH…"]
    return ["Start an agent in this folder: it will appear here.", "Or show a session: tui-monitor PATH…"]


def _reasons(report: SearchReport, width: int, height: int) -> list[Spans]:
    if report.notes:
        return _notes(report.notes, width)
    if report.others:
        return _wrapped("No agent session in this folder yet", Tone.PROMPT, width)
    if report.roots:
        return _roots(report, width, height)
    silent = "Nothing received yet; it will appear here."
    return [(TextSpan("Nothing to show yet", Tone.PROMPT),), (), *_wrapped(silent, Tone.DIM, width)]


def _notes(notes: Sequence[str], width: int) -> list[Spans]:
    lines = [line for note in notes[:MAX_NOTES] for line in _wrapped(one_line(note), Tone.DOUBT, width)]
    more = len(notes) - MAX_NOTES
    rest: list[Spans] = [(TextSpan(f"and {more} more", Tone.DIM),)] if more > 0 else []
    return [(TextSpan("Nothing to show", Tone.PROMPT),), (), *lines, *rest]


def _roots(report: SearchReport, width: int, height: int) -> list[Spans]:
    lines: list[Spans] = [*_wrapped("No agent session in this folder yet", Tone.PROMPT, width), ()]
    listed = [root for root in report.roots if root.today or len(report.roots) <= MAX_ROOTS]
    if width < NARROW or len(listed) > height - OTHER_LINES:
        today = pluralize(sum(root.today for root in report.roots), "session")
        return [
            *lines,
            *_wrapped(f"{today} today in the {len(report.roots)} places where agents store them", Tone.DIM, width),
        ]
    column = max(1, width - _COUNT_WIDTH)
    for root in listed:
        count = pluralize(root.today, "session") + " today" if root.today else "none today"
        path = cut_start(_short(root.path, report.home), column)
        lines.append((*to_width((TextSpan(path),), column), TextSpan(f"  {count}", Tone.DIM)))
    if others := len(report.roots) - len(listed):
        places = f"in {others} other places" if listed else f"in the {others} places where agents store them"
        lines += _wrapped(f"none today {places}", Tone.DIM, width)
    return lines


def _wrapped(text: str, tone: Tone, width: int) -> list[Spans]:
    return [(TextSpan(line, tone),) for line in wrap(text, max(1, width))]


def _short(path: Path, home: Path) -> str:
    return one_line(f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path))
