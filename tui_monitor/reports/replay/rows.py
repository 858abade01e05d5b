"""The rows of a session that is played back: prompts, words, calls with their results, marks; secrets are masked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tui_monitor.clean import clean_line, clean_text
from tui_monitor.events import (
    AgentMessage,
    CallFinished,
    CallStarted,
    CallState,
    Change,
    CompactionUpdate,
    Event,
    Prompt,
    RetryUpdate,
)
from tui_monitor.feed.replay.recording import Recording
from tui_monitor.reports.model import Json
from tui_monitor.telemetry.recorder.masking import mask_text

_MAX_READ = 256 * 1024
"""Characters of a text that are looked at."""
_MAX_LINE = 300


@dataclass(frozen=True, slots=True)
class ReplayLimits:
    """Characters that are kept of one text, one diff, and the number of rows, the last ones."""

    text: int = 4000
    diff: int = 8000
    rows: int = 50_000


@dataclass(slots=True)
class ReplayRow:
    """A row that appears at a ``place`` of the time line (ms); its time is in epoch milliseconds.

    ``detail`` are pairs of a title and a text that are shown when it is opened. A call ``has_ended`` from
    ``end_place`` on, with a ``state`` and ``result`` more of such pairs.
    """

    place: int
    at: int
    kind: str
    text: str
    agent: str = ""
    tool: str = ""
    detail: list[tuple[str, str]] = field(default_factory=list)
    end_place: int | None = None
    end_at: int = 0
    state: str = ""
    result: list[tuple[str, str]] = field(default_factory=list)

    def document(self) -> Json:
        """Return it in the shape that the page reads; what is empty is left out."""
        document: dict[str, Json] = {"p": self.place, "t": self.at, "k": self.kind, "x": self.text}
        if self.agent:
            document["a"] = self.agent
        if self.tool:
            document["o"] = self.tool
        if self.detail:
            document["d"] = [list(pair) for pair in self.detail]
        if self.end_place is not None:
            document["e"] = self.end_place
            document["u"] = self.end_at
            document["s"] = self.state
            document["r"] = [list(pair) for pair in self.result]
        return document


class ReplayRows:
    """Makes rows of the events of a recording, in their order."""

    def __init__(self, recording: Recording, limits: ReplayLimits) -> None:
        self._place_of = recording.place_of
        self._begin = recording.begin
        self._limits = limits
        self._rows: list[ReplayRow] = []
        self._calls: dict[tuple[str, str], ReplayRow] = {}
        self._exact: set[tuple[str, str]] = set()
        self._texts: set[tuple[str, int, str]] = set()
        for recorded in recording.events:
            self._apply(recorded.event, recorded.at or recording.begin)

    def rows(self) -> Sequence[ReplayRow]:
        """Return the last rows, as many as the limits allow."""
        return self._rows[-self._limits.rows :]

    @property
    def left_out(self) -> int:
        """The number of rows before these."""
        return max(0, len(self._rows) - self._limits.rows)

    def _apply(self, event: Event, at: int) -> None:
        match event:
            case Prompt():
                self._add_text("prompt", event, at, event.text)
            case AgentMessage():
                self._add_text("thought" if event.thinking else "said", event, at, event.text)
            case CallStarted():
                self._start(event, at)
            case CallFinished():
                self._finish(event, at)
            case CompactionUpdate(finished=True, failed=False):
                sizes = [f"{size:,}" for size in (event.before, event.after) if size is not None]
                self._add("compaction", event, at, f"context compacted{': ' * bool(sizes)}{' → '.join(sizes)}")
            case RetryUpdate():
                self._add("retry", event, at, _line(event.reason or "the request failed"))

    def _add(self, kind: str, event: Event, at: int, text: str) -> ReplayRow:
        row = ReplayRow(self._place_of(at), at, kind, text, clean_line(event.agent)[:_MAX_LINE])
        self._rows.append(row)
        return row

    def _add_text(self, kind: str, event: Event, at: int, text: str) -> None:
        if not text.strip() or (kind, event.at, text) in self._texts:
            return
        self._texts.add((kind, event.at, text))
        row = self._add(kind, event, at, _line(text))
        if "\n" in text.strip() or len(text) > _MAX_LINE:
            row.detail = [("text", self._text(text))]

    def _start(self, event: CallStarted, at: int) -> None:
        key = (event.session.id, event.call)
        if key in self._calls:
            return
        row = self._calls[key] = self._add("call", event, at, _line(event.subject))
        row.tool = clean_line(event.tool)[:_MAX_LINE]
        if event.input:
            row.detail = [("input", self._text(_arguments(event.input)))]

    def _finish(self, event: CallFinished, at: int) -> None:
        key = (event.session.id, event.call)
        row = self._calls.get(key)
        if row is None or (key in self._exact and not event.exact):
            return
        if event.exact:
            self._exact.add(key)
        row.end_place, row.end_at, row.state = self._place_of(at), at, _state(event.state)
        texts = [("output", event.output), ("error", event.error)]
        row.result = [(title, self._text(text)) for title, text in texts if text.strip()]
        row.result += map(self._diff, event.changes)

    def _diff(self, change: Change) -> tuple[str, str]:
        counts = f"+{change.added:,} −{change.removed:,}" if change.added or change.removed else change.kind.value
        return f"{clean_line(change.path)[:_MAX_LINE]} {counts}", _cut(change.diff, self._limits.diff)

    def _text(self, text: str) -> str:
        return _cut(text, self._limits.text)


def steps_of(rows: Sequence[ReplayRow]) -> list[int]:
    """Return the places at which something changes, in order."""
    return sorted({place for row in rows for place in (row.place, row.end_place) if place is not None})


def _arguments(text: str) -> str:
    """Return the arguments of a call, which are JSON, a line or more for each; other text as it is."""
    text = mask_text(text[:_MAX_READ])
    try:
        arguments = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(arguments, dict):
        return text
    return "\n".join(f"{name}: {_argument(value)}" for name, value in arguments.items())


def _argument(value: object) -> str:
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return f"\n{value}" if "\n" in value.strip() else value


def _line(text: str) -> str:
    lines = filter(None, (line.strip() for line in text[:_MAX_READ].splitlines()))
    return _shown(next(lines, ""), clean_line)[:_MAX_LINE]


def _cut(text: str, limit: int) -> str:
    """Return a text clean and masked, then cut to its beginning and its end, which has the results."""
    shown = _shown(text[:_MAX_READ], clean_text)
    size = len(text) - len(text[:_MAX_READ]) + len(shown)
    if size <= limit:
        return shown
    if not limit:
        return f"⋯ {size:,} characters left out ⋯"
    tail = limit // 4
    return f"{shown[: limit - tail]}\n⋯ {size - limit:,} characters left out ⋯\n{shown[-tail:]}"


def _shown(text: str, clean: Callable[[str], str]) -> str:
    """Return the text without control characters and secrets; those that control characters divide are found then."""
    masked = mask_text(text)
    cleaned = clean(masked)
    return masked if cleaned == masked else mask_text(cleaned)


def _state(state: CallState) -> str:
    if state.failed:
        return "failed"
    return "rejected" if state.rejected else state.value


def iter_documents(rows: Sequence[ReplayRow]) -> Iterator[Json]:
    """Yield the rows in the shape that the page reads."""
    return (row.document() for row in rows)
