"""What a key would wait for is done while nobody presses one."""

from __future__ import annotations

import gc
import sys

import pytest

from tui_monitor.tui.alerts.attention import REST_MS, Attention
from tui_monitor.tui.housekeeping import DUE, SCREENS, Housekeeping


def test_screens_are_imported_one_at_a_time_before_garbage_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    collections: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda: collections.append("all"))
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, DUE))
    housekeeping, names = Housekeeping(), [f"tui_monitor.tui.screens.{name}" for name in SCREENS]
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    for number in range(len(names)):
        assert [name for name in names if name in sys.modules] == names[:number]
        housekeeping.work()
    assert not collections
    housekeeping.work()
    assert collections == ["all"]


def test_garbage_is_left_until_there_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    collections: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda: collections.append("all"))
    monkeypatch.setattr(gc, "get_count", lambda: (4_000, 4, DUE - 1))
    housekeeping = Housekeeping()
    for _ in range(len(SCREENS) + 2):
        housekeeping.work()
    assert not collections


def test_rest_begins_a_while_after_a_key_and_where_the_clock_goes_back() -> None:
    attention = Attention(10_000)
    attention.note_input(20_000)
    assert not attention.is_at_rest(20_000)
    assert not attention.is_at_rest(20_000 + REST_MS)
    assert attention.is_at_rest(20_001 + REST_MS)
    assert attention.is_at_rest(15_000)
