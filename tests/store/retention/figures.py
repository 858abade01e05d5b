"""All figures of a store that pruning must not change."""

from __future__ import annotations

from dataclasses import replace

from tui_monitor.store import SpendingKey, SpendingScope, Store

_QUARTER = 15 * 60 * 1000


def figures(store: Store) -> dict[str, object]:
    """Return the totals by session, model, tool, file, quarter of an hour and label, in an order of their own; without
    the last model of a session, which of two at the same time is the one that was read last."""
    sessions = [replace(one, model="") for one in store.sessions()]
    keys = [[], *([key] for key in SpendingKey), [SpendingKey.AT, SpendingKey.SESSION, SpendingKey.MODEL]]
    quarters = {spent.at for spent in store.spending(SpendingScope(), [SpendingKey.AT])}
    return {
        "overall": store.overall(),
        "models": store.models(),
        "tools": store.tools(),
        "sessions": sessions,
        "totals": [replace(store.totals(one.session), requests=()) for one in sessions],
        "spending": [sorted(store.spending(SpendingScope(), by), key=repr) for by in keys],
        "since": store.overall(since=0),
        "quarters": [
            (
                store.overall(since=at, until=at + _QUARTER),
                [one.totals for one in store.sessions(since=at, until=at + _QUARTER)],
            )
            for at in sorted(quarters)
        ],
    }
