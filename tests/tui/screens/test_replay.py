"""The monitor screen on a recording: keys and the mouse move its clock, and the screen follows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from textual.pilot import Pilot

from tests.feed.running import PATIENCE_S
from tests.feed.sessions import claude_lines, write
from tests.sources.claude_builder import ID
from tui_monitor.feed.replay.clock import ReplayClock
from tui_monitor.feed.replay.recording import Recording, load_recording
from tui_monitor.feed.replay.replay_feed import replay_feed
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.tui.app import MonitorApp
from tui_monitor.tui.app_context import AppContext, Replay
from tui_monitor.tui.screens.replay import ReplayScreen
from tui_monitor.tui.widgets.replay_bar import ReplayBar

PRICES = PriceBook()
SIZE = (100, 30)


def recording_of(content: bytes) -> Recording:
    with TemporaryDirectory() as name:
        [path] = write(Path(name), {f"{ID}.jsonl": content})
        return load_recording({path: default_registry().recognise(path)}, PRICES)


RECORDING = recording_of(claude_lines(4))
MIDDLE = RECORDING.events[len(RECORDING) // 2].at


class ReplayPilot:
    """A replay in an app of its own; its clock runs only when a test lets it."""

    def __init__(self, clock: ReplayClock, pilot: Pilot[None], screen: ReplayScreen) -> None:
        self.clock = clock
        self.pilot = pilot
        self.screen = screen

    async def wait_for(self, is_reached: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        while not is_reached():
            assert time.monotonic() < until
            await asyncio.sleep(0.02)

    async def wait_for_calls(self, count: int) -> None:
        """Wait until so many calls are stored and shown."""
        await self.wait_for(lambda: self.calls() == count)

    def calls(self) -> int:
        state = self.screen.model.state
        return state.totals.calls if state else 0

    def bar(self) -> str:
        bar = self.screen.query_one(ReplayBar)
        return bar.render_line(0).text


def calls_until(at: int) -> int:
    """Return the number of calls that had begun by a time."""
    events = RECORDING.events[: RECORDING.count_until(at)]
    return len({call for recorded in events if (call := getattr(recorded.event, "call", ""))})


@asynccontextmanager
async def replaying(at: int = RECORDING.begin) -> AsyncIterator[ReplayPilot]:
    clock = ReplayClock(RECORDING.begin, RECORDING.end)
    clock.set_playing(False)
    clock.move_to(at)
    context = AppContext(
        partial(replay_feed, RECORDING, clock, PRICES),
        clock.now,
        Path("/home/ada"),
        tz=UTC,
        replay=Replay(RECORDING, clock),
    )
    app = MonitorApp(context)
    async with app.run_test(size=SIZE) as pilot:
        screen = app.screen
        assert isinstance(screen, ReplayScreen)
        replay = ReplayPilot(clock, pilot, screen)
        await replay.wait_for(lambda: screen.model.state is not None)
        yield replay


async def test_it_shows_the_moment_of_its_clock() -> None:
    async with replaying(MIDDLE) as replay:
        await replay.wait_for_calls(calls_until(MIDDLE))
        assert " ‖ " in replay.bar()


async def test_end_has_everything_and_back_has_less() -> None:
    async with replaying() as replay:
        await replay.pilot.press("ctrl+end")
        await replay.wait_for_calls(8)
        await replay.pilot.press("left_parenthesis", "left_parenthesis", "left_parenthesis")
        assert replay.clock.now() < RECORDING.end
        await replay.wait_for_calls(calls_until(replay.clock.now()))
        await replay.pilot.press("ctrl+home")
        assert replay.clock.now() == RECORDING.begin


async def test_steps_go_from_event_to_event_and_stop() -> None:
    async with replaying(MIDDLE) as replay:
        replay.clock.set_playing(True)
        await replay.pilot.press("full_stop")
        assert not replay.clock.is_playing
        after = replay.clock.now()
        assert after > MIDDLE
        await replay.pilot.press("comma")
        assert replay.clock.now() < after


async def test_speed_and_playing_are_changed_by_keys() -> None:
    async with replaying(MIDDLE) as replay:
        await replay.pilot.press("greater_than_sign", "greater_than_sign")
        assert replay.clock.speed == 5
        assert "×5" in replay.bar()
        await replay.pilot.press("less_than_sign", "less_than_sign", "less_than_sign")
        assert replay.clock.speed == 0.5
        await replay.pilot.press("P")
        assert replay.clock.is_playing
        await replay.pilot.press("P")
        assert not replay.clock.is_playing


@pytest.mark.parametrize(("key", "speed"), [("greater_than_sign", 1000), ("less_than_sign", 0.1)])
async def test_speed_ends_at_its_limits(key: str, speed: float) -> None:
    async with replaying(MIDDLE) as replay:
        await replay.pilot.press(*[key] * 12)
        assert replay.clock.speed == speed


async def test_playing_at_the_end_begins_again() -> None:
    async with replaying(RECORDING.end) as replay:
        await replay.pilot.press("P")
        assert replay.clock.now() < RECORDING.end
        assert replay.clock.is_playing


async def test_click_on_the_track_goes_there_and_on_the_sign_plays() -> None:
    async with replaying() as replay:
        await replay.wait_for(lambda: replay.bar().strip() != "")
        await replay.pilot.click(ReplayBar, offset=(60, 0))
        assert RECORDING.begin < replay.clock.now() < RECORDING.end
        await replay.wait_for_calls(calls_until(replay.clock.now()))
        await replay.pilot.click(ReplayBar, offset=(1, 0))
        assert replay.clock.is_playing
