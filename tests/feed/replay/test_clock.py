"""The clock of a replay."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest

from tui_monitor.feed.replay.clock import FASTEST, SLOWEST, ReplayClock


@dataclass
class Timer:
    """Seconds that a test lets pass."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def clock(timer: Timer) -> ReplayClock:
    return ReplayClock(10_000, 70_000, timer=timer)


def test_it_runs_from_the_beginning_to_the_end(clock: ReplayClock, timer: Timer) -> None:
    assert (clock.now(), clock.is_playing) == (10_000, True)
    timer.seconds += 5
    assert clock.now() == 15_000
    timer.seconds += 500
    assert (clock.now(), clock.is_playing) == (70_000, False)


def test_speed_counts_from_its_change_on(clock: ReplayClock, timer: Timer) -> None:
    timer.seconds += 5
    clock.set_speed(10)
    timer.seconds += 1
    assert clock.now() == 25_000
    clock.set_speed(0.1)
    timer.seconds += 10
    assert clock.now() == 26_000


@pytest.mark.parametrize(("speed", "limited"), [(0, SLOWEST), (-1, SLOWEST), (1e9, FASTEST), (7, 7)])
def test_speed_has_limits(clock: ReplayClock, speed: float, limited: float) -> None:
    clock.set_speed(speed)
    assert clock.speed == limited


def test_paused_it_stands(clock: ReplayClock, timer: Timer) -> None:
    timer.seconds += 5
    clock.set_playing(False)
    timer.seconds += 60
    assert (clock.now(), clock.is_playing) == (15_000, False)
    clock.set_playing(True)
    timer.seconds += 1
    assert clock.now() == 16_000


def test_it_moves_within_the_recording(clock: ReplayClock, timer: Timer) -> None:
    clock.move_to(40_000)
    assert clock.now() == 40_000
    clock.move_to(0)
    assert clock.now() == 10_000
    timer.seconds += 1
    assert clock.now() == 11_000
    clock.move_to(10**15)
    assert clock.now() == 70_000


def test_waiting_ends_with_a_change() -> None:
    clock = ReplayClock(0, 1_000_000)
    clock.set_playing(False)
    waiter = threading.Thread(target=clock.wait_until, args=(500_000, 60.0))
    waiter.start()
    while waiter.is_alive():
        clock.set_speed(2)
        waiter.join(0.01)


def test_waiting_for_a_time_that_has_come_ends_at_once() -> None:
    ReplayClock(0, 1_000).wait_until(0, 60.0)
