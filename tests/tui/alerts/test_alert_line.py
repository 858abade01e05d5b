"""The line that says who needs you, and the way there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import AppBlur, AppFocus

from tests.tui.alerts.others import asking, done, working
from tests.tui.fake_source import FakeSource, app_context
from tests.tui.harbour_totals import deliveries, working_afternoon
from tests.tui.live_builder import LiveBuilder
from tests.tui.log_bench import commands
from tests.tui.monitor_bench import MonitorBench, monitor
from tui_monitor.events import Activity, ProcessScan, SessionKey, SessionProcess
from tui_monitor.feed.deliveries import EventsRead, Fault, HistoryProgress, ProcessesScanned, Progress
from tui_monitor.live.session import SessionState
from tui_monitor.tui.app import MonitorApp
from tui_monitor.tui.widgets.key_line import KeyLine

READ = Progress(1, 1)


def session(name: str) -> SessionKey:
    return SessionKey("codex", f"s-{name}")


def last_line(at: MonitorBench) -> str:
    return at.text().splitlines()[-1]


def events(*lives: LiveBuilder) -> list[EventsRead]:
    return [EventsRead(tuple(live.events)) for live in lives]


def notices(at: MonitorBench) -> list[str]:
    return [notice.message for notice in at.app._notifications]


async def tick(at: MonitorBench) -> None:
    """Let a second pass, once everything has been read."""
    await at.until(lambda: at.source.is_drained)
    at.screen._tick()
    at.screen.drawing.draw_figures()
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


def shows(at: MonitorBench, name: str) -> bool:
    return at.screen.model.session == session(name)


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
        for name in ("cli", "shop", "docs", "cli"):
            await at.press("a")
            await at.until(partial(shows, at, name))
        assert "docs" not in last_line(at)


@pytest.mark.parametrize("size", [(160, 45), (80, 24), (40, 12)])
async def test_progress_of_the_history_stands_in_a_corner_until_it_is_read(size: tuple[int, int]) -> None:
    here = commands(3)
    async with monitor(*deliveries(here), READ, size=size, now=lambda: here.now) as at:
        await at.sees("make 2")
        await at.deliver(HistoryProgress(43, 100))
        await at.until(lambda: last_line(at).startswith(" history 43 %"))
        await at.deliver(*events(working("api", here.now)))
        await tick(at)
        assert size[0] < 80 or "  history 43 %" in last_line(at)
        await at.deliver(HistoryProgress(100, 100))
        await at.until(lambda: "history" not in last_line(at))


async def test_key_without_anybody_who_needs_you_says_so() -> None:
    here = commands(3)
    async with monitor(*deliveries(here), READ, now=lambda: here.now) as at:
        await at.sees("make 2")
        await at.press("a")
        await at.until(lambda: notices(at) == ["No other session needs you."])
        assert at.screen.model.session == here.state.key


def process(live: LiveBuilder, **fields: Any) -> ProcessesScanned:
    """Return a scan that finds the process of a session, which waits."""
    key = live.state.key
    found = SessionProcess(
        session=key, pid=77, activity=Activity.WAITING, since=live.now - 20_000, terminal="/dev/pts/3", **fields
    )
    return ProcessesScanned((ProcessScan(source=key.source, processes=(found,)),), True)


async def test_key_on_the_only_session_that_needs_you_says_where_it_runs() -> None:
    here = commands(3)
    first = (*deliveries(here), process(here, cwd="/home/ada/harbour"), READ)
    async with monitor(*first, now=lambda: here.now) as at:
        await at.sees("WAITS FOR YOU")
        await tick(at)
        assert last_line(at).startswith(" its terminal [A] ")
        await at.press("a")
        await at.until(lambda: notices(at) == ["It runs as process 77 on /dev/pts/3, in /home/ada/harbour."])


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
async def test_key_goes_to_the_pane_of_tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = tmp_path / "record"
    tmux = tmp_path / "tmux"
    tmux.write_text(f'#!/bin/sh\necho "$@" >> {record}\ntest "$1" = list-panes && echo "%5 /dev/pts/3"\nexit 0\n')
    tmux.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    here = commands(3)
    environment = {"TMUX": "/tmp/socket,1,0"}
    first = (*deliveries(here), process(here), READ)
    async with monitor(*first, now=lambda: here.now, environment=environment) as at:
        await at.sees("WAITS FOR YOU")
        await at.press("A")
        await at.until(lambda: record.exists() and len(record.read_text().splitlines()) == 2)
        assert record.read_text().splitlines() == [
            "list-panes -a -F #{pane_id} #{pane_tty}",
            "select-window -t %5 ; select-pane -t %5 ; switch-client -t %5",
        ]
        tmux.write_text("#!/bin/sh\nexit 1\n")
        await at.press("A")
        await at.until(lambda: notices(at) == ["tmux ended with status 1. It runs as process 77 on /dev/pts/3."])


async def test_alert_of_another_session_is_a_notice_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sequences: list[str] = []
    here = commands(3)
    async with monitor(*deliveries(here), READ, now=lambda: here.now) as at:
        await at.sees("make 2")
        monkeypatch.setattr(HeadlessDriver, "write", lambda driver, data: sequences.append(data))
        at.app.post_message(AppBlur())
        await at.settle()
        await at.deliver(*events(asking("shop", here.now, 20)))
        await tick(at)
        await tick(at)
        assert notices(at) == ["shop waits for you: “Which currencies do you need?”"]
        assert sequences == ["\x07", "\x1b[22;2t\x1b]2;(1) tui-monitor\x07"]
        at.app.post_message(AppFocus())
        await at.deliver(*events(asking("cli", here.now, 20)))
        await tick(at)
        assert sequences[2:] == ["\x1b]2;(2) tui-monitor\x07"]


@pytest.mark.parametrize(("rows", "size"), [(3, (80, 24)), (3, (160, 45)), (60, (80, 24)), (60, (160, 45))])
async def test_notice_does_not_cover_the_newest_row(rows: int, size: tuple[int, int]) -> None:
    here = commands(rows)
    app = MonitorApp(app_context(FakeSource(*deliveries(here), READ), lambda: here.now))
    async with app.run_test(size=size, notifications=True) as pilot:
        at = MonitorBench(app, pilot, FakeSource())
        newest = f"make {rows - 1} "
        await at.sees(newest)
        line = next(line for line in at.text().splitlines() if newest in line)
        app.notify("shop waits for you: a rather long question")
        await at.sees("shop waits for you")
        assert line[:70] in [each[:70] for each in at.text().splitlines()]


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


async def test_list_of_sessions_needs_no_notice_of_what_it_lists() -> None:
    here = commands(3)
    async with monitor(*deliveries(here), READ, now=lambda: here.now) as at:
        await at.sees("make 2")
        await at.press("s")
        await at.deliver(*events(asking("shop", here.now, 220)))
        await tick(at)
        assert notices(at) == []
        await at.press("escape")
        await at.deliver(*events(asking("cli", here.now, 220)))
        await tick(at)
        await at.until(lambda: any("cli waits for you" in notice for notice in notices(at)))


async def test_states_of_all_sessions_are_published_each_second() -> None:
    here = commands(40)
    published: list[tuple[set[str], int]] = []

    def publish(states: Iterable[SessionState], now: int) -> None:
        published.append(({state.key.id for state in states}, now))

    async with monitor(*deliveries(here), READ, now=lambda: here.now, publish=publish) as at:
        await at.deliver(*events(asking("shop", here.now, 220)))
        await tick(at)
        assert published[-1][1] == here.now
        assert "s-shop" in published[-1][0]
        assert len(published[-1][0]) == 2
