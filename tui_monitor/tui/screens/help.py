"""The keys for the focused pane, and the signs that the monitor draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from tui_monitor.tui.keys import Action
from tui_monitor.tui.purposes import by_purpose
from tui_monitor.tui.screens.card import CardScreen, explanations
from tui_monitor.tui.spans import Spans, TextSpan, Tone, to_width

SIGNS = (
    (TextSpan("✓", Tone.OK), "succeeded"),
    (TextSpan("·", Tone.DIM), "read or searched; runs of these are one row"),
    (
        TextSpan("✗", Tone.FAILED),
        "failed; a dim one did not run: not permitted, refused by the agent's own checks, or skipped beside another",
    ),
    (TextSpan("!", Tone.DOUBT), "succeeded, but the output reports a failure"),
    (TextSpan("⊘", Tone.REJECTED), "declined or interrupted by you"),
    (TextSpan("▷", Tone.RUNNING), "just issued"),
    (TextSpan("▶", Tone.RUNNING), "running: progress was recorded, or it is in the background"),
    (TextSpan("◆", Tone.HELD), "running, or waiting for you or a hook: the agent's files don't say which"),
    (TextSpan("–", Tone.DIM), "no result: the agent went on without it"),
    (TextSpan("?", Tone.ASKS), "waiting for your answer; a dim one was answered"),
    (TextSpan("▾", Tone.OK), "unfolded: the calls of a sub-agent or of a run are below; ← and → fold and unfold"),
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


LEGEND = (
    ("✓", Tone.OK, "ok"),
    ("·", Tone.DIM, "look-up"),
    ("✗", Tone.FAILED, "failed"),
    ("!", Tone.DOUBT, "says FAIL"),
    ("⊘", Tone.REJECTED, "declined"),
    ("▶", Tone.RUNNING, "runs"),
    ("◆", Tone.HELD, "held"),
    ("?", Tone.ASKS, "asks you"),
    ("›", Tone.PROMPT, "your prompt"),
    ("═", Tone.COMPACTED, "compacted"),
    ("∼", Tone.RETRY, "retried"),
    ("≥", Tone.TEXT, "at least"),
)
"""The signs in a word each, above the keys; `SIGNS` below them says more."""
TWO_COLUMNS = 124
"""Cells from which keys stand in two columns."""
GAP = 4


class HelpScreen(CardScreen):
    """The signs in short, keys with their actions by purpose, then the signs at length."""

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__("Keys here", lambda width: help_lines(actions, width))


def help_lines(actions: Iterable[Action], width: int) -> list[Spans]:
    """Return signs, keys with their actions, and signs with their meaning, in lines of at most ``width`` cells."""
    groups = [(purpose, list(group)) for purpose, group in by_purpose(actions).items()]
    wide = width >= TWO_COLUMNS
    column = (width - GAP) // 2 if wide else width
    keys = max((len(_keys(action)) for _, group in groups for action in group), default=0)
    blocks = [_block(purpose, group, keys, column) for purpose, group in groups]
    lines = _side_by_side(blocks, column) if wide else [line for block in blocks for line in block]
    return [*_legend(width), (), *lines, (TextSpan("Signs", Tone.FOCUS),), *explanations(SIGNS, width)]


def _legend(width: int) -> list[Spans]:
    lines: list[list[TextSpan]] = [[]]
    used = 0
    for sign, tone, meaning in LEGEND:
        cells = len(sign) + len(meaning) + 4
        if used and used + cells - 3 > width:
            lines.append([])
            used = 0
        lines[-1] += [TextSpan(f"{sign} ", tone), TextSpan(meaning, Tone.DIM), TextSpan("   ")]
        used += cells
    return [tuple(line[:-1]) for line in lines]


def _keys(action: Action) -> str:
    return " ".join(action.keys)


def _block(purpose: str, actions: Sequence[Action], keys: int, width: int) -> list[Spans]:
    pairs = [(TextSpan(_keys(action).ljust(keys), Tone.KEY), action.description) for action in actions]
    return [(TextSpan(purpose, Tone.FOCUS),), *explanations(pairs, width), ()]


def _side_by_side(blocks: Sequence[list[Spans]], width: int) -> list[Spans]:
    """Return blocks in two columns of about the same height."""
    height, left, right = sum(map(len, blocks)), list[Spans](), list[Spans]()
    for block in blocks:
        (right if right or len(left) + len(block) // 2 > height // 2 else left).extend(block)
    rows = zip_longest(left, right, fillvalue=())
    return [(*to_width(one, width + GAP), *other) for one, other in rows]
