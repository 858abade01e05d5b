"""The script of the demo session: every line with its time."""

from __future__ import annotations

from tui_monitor.demo.conversation import DemoConversation, ScriptState, ScriptStep
from tui_monitor.demo.demo_agent import DemoAgent
from tui_monitor.demo.live_turn import play_live_turn
from tui_monitor.demo.past_turns import play_past_turns
from tui_monitor.demo.project import FILES

MODEL = "claude-opus-4-6"
START_S = -490.0
FIRST_LIVE_S = 0.8
"""Seconds from the start to the first line that is not of the past."""
PAST_THINKING_S, LIVE_THINKING_S = 6.5, 2.6
"""Seconds that a response takes."""


def script() -> list[ScriptStep]:
    """Return the lines in the order of their times. They are always the same."""
    state = ScriptState(START_S, PAST_THINKING_S, dict(FILES))
    agent = DemoAgent(DemoConversation(state, MODEL, initial_tokens=43_400, cached=15_900))
    play_past_turns(agent)
    state.at, state.thinking = FIRST_LIVE_S, LIVE_THINKING_S
    play_live_turn(agent)
    return state.steps
