"""A long text: what a command wrote, an error, arguments."""

from __future__ import annotations

from collections.abc import Iterable

from textual.reactive import reactive

from tui_monitor.tui.lines.sections import SectionDocument, TextSection
from tui_monitor.tui.widgets.line_view import LineView


class TextView(LineView):
    """Shows sections of text, wrapped unless told otherwise."""

    wrap: reactive[bool] = reactive(True, init=False)

    def show(self, sections: Iterable[TextSection], top: int = 0) -> None:
        """Show other sections, from the line ``top`` of them on."""
        self.show_document(SectionDocument(sections), top)
