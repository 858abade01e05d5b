"""The page: data, style and script in one file, which loads nothing and runs nothing but its own script."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from importlib import resources
from itertools import accumulate

from tui_monitor.clean import clean_line
from tui_monitor.events import MAIN, PICO, ContextUpdate
from tui_monitor.feed.replay.recording import Recording
from tui_monitor.ledger import Amount
from tui_monitor.reports.cost import session_label
from tui_monitor.reports.model import Json
from tui_monitor.reports.replay.rows import ReplayLimits, ReplayRows, iter_documents, steps_of
from tui_monitor.store import SpendingScope, SpentResponse, Store
from tui_monitor.telemetry.recorder.masking import mask_text
from tui_monitor.totals import SessionSummary

MAX_BYTES = 8 << 20
"""Bytes of data in a page: a browser shows it at once."""
_LIMITS = (
    ReplayLimits(),
    ReplayLimits(1000, 2000),
    ReplayLimits(200, 400),
    ReplayLimits(0, 0, 20_000),
    ReplayLimits(0, 0, 5000),
)
"""Tried in turn until the data fit."""
_MAX_POINTS = 5000


@dataclass(frozen=True, slots=True)
class ReplayContent:
    """What a page plays back: a recording, the session that it is of, and what was spent in it, by time."""

    recording: Recording
    summary: SessionSummary
    responses: Sequence[SpentResponse]


def query_replay(store: Store, recording: Recording) -> ReplayContent | None:
    """Query what is known of a recording whose files were read into this store; None if that is no session."""
    summaries = store.sessions()
    if not summaries:
        return None
    summary = max(summaries, key=lambda one: (one.totals.calls, one.totals.amount.total_tokens))
    spent = store.spending_history(SpendingScope()).responses
    return ReplayContent(recording, summary, sorted(spent, key=lambda response: response.at))


def replay_page(content: ReplayContent) -> str:
    """Return the page."""
    style, script = _resource("replay.css"), _resource("replay.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    title = _shown(session_label(content.summary))
    return "".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="referrer" content="no-referrer">\n',
            f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n",
            _resource("replay.html"),
            f'<script type="application/json" id="data">{_data(content)}</script>\n',
            f"<script>{script}</script>\n</body>\n</html>\n",
        )
    )


def _data(content: ReplayContent) -> str:
    text = ""
    for limits in _LIMITS:
        text = _escaped(json.dumps(_document(content, limits), ensure_ascii=False, separators=(",", ":")))
        if len(text.encode()) <= MAX_BYTES:
            break
    return text


def _escaped(text: str) -> str:
    """Return JSON that no browser takes for the end of its element, or a line of a script."""
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _document(content: ReplayContent, limits: ReplayLimits) -> Json:
    recording, summary = content.recording, content.summary
    made = ReplayRows(recording, limits)
    rows = made.rows()
    return {
        "title": _shown(session_label(summary)),
        "facts": [
            _shown(fact) for fact in (summary.session.source, summary.model, summary.folder, summary.branch) if fact
        ],
        "begin": recording.begin,
        "length": max(1, recording.length),
        "isLowerBound": bool(summary.totals.amount.lower_bound or summary.totals.amount.unpriced),
        "leftOut": _left_out(made.left_out, limits),
        "rows": [*iter_documents(rows)],
        "steps": [*steps_of(rows)],
        "marks": _marks(recording),
        "spent": _spent(content),
        "contexts": _contexts(recording),
    }


def _marks(recording: Recording) -> list[Json]:
    return [[recording.place_of(mark.at), mark.kind.name.lower()] for mark in recording.landmarks[-_MAX_POINTS:]]


def _left_out(rows: int, limits: ReplayLimits) -> str:
    parts = [f"the first {rows:,} rows"] if rows else []
    if limits.text < ReplayLimits().text:
        parts.append(f"what texts have beyond {limits.text:,} characters" if limits.text else "texts")
    return f"Left out, so that the page stays small: {' and '.join(parts)}." if parts else ""


def _spent(content: ReplayContent) -> list[Json]:
    """Return the tokens and the millionths of a dollar that were spent until each place."""
    sums = accumulate((response.amount for response in content.responses), Amount.plus)
    points = {
        content.recording.place_of(response.at or content.recording.begin): [
            amount.total_tokens,
            amount.cost * 10**6 // PICO,
        ]
        for response, amount in zip(content.responses, sums, strict=True)
    }
    return _thinned([[place, *figures] for place, figures in sorted(points.items())])


def _contexts(recording: Recording) -> list[Json]:
    """Return the tokens in the main chain's context from each place on, and the size of its window."""
    points: dict[int, list[Json]] = {}
    limit: int | None = None
    for recorded in recording.events:
        event = recorded.event
        if isinstance(event, ContextUpdate) and event.agent == MAIN:
            limit = event.limit or limit
            points[recording.place_of(recorded.at or recording.begin)] = [event.tokens, limit]
    return _thinned([[place, *figures] for place, figures in points.items()])


def _thinned(points: Sequence[list[Json]]) -> list[Json]:
    """Return at most `_MAX_POINTS` of them, the last one included."""
    step = -(-len(points) // _MAX_POINTS) or 1
    return [*reversed(points[::-1][::step])]


def _shown(text: str) -> str:
    return mask_text(clean_line(text))[:300]


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def _resource(name: str) -> str:
    return (resources.files(__package__) / name).read_text(encoding="utf-8")
