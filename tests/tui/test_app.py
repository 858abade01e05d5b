"""Notices and lines of the app are text, and an unexpected error ends it without a traceback."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.widgets import Static

from tests.tui.fake_source import DEFAULT, FakeSource, app_context
from tests.tui.harbour_totals import deliveries, working_afternoon
from tests.tui.live_builder import EIGHT_PM
from tests.tui.monitor_bench import MonitorBench, monitor
from tui_monitor.tui.app import MonitorApp
from tui_monitor.tui.drawable import DrawableOnly, drawable

EVIL = "[red]a\x1b]2;title\x07\x9b2J\u202e\u200b\x00\ud800\r\nb[/]"


async def test_notices_are_plain_text_whatever_they_quote() -> None:
    async with monitor() as at:
        at.app.notify(EVIL, title=EVIL, markup=True)
        at.screen.notify(EVIL)
        await at.until(lambda: len(at.app._notifications) == 2)
        for notice in at.app._notifications:
            assert notice.message.isprintable()
            assert notice.title.isprintable()
            assert not notice.markup


async def test_no_widget_draws_a_control_character() -> None:
    async with monitor() as at:
        widget = Static("", markup=False)
        await at.screen.mount(widget)
        widget.render = lambda: EVIL  # type: ignore[method-assign]
        widget.border_title = EVIL
        widget.styles.border = ("solid", "red")
        await at.settle()
        assert all(line.isprintable() for line in at.text().split("\n"))


@pytest.mark.parametrize(
    "text", ["plain", "\x1b[2J", "a\u202eb\u200bc", "\u115f\u3164", "字\ud800\x9b\x00\x7f", "\u00a0\u3000\ue0b0"]
)
def test_replaced_characters_leave_the_width(text: str) -> None:
    (segment,) = DrawableOnly().apply([Segment(text)], Color(0, 0, 0))
    assert cell_len(segment.text) == cell_len(text)
    assert segment.text == drawable(text)
    assert not {"\x1b", "\x9b", "\u202e", "\u200b", "\ud800", "\x7f", "\x00"}.intersection(segment.text)


async def test_screenshot_is_saved_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with monitor() as at:
        at.app.deliver_screenshot()
        await at.until(lambda: list(at.app._notifications))
    assert stat.S_IMODE((tmp_path / "tui-monitor.svg").stat().st_mode) == 0o600


def test_unexpected_error_ends_the_app_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(app: MonitorApp) -> None:
        raise ValueError(EVIL)

    monkeypatch.setattr(MonitorApp, "on_ready", fail)
    app = MonitorApp(app_context(FakeSource(), lambda: EIGHT_PM, None, DEFAULT))
    app.run(headless=True)
    assert str(app.failure) == EVIL
    assert app.return_code == 1
    out, error = capsys.readouterr()
    assert "Traceback" not in out + error
    assert "title" not in out + error


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 45)])
async def test_notice_covers_no_row_of_the_log_and_is_not_repeated(size: tuple[int, int]) -> None:
    live = working_afternoon()
    for index in range(60):
        live.shell(f"make {index}")
    source = FakeSource(*deliveries(live))
    app = MonitorApp(app_context(source, lambda: live.now))
    async with app.run_test(size=size, notifications=True) as pilot:
        at = MonitorBench(app, pilot, source)
        await at.sees("make 59")
        rows = at.view.activity.log_view.content_region
        app.notify("Copied.")
        await at.sees("Copied.")
        app.notify("Copied.")
        await at.settle()
        assert len(app._notifications) == 1
        assert next(y for y, line in enumerate(at.text().splitlines()) if "Copied." in line) >= rows.bottom
