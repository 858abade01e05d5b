"""The whole session as a script: every line with its time."""

from __future__ import annotations

from tui_monitor.demo.before import earlier
from tui_monitor.demo.chain import Chain, Stage, Step
from tui_monitor.demo.project import FILES
from tui_monitor.demo.story import story
from tui_monitor.demo.worker import Worker

MODEL = "claude-opus-4-6"
BEGAN_S = -490.0
FIRST_S = 0.8
"""When the first of what is played happens."""
SLOW_S, QUICK_S = 6.5, 2.6
"""How long a response took before, and takes while somebody looks."""


def script() -> list[Step]:
    """The lines in the order of their times, always the same."""
    stage = Stage(BEGAN_S, SLOW_S, dict(FILES))
    worker = Worker(Chain(stage, MODEL, begins_with=43_400, cached=15_900))
    earlier(worker)
    stage.at, stage.thinking = FIRST_S, QUICK_S
    story(worker)
    return stage.steps
