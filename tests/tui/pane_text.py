"""What a pane shows, as text."""

from datetime import UTC

from tui_monitor.live.session import SessionState
from tui_monitor.tui.panes.content import PaneContent, PaneContext
from tui_monitor.tui.panes.listing import PaneListing
from tui_monitor.tui.panes.registry import pane_of


def content_text(content: PaneContent, width: int = 80) -> list[str]:
    """Return the lines of a content, headings included."""
    listing = PaneListing(content, width)
    lines = (listing.spans(line) for line in range(listing.height))
    return ["".join(span.text for span in line).rstrip() for line in lines]


def pane_text(name: str, state: SessionState, now: int = 0, width: int = 80, order: str = "") -> list[str]:
    """Return the lines of a pane, headings included."""
    return content_text(pane_of(name).content(PaneContext(state, now, width, order, UTC)), width)
