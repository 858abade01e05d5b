"""The views of a file that a session changed: the whole session, each change alone, and against the last commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from itertools import pairwise

from tui_monitor.events import MAIN, Change, ChangeKind, ToolKind
from tui_monitor.live.session import SessionState
from tui_monitor.merge.file_history import FileHistory, HistoryChange
from tui_monitor.tui.diff.composition import Stage, compose, composed_rows
from tui_monitor.tui.diff.model import DiffLine, DiffNote, DiffRow, FileTitle, LineKind
from tui_monitor.tui.diff.parse import rows_of
from tui_monitor.tui.git import HeadDiff
from tui_monitor.tui.rows.target import relative
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, one_line
from tui_monitor.units import clock, pluralize

NO_CHANGE = "No change of this file is stored."
READING = "reading …"
MAX_COMMANDS = 3
MAX_COMMAND = 40
"""Cells of a command that is named in a sentence."""


class FileMode(StrEnum):
    """A view; the value is its name on the screen."""

    SESSION = "session"
    SINGLE = "changes"
    HEAD = "git HEAD"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All that the views of a file are made of: its history (None: not there yet), its comparison with the last commit
    (None: not there yet), the session's folder, the names of its agents, its commands with their times (epoch ms), and
    the zone of times of day (None: local)."""

    path: str
    history: FileHistory | None = None
    head: HeadDiff | None = None
    folder: str = ""
    agents: Mapping[str, str] = field(default_factory=dict)
    commands: tuple[tuple[int, str], ...] = ()
    tz: tzinfo | None = None

    @property
    def changes(self) -> tuple[HistoryChange, ...]:
        """Its changes, as far as they are there."""
        return self.history.changes if self.history else ()

    @property
    def shown_path(self) -> str:
        """Its path for the screen."""
        return relative(one_line(self.path), self.folder)


def facts_of(path: str, state: SessionState, tz: tzinfo | None = None) -> FileFacts:
    """Return the facts about a file that live state has."""
    names = {agent.id: one_line(agent.type or agent.description) or agent.id[:8] for agent in state.agents.values()}
    commands = [
        (call.ended or call.started, one_line(call.subject))
        for call in state.log.calls()
        if call.kind is ToolKind.SHELL
    ]
    return FileFacts(path, folder=state.folder, agents={**names, MAIN: "main"}, commands=tuple(commands), tz=tz)


def summary_line(facts: FileFacts) -> Spans:
    """Return ``7 changes · +46 −91 · 20:31:21 – 21:02:01 · main, Explore``."""
    changes = facts.changes
    if not changes:
        return (TextSpan(READING if facts.history is None else NO_CHANGE, Tone.DIM),)
    added, removed = (sum(getattr(each.change, name) for each in changes) for name in ("added", "removed"))
    first, last = (clock(changes[place].at, facts.tz) for place in (0, -1))
    agents = ", ".join(dict.fromkeys(_agent(each, facts) for each in changes))
    times = first if first == last else f"{first} – {last}"
    return (
        TextSpan(f"{pluralize(len(changes), 'change')} · "),
        TextSpan(f"+{added:,}", Tone.ADDED if added else Tone.DIM),
        TextSpan(f" −{removed:,}", Tone.REMOVED if removed else Tone.DIM),
        TextSpan(f" · {times} · {agents}", Tone.DIM),
    )


def single_line(facts: FileFacts, number: int) -> Spans:
    """Return ``3 of 7 · 20:31:21 · Edit · main · +6 −4`` for the change of this number, from 1."""
    each = facts.changes[number - 1]
    return (
        TextSpan(f"{number} of {len(facts.changes)} · {clock(each.at, facts.tz)} · "),
        TextSpan(f"{one_line(each.tool)} · {_agent(each, facts)} · ", Tone.DIM),
        TextSpan(f"+{each.change.added:,}", Tone.ADDED if each.change.added else Tone.DIM),
        TextSpan(f" −{each.change.removed:,}", Tone.REMOVED if each.change.removed else Tone.DIM),
    )


