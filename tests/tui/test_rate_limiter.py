"""Work that is requested all the time is done at intervals, which grow with its cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.message_pump import MessagePump

from tui_monitor.tui import rate_limiter
from tui_monitor.tui.rate_limiter import MAX_STRETCH, RateLimiter

SECONDS = 0.03


class StoppedTimer:
    """A timer that a test fires by hand."""

    def stop(self) -> None:
        """Do nothing."""


class Node(MessagePump):
    """A node whose timers are recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.delays: list[float] = []

    def set_timer(self, delay: float, callback: Callable[[], None]) -> StoppedTimer:  # type: ignore[override]
        self.delays.append(delay)
        return StoppedTimer()


@pytest.mark.parametrize(
    ("share", "cpu", "interval"),
    [
        (None, 0.02, SECONDS),
        (0.5, 0.001, SECONDS),
        (0.5, 0.02, 0.04),
        (0.5, 9.0, MAX_STRETCH * SECONDS),
    ],
)
def test_interval_grows_with_the_cost_of_the_last_run(
    share: float | None, cpu: float, interval: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = [5.0]
    monkeypatch.setattr(rate_limiter, "perf_counter", lambda: 100.0)
    monkeypatch.setattr(rate_limiter, "thread_time", lambda: spent[0])
    node, runs = Node(), list[float]()
    limiter = RateLimiter(node, SECONDS, lambda: runs.append(spent[0]), share)
    limiter.run()
    spent[0] += cpu
    limiter.run()
    limiter.request()
    limiter.request()
    assert len(runs) == 2
    assert node.delays == [pytest.approx(interval)]


@pytest.mark.parametrize(("cpu", "interval"), [(0.001, SECONDS), (0.02, 0.08), (9.0, 2 * MAX_STRETCH * SECONDS)])
def test_interval_is_twice_as_long_while_others_are_behind(
    cpu: float, interval: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = [5.0]
    monkeypatch.setattr(rate_limiter, "thread_time", lambda: spent[0])
    limiter = RateLimiter(Node(), SECONDS, lambda: None, 0.5)
    limiter.run()
    limiter.give_way(is_behind=True)
    spent[0] += cpu
    limiter.run()
    assert limiter.interval == pytest.approx(interval)
    limiter.give_way(is_behind=False)
    spent[0] += cpu
    limiter.run()
    assert limiter.interval == pytest.approx(max(SECONDS, interval / 2))


@pytest.mark.parametrize(("early", "is_run"), [(0.0, False), (0.01, False), (0.025, True)])
def test_scheduled_work_is_run_once(early: float, is_run: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(rate_limiter, "perf_counter", lambda: now[0])
    node, runs = Node(), list[float]()
    limiter = RateLimiter(node, SECONDS, lambda: runs.append(now[0]))
    limiter.schedule(early)
    now[0] += 0.01
    limiter.schedule(early)
    assert runs == ([100.01] if is_run else [])
    assert node.delays == [pytest.approx(SECONDS)]
    limiter.run()
    limiter.schedule(early)
    assert node.delays == [pytest.approx(SECONDS)] * 2
