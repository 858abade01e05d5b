"""Token counts and costs: ``input`` excludes what went through the cache, ``output`` the reasoning."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.events import PICO, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.opencode.owner import SOURCE, Chain
from tui_monitor.sources.shared.fields import count, number, table, text

_MOST_DOLLARS = 1_000_000
_COMPACTION = "compaction"


class Counts(NamedTuple):
    """Tokens of one response as OpenCode counts them; ``total`` is what then is in the context."""

    input: int
    output: int
    reasoning: int
    cache_read: int
    cache_write: int
    total: int

    @property
    def tokens(self) -> Tokens:
        """The same as exclusive counts."""
        return Tokens(
            input=self.input,
            output=self.output + self.reasoning,
            cache_read=self.cache_read,
            cache_creation=self.cache_write,
            reasoning=self.reasoning,
        )


def counts(told: object) -> Counts:
    """Counts as they stand in a message or part; without a total it is the sum."""
    given = table(told)
    cache = table(given.get("cache"))
    each = [count(given.get(name)) for name in ("input", "output", "reasoning")]
    each += [count(cache.get(name)) for name in ("read", "write")]
    return Counts._make((*each, number(given.get("total")) or sum(each)))


def usage(uid: str, told: Record, message: Record, of: Chain, at: int) -> Usage | None:
    """The response that a ``step-finish``, or a message without any, tells of; None where nothing was spent.

    A forked session holds copies under ids of their own. These have the time of the message that they are copied from.
    """
    spent = counts(told.get("tokens"))
    if not any(spent):
        return None
    created = began(message)
    copied = (f"{SOURCE}:{created}+{','.join(map(str, spent))}",) if created else ()
    return Usage(
        session=of.session,
        agent=of.agent,
        at=at,
        strong_ids=(f"{SOURCE}:{uid}", *copied),
        model=text(message.get("modelID")),
        provider=text(message.get("providerID")),
        tokens=spent.tokens,
        operation="compact" if is_compaction(message) else "",
        reported_cost=_picodollars(told.get("cost")),
    )


def began(message: Record) -> int:
    """When a message was begun, in epoch milliseconds; 0 where it is not told."""
    return count(table(message.get("time")).get("created"))


def ended(message: Record) -> int:
    """When a message was complete; 0 while it is not."""
    return count(table(message.get("time")).get("completed"))


def is_compaction(message: Record) -> bool:
    """Whether it is the summary that takes the place of the history."""
    return message.get("summary") is True or message.get("agent") == _COMPACTION


def _picodollars(cost: object) -> int | None:
    """What OpenCode reckoned. It says 0 where it knows no price, and where a subscription pays."""
    if isinstance(cost, bool) or not isinstance(cost, int | float) or not 0 < cost < _MOST_DOLLARS:
        return None
    return round(cost * PICO)
