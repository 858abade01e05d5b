"""What a model may be called: the names under which to look in a price list, the best first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LONG_CONTEXT = "[1m]"
"""How Claude Code marks a model that it runs with a window of a million tokens."""

_LONGEST_NAME = 200
"""What is longer names no model, and is not worth looking for."""

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
"""Engines, and providers as agents and conventions call them, where the price list does not know the word."""

_LOCAL = frozenset({"ollama", "lmstudio", "lm-studio", "llama.cpp", "llamacpp", "vllm", "localai", "local", "oss"})
"""Providers that run on the person's own machine: no list knows what that costs."""

_VENDORS = (("glm-", "zai"), ("glm-", "zhipuai"), ("codex-", "openai"), ("text-embedding-", "openai"))
"""Whose model it is, by the beginning of its name, where the price list cannot tell or tells a second-best one."""

_BEDROCK = re.compile(r"(?:^|/)(?P<id>(?:[a-z-]+\.){1,2}[a-z][^/]*)$")
"""``[region.]vendor.model``, alone or at the end of an ARN."""


class Lookup(NamedTuple):
    """A name to look up, with one provider or (empty) with whoever made the model."""

    provider: str
    model: str


def bare(model: str) -> str:
    """The id in lower case, without an agent's own mark."""
    return model.strip().lower().removesuffix(LONG_CONTEXT)


def spellings(model: str, provider: str = "") -> tuple[str, ...]:
    """The names by which a person or a table may mean this model, in lower case."""
    name = bare(model)
    with_provider = (f"{provider.lower()}/{name}",) if provider else ()
    return (model.strip().lower(), name, name.rpartition("/")[2], *with_provider)


def is_claude(model: str) -> bool:
    """Whether it is one of Anthropic's models, whoever sells it."""
    return "claude" in model.lower()


def is_local(model: str, *owners: str) -> bool:
    """Whether the model runs on the person's own machine, going by its provider, its engine or its own id."""
    return not _LOCAL.isdisjoint((*(owner.lower() for owner in owners), bare(model).partition("/")[0]))


def lookups(model: str, provider: str = "", engine: str = "") -> Iterator[Lookup]:
    """The names to try: with the known provider, its engine, the provider in the id, and whoever made the model."""
    name = bare(model)
    if not name or len(name) > _LONGEST_NAME or is_local(name, provider, engine):
        return
    alone = [spelled for spelled in dict.fromkeys((name, name.rpartition("/")[2])) if spelled]
    for owner in filter(None, (provider.lower(), engine.lower())):
        yield from (Lookup(_PROVIDERS.get(owner, owner), spelled) for spelled in alone)
    if bedrock := _BEDROCK.search(name):
        yield Lookup("aws", bedrock["id"])
    if "/" in name:
        yield Lookup("litellm", name)
    for spelled in alone:
        yield from (Lookup(vendor, spelled) for start, vendor in _VENDORS if spelled.startswith(start))
        yield Lookup("", spelled)
