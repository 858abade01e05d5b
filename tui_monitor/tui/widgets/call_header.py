"""What became of a call, in the lines above its texts."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one
from textual.widgets import Static

from tui_monitor.live.entries import Call, Entry
from tui_monitor.tui.detail.facts import facts, headline, target
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.spans import Spans
from tui_monitor.tui.tones import content_of


class HeaderLine(Static):
    """Words with a meaning each, on as many lines as they take. Without words it takes no line at all."""

    DEFAULT_CSS = """
    HeaderLine {
        height: auto;
        &.-empty { display: none; }
    }
    """
    _spans: Spans = ()

    def show(self, spans: Spans) -> None:
        """Say these words, unless they are said already."""
        if spans != self._spans:
            self._spans = spans
            content = content_of([spans])
            width = self.size.width
            same_height = width > 0 and content.get_height({}, width) == self.size.height
            self.update(content, layout=not same_height)
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

    def show(self, entry: Entry, context: RowContext) -> None:
        """Say what is known of ``entry``."""
        call = entry if isinstance(entry, Call) else None
        self.headline.show(headline(entry, context))
        self.target.show(target(call, context) if call else ())
        self.facts.show(facts(call, context) if call else ())
