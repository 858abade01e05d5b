"""Projections: built in the order they declare, fed what they read, open for one more table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from graphlib import CycleError
from itertools import permutations

import pytest

from tests.store.builders import APPLE, NOON, started, usage
from tui_monitor.events import Event, Prompt
from tui_monitor.store import ingest
from tui_monitor.store.database import open_private
from tui_monitor.store.ingest import PROJECTIONS, Ingest
from tui_monitor.store.projection import Effects, Projection, ProjectionContext


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """An empty database with all tables."""
    database = open_private()
    yield database.connection
    database.close()


class Prompts(Projection[Prompt]):
    """A figure that the store does not have: prompts per session."""

    reads = (Prompt,)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self.counts: dict[str, int] = {}
        self.effects: Effects | None = None
        self.prefetched: Sequence[Prompt] = ()

    def prefetch(self, events: Sequence[Prompt]) -> None:
        self.prefetched = events

    def apply(self, event: Prompt, order: int) -> None:
        self.counts[event.session.id] = self.counts.get(event.session.id, 0) + 1

    def flush(self, earlier: Effects) -> Effects:
        self.effects = earlier
        return Effects(agents=frozenset([7]))


class Later(Projection[Event]):
    """A projection that comes after `Prompts`, and reads everything."""

    reads = (Event,)
    after = (Prompts,)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self.prompts = context.get(Prompts)
        self.kinds: list[type[Event]] = []
        self.effects: Effects | None = None

    def apply(self, event: Event, order: int) -> None:
        self.kinds.append(type(event))

    def flush(self, earlier: Effects) -> Effects:
        self.effects = earlier
        return Effects()


def test_every_projection_is_built_after_those_it_names(connection: sqlite3.Connection) -> None:
    for kinds in (PROJECTIONS, PROJECTIONS[::-1]):
        built = [type(one) for one in ProjectionContext(connection, keep_bodies=True).build(kinds)]
        assert sorted(built, key=str) == sorted(PROJECTIONS, key=str)
        for kind in built:
            assert all(built.index(earlier) < built.index(kind) for earlier in kind.after)


@pytest.mark.parametrize("kinds", list(permutations([Prompts, Later])))
def test_additional_projection_reads_its_events_and_earlier_effects(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, kinds: tuple[type[Projection[Event]], ...]
) -> None:
    monkeypatch.setattr(ingest, "PROJECTIONS", kinds)
    ingesting = Ingest(connection, keep_bodies=True)
    sessions = ingesting.write([Prompt(session=APPLE, at=NOON, text="hello"), usage("r1"), started("c1")])
    prompts, later = ingesting._projections
    assert isinstance(prompts, Prompts)
    assert isinstance(later, Later)
    assert prompts.counts == {"apple": 1}
    assert [type(event) for event in prompts.prefetched] == [Prompt]
    assert later.kinds == [Prompt, type(usage("r1")), type(started("c1"))]
    assert later.prompts is prompts
    assert later.effects == Effects(frozenset([APPLE]), frozenset([7]))
    assert sessions == {APPLE}


def test_projections_that_come_after_one_another_in_a_circle_are_refused(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Prompts, "after", (Later,))
    with pytest.raises(CycleError):
        ProjectionContext(connection, keep_bodies=True).build([Prompts, Later])
