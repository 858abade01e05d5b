"""The screen after a restart equals the screen before it."""

from __future__ import annotations

from datetime import UTC

from tests.tui.harbour_totals import working_afternoon
from tests.tui.live_builder import SESSION
from tests.tui.pane_text import pane_text
from tui_monitor.events import Batch, Checkpoint, ContextUpdate, ToolKind
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.store import private_store
from tui_monitor.tui.header.lines import header_lines
from tui_monitor.tui.header.view import StatusView
from tui_monitor.tui.panes.summary import agents_line, breakdown_line
from tui_monitor.tui.rows.context import row_context
from tui_monitor.tui.rows.describe import row_of
from tui_monitor.tui.rows.filter import parse
from tui_monitor.tui.rows.fold import ListingOptions, list_rows
from tui_monitor.tui.rows.layout import columns_for, compose
from tui_monitor.tui.spans import Spans


def picture(state: SessionState, now: int) -> list[str]:
    """Return all visible lines of a session, in 160 columns."""
    context = row_context(state, now, UTC)
    rows = list_rows(state, context, ListingOptions(parse(""), True, frozenset(), untimed=False), None)
    lines: list[Spans] = [
        *header_lines(StatusView(state, now, tz=UTC), 160),
        *(compose(row_of(row, context), columns_for(160)) for row in rows),
        agents_line(state, 160),
        breakdown_line(state, 160, ()),
    ]
    return ["".join(span.text for span in line) for line in lines] + pane_text("Agents", state, now, 160)


def test_screen_is_the_same_after_a_restart() -> None:
    live = working_afternoon()
    read = live.start("Read", ToolKind.READ, "harbour/lamps.py", input='{"path": "harbour/lamps.py"}')
    live.finish(read, output="lamp = 1\n" * 3_000)
    live.apply(ContextUpdate(session=SESSION, at=live.now + 1, tokens=150_000, limit=200_000, limit_source="assumed"))
    first, again, changes = LiveState(), LiveState(), Changes()
    first.apply(live.events, changes)
    store = private_store(bodies=True)
    store.ingest(Batch("", Checkpoint("s", "/s", "claude-code", 1, "1"), tuple(live.events)))
    again.restore(store.history(SESSION), changes)
    for state in (first, again):
        state.set_totals(store.totals(SESSION), changes)
    store.close()
    before, after = (picture(state.sessions[SESSION], live.now) for state in (first, again))
    assert before == after
    assert any("largest: Read lamps.py" in line for line in before)
