"""Cost of deliveries."""

from __future__ import annotations

import pytest

from tui_monitor.events import Prompt, SessionKey
from tui_monitor.feed.deliveries import Delivery, EventsRead, Fault, HistoryLoaded, KnownSessions, Progress, workload
from tui_monitor.merge.history import RecordedEvent, SessionHistory

SESSION = SessionKey("toy", "s")
PROMPT = Prompt(session=SESSION, text="hello")


@pytest.mark.parametrize(
    ("delivery", "expected"),
    [
        (EventsRead((PROMPT,) * 7), 7),
        (HistoryLoaded(SessionHistory(SESSION, events=(RecordedEvent(1, PROMPT),) * 3)), 3),
        (KnownSessions((SESSION, SESSION)), 1),
        (Progress(1, 2), 1),
        (Fault("store", "is full"), 1),
    ],
)
def test_workload_is_the_number_of_events_or_one(delivery: Delivery, expected: int) -> None:
    assert workload(delivery) == expected
