"""How full a context is does not depend on the order of reading, however many updates share an instant."""

from __future__ import annotations

from contextlib import closing
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.builders import APPLE, batch
from tui_monitor.events import ContextUpdate, Event
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.merge.context_fill import ContextFill
from tui_monitor.store import private_store

NOON = 1_750_000_000_000


def update(at: int, position: int, tokens: int | None) -> ContextUpdate:
    return ContextUpdate(session=APPLE, at=NOON + at, position=position, tokens=tokens, model=f"model-{tokens}")


UPDATES = st.builds(update, st.integers(0, 2), st.integers(0, 2), st.sampled_from([None, 10, 20, 30]))


def shown(live: LiveState) -> tuple[object, ...]:
    context = live.sessions[APPLE].context
    return context.tokens, context.start, context.start_at, live.sessions[APPLE].model


@settings(deadline=None, max_examples=60)
@given(st.lists(UPDATES, min_size=1, max_size=6), st.data())
def test_fill_and_model_are_those_of_the_last_update_in_any_order(
    updates: list[ContextUpdate], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(updates))
    cut = data.draw(st.integers(0, len(order)))
    in_order, running, restored = LiveState(), LiveState(), LiveState()
    events: list[Event] = [*sorted(updates, key=ContextFill.of)]
    in_order.apply(events, Changes())
    running.apply(order, Changes())
    with closing(private_store(bodies=True)) as store:
        for name, part in {"a": order[:cut], "b": order[cut:]}.items():
            store.ingest(batch(part, source=name))
        restored.restore(store.history(APPLE), Changes())
        (row,) = store.sessions()
    last = max(map(ContextFill.of, updates))
    assert shown(running) == shown(restored) == shown(in_order)
    assert in_order.sessions[APPLE].context.tokens == row.context == last.tokens
    assert row.model == in_order.sessions[APPLE].model


@pytest.mark.parametrize("order", permutations(range(3)))
def test_line_further_down_counts_and_of_one_line_what_is_known(order: tuple[int, ...]) -> None:
    updates = [update(0, 0, 30), update(0, 9, None), update(0, 9, 10)]
    live = LiveState()
    live.apply([updates[index] for index in order], Changes())
    assert live.sessions[APPLE].context.tokens == 10