def rows_for(mode: FileMode, facts: FileFacts, number: int) -> Callable[[], Sequence[DiffRow]]:
    """Return the function that makes the rows of a view; it may take long. ``number`` is that of the single change."""
    match mode:
        case FileMode.SESSION:
            return lambda: session_rows(facts)
        case FileMode.SINGLE:
            return lambda: rows_of([facts.changes[number - 1].change], lambda path: relative(path, facts.folder))
        case FileMode.HEAD:
            return lambda: head_rows(facts)


def session_rows(facts: FileFacts) -> list[DiffRow]:
    """Return the difference between the first content of a file in the session and the last."""
    if not facts.changes:
        return [DiffNote(NO_CHANGE)]
    stages = compose(facts.changes)
    for before, stage in pairwise(stages):
        if commands := _between(facts, facts.changes[before.last - 1].at, facts.changes[stage.first - 1].at):
            stage.reason += f" In between ran {commands}."
    return composed_rows(stages, facts.shown_path)


def head_rows(facts: FileFacts) -> list[DiffRow]:
    """Return the difference between the last commit and the file as it is, and what of it no recorded change made."""
    head = facts.head
    if head is None:
        return [DiffNote(READING)]
    at_commit = [DiffNote(f"Last commit that changed it: {head.commit}")] if head.commit else []
    if head.note:
        return [DiffNote(head.note), *at_commit]
    change = Change(ChangeKind.MODIFY, facts.path, head.diff)
    lines = [row for row in rows_of([change]) if not isinstance(row, FileTitle | DiffNote)]
    counts = Counter(_line_key(line) for line in lines if isinstance(line, DiffLine) and line.changed)
    added = sum(count for (kind, _), count in counts.items() if kind is LineKind.ADDED)
    title = Change(ChangeKind.MODIFY, facts.path, "", added, counts.total() - added)
    return [*at_commit, *_otherwise(facts, counts), FileTitle(title, facts.shown_path), *lines]


def _otherwise(facts: FileFacts, counts: Counter[tuple[LineKind, str]]) -> list[DiffRow]:
    """Return what of the difference is not in the session's own changes."""
    own = Counter(key for stage in compose(facts.changes) for key in _line_keys(stage))
    others = counts - own
    if not others:
        return []
    added = sum(count for (kind, _), count in others.items() if kind is LineKind.ADDED)
    removed = others.total() - added
    since = facts.changes[0].at if facts.changes else 0
    commands = _between(facts, since, 1 << 62)
    ran = f" (since then ran {commands})" if commands else ""
    return [DiffNote(f"⋯ +{added:,} −{removed:,} changed by commands{ran}, by you, or before this session")]


def _line_keys(stage: Stage) -> Iterable[tuple[LineKind, str]]:
    return (_line_key(row) for row in stage.lines if isinstance(row, DiffLine) and row.changed)


def _line_key(line: DiffLine) -> tuple[LineKind, str]:
    return line.kind, line.text.removesuffix("\r")


def _between(facts: FileFacts, begin: int, end: int) -> str:
    """Return the last commands between two times, for a sentence."""
    texts = list(dict.fromkeys(text for at, text in facts.commands if begin <= at <= end and text))
    named = ", ".join(f"“{cut_end(text, MAX_COMMAND)}”" for text in texts[-MAX_COMMANDS:])
    more = len(texts) - MAX_COMMANDS
    return f"{named} and {more} more" if more > 0 else named


def _agent(change: HistoryChange, facts: FileFacts) -> str:
    return facts.agents.get(change.agent, change.agent[:8] or "main")


def patch_text(path: str, rows: Iterable[DiffRow]) -> str:
    """Return the text of a view, for the clipboard."""
    signs = {LineKind.ADDED: "+", LineKind.REMOVED: "-", LineKind.CONTEXT: " "}
    lines = [f"--- {path}", f"+++ {path}"]
    for row in rows:
        match row:
            case DiffLine(kind, text):
                lines.append(signs.get(kind, "") + text)
            case DiffNote(text):
                lines.append(f"# {text}")
            case FileTitle():
                continue
            case _:
                lines.append("@@")
    return "\n".join(lines) + "\n"
