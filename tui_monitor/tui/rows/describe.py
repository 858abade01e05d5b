"""From what is listed to the row that tells of it."""

from __future__ import annotations

from tui_monitor.live.entries import Call, Mark
from tui_monitor.tui.rows.call_rows import call_row, run_time
from tui_monitor.tui.rows.items import Item, Lapse, Listed, More, is_open
from tui_monitor.tui.rows.mark_rows import lapse_row, mark_row, more_row
from tui_monitor.tui.rows.row import Row
from tui_monitor.tui.rows.scene import Scene
from tui_monitor.units import SECOND


def row_of(listed: Listed, scene: Scene) -> Row:
    """What ``listed`` says in ``scene``."""
    if isinstance(listed, Lapse):
        return lapse_row(listed, scene)
    if isinstance(listed, More):
        return more_row(listed)
    entry = listed.entry
    if isinstance(entry, Mark):
        return mark_row(entry, len(listed.entries), listed.tally, scene)
    return call_row(listed, entry, scene)


def stamp_of(listed: Listed, scene: Scene) -> tuple[object, ...]:
    """All that the row depends on besides the session's folder: equal stamps, equal rows."""
    if not isinstance(listed, Item) or isinstance(listed.entry, Mark):
        return (listed,)
    call = listed.entry
    calls = [(entry.id, entry.version) for entry in listed.entries if isinstance(entry, Call)]
    liveness = (scene.liveness(call), run_time(call, scene) // SECOND) if is_open(call) else ()
    return (*calls, listed.depth, listed.fold, listed.tally, listed.failed, scene.agents.get(call.id), liveness)
