"""The line that says who needs you, and the way there."""

from __future__ import annotations

import pytest

from tests.tui.alerts.others import asking, done, working
from tests.tui.harbour_totals import deliveries, working_afternoon
from tests.tui.live_builder import LiveBuilder
from tests.tui.log_bench import commands
from tests.tui.monitor_bench import MonitorBench, monitor
from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import EventsRead, Fault, Progress
from tui_monitor.tui.widgets.key_line import KeyLine

READ = Progress(1, 1)


def session(name: str) -> SessionKey:
    return SessionKey("codex", f"s-{name}")


def last_line(at: MonitorBench) -> str:
    return at.text().splitlines()[-1]


def events(*lives: LiveBuilder) -> list[EventsRead]:
    return [EventsRead(tuple(live.events)) for live in lives]


async def tick(at: MonitorBench) -> None:
    """Let a second pass, once everything has been read."""
    await at.until(lambda: at.source.is_drained)
    at.screen._tick()
    at.screen._draw_figures()
    await at.settle()


@pytest.mark.parametrize("size", [(160, 45), (110, 32), (80, 24), (60, 20), (40, 12)])
async def test_alert_comes_and_goes_without_moving_the_screen(size: tuple[int, int]) -> None:
    here = commands(40)
    async with monitor(*deliveries(here), READ, size=size, now=lambda: here.now) as at:
        await at.sees("make 39")
        parts = (at.view.status_bar, at.view.activity.log_view, at.view.summary, at.screen.key_line)
        before = [part.region for part in parts]
        await at.deliver(*events(asking("shop", here.now, 220)))
        await tick(at)
        assert "⚠ shop waits for" in last_line(at)
        assert [part.region for part in parts] == before


async def test_key_goes_to_the_most_urgent_session_and_then_to_the_next() -> None:
    here = commands(3)
    others = [
        asking("shop", here.now, 20),
        asking("cli", here.now, 90),
        done("docs", here.now),
        working("api", here.now),
    ]
    async with monitor(*deliveries(here), *events(*others), READ, size=(110, 32), now=lambda: here.now) as at:
        await at.sees("make 2")
        await tick(at)
        assert "⚠ cli waits for you: “Which currencies do you need?” 1m30s [a] +2" in last_line(at)
        for name in ("cli", "shop", "docs"):
            await at.press("a")
            assert at.screen.model.session == session(name)
        await at.press("a")
        assert at.screen.model.session == session("cli")
        assert "docs" not in last_line(at)


async def test_key_without_anybody_who_needs_you_says_so() -> None:
    here = commands(3)
    async with monitor(*deliveries(here), READ, now=lambda: here.now) as at:
        await at.sees("make 2")
        await at.press("a")
        assert [notice.message for notice in at.app._notifications] == ["No other session needs you."]
        assert at.screen.model.session == here.state.key


async def test_click_on_the_alert_goes_there() -> None:
    here = working_afternoon()
    async with monitor(*deliveries(here), *events(asking("shop", here.now, 20)), READ, now=lambda: here.now) as at:
        await at.sees("Push to origin")
        await tick(at)
        await at.pilot.click(KeyLine, offset=(5, 0))
        assert at.screen.model.session == session("shop")
        place = last_line(at).index("? Keys")
        await at.pilot.click(KeyLine, offset=(place, 0))
        await at.sees("Keys here")


async def test_fault_comes_before_alerts_and_they_before_what_others_do() -> None:
    here = commands(3)
    async with monitor(*deliveries(here), *events(working("api", here.now)), READ, now=lambda: here.now) as at:
        await at.sees("make 2")
        await tick(at)
        assert last_line(at).startswith(" api: works [s] ")
        await at.deliver(*events(asking("shop", here.now, 20)))
        await tick(at)
        assert last_line(at).startswith(" ⚠ shop waits for you")
        await at.deliver(Fault("a", "/srv/a.jsonl is gone"))
        await at.until(lambda: last_line(at).startswith(" ⚠ /srv/a.jsonl is gone "))


async def test_sessions_are_not_judged_before_they_have_been_read() -> None:
    here = commands(3)
    later = (*deliveries(here), *events(asking("shop", here.now, 20)), Progress(10, 100))
    async with monitor(*later, now=lambda: here.now) as at:
        await at.sees("make 2")
        await tick(at)
        assert "shop" not in last_line(at)
        await at.deliver(Progress(100, 100))
        await at.until(lambda: not at.screen.model.feed_status.catching_up)
        await tick(at)
        assert "⚠ shop waits" in last_line(at)
