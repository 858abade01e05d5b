"""Token counts of a Codex rollout: which response they belong to, how full the context is, what the plan allows.

A ``token_usage_record`` tells one response by its id. Before there was such a line, ``token_count`` tells the sum of
the thread so far and the last response, about twice a response: what moves the sum is a response. A fork's file
begins with a copy of its parent's ``token_count`` lines under new times, so a response is named after its thread and
the chain of all sums up to it, and a fork's also after the thread it was forked from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tui_monitor.events import ContextUpdate, Event, RateLimitUpdate, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.facts import Facts
from tui_monitor.sources.codex.lines import SOURCE, Line, digest
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


class Counts(NamedTuple):
    """Tokens as Codex counts them: ``input`` includes what went through the cache, ``output`` the reasoning."""

    input: int = 0
    cached: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0
    total: int = 0

    @property
    def tokens(self) -> Tokens:
        """The same as exclusive counts."""
        return Tokens(
            input=max(0, self.input - self.cached - self.cache_write),
            output=self.output,
            cache_read=self.cached,
            cache_creation=self.cache_write,
            reasoning=self.reasoning,
        )

    @property
    def spent(self) -> bool:
        """Whether a model read or wrote anything: an estimate of the context alone has a total and nothing else."""
        return bool(self.input or self.output)

    def since(self, before: Counts) -> Counts:
        """What was added to ``before``."""
        return Counts(*(now - then for now, then in zip(self, before, strict=True)))


def counts(told: object) -> Counts:
    """Counts as they stand in a line; what is left out is 0, the total input plus output."""
    given = table(told)
    read = Counts(*(count(given.get(name)) for name in _NAMES))
    return read if read.total else read._replace(total=read.input + read.output)


class Meter:
    """Reads the counts of one thread, line by line. ``window`` is the size of its context, ``told_by_id`` whether its
    responses are told by their ids, ``searches`` how many searches belong to the response that is told next."""

    def __init__(self, facts: Facts, state: dict[str, Any]) -> None:
        self._facts = facts
        self.window: int | None = state.get("window")
        self.told_by_id: bool = state.get("told_by_id", False)
        self.searches: int = state.get("searches", 0)
        self._chain: str = state.get("chain", "")
        self._sum = Counts(*state.get("sum", ()))
        self._context: int | None = state.get("context")
        self._limits: dict[str, list[Any]] = state.get("limits", {})
        self._likenesses = ResponseFingerprints(state.get("alike"))

    def state(self) -> dict[str, Any]:
        """Everything needed to go on."""
        return {
            "window": self.window,
            "told_by_id": self.told_by_id,
            "searches": self.searches,
            "chain": self._chain,
            "sum": list(self._sum),
            "context": self._context,
            "limits": self._limits,
            "alike": self._likenesses.told,
        }

    @property
    def context(self) -> int | None:
        """Tokens in the context as last told."""
        return self._context

    def record(self, payload: Record, line: Line) -> Iterator[Event]:
        """A ``token_usage_record``: exactly one response. The ``token_count`` of it will name the same sum."""
        self.told_by_id = True
        sum_so_far = counts(payload.get("thread_token_usage"))
        chain = self._after(sum_so_far) if sum_so_far.spent else ""
        names = [f"resp:{payload['response_id']}"]
        names += [f"{SOURCE}:{line.session.id}+{chain}"] if chain else []
        yield self._usage(counts(payload["usage"]), tuple(names), line)

    def count(self, payload: Record, line: Line) -> Iterator[Event]:
        """A ``token_count``: the sums, and the limits of the person's plan."""
        if info := table(payload.get("info")):
            self.window = number(info.get("model_context_window")) or self.window
            last, sum_so_far = counts(info.get("last_token_usage")), counts(info.get("total_token_usage"))
            yield from self._response(sum_so_far, last, line)
            if last.total and last.total != self._context:
                self._context = last.total
                yield ContextUpdate(
                    session=line.session, at=line.at, tokens=last.total, limit=self.window, model=line.model
                )
        yield from self._plan(table(payload.get("rate_limits")), line)

    def forget_context(self, line: Line) -> Iterator[Event]:
        """The context was compacted: how full it is will be told with the next response."""
        self._context = None
        yield ContextUpdate(session=line.session, at=line.at, tokens=None, limit=self.window, model=line.model)

    def _response(self, sum_so_far: Counts, last: Counts, line: Line) -> Iterator[Event]:
        if sum_so_far == self._sum or not sum_so_far.spent:
            return
        spent = self._moved(sum_so_far, last)
        self._chain, self._sum = self._after(sum_so_far), sum_so_far
        if not self.told_by_id and spent.spent:
            threads = (line.session.id, *self._facts.ancestors)
            yield self._usage(spent, tuple(f"{SOURCE}:{thread}+{self._chain}" for thread in threads), line)

    def _moved(self, sum_so_far: Counts, last: Counts) -> Counts:
        """What the sum moved by. One that falls began anew; one that does not begin at its first response goes on
        from another file."""
        began_anew = any(now < then for now, then in zip(sum_so_far[:5], self._sum, strict=False))
        goes_on = self._facts.continues and not self._sum.spent
        if began_anew or goes_on:
            return last if last.spent else sum_so_far
        return sum_so_far.since(self._sum)

    def _after(self, sum_so_far: Counts) -> str:
        """The name of the chain of sums that ends with this one."""
        if sum_so_far == self._sum:
            return self._chain
        return digest(f"{self._chain}{','.join(map(str, sum_so_far))}")

    def _usage(self, spent: Counts, names: tuple[str, ...], line: Line) -> Usage:
        searches, self.searches = self.searches, 0
        return Usage(
            session=line.session,
            at=line.at,
            strong_ids=names,
            weak_ids=self._likenesses.weak_ids(line.session, spent.tokens, line.at, names[0]),
            model=line.model,
            provider=self._facts.provider,
            tokens=spent.tokens,
            service_tier=self._facts.tier,
            web_searches=searches,
        )

    def _plan(self, limits: Record, line: Line) -> Iterator[Event]:
        known_by = text(limits.get("limit_name")) or text(limits.get("limit_id"))
        for window in ("primary", "secondary"):
            told = table(limits.get(window))
            used, minutes = told.get("used_percent"), number(told.get("window_minutes"))
            resets = seconds_to_epoch_ms(told.get("resets_at")) or None
            name = window if known_by in ("", SOURCE) else f"{known_by} {window}"
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
