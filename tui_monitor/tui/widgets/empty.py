"""What is shown while there is no session: where was looked, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tui_monitor.clean import clean_line
from tui_monitor.sources.discover import Root
from tui_monitor.tui.rows.cells import Span, Spans, Tone, to_width
from tui_monitor.tui.widgets.span_text import SpanText
from tui_monitor.units import counted


class EmptyCard(SpanText):
    """A card in the middle of an empty screen."""

    DEFAULT_CSS = """
    EmptyCard { width: auto; max-width: 100%; }
    """

    def tell(self, roots: Sequence[Root], notes: Sequence[str], home: Path, looked: bool) -> None:
        """Say where was looked in vain; ``notes`` say what is wrong with what was named."""
        if not looked:
            self.show([(Span("Looking for sessions …"),)])
            return
        self.show([*_reasons(roots, notes, home), *_ways()])


_KEYS = (("⏎", "see the demo"), ("?", "keys"), ("q", "quit"))


def _reasons(roots: Sequence[Root], notes: Sequence[str], home: Path) -> list[Spans]:
    if notes:
        return [
            (Span("Nothing to show", Tone.PROMPT),),
            (),
            *((Span(clean_line(note), Tone.DOUBT),) for note in notes[:6]),
        ]
    lines: list[Spans] = [(Span("No agent session in this folder yet", Tone.PROMPT),), ()]
    for root in roots:
        found = counted(root.today, "session") + " today" if root.today else "none today"
        lines.append((Span(_short(root.path, home).ljust(34)), Span(found, Tone.DIM)))
    return lines


def _ways() -> list[Spans]:
    return [
        (),
        (Span("Start an agent here, in another pane: it appears by itself."),),
        (Span("Or name a session: "), Span("tui-monitor PATH…", Tone.AGENT)),
        (),
        (
            Span("⏎", Tone.ASKS),
            Span(" see the demo   "),
            Span("?", Tone.ASKS),
            Span(" keys   "),
            Span("q", Tone.ASKS),
            Span(" quit"),
        ),
    ]


def _short(path: Path, home: Path) -> str:
    name = clean_line(str(path))
    inside = path.is_relative_to(home)
    return to_width((Span(f"~/{path.relative_to(home)}" if inside else name),), 33)[0].text
