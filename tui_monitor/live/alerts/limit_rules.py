"""Alerts about what is used up: the context window, a budget."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from tui_monitor.events import PICO
from tui_monitor.live.alerts.agent_rules import Situation
from tui_monitor.live.alerts.model import Alert, AlertKind
from tui_monitor.live.context import LEVEL_WORDS, Context, compaction_threshold
from tui_monitor.live.status import StatusWord
from tui_monitor.units import compact, dollars

MARGIN = 3
"""Points below a level at which it no longer holds."""


def context(situation: Situation, before: Alert | None) -> Alert | None:
    """Alert to a context that will soon be compacted: level 1, and level 2 when any call may be the last before."""
    state, thresholds = situation.state, situation.settings.thresholds
    limit, tokens = compaction_threshold(state.context), state.context.tokens
    if not limit or tokens is None or situation.status.word is StatusWord.ENDED:
        return None
    used = 100 * tokens / limit
    starts = sorted((100.0 - thresholds.context_soon, 100.0 - thresholds.context_next))
    level = _level(used, starts, before)
    if not level:
        return None
    since = _begin(state.context, lambda held: 100 * held / limit >= starts[level - 1], level, before)
    return situation.alert(AlertKind.CONTEXT, since, f"{compact(max(0, limit - tokens))} to compaction", level)


def context_level(situation: Situation, before: Alert | None) -> Alert | None:
    """Alert to the level of the context: a word, which nobody is called for."""
    window, levels = situation.state.context, situation.settings.levels
    percentage = window.percentage
    if percentage is None or not window.limit or situation.status.word is StatusWord.ENDED:
        return None
    level = _level(percentage, levels, before)
    if not level:
        return None
    since = _begin(window, lambda held: (window.percentage_at(held) or 0) >= levels[level - 1], level, before)
    return situation.alert(AlertKind.CONTEXT_LEVEL, since, f"{LEVEL_WORDS[level]}: {percentage:.0f} % full", level)


def budget(situation: Situation, before: Alert | None) -> Alert | None:
    """Alert to the share of a session's budget that is spent: its level is that percentage."""
    levels, cost = situation.settings.thresholds.budget, situation.state.totals.amount.cost
    limit = situation.settings.session_budget(situation.state.folder)
    if not limit:
        return None
    place = bisect_right(levels, 100 * cost / (limit * PICO))
    if not place:
        return None
    level = levels[place - 1]
    since = before.since if before and before.level == level else situation.state.last_at
    text = f"{level} % of its budget: {dollars(cost)} of {dollars(round(limit * PICO))}"
    return situation.alert(AlertKind.BUDGET, since, text, level)


def _level(share: float, starts: Sequence[float], before: Alert | None) -> int:
    """Return how many of the rising ``starts`` are reached; one that held before holds down to a margin below it."""
    level = bisect_right(starts, share)
    while before and level < before.level and share >= starts[level] - MARGIN:
        level += 1
    return level


def _begin(window: Context, holds: Callable[[int], bool], level: int, before: Alert | None) -> int:
    """Return since when the window has held tokens for which a level ``holds``, as far as that is remembered."""
    since = window.at
    for run in reversed(window.runs):
        if run.tokens is None or not holds(run.tokens):
            break
        since = run.first_at
    return min(since, before.since) if before and before.level == level else since
