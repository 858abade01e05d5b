"""Everything in a store is delivered at least once, and nothing anew unless it has changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.sessions import short_session
from tests.forwarding.collector import Collector
from tests.forwarding.stored import longer_session, read_into
from tests.sources.claude_builder import SECOND, START_MS
from tui_monitor.forwarding.delivery import Rejection
from tui_monitor.forwarding.delivery_log import CollectorInUse, DeliveryLog
from tui_monitor.forwarding.forwarder import ForwardingOptions, SessionForwarder
from tui_monitor.store import Store, private_store

LATER = START_MS + 3_600_000
URL = "http://collector.example:4318"


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """A store with one session."""
    with closing(private_store()) as store:
        read_into(store, short_session("/home/ada/engine"), home)
        yield store


def run(folder: Path, store: Store, collector: Collector, now: int = LATER, *, is_final: bool = False) -> str:
    """Forward in one pass of a program of its own; return its fault."""
    with closing(DeliveryLog(folder, URL)) as delivery_log:
        return SessionForwarder(delivery_log, collector, ForwardingOptions()).run(store, now, is_final=is_final).fault


def test_second_pass_sends_nothing_again(store: Store, tmp_path: Path) -> None:
    collector = Collector()
    assert run(tmp_path, store, collector) == ""
    names = sorted(span.name for span in collector.spans)
    assert names == [
        *["chat claude-opus-4-6"] * 3,
        "execute_tool Bash",
        "execute_tool Edit",
        "invoke_agent claude-code",
    ]
    run(tmp_path, store, collector)
    assert len(collector.spans) == len(names)


def test_only_what_is_new_is_sent(store: Store, home: Path, tmp_path: Path) -> None:
    collector = Collector()
    run(tmp_path, store, collector)
    before = set(collector.ids())
    collector.spans.clear()
    read_into(store, longer_session(), home)
    run(tmp_path, store, collector)
    assert sorted(span.name for span in collector.spans if span.id not in before) == [
        "chat claude-opus-4-6",
        "execute_tool Bash",
        "invoke_agent claude-code",
    ]
    assert len(collector.spans) <= 4  # but these, at most the last turn, which was not known to be over


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rooms=st.lists(st.integers(0, 2), max_size=6))
def test_collector_that_goes_away_misses_nothing(
    rooms: list[int], store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, whole = tmp_path_factory.mktemp("delivery_log"), Collector()
    run(tmp_path_factory.mktemp("delivery_log"), store, whole)
    collector = Collector()
    for room in rooms:
        collector.room = room
        run(folder, store, collector)
    collector.room = None
    assert run(folder, store, collector) == ""
    assert set(collector.ids()) == set(whole.ids())
    assert collector.metrics == whole.metrics


def test_what_goes_on_is_held_back_until_it_has_settled(store: Store, tmp_path: Path) -> None:
    collector, last = Collector(), store.sessions()[0].ended
    run(tmp_path, store, collector, last + SECOND)
    assert [span.name for span in collector.spans if span.name.startswith("invoke_agent")] == []
    assert len([span for span in collector.spans if span.is_request]) < 3
    run(tmp_path, store, collector, last + 70 * SECOND)
    assert len(set(collector.ids())) == 6


def test_final_pass_holds_nothing_back(store: Store, tmp_path: Path) -> None:
    collector = Collector()
    run(tmp_path, store, collector, store.sessions()[0].ended, is_final=True)
    assert len(collector.spans) == 6


def test_fault_says_how_many_sessions_wait(store: Store, tmp_path: Path) -> None:
    with closing(DeliveryLog(tmp_path, URL)) as delivery_log:
        delivery = SessionForwarder(delivery_log, Collector(room=0), ForwardingOptions()).run(store, LATER)
    assert (delivery.waiting, delivery.fault) == (1, "it cannot be reached")


def test_each_collector_has_an_delivery_log_of_its_own(store: Store, tmp_path: Path) -> None:
    run(tmp_path, store, Collector())
    with closing(DeliveryLog(tmp_path, "http://other.example:4318")) as delivery_log:
        assert SessionForwarder(delivery_log, Collector(), ForwardingOptions()).run(store, LATER).count.spans == 6


def test_two_programs_do_not_send_to_one_collector(tmp_path: Path) -> None:
    with closing(DeliveryLog(tmp_path, URL)), pytest.raises(CollectorInUse):
        DeliveryLog(tmp_path, URL)


def test_damaged_delivery_log_sends_the_same_spans_again(store: Store, tmp_path: Path) -> None:
    collector = Collector()
    run(tmp_path, store, collector)
    (file,) = tmp_path.glob("*.db")
    file.write_bytes(b"no database at all" * 100)
    run(tmp_path, store, collector)
    ids = collector.ids()
    assert ids[:6] == ids[6:]


def test_delivery_log_is_for_its_owner_alone(tmp_path: Path) -> None:
    with closing(DeliveryLog(tmp_path / "forward", URL)) as delivery_log:
        assert delivery_log.path.stat().st_mode & 0o077 == 0
        assert (tmp_path / "forward").stat().st_mode & 0o077 == 0


def test_receiver_of_traces_alone_gets_these(store: Store, tmp_path: Path) -> None:
    collector = Collector(is_for_traces=True)
    with closing(DeliveryLog(tmp_path, URL)) as log:
        delivery = SessionForwarder(log, collector, ForwardingOptions()).run(store, LATER)
    assert (delivery.fault, delivery.not_taken) == ("", ("logs", "metrics"))
    assert (delivery.count.spans, delivery.count.logs, delivery.count.metrics) == (6, 0, 0)


def test_what_was_rejected_is_no_delivery_and_is_not_sent_again(store: Store, tmp_path: Path) -> None:
    collector = Collector(rejects=Rejection(2, "too old"))
    with closing(DeliveryLog(tmp_path, URL)) as log:
        forwarder = SessionForwarder(log, collector, ForwardingOptions())
        delivery = forwarder.run(store, LATER)
        again = forwarder.run(store, LATER)
    assert (delivery.count.spans, delivery.count.logs) == (4, 3)
    assert delivery.rejected == {("span", "too old"): 2, ("log record", "too old"): 2, ("data point", "too old"): 2}
    assert not delivery.is_complete
    assert again.count.spans == 0
    assert len(collector.spans) == 6


def test_warning_of_a_collector_is_kept_and_everything_counts_as_delivered(store: Store, tmp_path: Path) -> None:
    with closing(DeliveryLog(tmp_path, URL)) as log:
        collector = Collector(rejects=Rejection(0, "soon gone"))
        delivery = SessionForwarder(log, collector, ForwardingOptions()).run(store, LATER)
    assert (delivery.count.spans, delivery.is_complete) == (6, True)
    assert delivery.rejected[("span", "soon gone")] == 0
