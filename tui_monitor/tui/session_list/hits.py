"""The hits of a search over all sessions as rows, each with what its row in the log says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import PurePath

from tui_monitor.live.entries import Call, Entry, Mark, MarkKind
from tui_monitor.search.hits import HitField, SearchAnswer, SearchHit
from tui_monitor.tui.panes.content import PaneContent, PaneRow, Section, text_section
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.describe import row_of
from tui_monitor.tui.rows.items import LogItem
from tui_monitor.tui.rows.layout import LogRow
from tui_monitor.tui.rows.search import mark_words
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, cut_start, one_line, to_width
from tui_monitor.units import clock, moment, pluralize

COLUMNS = ("found", "project", "when", "agent")
HINTS = (
    "Type words that occur in your prompts, in what agents",
    "said, in commands, paths or outputs of any session.",
    "",
    '"in quotes"    words that stand side by side',
    "project:shop   only in this project",
    "source:codex   only of this agent",
)
_TOOL = 6
"""Cells of a tool's name, as in the log."""
_SUBJECT = 32
"""Cells of what a call was about, before a line of its output."""
_MARKS = {HitField.PROMPT: MarkKind.PROMPT, HitField.MESSAGE: MarkKind.SAID}


def hit_sections(answer: SearchAnswer, now: int, tz: tzinfo | None) -> PaneContent:
    """Return the hits of an answer, or what can be done without any."""
    if answer.fault:
        return [text_section([(TextSpan(one_line(answer.fault), Tone.FAILED),)])]
    if not answer.query.terms.words:
        return [text_section([(TextSpan(line, Tone.DIM),) for line in HINTS])]
    rows = [_row(hit, answer.query.terms.words, now, tz) for hit in answer.hits]
    return [Section(rows, COLUMNS, empty="no hits")]


def hits_text(answer: SearchAnswer) -> str:
    """Return ``100+ hits · 2,000 texts not indexed yet``."""
    if not answer.query.terms.words or answer.fault:
        return ""
    if answer.has_more:
        hits = f"{len(answer.hits):,}+ hits"
    else:
        hits = pluralize(len(answer.hits), "hit") if answer.hits else "no hits"
    waiting = f"{answer.unindexed:,} texts not indexed yet" if answer.unindexed else ""
    return " · ".join(filter(None, (hits, waiting)))


def about_lines(hit: SearchHit, now: int, tz: tzinfo | None) -> Sequence[Spans]:
    """Return two lines on the session of a hit: its title, folder and time, and the command that resumes it."""
    when = f"{moment(hit.at, now, tz)} {clock(hit.at, tz)}"
    title = f"“{one_line(hit.title)}”" if hit.title else ""
    facts = " · ".join(filter(None, (when, title, one_line(hit.folder))))
    resume = (TextSpan("y copies  ", Tone.DIM), TextSpan(hit.resume)) if hit.resume else ()
    return ((TextSpan(facts, Tone.DIM),), resume or (TextSpan(hit.session.id, Tone.DIM),))


def key_of(hit: SearchHit) -> tuple[object, ...]:
    """Return what names a hit, whatever its place."""
    return hit.session, hit.at, hit.call.id if hit.call else hit.excerpt


def _row(hit: SearchHit, words: Sequence[str], now: int, tz: tzinfo | None) -> PaneRow:
    row = row_of(LogItem((_entry(hit),)), RowContext(hit.folder, now, tz, abandoned_before=now))
    project = one_line(PurePath(hit.folder.replace("\\", "/")).name)
    texts = (project, moment(hit.at, now, tz), hit.session.source)
    return PaneRow(key_of(hit), (_found(hit, row, words), *((TextSpan(text, Tone.DIM),) for text in texts)))


def _entry(hit: SearchHit) -> Entry:
    if hit.call is None:
        return Mark(_MARKS[hit.field], hit.at, hit.excerpt)
    call = Call(hit.session, hit.call.id)
    call.restore(hit.call)
    return call


def _found(hit: SearchHit, row: LogRow, words: Sequence[str]) -> Spans:
    """Return sign and tool of the row, what it is about, and the line with the words unless that is it."""
    target, line = row.target, one_line(hit.excerpt)
    subject = f"{target.prefix}{target.text}{target.suffix}"
    tool = to_width((TextSpan(row.tool),), _TOOL) if hit.call else ()
    if hit.call is None or all(word in subject.lower() for word in words):
        text: Spans = (TextSpan(subject, target.tone),)
    elif hit.field is HitField.SUBJECT or not subject:
        text = (TextSpan(line),)
    else:
        cut = cut_start if target.path else cut_end
        text = (TextSpan(cut(subject, _SUBJECT), Tone.DIM), TextSpan("  ↳ ", Tone.DIM), TextSpan(line))
    return (row.glyph, TextSpan(" "), *tool, *([TextSpan(" ")] if tool else []), *mark_words(text, words, begun=True))
