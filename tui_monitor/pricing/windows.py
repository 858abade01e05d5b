"""Context windows of models, and the origin of that knowledge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui_monitor.events import WindowPolicy
from tui_monitor.pricing.entries import find_entry
from tui_monitor.pricing.names import LONG_CONTEXT, is_claude, lookups
from tui_monitor.pricing.pricelist import INSTALLED, PriceList

Origin: TypeAlias = Literal["reported", "configured", "price list", "assumed", "seen"]

_LONG = 1_000_000
_CLAUDE_SIZES = (200_000, _LONG)
_SIZES = (32_768, 128_000, 200_000, 256_000, 272_000, 400_000, 512_000, _LONG, 1_048_576, 2_000_000)


@dataclass(frozen=True, slots=True)
class Window:
    """A context window of ``limit`` tokens.

    Its origin: reported by the model's id, configured by the user, in the price list (or our own entries), assumed
    from the agent's policy, or the next size above a larger context that was seen.
    """

    limit: int
    origin: Origin


def find_window(
    model: str, policy: WindowPolicy, largest_context: int, configured: int | None, listed: Callable[[], int | None]
) -> Window | None:
    """Return the window of a model whose agent does not report it; None if it is unknown.

    ``configured`` is the user's setting, ``listed`` queries the price list. The agent's ``policy`` may assume a
    window, which wins over the list. A context larger than that window means the next size.
    """
    window = _known_window(model, policy, configured, listed)
    if window is None or largest_context <= window.limit:
        return window
    sizes = policy.sizes or (_CLAUDE_SIZES if is_claude(model) else _SIZES)
    return Window(next((size for size in sizes if size >= largest_context), largest_context), "seen")


def listed_window(model: str, provider: str = "", price_list: PriceList = INSTALLED) -> int | None:
    """Return the context window in our own entries or in the price list, in tokens; None if neither has the model."""
    listing = price_list.find(lookups(model, provider))
    own = find_entry(model, provider) or (find_entry(listing.id) if listing else None)
    if own and own.window:
        return own.window
    return listing.window if listing else None


def _known_window(
    model: str, policy: WindowPolicy, configured: int | None, listed: Callable[[], int | None]
) -> Window | None:
    if configured is not None:
        return Window(configured, "configured")
    if model.strip().lower().endswith(LONG_CONTEXT):
        return Window(_LONG, "reported")
    if (assumed := policy.window_of(model)) is not None:
        return Window(assumed, "assumed")
    limit = listed()
    return None if limit is None else Window(limit, "price list")
