"""What can be exported as rows: responses, calls, sessions, days and models, with the same columns in every format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import TypeAlias

from tui_monitor.events import SessionKey
from tui_monitor.reports.cost import Grouping, is_spent, query_cost
from tui_monitor.reports.model import Json
from tui_monitor.reports.selection import NO_FILTERS, Filters, project_of, scope_of
from tui_monitor.reports.sessions import described_session, query_sessions
from tui_monitor.reports.stats import usage_json
from tui_monitor.store import SpendingScope, Store
from tui_monitor.totals import SessionSummary
from tui_monitor.units import iso

Row: TypeAlias = dict[str, Json]


class DatasetName(StrEnum):
    """What a row is of."""

    RESPONSES = "responses"
    CALLS = "calls"
    SESSIONS = "sessions"
    DAYS = "days"
    MODELS = "models"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is exported: of which sessions and times; days are those of ``tz``."""

    filters: Filters = NO_FILTERS
    since: int | None = None
    until: int | None = None
    tz: tzinfo | None = None
    levels: Sequence[float] = ()

    def scope(self, store: Store) -> SpendingScope:
        """Return what to sum."""
        return scope_of(store, self.filters, self.since, self.until)


def query_dataset(store: Store, name: DatasetName, selection: Selection) -> list[Row]:
    """Query the rows of a dataset; all have the same keys."""
    with store.snapshot():
        return list(_QUERIES[name](store, selection))


def _responses(store: Store, selection: Selection) -> Iterator[Row]:
    sessions = {one.session: one for one in store.sessions()}
    history = store.spending_history(selection.scope(store))
    for response in sorted(history.responses, key=lambda response: response.at):
        if response.is_selected and is_spent(response.amount):
            yield {
                "at": iso(response.at),
                **_place(sessions, response.session, response.agent),
                "model": response.model or None,
                "operation": response.operation or None,
                **usage_json(response.amount),
            }


def _calls(store: Store, selection: Selection) -> Iterator[Row]:
    sessions = {one.session: one for one in store.sessions()}
    since, until = selection.since or 0, selection.until or 2**62
    for call in sorted(store.spending_history(selection.scope(store)).calls, key=lambda call: call.at):
        if since <= call.at < until:
            yield {
                "at": iso(call.at),
                **_place(sessions, call.session, call.agent),
                "tool": call.tool,
                "kind": call.kind,
                "subject": call.subject,
                "state": call.state.value,
                "output_chars": call.output_chars,
                "files": "; ".join(call.files) or None,
            }


def _place(sessions: Mapping[SessionKey, SessionSummary], key: SessionKey, agent: str) -> Row:
    session = sessions.get(key)
    project = project_of(session) if session else ""
    return {"source": key.source, "session": key.id, "agent": agent or "main", "project": project or None}


def _sessions(store: Store, selection: Selection) -> Iterator[Row]:
    for one in query_sessions(store, selection.filters, selection.since, selection.until):
        row = described_session(one, selection.levels)
        context = row.pop("context")
        assert isinstance(context, dict)
        yield row | {f"context_{name}": value for name, value in context.items()}


def _groups(by: Grouping) -> Callable[[Store, Selection], Iterator[Row]]:
    def rows(store: Store, selection: Selection) -> Iterator[Row]:
        for group in query_cost(store, selection.scope(store), by, selection.tz).groups:
            yield {by.value: group.key.name, **usage_json(group.amount)}

    return rows


_QUERIES: Mapping[DatasetName, Callable[[Store, Selection], Iterator[Row]]] = {
    DatasetName.RESPONSES: _responses,
    DatasetName.CALLS: _calls,
    DatasetName.SESSIONS: _sessions,
    DatasetName.DAYS: _groups(Grouping.DAY),
    DatasetName.MODELS: _groups(Grouping.MODEL),
}
