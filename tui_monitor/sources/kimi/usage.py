"""Token counts: input in three classes that exclude one another, output with reasoning."""

from __future__ import annotations

from tui_monitor.events import Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.kimi.line import SOURCE
from tui_monitor.sources.shared.event_line import EventLine
from tui_monitor.sources.shared.fields import count


def older_tokens(record: Record) -> Tokens:
    """Read the counts of Kimi CLI."""
    return _tokens(record, "input_other", "output", "input_cache_read", "input_cache_creation")


def newer_tokens(record: Record) -> Tokens:
    """Read the counts of Kimi Code."""
    return _tokens(record, "inputOther", "output", "inputCacheRead", "inputCacheCreation")


def _tokens(record: Record, *names: str) -> Tokens:
    fresh, output, read, created = (count(record.get(name)) for name in names)
    return Tokens(input=fresh, output=output, cache_read=read, cache_creation=created)


def response(tokens: Tokens, name: str, line: EventLine, model: str = "", operation: str = "") -> Usage:
    """Return a response; without a ``name`` of its own it is named by its agent, time and counts, as in copies."""
    counts = f"{tokens.input},{tokens.output},{tokens.cache_read},{tokens.cache_creation}"
    own_id = f"{SOURCE}:{name or f'{line.agent}@{line.at}+{model}+{counts}'}"
    return Usage(**line.fields, strong_ids=(own_id,), model=model, tokens=tokens, operation=operation)
