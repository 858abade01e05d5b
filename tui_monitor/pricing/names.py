"""Names of models: how agents spell them, and the names to look up in a price list, the best first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LONG_CONTEXT = "[1m]"
"""Claude Code's mark of a model that it runs with a window of a million tokens."""

_LONGEST_NAME = 200
"""Longer strings are not model names, and are not looked up."""

_PROVIDERS = {
    "claude": "anthropic",
    "azure.ai.inference": "azure",
    "gcp.gen_ai": "google",
    "kimi": "moonshotai",
    "x_ai": "x-ai",
    "grok": "x-ai",
    "z-ai": "zai",
    "z.ai": "zai",
    "zhipu": "zhipuai",
}
"""The price list's providers by the names that agents and conventions use for them, and by engines."""

_LOCAL = frozenset({"ollama", "lmstudio", "lm-studio", "llama.cpp", "llamacpp", "vllm", "localai", "local", "oss"})
"""Providers that run models on the user's own machine, which no price list covers."""

OTHER_PROVIDERS = frozenset({*_PROVIDERS, *_LOCAL})
"""Names of providers that are not the price list's."""

_VENDORS = (("codex-", "openai"), ("text-embedding-", "openai"))
"""Makers by the beginning of a model's name, where the price list by itself finds a worse one."""

_OTHER_VENDORS = (("glm-", "zai"),)
"""Makers of models that the price list by itself may not find."""

_BEDROCK = re.compile(r"(?:^|/)(?P<id>(?:[a-z-]+\.){1,2}[a-z][^/]*)$")
"""``[region.]vendor.model``, alone or at the end of an ARN."""


class Lookup(NamedTuple):
    """A model name to look up with one provider, or with any (empty)."""

    provider: str
    model: str


def bare(model: str) -> str:
    """Return the id in lower case, without an agent's own mark."""
    return model.strip().lower().removesuffix(LONG_CONTEXT)


def spellings(model: str, provider: str = "") -> tuple[str, ...]:
    """Return the names, in lower case, that a user or a table may use for this model."""
    name = bare(model)
    with_provider = (f"{provider.lower()}/{name}",) if provider else ()
    return (model.strip().lower(), name, name.rpartition("/")[2], *with_provider)


def is_claude(model: str) -> bool:
    """Return True for Anthropic's models, from any provider."""
    return "claude" in model.lower()


def is_local(model: str, *owners: str) -> bool:
    """Return True if the provider, the engine or the id says that the model runs on the user's own machine."""
    return not _LOCAL.isdisjoint((*(owner.lower() for owner in owners), bare(model).partition("/")[0]))


def lookups(model: str, provider: str = "", engine: str = "") -> Iterator[Lookup]:
    """Yield the names to look up: with the provider, the engine, the provider in the id, and the model's maker."""
    full_name = bare(model)
    if not full_name or len(full_name) > _LONGEST_NAME or is_local(full_name, provider, engine):
        return
    names = [name for name in dict.fromkeys((full_name, full_name.rpartition("/")[2])) if name]
    for owner in filter(None, (provider.lower(), engine.lower())):
        yield from (Lookup(_PROVIDERS.get(owner, owner), name) for name in names)
    if bedrock := _BEDROCK.search(full_name):
        yield Lookup("aws", bedrock["id"])
    if "/" in full_name:
        yield Lookup("litellm", full_name)
    for name in names:
        yield from _made_by(_VENDORS, name)
        yield Lookup("", name)
        yield from _made_by(_OTHER_VENDORS, name)


def _made_by(vendors: tuple[tuple[str, str], ...], name: str) -> Iterator[Lookup]:
    return (Lookup(vendor, name) for start, vendor in vendors if name.startswith(start))
