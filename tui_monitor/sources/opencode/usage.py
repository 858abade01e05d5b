"""Token counts and costs: ``input`` excludes cache reads and writes, ``output`` excludes reasoning."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.events import ContextUpdate, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.opencode.owner import SOURCE, EventOwner
from tui_monitor.sources.shared.fields import count, number, table, text, to_epoch_ms, to_picodollars

_COMPACTION = "compaction"
_FAST = "-fast"


class OpenCodeUsageCounts(NamedTuple):
    """Token counts of one response as OpenCode writes them; ``total`` is the size of the context after it."""

    input: int
    output: int
    reasoning: int
    cache_read: int
    cache_write: int
    total: int

    @property
    def tokens(self) -> Tokens:
        """The counts with reasoning included in the output."""
        return Tokens(
            input=self.input,
            output=self.output + self.reasoning,
            cache_read=self.cache_read,
            cache_creation=self.cache_write,
            reasoning=self.reasoning,
        )


def read_counts(value: object) -> OpenCodeUsageCounts:
    """Read the counts of a message or part; a missing total is their sum."""
    fields = table(value)
    cache = table(fields.get("cache"))
    values = [count(fields.get(name)) for name in ("input", "output", "reasoning")]
    values += [count(cache.get(name)) for name in ("read", "write")]
    return OpenCodeUsageCounts._make((*values, number(fields.get("total")) or sum(values)))


def read_usage(uid: str, record: Record, message: Record, owner: EventOwner, at: int) -> Usage | None:
    """Return the response of a ``step-finish`` or of a message without steps; None when no tokens were used.

    A forked session holds copies under new ids, with the time of the original message.
    """
    counts = read_counts(record.get("tokens"))
    if not any(counts):
        return None
    message_time = created_at(message)
    copy_ids = (f"{SOURCE}:{message_time}+{','.join(map(str, counts[:5]))}",) if message_time else ()
    model = billed_model(text(message.get("modelID")))
    return Usage(
        **owner.fields,
        at=at,
        strong_ids=(f"{SOURCE}:{uid}", *copy_ids),
        model=model.name,
        provider=text(message.get("providerID")),
        tokens=counts.tokens,
        service_tier=model.service_tier,
        speed=model.speed,
        operation="compact" if is_compaction(message) else "",
        reported_cost=_picodollars(record.get("cost")),
    )


class BilledModel(NamedTuple):
    """A model as price lists have it, and the terms of its use."""

    name: str
    service_tier: str = ""
    speed: str = ""


def billed_model(name: str) -> BilledModel:
    """Return the model of a name, in which OpenCode writes the Fast mode of a model after its own."""
    model, maker = name.removesuffix(_FAST), name.rpartition("/")[2]
    if model == name:
        return BilledModel(name)
    if maker.startswith("gpt-"):
        return BilledModel(model, service_tier="priority")
    return BilledModel(model, speed="fast") if maker.startswith("claude-") else BilledModel(name)


def context_update(tokens: int, message: Record, at: int, owner: EventOwner) -> ContextUpdate:
    """Return the size of the context after a response."""
    model = text(message.get("modelID"))
    return ContextUpdate(
        **owner.fields,
        at=at,
        tokens=tokens,
        model=billed_model(model).name,
        limit=owner.windows.limit_of(text(message.get("providerID")), model),
    )


def created_at(message: Record) -> int:
    """Return when a message was created, in epoch milliseconds; 0 when unknown."""
    return to_epoch_ms(table(message.get("time")).get("created"))


def completed_at(message: Record) -> int:
    """Return when a message was complete; 0 while it is not."""
    return to_epoch_ms(table(message.get("time")).get("completed"))


def is_compaction(message: Record) -> bool:
    """Return True for the summary that replaces the history."""
    return message.get("summary") is True or message.get("agent") == _COMPACTION


def _picodollars(cost: object) -> int | None:
    """Convert OpenCode's own cost. It is 0 where the price is unknown and where a subscription pays."""
    return to_picodollars(cost) or None
