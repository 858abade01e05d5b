"""Money and token counts of a session, honest about what is not known."""

from __future__ import annotations

from tui_monitor.ledger import ZERO, Amount
from tui_monitor.units import compact, dollars


def cost_text(amount: Amount) -> str:
    """``$1.84``; ``≥$1.84`` where it is a lower bound; ``$—`` while no request is known, or where none has a price."""
    if amount == ZERO or amount.is_unpriced:
        return "$—"
    return f"{bound(amount)}{dollars(amount.cost)}"


def bound(amount: Amount) -> str:
    """The sign of a lower bound, or nothing."""
    return "≥" if amount.lower_bound or amount.unpriced else ""


def tokens_text(amount: Amount) -> str:
    """All tokens as one count: ``12.4M tok``; ``— tok`` while no request is known."""
    if amount == ZERO:
        return "— tok"
    return f"{'≥' if amount.lower_bound else ''}{compact(amount.total_tokens)} tok"


def cache_share(amount: Amount) -> int | None:
    """How much of what was sent came out of the cache, in per cent; None where nothing was sent."""
    sent = amount.input + amount.cache_read + amount.cache_creation
    return round(100 * amount.cache_read / sent) if sent else None
