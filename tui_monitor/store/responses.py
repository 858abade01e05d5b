"""Model responses as the ledger merges them, and the totals they move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui_monitor.events import SpanUpdate, Usage
from tui_monitor.ledger import Ledger
from tui_monitor.store import rollups
from tui_monitor.store.projection import Effects, Pricing, Projection, ProjectionContext
from tui_monitor.store.repricing import reprice_responses
from tui_monitor.store.spans import Spans
from tui_monitor.store.sqlite_ledger import SqliteLedger


class Responses(Projection[Usage | SpanUpdate]):
    """The tables of responses, their aliases, observations and spans, with ``totals`` and ``rollups``.

    ``repriced`` are the numbers of the sessions whose responses were given other rates by `reprice`.
    """

    reads = (Usage, SpanUpdate)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._repository = SqliteLedger(context.connection, context.interned)
        self.ledger = Ledger(self._repository)
        self._spans = Spans(context.connection)
        self.repriced: set[int] = set()

    def prefetch(self, events: Sequence[Usage | SpanUpdate]) -> None:
        """Load the responses that share an id with these usages."""
        self._repository.prefetch([event for event in events if isinstance(event, Usage)])

    def apply(self, event: Usage | SpanUpdate, order: int) -> None:
        """Merge a usage into its response."""
        if isinstance(event, SpanUpdate):
            self._spans.add(event)
            return
        self.ledger.record(event)
        self._repository.annotate(event)

    def reprice(self, pricing: Pricing) -> Iterator[Effects]:
        """Replace the rates of all responses that have others by now."""
        deltas = reprice_responses(self._connection, self._interned, pricing)
        rollups.add_amounts(self._connection, deltas)
        self.repriced.update(account.session for account in deltas)
        sessions = frozenset(map(self._interned.sessions.value_of, self.repriced))
        yield Effects(sessions, frozenset(account.agent for account in deltas))

    def flush(self, earlier: Effects) -> Effects:
        """Write the responses, and move the totals of their accounts."""
        self._spans.flush(self.ledger)
        deltas = self.ledger.reconcile()
        self._repository.flush()
        rollups.apply_deltas(self._connection, self._interned, deltas, self._repository.response_sizes())
        return rollups.effects(self._interned, deltas)

    def reset(self) -> None:
        """Drop the responses held for the batch."""
        self._repository.reset()
