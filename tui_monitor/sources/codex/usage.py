"""Token counts of a Codex rollout: the response they belong to, the size of the context, the limits of the plan.

A ``token_usage_record`` belongs to one response, by id. Older versions have only ``token_count`` (see
`token_counters`), and an older version may continue the file of a newer one: in turns without records the counts are
the responses. Such a response is identified by its thread and the sum it makes; a copy in the file of another thread
has the ids that it has in the threads it may be from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tui_monitor.events import ContextUpdate, Event, RateLimitUpdate, SessionKey, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.facts import ThreadFacts
from tui_monitor.sources.codex.inheritance import LineProvenance
from tui_monitor.sources.codex.lines import SOURCE, CodexLine
from tui_monitor.sources.codex.token_counters import CodexUsageCounts, CountedResponse, TokenCounters, read_counts
from tui_monitor.sources.shared.fields import number, put_bounded, reset_to_epoch_ms, table, text
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

_MAX_LIMITS = 16


class UsageMeter:
    """Reads the counts of one thread, line by line. ``window``: size of the context; ``has_records``: the responses of
    this turn have records; ``searches``: web searches of the next response."""

    def __init__(self, facts: ThreadFacts, state: dict[str, Any]) -> None:
        self._facts = facts
        self.window: int | None = state.get("window")
        self.has_records: bool = state.get("has_records", False)
        self.searches: int = state.get("searches", 0)
        self._counters = TokenCounters(state.get("counters", {}))
        self._unjudged: list[Any] = state.get("unjudged", [])
        self._context: int | None = state.get("context")
        self._limits: dict[str, list[Any]] = state.get("limits", {})
        self._fingerprints = ResponseFingerprints(state.get("fingerprints"))
        self._last_limits: Record = {}
        """Those of the last line, which most lines repeat."""

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "window": self.window,
            "has_records": self.has_records,
            "searches": self.searches,
            "counters": self._counters.state(),
            "unjudged": self._unjudged,
            "context": self._context,
            "limits": self._limits,
            "fingerprints": self._fingerprints.names,
        }

    @property
    def context(self) -> int | None:
        """Last known number of tokens in the context."""
        return self._context

    def read_record(self, payload: Record, line: CodexLine) -> Iterator[Event]:
        """Read a ``token_usage_record``: one response."""
        self.has_records = True
        usage, total = read_counts(payload["usage"]), read_counts(payload.get("thread_token_usage"))
        response = self._counters.apply_record(total, usage, line.model)
        if not usage.has_tokens:
            return
        names = self._names(response, line) if response else ()
        yield self._usage(usage, (f"resp:{payload['response_id']}", *names), line)

    def read_count(self, payload: Record, line: CodexLine) -> Iterator[Event]:
        """Read a ``token_count``: sums, context, and the limits of the person's plan."""
        limits = table(payload.get("rate_limits"))
        if info := table(payload.get("info")):
            self.window = number(info.get("model_context_window")) or self.window
            yield from self.count_response(info, limits, line)
            last = read_counts(info.get("last_token_usage"))
            if last.total and last.total != self._context:
                self._context = last.total
                yield self._context_update(line)
        yield from self._rate_limits(limits, line)

    def count_response(self, info: Record, limits: Record, line: CodexLine) -> Iterator[Event]:
        """Yield the response of a ``token_count``, if it has a new one."""
        is_continued = self._facts.continues_totals
        response = self._counters.apply_count(info, limits, line.model, line.at, is_continued=is_continued)
        if response and response.counts.has_tokens and not self.has_records:
            usage = self._usage(response.counts, tuple(self._names(response, line)), line)
            if self._facts.history.origin is LineProvenance.UNKNOWN and not self._unjudged:
                self._unjudged = [line.at, list(response.counts), list(response.sum), response.number]
            yield usage

    def settle_copies(self, line: CodexLine, *, are_copies: bool) -> Iterator[Event]:
        """Once it shows whose the first lines are: if they are copies, yield the response among them again, with its
        ids in the threads it may be from."""
        unjudged, self._unjudged = self._unjudged, []
        if unjudged and are_copies:
            at, counts, total, sum_number = unjudged
            response = CountedResponse(CodexUsageCounts(*counts), CodexUsageCounts(*total), sum_number)
            names = tuple(self._names(response, line))
            agent = self._facts.billed_agent
            yield Usage(session=line.session, agent=agent, at=at, strong_ids=names, tokens=response.counts.tokens)

    def reset_context(self, line: CodexLine) -> Iterator[Event]:
        """Mark the size of the context as unknown until the next response, after a compaction."""
        self._context = None
        yield self._context_update(line)

    def _context_update(self, line: CodexLine) -> ContextUpdate:
        return ContextUpdate(
            session=line.session,
            agent=line.agent,
            at=line.at,
            tokens=self._context,
            limit=self.window,
            model=line.model,
            position=line.ref.offset,
        )

    def _names(self, response: CountedResponse, line: CodexLine) -> Iterator[str]:
        """Yield the ids of a response: in this file, and those of a copy in each thread it may be from."""
        threads = [self._facts.file_id]
        if self._facts.history.origin is LineProvenance.COPIED:
            threads += self._facts.ancestors
        yield from (f"{SOURCE}:{thread}+{suffix}" for thread in threads for suffix in response.suffixes())

    def _usage(self, counts: CodexUsageCounts, names: tuple[str, ...], line: CodexLine) -> Usage:
        searches, self.searches = self.searches, 0
        key = SessionKey(SOURCE, line.thread)
        return Usage(
            session=line.session,
            agent=self._facts.billed_agent,
            at=line.at,
            copied_from=self._facts.copied_from,
            strong_ids=names,
            weak_ids=self._fingerprints.weak_ids(key, counts.tokens, line.at, names[0]),
            model=line.model,
            provider=self._facts.provider,
            tokens=counts.tokens,
            service_tier=self._facts.tier,
            web_searches=searches,
        )

    def _rate_limits(self, limits: Record, line: CodexLine) -> Iterator[Event]:
        if limits == self._last_limits:
            return
        self._last_limits = limits
        label = text(limits.get("limit_name")) or text(limits.get("limit_id"))
        for window in ("primary", "secondary"):
            fields = table(limits.get(window))
            used, minutes = fields.get("used_percent"), number(fields.get("window_minutes"))
            resets = reset_to_epoch_ms(fields.get("resets_at"))
            name = window if label in ("", SOURCE) else f"{label} {window}"
            if used is None or number(used) is None or self._limits.get(name) == [used, minutes, resets]:
                continue
            put_bounded(self._limits, name, [used, minutes, resets], _MAX_LIMITS)
            yield RateLimitUpdate(
                **line.fields,
                name=name,
                used_percent=float(used),
                window_minutes=minutes,
                resets_at=resets,
            )
