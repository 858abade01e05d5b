"""One session of the list: what its row shows, in parts that have no width yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path, PurePath

from tui_monitor.events import SessionKey, ToolKind
from tui_monitor.feed.deliveries import PastSession
from tui_monitor.live.context import level
from tui_monitor.live.session import SessionState
from tui_monitor.live.session_name import session_name
from tui_monitor.live.status import Status, StatusWord
from tui_monitor.live.urgency import RankedSession, Urgency
from tui_monitor.totals import SessionTotals
from tui_monitor.tui.header.context_line import LEVEL_TONES
from tui_monitor.tui.header.labels import cost_text, state_age, state_span, subject_spans
from tui_monitor.tui.prose import spoken_line
from tui_monitor.tui.rows.outcome import change_counts
from tui_monitor.tui.rows.target import tool_word
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import moment, pluralize

MAX_WORDS = 300
"""Characters of what an agent does or says."""
_READING = state_span(Status(StatusWord.READING, 0, ""))


@dataclass(frozen=True, slots=True)
class SessionChoice:
    """A session that can be displayed: by its key, or by its file if the key is not known yet."""

    session: SessionKey | None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A session of the list. ``age`` is for how long it has been in its state, or when it ended; ``words`` are what it
    does or says. ``is_asked`` is False for one that was not asked anything yet, None if nothing of it is read."""

    choice: SessionChoice
    urgency: Urgency
    state: TextSpan
    age: str
    project: str
    agent: str
    branch: str
    context: TextSpan
    cost: str
    words: Spans
    is_asked: bool | None = True

    def matches(self, text: str) -> bool:
        """Return True if all words of ``text`` occur in what the row shows, or in the names of the session."""
        if not text:
            return True
        texts = [self.state.text, self.project, self.agent, self.branch, *(span.text for span in self.words)]
        texts += [self.choice.session.id if self.choice.session else "", str(self.choice.path or "")]
        content = " ".join(texts).casefold()
        return all(word in content for word in text.casefold().split())


def live_entry(ranked: RankedSession, now: int, tz: tzinfo | None = None) -> SessionEntry:
    """Return the entry of a session that is followed, at ``now`` (epoch ms), with dates in ``tz`` (None: local)."""
    state, current, urgency = ranked
    span = state_span(current)
    return SessionEntry(
        SessionChoice(state.key, Path(state.path) if state.path else None),
        urgency,
        TextSpan(span.text.replace(StatusWord.WAITS, "WAITS"), span.tone),
        state_age(current, now, tz),
        one_line(session_name(state)),
        state.key.source,
        one_line(state.branch),
        _context(state.leading_agent.context.percentage),
        cost_text(state.totals.amount),
        _doing(ranked) if urgency <= Urgency.WORKING else _done(state),
        is_asked=state.main_chain.last_at > 0,
    )


def completed(entry: SessionEntry, past: SessionEntry | None, *, reading: bool) -> SessionEntry:
    """Return the entry of a live session of which nothing was read yet, with what is known of it besides.

    Args:
        entry: That of `live_entry`.
        past: The entry of the same session in the store, or of its file.
        reading: True while what was there at the start is read.
    """
    if entry.is_asked or entry.urgency < Urgency.IDLE:
        return entry
    is_asked = past.is_asked if past else False
    if past and is_asked:
        branch, cost = entry.branch or past.branch, past.cost or entry.cost
        entry = replace(entry, branch=branch, context=past.context, cost=cost, words=past.words, is_asked=True)
    if reading or is_asked is None:
        words = entry.words if is_asked else (TextSpan("its file is being read", Tone.DIM),)
        entry = replace(entry, state=_READING, age="", words=words)
    return entry


def past_entry(past: PastSession, now: int, tz: tzinfo | None) -> SessionEntry:
    """Return the entry of a past session."""
    words = one_line(past.title) if past.title else ("" if past.totals else "not read yet")
    changes = _changes(past.totals) if past.totals else ""
    return SessionEntry(
        SessionChoice(past.session, past.path),
        Urgency.ENDED,
        TextSpan(f"· {StatusWord.ENDED}", Tone.DIM),
        moment(past.ended, now, tz),
        one_line(PurePath(past.folder.replace("\\", "/")).name or past.title) or (past.session or ("", "?"))[1][:8],
        past.source,
        one_line(past.branch),
        _context(past.percentage),
        cost_text(past.totals.amount) if past.totals else "",
        (TextSpan(" · ".join(filter(None, (words, changes))), Tone.DIM),),
        is_asked=bool(past.title or past.totals.amount.requests) if past.totals else None,
    )


def _context(percentage: float | None) -> TextSpan:
    if percentage is None:
        return TextSpan("")
    return TextSpan(f"{round(percentage)}%", LEVEL_TONES[level(percentage)])


def _doing(ranked: RankedSession) -> Spans:
    """Return the call that it is at or waits for, else what it said last."""
    state, current, _ = ranked
    subject = subject_spans(current, state)
    if current.call and current.call.kind is not ToolKind.SHELL:
        subject = (TextSpan(f"{tool_word(current.call)} ", Tone.DIM), *subject)
    return subject or _said(state) or (TextSpan(current.evidence, Tone.DIM),)


def _said(state: SessionState) -> Spans:
    """Return what the agent said last, or what it was asked after that."""
    if state.last_message and state.last_message_at >= state.main_chain.last_prompt_at:
        return (TextSpan(f"“{spoken_line(state.last_message)[:MAX_WORDS]}”"),)
    return (TextSpan(f"› {one_line(state.prompt[:MAX_WORDS])}", Tone.DIM),) if state.prompt else ()


def _done(state: SessionState) -> Spans:
    if not state.main_chain.last_at:
        return (TextSpan("nothing asked yet", Tone.DIM),)
    changes = _changes(state.totals)
    return (*_said(state), TextSpan(f" · {changes}" if changes else "", Tone.DIM))


def _changes(totals: SessionTotals) -> str:
    if not totals.files_changed:
        return ""
    files = pluralize(totals.files_changed, "file")
    counts = change_counts(totals.lines_added, totals.lines_removed, files, uncounted=totals.uncounted)
    return "".join(span.text for span in counts)
