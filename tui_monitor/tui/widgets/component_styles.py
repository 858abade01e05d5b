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
                node = DOMNode(classes=name)
                node._attach(self)
                self._component_styles[name] = node.styles
                self._apply_css(node)
        return super().get_component_styles(*names)

    def notify_style_update(self) -> None:
        """Style the component classes that were used anew, and paint the widget again if one is another now."""
        super().notify_style_update()
        nodes = [styles.node for styles in self._component_styles.values() if styles.node]
        changes = [self._apply_css(node) for node in nodes]
        if any(changes):
            self.refresh()

    def _apply_css(self, node: DOMNode) -> bool:
        """Style a component class; return True if its styles are others than before. Its node is kept, since it is a
        cycle of hundreds of objects, which only a full garbage collection would free."""
        before = node.styles.get_rules()
        self.app.stylesheet.apply(node, animate=False)
        return node.styles.get_rules() != before
