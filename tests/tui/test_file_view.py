"""A file that the session changed: what is asked for, its views, and the way there and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui.diff.test_composition import edit, edits
from tests.tui.harbour_totals import deliveries, working_afternoon
from tests.tui.live_builder import CWD, EIGHT_PM, SESSION
from tests.tui.monitor_bench import MonitorBench, monitor
from tui_monitor.events import CallState, ChangeKind
from tui_monitor.feed.deliveries import FileHistoryLoaded, TotalsUpdated
from tui_monitor.merge.file_history import FileHistory, HistoryChange
from tui_monitor.tui.git import HeadDiff, TreeFile

ZONES = f"{CWD}/harbour/zones.py"
HEAD = HeadDiff("@@ -1,2 +1,2 @@\n-low\n+mean\n+formatted\n tide\n", commit="1a2b3c Keep tides in UTC")


def history(*changes: HistoryChange, path: str = ZONES) -> FileHistoryLoaded:
    timed = [
        HistoryChange(f"call-{place}", each.tool, each.agent, EIGHT_PM + 1_000 * place, CallState.OK, each.change)
        for place, each in enumerate(changes, 1)
    ]
    return FileHistoryLoaded(FileHistory(SESSION, path, tuple(timed)))


TWO = history(*edits(["low", "tide"], ["high", "tide"], ["mean", "tide"]))


@asynccontextmanager
async def opened(
    size: tuple[int, int] = (110, 32), loaded: FileHistoryLoaded = TWO, head: HeadDiff = HEAD
) -> AsyncIterator[MonitorBench]:
    """Open the first file of the pane."""
    live = working_afternoon()
    compared: list[Path] = []

    def compare(path: Path) -> HeadDiff:
        compared.append(path)
        return head

    async with monitor(*deliveries(live), size=size, now=lambda: live.now, head_diff=compare) as at:
        await at.until(lambda: at.screen.focused is at.view.activity.log_view)
        await at.press("f")
        await at.until(lambda: at.view.side_pane.rows.row)
        await at.press("enter")
        await at.until(lambda: ("file", SESSION.id, ZONES) in at.source.requests)
        await at.until(lambda: compared == [Path(ZONES)])
        await at.deliver(loaded)
        yield at


async def test_file_shows_its_first_content_against_its_last() -> None:
    async with opened() as at:
        await at.sees("File  harbour/zones.py ─", "2 changes · +2 −2 · 20:00:01 – 20:00:02 · main")
        await at.sees("1 − low", "1 + mean")
        assert "high" not in at.text()


async def test_single_changes_are_stepped_through() -> None:
    async with opened() as at:
        await at.sees("1 + mean")
        await at.press("greater_than_sign")
        await at.sees("2 of 2 · 20:00:02 · Edit · main · +1 −1", "1 − high", "1 + mean")
        await at.press("greater_than_sign", "less_than_sign")
        await at.sees("1 of 2 · 20:00:01", "1 − low", "1 + high")
        await at.press("1")
        await at.sees("2 changes", "1 − low", "1 + mean")


async def test_difference_from_the_last_commit_names_what_no_edit_made() -> None:
    async with opened() as at:
        await at.press("3")
        await at.sees("Last commit that changed it: 1a2b3c", "+1 −0 changed by commands", "2 + formatted")


@pytest.mark.parametrize("size", [(160, 45), (110, 32), (80, 24)])
async def test_escape_leads_back_to_the_file_in_the_pane_and_then_to_the_log(size: tuple[int, int]) -> None:
    async with opened(size) as at:
        await at.until(lambda: at.is_visible(at.view.file_view))
        assert at.is_visible(at.view.activity.log_view) is (size[0] >= 110)
        await at.press("z")
        await at.until(lambda: not at.is_visible(at.view.activity.log_view))
        await at.press("escape", "escape")
        await at.until(lambda: at.screen.focused is at.view.side_pane.rows)
        assert not at.is_visible(at.view.file_view)
        assert at.view.side_pane.rows.position == (1, 3)
        await at.press("escape")
        await at.until(lambda: at.screen.focused is at.view.activity.log_view)


async def test_place_where_something_else_changed_the_file_is_said() -> None:
    later = edit(["formatted", "tide"], ["formatted", "ebb"])
    async with opened(loaded=history(*edits(["low", "tide"], ["high", "tide"]), later), size=(160, 45)) as at:
        await at.sees("Something else changed the file here", "Change 1", "Change 2")


async def test_file_is_asked_for_again_when_it_is_changed() -> None:
    async with opened() as at:
        totals = working_afternoon().state.totals
        more = tuple(replace(file, changes=file.changes + 1) for file in totals.files)
        await at.deliver(TotalsUpdated((replace(totals, files=more),)))
        await at.until(lambda: at.source.requests.count(("file", SESSION.id, ZONES)) == 2)


async def test_answer_about_another_file_is_not_shown() -> None:
    async with opened(loaded=history(*edits(["a"], ["b"]), path=f"{CWD}/other.py")) as at:
        await at.sees("reading …")
        await at.deliver(history(edit([], ["new"], ChangeKind.CREATE)))
        await at.sees("1 + new")


async def test_copy_takes_the_visible_diff() -> None:
    async with opened() as at:
        await at.sees("1 + mean")
        await at.press("y")
        assert at.app.clipboard == f"--- {ZONES}\n+++ {ZONES}\n-low\n+mean\n tide\n"


async def test_file_changed_by_a_command_is_listed_and_opens_against_git() -> None:
    live, made = working_afternoon(), f"{CWD}/build/made.py"
    files = (TreeFile(ZONES, "", 0, 9), TreeFile(made, "", 3, 1), TreeFile(f"{CWD}/cache/", "new"))

    def tree(folder: Path) -> tuple[TreeFile, ...]:
        return files if folder == Path(CWD) else ()

    async with monitor(
        *deliveries(live), size=(110, 40), now=lambda: live.now, head_diff=lambda path: HEAD, tree_files=tree
    ) as at:
        await at.until(lambda: at.screen.focused is at.view.activity.log_view)
        await at.press("f")
        await at.sees("Others that differ from the last commit", "build/made.py", "cache/")
        await at.press("end", "k", "enter")
        await at.sees("File  build/made.py ─", "mean")
