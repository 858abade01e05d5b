"""Deliveries wake the screen once a batch, and a source that is too fast is slowed down."""

import threading

from tui_monitor.events import Prompt, SessionKey
from tui_monitor.feed.deliveries import EventsRead, Progress
from tui_monitor.feed.inbox import Inbox

PROMPT = Prompt(session=SessionKey("stream", "s"), text="hello")


def test_one_wake_up_for_all_that_waits() -> None:
    woken: list[int] = []
    inbox = Inbox(lambda: woken.append(1))
    inbox.put(Progress(1, 2))
    inbox.put(Progress(2, 2))
    assert woken == [1]
    assert list(inbox.drain()) == [Progress(1, 2), Progress(2, 2)]
    inbox.put(Progress(0, 9))
    assert woken == [1, 1]


def test_what_comes_while_taking_is_taken_or_wakes_again() -> None:
    woken: list[int] = []
    inbox = Inbox(lambda: woken.append(1))
    inbox.put(Progress(1, 3))
    taking = inbox.drain()
    assert next(taking) == Progress(1, 3)
    inbox.put(Progress(2, 3))
    assert woken == [1, 1]
    assert list(taking) == [Progress(2, 3)]


def test_the_taker_may_stop_early() -> None:
    inbox = Inbox(lambda: None)
    for done in range(3):
        inbox.put(Progress(done, 3))
    next(inbox.drain())
    assert inbox
    assert len(list(inbox.drain())) == 2
    assert not inbox


def test_a_full_inbox_makes_the_source_wait() -> None:
    inbox = Inbox(lambda: None, capacity=10)
    inbox.put(EventsRead((PROMPT,) * 10))
    assert not inbox.wait_for_capacity(0.01)
    had_room = threading.Event()

    def wait() -> None:
        if inbox.wait_for_capacity(5):
            had_room.set()

    waiter = threading.Thread(target=wait)
    waiter.start()
    list(inbox.drain())
    waiter.join()
    assert had_room.is_set()
