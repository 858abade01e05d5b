"""From the names of looks to styles, by the component classes of a widget."""

from __future__ import annotations

from textual.style import Style
from textual.widget import Widget

PREFIX = "line-view--"
COMPONENTS = {
    PREFIX + look
    for look in (
        *("faint", "heading", "note", "error", "selected"),
        *("gap", "title", "blank", "added", "added-word", "plus", "removed", "removed-word", "minus"),
        *("comment", "keyword", "name", "key", "string", "constant"),
    )
}
_MARGINS = {"added": "plus", "removed": "minus", "title": "keyword"}


class StyleMap:
    """The styles of looks in a widget whose component classes are `COMPONENTS`, for as long as its theme lasts. Rows of
    any other look are as plain as the widget itself."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._parts: dict[str, Style] = {}

    def whole(self, look: str) -> Style:
        """The style of a whole row, on the background of the widget."""
        return self._widget.get_visual_style(*COMPONENTS & {PREFIX + look})

    def margin(self, look: str) -> Style:
        """The style of the margin of a row."""
        return self.whole(look) + self.part(_MARGINS.get(look, "faint"))

    def part(self, look: str) -> Style:
        """What a look says itself, to be laid over another one."""
        if look not in self._parts:
            style = self.whole(look)
            says = self._widget.get_component_styles(PREFIX + look).has_rule
            self._parts[look] = Style(
                background=style.background if says("background") else None,
                foreground=style.foreground if says("color") else None,
                bold=style.bold,
                dim=style.dim,
                italic=style.italic,
                underline=style.underline,
            )
        return self._parts[look]

    def shows(self, part: str, row: str) -> bool:
        """Whether a part of a row stands out. The few colours of an ANSI theme can say what was changed, or what the
        code is, but not both."""
        few = self._widget.app.native_ansi_color and row in ("added", "removed")
        return not few or part.startswith((row, "selected"))
