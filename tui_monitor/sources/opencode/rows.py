"""From rows to events: what is new since a position, and where reading then stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from tui_monitor.events import Event, Health
from tui_monitor.sources.base import UnknownRecord
from tui_monitor.sources.opencode import messages, parts
from tui_monitor.sources.opencode.chain import chain, facts
from tui_monitor.sources.opencode.database import MESSAGES, PARTS, Database, Row, Session, Table
from tui_monitor.sources.opencode.position import Place, Position, digest
from tui_monitor.sources.records import MOST_LETTERS

PAGE = 200
"""The most new rows of a table that are read at once."""


@dataclass(slots=True)
class Look:
    """What one look at a session brought: events, what could not be read, and how many rows were new.

    ``position`` is where reading stood, and stands when all `events` have been taken.
    """

    position: Position
    path: str
    rows: int = 0
    health: Health = field(default_factory=Health)

    def events(self, database: Database, session: str) -> Iterator[Event]:
        """What is new of the session; nothing where it has been deleted."""
        told = database.session(session)
        if told is None:
            return
        of = chain(told.id, database.root(told.id))
        if self._is_news(told):
            yield from facts(told, of, self.path)
        tell_message = partial(messages.tell, of=of, database=database)
        for row in self._new(database, MESSAGES, session, self.position.messages, messages.is_over):
            yield from self._tell(row, tell_message)
        for row in self._new(database, PARTS, session, self.position.parts, parts.is_over):
            yield from self._tell(row, partial(parts.tell, of=of))

    def _is_news(self, told: Session) -> bool:
        before = self.position.facts
        self.position.facts = digest(*map(str, told._replace(updated=0)))
        return self.position.facts != before

    def _new(
        self, database: Database, table: Table, session: str, place: Place, is_over: Callable[[Row], bool]
    ) -> Iterator[Row]:
        """The rows that are new, or hold something else than before."""
        place.rowid = database.left_at(table, session, place.rowid, place.last)
        still_open = database.named(table, place.open)
        following = database.after(table, session, place.rowid, PAGE)
        self.rows += len(following)
        for row in (*still_open, *following):
            held = digest(row.data, row.message)
            if place.is_news(row.id, held):
                yield row
            place.note(row.rowid, row.id, held, is_over=_surely(is_over, row))

    def _tell(self, row: Row, tell: Callable[[Row], Iterable[Event]]) -> Iterator[Event]:
        """The events of a row; what cannot be read is counted and said, and stops nothing."""
        try:
            yield from tell(row)
            self.health += Health(lines=1)
        except UnknownRecord:
            self.health += Health(lines=1, unknown=1)
        except Exception as error:  # whatever a row may hold
            said = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
            reason = " ".join(said.split())[:MOST_LETTERS]
            self.health += Health(lines=1, skipped=1, errors=(f"{self.path}: {reason} in {row.id}",))


def _surely(is_over: Callable[[Row], bool], row: Row) -> bool:
    try:
        return is_over(row)
    except Exception:  # one that cannot be read is not looked at again
        return True
