"""The user's own price list: a file in the format that genai-prices publishes, checked before it is used."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tui_monitor.pricing.pricelist import INSTALLED, PriceList
from tui_monitor.regular_files import read_bytes

if TYPE_CHECKING:
    from genai_prices.types import Provider

_MAX_BYTES = 64 << 20
_MAX_REASON = 150


class ConfiguredList(NamedTuple):
    """The price list to use, and a line on what is wrong with the user's own; empty if nothing is."""

    list: PriceList
    fault: str = ""


@lru_cache(maxsize=8)
def configured_list(path: str) -> ConfiguredList:
    """Return the list in the file at ``path``, read once; the installed one without a path or if the file is broken."""
    if not path:
        return ConfiguredList(INSTALLED)
    try:
        return ConfiguredList(_load(path))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
    except Exception as error:  # the library raises what it likes on what is no price list
        reason = _short(error)
    return ConfiguredList(INSTALLED, f"{path}: is no usable price list ({reason}), {INSTALLED.source} is used")


def _load(path: str) -> PriceList:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import _providers_from_raw

    content = read_bytes(path, _MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise ValueError("larger than 64 megabytes")
    document = json.loads(content)
    if not isinstance(document, list) or not document:
        raise ValueError("not a list of providers")
    providers = _providers_from_raw(document)
    if not any(provider.models for provider in providers):
        raise ValueError("it has no models")
    for provider in providers:
        _check(provider)
    return PriceList(path, DataSnapshot(providers, from_auto_update=False))


def _check(provider: Provider) -> None:
    """Compute something with each model, so that a broken one is found now.

    Raises:
        ValueError: a price is negative or no number.
    """
    now = datetime.now(UTC)
    re.compile(provider.api_pattern)
    for names in (provider.model_match, provider.provider_match):
        if names:
            names.is_match("claude-opus-5")
    for model in provider.models:
        model.is_match("claude-opus-5")
        listed = vars(model.get_prices(now))
        tiered = [price for price in listed.values() if price is not None]
        amounts = [
            amount
            for price in tiered
            for amount in ([price.base, *(tier.price for tier in price.tiers)] if hasattr(price, "tiers") else [price])
        ]
        if not all(amount.is_finite() and amount >= 0 for amount in amounts):
            raise ValueError(f"a price of {model.id} is no amount")


def _short(error: Exception) -> str:
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        first = error.errors()[0]
        text = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    else:
        text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= _MAX_REASON else f"{text[:_MAX_REASON]}…"
