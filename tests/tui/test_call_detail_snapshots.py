"""Pictures of the detail: a diff in two columns and in one, dark, light and in 16 colours, and a failed command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from tests.tui.detail_app import DetailApp
from tests.tui.diff.patches import patch
from tests.tui.live_builder import CWD, LiveBuilder
from tests.tui.view_app import press, settle
from tui_monitor.events import (
    CallState,
    Change,
    ChangeKind,
    Choice,
    Proposal,
    Question,
    Reply,
    Tokens,
    ToolKind,
)

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


def waiting_for_edit() -> DetailApp:
    live = LiveBuilder()
    change = Change(ChangeKind.MODIFY, f"{CWD}/harbour.py", patch(OLD, NEW), 6, 8)
    call = live.start("Edit", ToolKind.EDIT, change.path, proposal=Proposal(changes=(change,)))
    live.wait(40)
    return DetailApp(live, call)


def waiting_for_answer() -> DetailApp:
    live = LiveBuilder()
    quay = Choice("North quay", "Deep water, but the crane is out of order until Thursday and nobody knows for sure")
    berth = Question("b", "Which berth shall the ship get?", "Berth", (quay, Choice("South quay", "Shallow")))
    cargo = Question("c", "What may it unload?", "Cargo", (Choice("Coal"), Choice("Grain")), multiple=True)
    asked = live.start("AskUserQuestion", ToolKind.ASK, berth.text, input="{}", proposal=Proposal((berth, cargo)))
    live.finish(asked, seconds=100, answers=(Reply("b", ("South quay",)), Reply("c", ("only by night",))))
    return DetailApp(live, asked)


PLAN = """\
# Plan: a second quay

The harbour is **full** by noon. So `harbour.py` gets a second quay:

1. Measure the depth
   - at low tide, with the lead line that lies in the shed beside the old crane
   - at high tide
2. Build it

```python
class Quay(Berth):
    size = 12  # berths
```

| Quay | Depth | Note |
|------|------:|------|
| North | 9 m | crane |
| South | 4 m | `shallow` |

> Nobody builds in winter.
"""


def waiting_for_plan() -> DetailApp:
    live = LiveBuilder()
    return DetailApp(live, live.start("ExitPlanMode", ToolKind.PLAN, PLAN, proposal=Proposal(plan=PLAN)))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("asking", [waiting_for_edit, waiting_for_answer, waiting_for_plan])
def test_snapshot_of_what_is_asked_for(
    snap_compare: SnapCompare, asking: Callable[[], DetailApp], size: tuple[int, int]
) -> None:
    assert snap_compare(asking(), run_before=after(), terminal_size=size)


def test_snapshot_side_by_side(snap_compare: SnapCompare) -> None:
    assert snap_compare(edited(), run_before=after("u"), terminal_size=(120, 40))


@pytest.mark.parametrize("theme", ["monitor-light", "ansi-dark"])
def test_snapshot_unified(snap_compare: SnapCompare, theme: str) -> None:
    assert snap_compare(edited(), run_before=after(theme=theme), terminal_size=(80, 24))


def test_snapshot_failed_command(snap_compare: SnapCompare) -> None:
    assert snap_compare(failed(), run_before=after("G"), terminal_size=(80, 24))
