"""The agent's words among the rows: by default only those with which it ended a turn, or after which it asks."""

from __future__ import annotations

from collections.abc import Sequence

from tui_monitor.events import MAIN, CallState
from tui_monitor.live.entries import Call, Entry, Mark, MarkKind
from tui_monitor.live.liveness import Liveness
from tui_monitor.live.session import SessionState
from tui_monitor.tui.rows.context import RowContext

_SAID = MarkKind.SAID
_ENDS_TURN = frozenset((MarkKind.PROMPT, MarkKind.INTERRUPTED, MarkKind.DONE, MarkKind.ENDED))


def are_last_words(state: SessionState, context: RowContext) -> bool:
    """Return True if nothing is to be expected after what the agent said last: its turn has ended, it has been silent
    for long enough, or it waits for an answer."""
    chain = state.main_chain
    issued = [call for call in state.log.open if call.agent == MAIN and call.state is CallState.OPEN]
    running = [context.liveness(call) for call in issued]
    if Liveness.AWAITING_USER in running:
        return True
    if any(liveness is not Liveness.ABANDONED for liveness in running):
        return False
    is_silent = chain.final_after_ms is not None and context.now - chain.last_text_at >= chain.final_after_ms
    return is_silent or chain.turn_ended_at >= chain.last_text_at


def without_asides(entries: Sequence[Entry], ends: bool) -> list[Entry]:
    """Return the entries without the words that the agent said while it worked; ``ends``: those at the end are its
    last."""
    kept: list[Entry] = []
    for entry in reversed(entries):
        if isinstance(entry, Call):
            ends = ends and entry.agent != MAIN
        elif entry.kind in _ENDS_TURN:
            ends = True
        elif entry.kind is _SAID:
            if not ends:
                continue
            ends = False
        kept.append(entry)
    kept.reverse()
    return kept


def without_beginnings(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries without words that were recorded again at the same time, and longer."""
    return [
        entry for entry, after in zip(entries, (*entries[1:], None), strict=True) if not _is_beginning(entry, after)
    ]


def _is_beginning(entry: Entry, after: Entry | None) -> bool:
    if not isinstance(entry, Mark) or not isinstance(after, Mark) or entry.kind is not _SAID is not after.kind:
        return False
    return entry.at == after.at and after.text.startswith(entry.text)
