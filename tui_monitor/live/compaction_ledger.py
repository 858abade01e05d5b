"""The ledger of compactions: what each took away, what its summary still has, and what was read again afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tui_monitor.events import MAIN, Rates, ToolKind
from tui_monitor.live.context import Compaction, Context
from tui_monitor.live.context_xray import LEAST_CHARS
from tui_monitor.live.entries import Call, Mark, MarkKind
from tui_monitor.live.session import SessionState

_FILES = (ToolKind.READ, ToolKind.EDIT, ToolKind.WRITE)
_DECISIONS = (ToolKind.ASK, ToolKind.PLAN)
_LEAST_WORDS = 24
"""Characters by which a prompt or a command is looked for in a summary."""


class Kept(NamedTuple):
    """How many things of a kind from before a compaction its summary names, and those it lacks, the last ones first."""

    name: str
    total: int
    missing: tuple[str, ...]

    @property
    def kept(self) -> int:
        """Number of those that the summary names."""
        return self.total - len(self.missing)


@dataclass(frozen=True, slots=True)
class Reread:
    """Files that were read again after a compaction: their calls, and the tokens (estimated) and cost (picodollars,
    None while prices are unknown) of the results."""

    calls: tuple[Call, ...]
    tokens: int
    cost: int | None


@dataclass(frozen=True, slots=True)
class CompactionEntry:
    """One compaction; ``after`` is the fill of the next request where its source states none. ``kept`` is empty where
    the text of the summary is unknown."""

    compaction: Compaction
    after: int | None
    summary: str
    kept: tuple[Kept, ...]
    reread: Reread


def compaction_ledger(state: SessionState) -> list[CompactionEntry]:
    """Return an entry for each compaction of the main chain, the latest first."""
    compactions = state.context.compactions
    bounds = [0, *(compaction.at for compaction in compactions), 2**62]
    calls = [call for call in state.log.calls() if call.agent == MAIN]
    entries = (
        _entry(state, compaction, calls, since, until)
        for compaction, since, until in zip(compactions, bounds, bounds[2:], strict=False)
    )
    return list(entries)[::-1]


def _entry(state: SessionState, compaction: Compaction, calls: list[Call], since: int, until: int) -> CompactionEntry:
    summary = _summary(state.context, compaction.at, until)
    before, later = _within(calls, since, compaction.at), _within(calls, compaction.at, until)
    after = compaction.after
    if after is None:
        after = _first_fill(state.context, compaction.at, until)
    kept = tuple(_kept(before, _prompts(state, since, compaction.at), summary)) if summary else ()
    return CompactionEntry(compaction, after, summary, kept, _reread(state, before, later))


def _within(calls: Iterable[Call], since: int, until: int) -> list[Call]:
    return [call for call in calls if since <= call.started < until]


def _summary(context: Context, at: int, until: int) -> str:
    """Return the first summary written from a compaction on; its line may stand just before that of the compaction."""
    times = sorted(when for when in context.summaries if at - 1000 <= when < until)
    return context.summaries[times[0]] if times else ""


def _first_fill(context: Context, at: int, until: int) -> int | None:
    fills = (run.tokens for run in context.runs if at < run.first_at < until and run.tokens is not None)
    return next(fills, None)


def _prompts(state: SessionState, since: int, until: int) -> list[str]:
    marks = (entry for entry in state.log.entries if isinstance(entry, Mark) and entry.kind is MarkKind.PROMPT)
    return [mark.text for mark in marks if since <= mark.at < until]


def _kept(before: list[Call], prompts: list[str], summary: str) -> Iterator[Kept]:
    words = " ".join(summary.split()).casefold()
    files = {call.subject: call.subject.rpartition("/")[2] for call in before if call.kind in _FILES and call.subject}
    commands = {call.subject: _beginning(call.subject) for call in before if call.kind is ToolKind.SHELL}
    decisions = {call.subject: _beginning(call.subject) for call in before if call.kind in _DECISIONS}
    asked = {prompt: _beginning(prompt) for prompt in prompts}
    for name, things in (("file", files), ("command", commands), ("prompt", asked), ("decision", decisions)):
        if things:
            missing = [thing for thing, sign in things.items() if sign and sign.casefold() not in words]
            yield Kept(name, len(things), tuple(missing[::-1]))


def _beginning(text: str) -> str:
    return " ".join(text.split())[:_LEAST_WORDS]


def _reread(state: SessionState, before: list[Call], later: list[Call]) -> Reread:
    """Return the reads of files that had been read or changed before; each file once."""
    known = {call.subject for call in before if call.kind in _FILES and call.subject}
    again = {call.subject: call for call in reversed(later) if call.kind is ToolKind.READ and call.subject in known}
    calls = tuple(sorted(again.values(), key=lambda call: call.started))
    tokens = sum(call.result_chars for call in calls) // LEAST_CHARS
    return Reread(calls, tokens, None if (price := _price(state)) is None else tokens * price)


def _price(state: SessionState) -> int | None:
    """Return what a token costs that is sent for the first time (picodollars)."""
    rates: Rates | None = next((each.rates for each in reversed(state.totals.requests) if each.rates), None)
    return (rates.cache_creation or rates.input) if rates else None
