"""An event or a state as one line of plain text: time, session, glyph, tool, target, outcome, duration."""

from __future__ import annotations

from tui_monitor.events import MAIN
from tui_monitor.live.alerts import BudgetAlert
from tui_monitor.live.entries import Call, Entry, Mark, MarkKind
from tui_monitor.live.session import SessionState
from tui_monitor.live.session_name import session_name
from tui_monitor.live.status import Status, StatusWord
from tui_monitor.tui.alerts.texts import budget_sentence
from tui_monitor.tui.header.labels import state_spans
from tui_monitor.tui.prose import spoken_line
from tui_monitor.tui.rows.context import RowContext, row_context
from tui_monitor.tui.rows.describe import row_of
from tui_monitor.tui.rows.items import LogItem
from tui_monitor.tui.rows.target import RowTarget, target_of, tool_word
from tui_monitor.tui.spans import Spans, cut_end, one_line
from tui_monitor.units import clock

MAX_CELLS = 300
"""Cells of one text within a line: of a command, a prompt, an answer."""
NO_TIME = "--:--:--"
GAP = "  "


def entry_line(entry: Entry, state: SessionState, now: int) -> str:
    """Return a call that has ended, or a mark, as a line."""
    context = row_context(state, now)
    row = row_of(LogItem((entry,)), context)
    at = entry.at if isinstance(entry, Mark) else entry.ended
    agent = entry.agent if isinstance(entry, Call) else MAIN
    what = " ".join(filter(None, (row.glyph.text, row.tool, _target(row.target))))
    outcome = _text(row.outcome[0]) if row.outcome else ""
    has_just_begun = isinstance(entry, Mark) and entry.kind is MarkKind.PROMPT
    duration = row.duration[0] if row.duration and not has_just_begun else ""
    reason = f"↳ {_cut(row.below)}" if row.below else ""
    return _line(at, _name(state, agent), context, what, _cut(row.target.aside), outcome, duration, reason)


def state_line(status: Status, state: SessionState, now: int) -> str:
    """Return a state that began, or was found out, at ``now``: ``? WAITS FOR YOU: Bash rm -r build``."""
    word, about = state_spans(status, now)[0].text, _about(status, state)
    return _line(now, _name(state), row_context(state, now), f"{word}: {about}" if about else word)


def budget_line(alert: BudgetAlert, now: int) -> str:
    """Return an alert about a budget: ``⚠ the daily budget is 80 % used: $8.02 of $10.00``."""
    return GAP.join((clock(now, None) or NO_TIME, f"⚠ {budget_sentence(alert)}"))


def _about(status: Status, state: SessionState) -> str:
    if status.call:
        return f"{tool_word(status.call)} {_target(target_of(status.call, state.folder))}".strip()
    if status.word is StatusWord.DONE and state.last_message:
        return f"“{_cut(spoken_line(state.last_message))}”"
    return _cut(one_line(status.subject))


def _line(at: int, name: str, context: RowContext, *parts: str) -> str:
    return GAP.join(filter(None, (clock(at, context.tz) or NO_TIME, name, *parts)))


def _name(state: SessionState, agent: str = MAIN) -> str:
    """Return the name of a session, with that of the sub-agent which acts in it."""
    name = one_line(session_name(state))
    if agent == MAIN:
        return name
    record = state.agents.get(agent)
    return f"{name}/{one_line(record.type if record and record.type else agent)[:20]}"


def _target(target: RowTarget) -> str:
    return " ".join(filter(None, (f"{target.prefix}{_cut(target.text)}{target.suffix}", target.marks)))


def _cut(text: str) -> str:
    return cut_end(text, MAX_CELLS)


def _text(spans: Spans) -> str:
    return "".join(span.text for span in spans).strip()
