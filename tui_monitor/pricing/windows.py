"""How large a model's context window is, and how we know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui_monitor.events import WindowPolicy
from tui_monitor.pricing.entries import entry
from tui_monitor.pricing.names import LONG_CONTEXT, is_claude, lookups
from tui_monitor.pricing.pricelist import find

Origin: TypeAlias = Literal["reported", "configured", "price list", "assumed", "seen"]

_LONG = 1_000_000
_CLAUDE_SIZES = (200_000, _LONG)
_SIZES = (32_768, 128_000, 200_000, 256_000, 272_000, 400_000, 512_000, _LONG, 1_048_576, 2_000_000)


@dataclass(frozen=True, slots=True)
class Window:
    """A context window of ``limit`` tokens. ``origin``: the model's id itself reports it, the user configured it, the
    price list (or our own entries) has it, it is assumed because it is usual, or a larger context has been seen."""

    limit: int
    origin: Origin


def window(
    model: str, policy: WindowPolicy, seen: int, configured: int | None, listed: Callable[[], int | None]
) -> Window | None:
    """The window of a model of which the agent itself does not tell it; None when nothing is known.

    ``configured`` is what the user set, ``listed`` asks the price list. ``policy`` is the agent's: its assumed window
    counts more than the list. A context ``seen`` to be larger than the window known is in one of the next size.
    """
    known = _known(model, policy, configured, listed)
    if known is None or seen <= known.limit:
        return known
    sizes = policy.sizes or (_CLAUDE_SIZES if is_claude(model) else _SIZES)
    return Window(next((size for size in sizes if size >= seen), seen), "seen")


def listed_window(model: str, provider: str = "") -> int | None:
    """The context window that our own entries or the price list have for this model, in tokens."""
    listing = find(lookups(model, provider))
    own = entry(model, provider) or (entry(listing.id) if listing else None)
    if own and own.window:
        return own.window
    return listing.window if listing else None


def _known(model: str, policy: WindowPolicy, configured: int | None, listed: Callable[[], int | None]) -> Window | None:
    if configured is not None:
        return Window(configured, "configured")
    if model.strip().lower().endswith(LONG_CONTEXT):
        return Window(_LONG, "reported")
    if policy.assumed is not None:
        return Window(policy.assumed, "assumed")
    limit = listed()
    return None if limit is None else Window(limit, "price list")
