"""The inbox notifies its consumer once per drain, and blocks when it is full."""

import threading

from tui_monitor.events import Prompt, SessionKey
from tui_monitor.feed.deliveries import EventsRead, Progress
from tui_monitor.feed.inbox import Inbox

PROMPT = Prompt(session=SessionKey("stream", "s"), text="hello")


def test_consumer_is_notified_once_for_all_that_waits() -> None:
    notifications: list[int] = []
    inbox = Inbox(lambda: notifications.append(1))
    inbox.put(Progress(1, 2))
    inbox.put(Progress(2, 2))
    assert notifications == [1]
    assert list(inbox.drain()) == [Progress(1, 2), Progress(2, 2)]
    inbox.put(Progress(0, 9))
    assert notifications == [1, 1]


def test_delivery_during_a_drain_is_yielded_and_notified() -> None:
    notifications: list[int] = []
    inbox = Inbox(lambda: notifications.append(1))
    inbox.put(Progress(1, 3))
    drain = inbox.drain()
    assert next(drain) == Progress(1, 3)
    inbox.put(Progress(2, 3))
    assert notifications == [1, 1]
    assert list(drain) == [Progress(2, 3)]


def test_oldest_is_when_the_first_waiting_delivery_was_put() -> None:
    times = iter((5.0, 7.0))
    inbox = Inbox(lambda: None, clock=lambda: next(times))
    assert inbox.oldest() is None
    inbox.put(Progress(1, 2))
    inbox.put(Progress(2, 2))
    assert inbox.oldest() == 5.0
    drain = inbox.drain()
    next(drain)
    assert inbox.oldest() == 7.0


def test_drain_may_be_stopped_early() -> None:
    inbox = Inbox(lambda: None)
    for count in range(3):
        inbox.put(Progress(count, 3))
    next(inbox.drain())
    assert inbox
    assert len(list(inbox.drain())) == 2
    assert not inbox


def test_full_inbox_blocks_until_it_is_drained() -> None:
    inbox = Inbox(lambda: None, capacity=10)
    inbox.put(EventsRead((PROMPT,) * 10))
    assert not inbox.wait_for_capacity(0.01)
    had_capacity = threading.Event()

    def wait() -> None:
        if inbox.wait_for_capacity(5):
            had_capacity.set()

    waiter = threading.Thread(target=wait)
    waiter.start()
    list(inbox.drain())
    waiter.join()
    assert had_capacity.is_set()
