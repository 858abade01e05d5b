"""Short texts about a session and its sources: name, model, cost, state, faults."""

from __future__ import annotations

import re
from datetime import tzinfo

from tui_monitor.events import MAIN, ToolKind
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.live.agent import Agent
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Status, StatusWord
from tui_monitor.tui.pump import FeedStatus
from tui_monitor.tui.rows.target import target_of, tool_word
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import DAY, compact, dollars, duration_forms, moment, pluralize

_VENDOR = re.compile(r"^.*/|^(?:us|eu|apac|global)\.|^anthropic\.|^models/|^claude-(?=[a-z])")
_DATE = re.compile(r"[-@]20\d{6}(?:-v\d+:\d+)?$|-latest$|-v\d+:\d+$")
_STATES = {
    StatusWord.WAITS: ("?", Tone.WAITS),
    StatusWord.STUCK: ("!", Tone.FAILED),
    StatusWord.HELD: ("◆", Tone.HELD),
    StatusWord.RATE_LIMITED: ("✗", Tone.FAILED),
    StatusWord.RETRYING: ("∼", Tone.RETRY),
    StatusWord.FAILED: ("✗", Tone.FAILED),
    StatusWord.COMPACTING: ("═", Tone.COMPACTED),
    StatusWord.WORKING: ("▶", Tone.RUNNING),
    StatusWord.THINKING: ("◌", Tone.THINKING),
    StatusWord.INTERRUPTED: ("⊘", Tone.REJECTED),
    StatusWord.DONE: ("✓", Tone.PROMPT),
    StatusWord.IDLE: ("·", Tone.DIM),
    StatusWord.ENDED: ("·", Tone.DIM),
    StatusWord.UNKNOWN: ("◇", Tone.DIM),
    StatusWord.BEHIND: ("…", Tone.KEY),
    StatusWord.READING: ("…", Tone.KEY),
}


def short_model(model: str) -> str:
    """Return a model's name without vendor and date: ``opus-4-6`` for ``claude-opus-4-6-20260101``."""
    previous = None
    while model != previous:
        previous, model = model, _VENDOR.sub("", model)
    return _DATE.sub("", model) or previous


def agent_name(agent: Agent) -> str:
    """Return what an agent is called on the screen."""
    if agent.id == MAIN:
        return one_line(agent.type) or "main"
    return one_line(agent.type) or one_line(agent.description) or one_line(agent.id)[:8]


def cost_text(amount: Amount) -> str:
    """Return ``$1.84``; ``≥$1.84`` for a lower bound; ``$—`` without a request, or where none has a price."""
    if amount == ZERO or amount.is_unpriced:
        return "$—"
    return dollars(amount.cost, at_least=bool(bound(amount)))


def bound(amount: Amount) -> str:
    """Return the sign of a lower bound, or an empty string."""
    return "≥" if amount.lower_bound or amount.unpriced else ""


def tokens_text(amount: Amount) -> str:
    """Return all tokens as one count: ``12.4M tok``; ``— tok`` without a request."""
    if amount == ZERO:
        return "— tok"
    return f"{'≥' if amount.lower_bound else ''}{compact(amount.total_tokens)} tok"


def cache_share(amount: Amount) -> int | None:
    """Return the percentage of the input that was read from the cache; None without input."""
    total = amount.input + amount.cache_read + amount.cache_creation
    return round(100 * amount.cache_read / total) if total else None


def state_spans(status: Status, now: int, tz: tzinfo | None = None) -> Spans:
    """Return ``▶ WORKING 12s``, which is never left out; a question mark means probably."""
    age = state_age(status, now, tz, exact=True)
    return (state_span(status), *((TextSpan(f" {age}", Tone.TEXT),) if age else ()))


def state_span(status: Status) -> TextSpan:
    """Return ``▶ WORKING``; a question mark means probably."""
    glyph, tone = _STATES[StatusWord.HELD if status.undecided else status.word]
    says_doubt = status.word is StatusWord.UNKNOWN and not status.undecided
    doubt = "" if status.certain or says_doubt else "?"
    return TextSpan(f"{glyph} {_word(status)}{doubt}", tone)


def state_age(status: Status, now: int, tz: tzinfo | None = None, *, exact: bool = False) -> str:
    """Return for how long it has been so: ``4m``, or ``exact``, as the row of a call has it: ``3m34s``. Empty below a
    second, and if it is unknown. What ended days ago has the date, in ``tz`` (None: local): ``14 Feb``."""
    if status.word is StatusWord.ENDED and now - status.since >= DAY:
        return moment(status.since, now, tz)
    forms = duration_forms(max(0, now - status.since)) if status.since else ()
    return "".join(forms[:1] if exact else forms[-1:])


def _word(status: Status) -> str:
    """Return the word, with what is waited for or goes on in the background."""
    if status.undecided:
        return "RUNS OR WAITS"
    if status.word is StatusWord.WORKING and status.call and status.call.kind is ToolKind.WAIT:
        return "WAITS for task"
    return f"{status.word} ({status.background} in background)" if status.background else status.word


def subject_spans(status: Status, state: SessionState) -> Spans:
    """Return the subject of a state: the open call, or a text."""
    if status.call:
        target = target_of(status.call, state.folder)
        text = f"{target.prefix}{target.text}{target.suffix}"
        return (TextSpan(text or tool_word(status.call)),)
    return (TextSpan(one_line(status.subject)),) if status.subject else ()


def fault_text(feed_status: FeedStatus) -> str:
    """Return the faults as one line; empty if there is none."""
    if not feed_status.faults:
        return ""
    first, *others = feed_status.faults.values()
    return one_line(first) + (f" (and {len(others)} more)" if others else "")


def progress_spans(feed_status: FeedStatus) -> Spans:
    """Return the progress of reading while it takes long."""
    progress = feed_status.progress
    if not progress or not feed_status.catching_up:
        return ()
    percentage = 100 * progress.bytes_read // progress.total_bytes
    return (TextSpan(f"reading, {percentage} % of {progress.total_bytes / 1e6:,.0f} MB so far", Tone.DIM),)


def history_text(feed_status: FeedStatus) -> str:
    """Return ``history 43 %`` while sessions of before are read in the background; empty otherwise."""
    history = feed_status.history
    return f"history {history.percentage} %" if history and history.percentage < 100 else ""


def health_spans(feed_status: FeedStatus) -> Spans:
    """Return ``2 lines skipped``, or why changes are polled; empty if every line was read, and at once."""
    parts = []
    if feed_status.health.skipped:
        parts.append(f"{pluralize(feed_status.health.skipped, 'line')} skipped")
    if feed_status.health.unknown:
        parts.append(f"{pluralize(feed_status.health.unknown, 'line')} of unknown type")
    if feed_status.polling:
        parts.append(f"polling, {one_line(feed_status.polling)}")
    return (TextSpan(" · ".join(parts), Tone.DOUBT),) if parts else ()
