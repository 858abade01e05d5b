"""How much work deliveries make."""

from __future__ import annotations

import pytest

from tui_monitor.events import Prompt, SessionKey
from tui_monitor.feed.deliveries import Delivery, Known, Progress, Read, Remembered, Trouble, weight

SESSION = SessionKey("toy", "s")
PROMPT = Prompt(session=SESSION, text="hello")


@pytest.mark.parametrize(
    ("delivery", "expected"),
    [
        (Read((PROMPT,) * 7), 7),
        (Remembered(SESSION, (PROMPT,) * 3), 3),
        (Known((SESSION, SESSION)), 1),
        (Progress(1, 2), 1),
        (Trouble("store", "is full"), 1),
    ],
)
def test_events_weigh_each_and_anything_else_one(delivery: Delivery, expected: int) -> None:
    assert weight(delivery) == expected
