"""Pictures of the detail: a diff in two columns and in one, dark, light and in 16 colours, and a failed command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from tests.tui.detail_app import DetailApp
from tests.tui.diff.patches import patch
from tests.tui.live_builder import CWD, LiveBuilder
from tests.tui.view_app import press, settle
from tui_monitor.events import CallState, Change, ChangeKind, Tokens, ToolKind

SnapCompare = Callable[..., bool]

OLD = '''\
import os
from pathlib import Path


class Harbour:
    """Ships that lie in a harbour."""

    def __init__(self, name, size=10):
        self.name = name
        self.size = size  # berths
        self.ships = []

    def enter(self, ship):
        if len(self.ships) >= self.size:
            raise ValueError("full")
        self.ships.append(ship)

    def leave(self, ship):
        self.ships.remove(ship)

    def find(self, name):
        """Answers None where there is no such ship.

        Names are unique.
        """
        for ship in self.ships:
            if ship.name == name:
                return ship
        return None


def main():
    harbour = Harbour("North", 12)
    print(harbour.name, os.getcwd(), Path.cwd())
'''
LOOP = """\
        for ship in self.ships:
            if ship.name == name:
                return ship
        return None
"""
NEW = (
    OLD.replace("name, size=10", "name: str, size: int = 10")
    .replace('ValueError("full")', "HarbourFull(self.name)")
    .replace(LOOP, "        return next((ship for ship in self.ships if ship.name == name), None)\n")
    .replace("North", "South Quay")
    .removesuffix("\n")
)


def edited() -> DetailApp:
    live = LiveBuilder()
    path = f"{CWD}/harbour/berths.py"
    call = live.start("Edit", ToolKind.EDIT, path, model="opus-9", input="{}")
    live.wait(54)
    live.progress(call, elapsed_ms=1_000)
    changes = (
        Change(ChangeKind.MODIFY, path, patch(OLD, NEW, context=2), 5, 8),
        Change(ChangeKind.CREATE, f"{CWD}/docs/quay.md", "@@ -0,0 +1,3 @@\n+# Quay\n+\n+Where *ships* lie.\n", 3),
        Change(ChangeKind.RENAME, f"{CWD}/harbour/ships.py", old_path=f"{CWD}/harbour/boats.py"),
    )
    live.finish(call, seconds=0, changes=changes, approved=True, approval="user", tokens=Tokens(41_000, 1_200))
    return DetailApp(live, call)


def failed() -> DetailApp:
    live = LiveBuilder()
    command = f"cd {CWD} && pytest -q tests/harbour --maxfail=3 2>&1 | tail -40"
    call = live.start("Bash", ToolKind.SHELL, command, note="Run the tests", input='{"command": "pytest -q"}')
    output = "".join(f"tests/test_berths.py::test_ship_{number} \x1b[32mPASSED\x1b[0m\n" for number in range(40))
    output += (
        "E   AssertionError: the tide table is an hour off in summer: 13:40 is not 12:40, says the pilot\n1 failed\n"
    )
    live.finish(call, CallState.FAILED, seconds=12, output=output, error="Exit code 1", exit_code=1)
    return DetailApp(live, call)


def after(*keys: str, theme: str = "monitor-dark") -> Callable[[Pilot[None]], Awaitable[None]]:
    """Return a function that changes the theme and presses keys."""

    async def do(pilot: Pilot[None]) -> None:
        pilot.app.theme = theme
        await settle(pilot)
        await press(pilot, *keys)

    return do


def test_snapshot_side_by_side(snap_compare: SnapCompare) -> None:
    assert snap_compare(edited(), run_before=after("u"), terminal_size=(120, 40))


@pytest.mark.parametrize("theme", ["monitor-light", "ansi-dark"])
def test_snapshot_unified(snap_compare: SnapCompare, theme: str) -> None:
    assert snap_compare(edited(), run_before=after(theme=theme), terminal_size=(80, 24))


def test_snapshot_failed_command(snap_compare: SnapCompare) -> None:
    assert snap_compare(failed(), run_before=after("G"), terminal_size=(80, 24))
