"""x"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from hashlib import blake2b

import orjson

from tui_monitor.events import Event, Health
from tui_monitor.sources.base import UnknownRecord
from tui_monitor.sources.files.record_reader import MOST_LETTERS
from tui_monitor.sources.opencode import messages
from tui_monitor.sources.opencode.database import MESSAGES, PARTS, Database, Row, Session, Table
from tui_monitor.sources.opencode.owner import chain, facts
from tui_monitor.sources.shared.fields import put_bounded

MAX_OPEN = 256
"""Rows that are looked at again and again; what was left behind by a crash never ends."""


@dataclass(slots=True)
class Place:
    """The last row of one table that was read, by row id and id, and of each that was not over what it then held, as a
    digest."""

    rowid: int = 0
    last: str = ""
    open: dict[str, str] = field(default_factory=dict)

    def is_news(self, row: str, held: str) -> bool:
        """Whether the row with this id holds something else than when it was last read."""
        return self.open.get(row) != held

    def note(self, rowid: int, row: str, held: str, *, is_over: bool) -> None:
        """The row has been read."""
        if rowid > self.rowid:
            self.rowid, self.last = rowid, row
        if is_over:
            self.open.pop(row, None)
        else:
            put_bounded(self.open, row, held, MAX_OPEN)


@dataclass(slots=True)
class Position:
    """The places in both tables, and a digest of what the session itself was said to be."""

    messages: Place = field(default_factory=Place)
    parts: Place = field(default_factory=Place)
    facts: str = ""

    @classmethod
    def of(cls, state: str) -> Position:
        """The position as it was left; the empty text is the start."""
        told = orjson.loads(state) if state else {}
        return cls(Place(**told.get("messages", {})), Place(**told.get("parts", {})), told.get("facts", ""))

    def state(self) -> str:
        """Everything needed to go on, as JSON text."""
        return orjson.dumps(asdict(self)).decode()

    @property
    def cursor(self) -> str:
        """Another one whenever something was read."""
        return f"{self.messages.rowid}:{self.parts.rowid}:{digest(self.state())}"


def digest(*texts: str) -> str:
    """A short name of what these texts say."""
    return blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


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
        tell_message = partial(messages.read_message, of=of, database=database)
        for row in self._new(database, MESSAGES, session, self.position.messages, messages.is_message_over):
            yield from self._tell(row, tell_message)
        for row in self._new(database, PARTS, session, self.position.parts, messages.is_part_over):
            yield from self._tell(row, partial(messages.read_part, of=of))

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
