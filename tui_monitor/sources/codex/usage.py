"""Token counts of a Codex rollout: the response they belong to, the size of the context, the limits of the plan.

A ``token_usage_record`` belongs to one response, by id. Older versions have only ``token_count``, about twice per
response, with the sum of the thread so far and the last response: a change of the sum is a response. The file of a fork
begins with a copy of its parent's ``token_count`` lines under new times, so a response is identified by its thread and
the chain of all sums up to it, and that of a fork also by the parent thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tui_monitor.events import ContextUpdate, Event, RateLimitUpdate, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.facts import ThreadFacts
from tui_monitor.sources.codex.lines import SOURCE, CodexLine, digest
from tui_monitor.sources.shared.fields import count, number, put_bounded, seconds_to_epoch_ms, table, text
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

_NAMES = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
    "total_tokens",
)
_MAX_LIMITS = 16


class CodexUsageCounts(NamedTuple):
    """Token counts as Codex writes them: ``input`` includes cached tokens, ``output`` includes reasoning."""

    input: int = 0
    cached: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0
    total: int = 0

    @property
    def tokens(self) -> Tokens:
        """The counts with cache reads and writes excluded from the input."""
        return Tokens(
            input=max(0, self.input - self.cached - self.cache_write),
            output=self.output,
            cache_read=self.cached,
            cache_creation=self.cache_write,
            reasoning=self.reasoning,
        )

    @property
    def has_tokens(self) -> bool:
        """True if a model read or wrote anything; an estimate of the context alone has only a total."""
        return bool(self.input or self.output)

    def minus(self, other: CodexUsageCounts) -> CodexUsageCounts:
        """Subtract ``other``."""
        return CodexUsageCounts(*(value - subtrahend for value, subtrahend in zip(self, other, strict=True)))


def read_counts(value: object) -> CodexUsageCounts:
    """Read the counts of a line; missing ones are 0, a missing total is input plus output."""
    fields = table(value)
    counts = CodexUsageCounts(*(count(fields.get(name)) for name in _NAMES))
    return counts if counts.total else counts._replace(total=counts.input + counts.output)


class UsageMeter:
    """Reads the counts of one thread, line by line. ``window``: size of the context; ``has_response_ids``: responses
    have records of their own; ``searches``: web searches of the next response."""

    def __init__(self, facts: ThreadFacts, state: dict[str, Any]) -> None:
        self._facts = facts
        self.window: int | None = state.get("window")
        self.has_response_ids: bool = state.get("has_response_ids", False)
        self.searches: int = state.get("searches", 0)
        self._chain: str = state.get("chain", "")
        self._sum = CodexUsageCounts(*state.get("sum", ()))
        self._context: int | None = state.get("context")
        self._limits: dict[str, list[Any]] = state.get("limits", {})
        self._fingerprints = ResponseFingerprints(state.get("fingerprints"))

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "window": self.window,
            "has_response_ids": self.has_response_ids,
            "searches": self.searches,
            "chain": self._chain,
            "sum": list(self._sum),
            "context": self._context,
            "limits": self._limits,
            "fingerprints": self._fingerprints.names,
        }

    @property
    def context(self) -> int | None:
        """Last known number of tokens in the context."""
        return self._context

    def read_record(self, payload: Record, line: CodexLine) -> Iterator[Event]:
        """Read a ``token_usage_record``: one response. Its ``token_count`` will have the same sum."""
        self.has_response_ids = True
        sum_so_far = read_counts(payload.get("thread_token_usage"))
        chain = self._next_chain(sum_so_far) if sum_so_far.has_tokens else ""
        names = [f"resp:{payload['response_id']}"]
        names += [f"{SOURCE}:{line.session.id}+{chain}"] if chain else []
        yield self._usage(read_counts(payload["usage"]), tuple(names), line)

    def read_count(self, payload: Record, line: CodexLine) -> Iterator[Event]:
        """Read a ``token_count``: sums, context, and the limits of the person's plan."""
        if info := table(payload.get("info")):
            self.window = number(info.get("model_context_window")) or self.window
            last, sum_so_far = read_counts(info.get("last_token_usage")), read_counts(info.get("total_token_usage"))
            yield from self._response(sum_so_far, last, line)
            if last.total and last.total != self._context:
                self._context = last.total
                yield ContextUpdate(
                    session=line.session, at=line.at, tokens=last.total, limit=self.window, model=line.model
                )
        yield from self._rate_limits(table(payload.get("rate_limits")), line)

    def reset_context(self, line: CodexLine) -> Iterator[Event]:
        """Mark the size of the context as unknown until the next response, after a compaction."""
        self._context = None
        yield ContextUpdate(session=line.session, at=line.at, tokens=None, limit=self.window, model=line.model)

    def _response(self, sum_so_far: CodexUsageCounts, last: CodexUsageCounts, line: CodexLine) -> Iterator[Event]:
        if sum_so_far == self._sum or not sum_so_far.has_tokens:
            return
        increase = self._increase(sum_so_far, last)
        self._chain, self._sum = self._next_chain(sum_so_far), sum_so_far
        if not self.has_response_ids and increase.has_tokens:
            threads = (line.session.id, *self._facts.ancestors)
            yield self._usage(increase, tuple(f"{SOURCE}:{thread}+{self._chain}" for thread in threads), line)

    def _increase(self, sum_so_far: CodexUsageCounts, last: CodexUsageCounts) -> CodexUsageCounts:
        """Return the increase of the sum. A sum that falls has been reset; one that does not begin at its first
        response continues that of another file."""
        is_reset = any(now < then for now, then in zip(sum_so_far[:5], self._sum, strict=False))
        is_continued = self._facts.continues_totals and not self._sum.has_tokens
        if is_reset or is_continued:
            return last if last.has_tokens else sum_so_far
        return sum_so_far.minus(self._sum)

    def _next_chain(self, sum_so_far: CodexUsageCounts) -> str:
        """Return the name of the chain of sums that ends with this one."""
        if sum_so_far == self._sum:
            return self._chain
        return digest(f"{self._chain}{','.join(map(str, sum_so_far))}")

    def _usage(self, counts: CodexUsageCounts, names: tuple[str, ...], line: CodexLine) -> Usage:
        searches, self.searches = self.searches, 0
        return Usage(
            session=line.session,
            at=line.at,
            strong_ids=names,
            weak_ids=self._fingerprints.weak_ids(line.session, counts.tokens, line.at, names[0]),
            model=line.model,
            provider=self._facts.provider,
            tokens=counts.tokens,
            service_tier=self._facts.tier,
            web_searches=searches,
        )

    def _rate_limits(self, limits: Record, line: CodexLine) -> Iterator[Event]:
        label = text(limits.get("limit_name")) or text(limits.get("limit_id"))
        for window in ("primary", "secondary"):
            fields = table(limits.get(window))
            used, minutes = fields.get("used_percent"), number(fields.get("window_minutes"))
            resets = seconds_to_epoch_ms(fields.get("resets_at")) or None
            name = window if label in ("", SOURCE) else f"{label} {window}"
            if used is None or number(used) is None or self._limits.get(name) == [used, minutes, resets]:
                continue
            put_bounded(self._limits, name, [used, minutes, resets], _MAX_LIMITS)
            yield RateLimitUpdate(
                session=line.session,
                at=line.at,
                name=name,
                used_percent=float(used),
                window_minutes=minutes,
                resets_at=resets,
            )
