"""Prices and windows that the price list lacks, or has other than agents run the models with."""

from __future__ import annotations

from decimal import Decimal
from fnmatch import fnmatchcase
from typing import NamedTuple

from tui_monitor.pricing.names import is_local, spellings
from tui_monitor.pricing.prices import Prices


class PriceEntry(NamedTuple):
    """A window in tokens, or prices, for the models with these names (``*`` is a wildcard); ``source`` says whose."""

    names: tuple[str, ...]
    source: str
    window: int | None = None
    prices: Prices | None = None


def _same(price: str) -> Prices:
    return Prices(input=Decimal(price), output=Decimal(price))


_CODETETHER = "CodeTether's table of models"
_GPT_5 = ("gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5.1", "gpt-5.1-codex-mini", "gpt-5.2", "gpt-5.2-pro")
_GPT_5_LATER = ("gpt-5.3-codex", "gpt-5.4-mini", "gpt-5.4-nano")
_GEMINI_PRO = ("gemini-2.5-pro", "gemini-3-pro", "gemini-3-pro-preview", "gemini-3.1-pro", "gemini-3.1-pro-preview")

ENTRIES = (
    PriceEntry(("kimi-k1.5", "k1.5"), _CODETETHER, 200_000, _same("8.00")),
    PriceEntry(("kimi-k1.6", "k1.6"), _CODETETHER, 200_000, _same("6.00")),
    PriceEntry(("glm-4",), _CODETETHER, None, _same("0.50")),
    PriceEntry(("gemini-1.5-pro*",), _CODETETHER, 2_000_000),
    PriceEntry(_GEMINI_PRO, "Google: the limit of input tokens", 1_048_576),
    PriceEntry(
        ("gpt-5-chat*", "gpt-5.1-chat*", "gpt-5.2-chat*"), "OpenAI: smaller than the rest of the family", 128_000
    ),
    PriceEntry((*_GPT_5, *_GPT_5_LATER), "OpenAI: 400,000 tokens less the 128,000 reserved for output", 272_000),
    PriceEntry(("glm-4.5", "glm-4.5-air*", "glm-4.5-x"), "Z.ai: 128K", 131_072),
    PriceEntry(("glm-4.6",), "Z.ai: 200K", 200_000),
    PriceEntry(("glm-4.7", "glm-5", "glm-5.1"), "the price list, which has it at Zhipu only", 200_000),
    PriceEntry(("kimi-k2",), "Moonshot AI: 128K", 131_072),
    PriceEntry(("mistral-large", "mistral-large-24*"), "Mistral: 128K", 131_072),
)

MOCK = PriceEntry(
    ("mock",), "the mock engine calls no model", None, Prices(Decimal(0), Decimal(0), web_search=Decimal(0))
)
"""For the engine of this name, whatever the model."""


def find_entry(model: str, *owners: str) -> PriceEntry | None:
    """Return the first entry for this model, unless it runs locally; ``owners`` are its provider and its engine."""
    if is_local(model, *owners):
        return None
    names = spellings(model)
    return next((candidate for candidate in ENTRIES if _matches(candidate, names)), None)


def _matches(candidate: PriceEntry, names: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in candidate.names for name in names)
