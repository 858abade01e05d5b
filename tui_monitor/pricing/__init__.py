"""Prices and context windows of models. The price list is imported by the first query only."""

from tui_monitor.pricing.book import PriceBook
from tui_monitor.pricing.card import PriceCard, PriceVariant
from tui_monitor.pricing.list_file import configured_list
from tui_monitor.pricing.overrides import NO_OVERRIDES, Overrides
from tui_monitor.pricing.prices import Prices, PriceStep
from tui_monitor.pricing.windows import Origin, Window

__all__ = [
    "NO_OVERRIDES",
    "Origin",
    "Overrides",
    "PriceBook",
    "PriceCard",
    "PriceStep",
    "PriceVariant",
    "Prices",
    "Window",
    "configured_list",
]
