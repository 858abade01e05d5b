"""The keys for the focused pane, and the signs that the monitor draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui_monitor.tui.keys import Action
from tui_monitor.tui.screens.card import CardScreen, explanations
from tui_monitor.tui.spans import Spans, TextSpan, Tone

SIGNS = (
    (TextSpan("✓", Tone.OK), "succeeded"),
    (TextSpan("·", Tone.DIM), "read or searched; runs of these are one row"),
    (TextSpan("✗", Tone.FAILED), "failed; a dim one was rejected by the agent's own checks, and the agent tries again"),
    (TextSpan("!", Tone.DOUBT), "succeeded, but the output reports a failure"),
    (TextSpan("⊘", Tone.REJECTED), "declined or interrupted by you"),
    (TextSpan("▷", Tone.RUNNING), "just issued"),
    (TextSpan("▶", Tone.RUNNING), "running: progress was recorded, or it is in the background"),
    (TextSpan("◆", Tone.HELD), "running, or waiting for you or a hook: the agent's files don't say which"),
    (TextSpan("–", Tone.DIM), "no result: the agent went on without it"),
    (TextSpan("?", Tone.ASKS), "waiting for your answer; a dim one was answered"),
    (TextSpan("▸", Tone.AGENT), "a sub-agent; → shows its calls"),
    (TextSpan("↻", Tone.TEXT), "waiting for a background task"),
    (TextSpan("|", Tone.DIM), "after a command: only the beginning or end of its output was requested"),
    (TextSpan("›", Tone.PROMPT), "your prompt, with the totals of its turn"),
    (TextSpan("═", Tone.COMPACTED), "context compacted"),
    (TextSpan("∼", Tone.RETRY), "API error; the request is retried"),
    (TextSpan("┃", Tone.TEXT), "in the bar: the agent compacts its context here"),
    (TextSpan("≥", Tone.TEXT), "at least: the agent's files don't record everything"),
    (TextSpan("—", Tone.TEXT), "unknown; for a cost: no known price"),
    (TextSpan("r w", Tone.DIM), "cache read and cache write; then the share of the input read from the cache"),
    (TextSpan("WORKING?", Tone.RUNNING), "a question mark after a state means probably; i shows the evidence"),
)


class HelpScreen(CardScreen):
    """A list of keys with their actions, then the signs."""

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__("Keys here", lambda width: help_lines(actions, width))


def help_lines(actions: Iterable[Action], width: int) -> list[Spans]:
    """Return keys and their actions, then signs and their meaning, in lines of at most ``width`` cells."""
    keys = [(TextSpan(" ".join(action.keys), Tone.KEY), action.description) for action in actions]
    return [*explanations(keys, width), (), (TextSpan("Signs"),), (), *explanations(SIGNS, width)]
