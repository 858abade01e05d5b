"""What became of a call, in the lines above its texts."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from tui_monitor.live.entries import Call, Entry
from tui_monitor.tui.detail.facts import facts, headline, target
from tui_monitor.tui.rows.cells import Spans, Tone
from tui_monitor.tui.rows.scene import Scene


class HeaderLine(Static):
    """Words with a meaning each, on as many lines as they take. Without words it takes no line at all."""

    DEFAULT_CSS = """
    HeaderLine {
        height: auto;
        &.-empty { display: none; }
    }
    """
    STYLES: ClassVar[dict[Tone, str]] = {
        Tone.DIM: "$foreground-muted not bold",
        Tone.OK: "$text-success",
        Tone.FAILED: "$text-error",
        Tone.REJECTED: "$text-warning",
        Tone.DOUBT: "$text-warning",
        Tone.RUNNING: "$text-accent",
        Tone.HELD: "$text-warning",
        Tone.ASKS: "$text-warning",
        Tone.PROMPT: "$text-primary",
        Tone.COMPACTED: "$text-secondary",
        Tone.RETRY: "$text-warning",
    }

    _spans: Spans = ()

    def show(self, spans: Spans) -> None:
        """Say these words, unless they are said already."""
        if spans != self._spans:
            self._spans = spans
            self.update(Content.assemble(*((span.text, self.STYLES.get(span.tone, "")) for span in spans)))
        self.set_class(not spans, "-empty")


class CallHeader(Vertical):
    """State and times of an entry, what it acts on, everything else in a word or a number."""

    DEFAULT_CSS = """
    CallHeader {
        height: auto;
        padding: 0 1;

        & > #headline { max-height: 2; text-style: bold; }
        & > #target { max-height: 3; }
        & > #facts { max-height: 2; }
        &:ansi > #facts { text-style: dim; }
    }
    """

    headline = query_one("#headline", HeaderLine)
    target = query_one("#target", HeaderLine)
    facts = query_one("#facts", HeaderLine)

    def compose(self) -> ComposeResult:
        yield HeaderLine(id="headline")
        yield HeaderLine(id="target")
        yield HeaderLine(id="facts")

    def show(self, entry: Entry, scene: Scene) -> None:
        """Say what is known of ``entry``."""
        call = entry if isinstance(entry, Call) else None
        self.headline.show(headline(entry, scene))
        self.target.show(target(call, scene) if call else ())
        self.facts.show(facts(call, scene) if call else ())
