"""Styles of component classes, made when they are first used."""

from __future__ import annotations

from textual.css.styles import RenderStyles
from textual.dom import DOMNode
from textual.widget import Widget


class ComponentStyles(Widget):
    """A widget whose component classes get their styles when it first paints with them; it declares none.

    Textual makes the styles of all declared classes of all widgets anew at each change of styles, three times before
    the first frame: with a class for each tone that was a sixth of the start-up.
    """

    def get_component_styles(self, *names: str) -> RenderStyles:
        """Return the styles of component classes, the later ones over the earlier."""
        for name in names:
            if name not in self._component_styles:
                self._component_styles[name] = self._make_styles(name)
        return super().get_component_styles(*names)

    def notify_style_update(self) -> None:
        """Make the styles that were used anew, and paint the widget again if one is another now."""
        super().notify_style_update()
        before = self._component_styles
        self._component_styles = {name: self._make_styles(name) for name in before}
        if self._component_styles != before:
            self.refresh()

    def _make_styles(self, name: str) -> RenderStyles:
        node = DOMNode(classes=name)
        node._attach(self)
        self.app.stylesheet.apply(node, animate=False)
        return node.styles
