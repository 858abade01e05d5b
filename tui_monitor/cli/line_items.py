"""Live sessions as the items of ``watch --line``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui_monitor.ledger import ZERO
from tui_monitor.live.session import SessionState
from tui_monitor.live.session_name import session_name
from tui_monitor.live.status import Status, StatusWord
from tui_monitor.live.urgency import by_urgency
from tui_monitor.units import dollars

if TYPE_CHECKING:
    from tui_monitor.cli.line_cache import Item

_GLYPHS = {
    StatusWord.WAITS: "?",
    StatusWord.STUCK: "!",
    StatusWord.FAILED: "✗",
    StatusWord.RATE_LIMITED: "✗",
    StatusWord.HELD: "◆",
    StatusWord.RETRYING: "∼",
    StatusWord.COMPACTING: "═",
    StatusWord.WORKING: "▶",
    StatusWord.THINKING: "◌",
    StatusWord.UNKNOWN: "◇",
    StatusWord.INTERRUPTED: "⊘",
    StatusWord.DONE: "✓",
    StatusWord.IDLE: "",
}
"""Of the states that are shown."""
_WORDS = {
    StatusWord.WAITS: "waits",
    StatusWord.STUCK: "stuck",
    StatusWord.FAILED: "error",
    StatusWord.RATE_LIMITED: "limit",
    StatusWord.HELD: "held",
    StatusWord.INTERRUPTED: "stopped",
    StatusWord.DONE: "done",
}
"""Of the states whose age matters more than what they cost."""
_ASCII = {"✗": "x", "◆": "#", "✓": "v", "⊘": "x", "∼": "~", "═": "=", "▶": ">", "◌": "*", "◇": "-"}


def items_of(states: Iterable[SessionState], now: int) -> list[Item]:
    """Return the items of sessions at ``now`` (epoch ms), the most urgent first; those that have ended are left out."""
    ranked = by_urgency(states, now)
    return [_item(each.state, each.status) for each in ranked if each.status.word in _GLYPHS]


def _item(state: SessionState, current: Status) -> Item:
    glyph, word = _GLYPHS[current.word], _WORDS.get(current.word, "")
    context, amount = state.context.percentage, state.totals.amount
    facts = [f"{context:.0f}%"] if context is not None else []
    if amount != ZERO and not amount.is_unpriced:
        facts.append(dollars(amount.cost, at_least=bool(amount.lower_bound or amount.unpriced)))
    return {
        "glyph": glyph,
        "plain_glyph": _ASCII.get(glyph, glyph),
        "name": session_name(state),
        "word": word,
        "since": current.since,
        "facts": "" if word else " ".join(facts),
    }
