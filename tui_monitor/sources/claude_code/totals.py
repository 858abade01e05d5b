"""Cumulative totals of sessions: of one process in older versions, later of all processes, and of what a fork copied.

A total covers what was spent until then; lines without a time stand between the two with a time around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tui_monitor.events import PICO, SessionKey, SessionTotalUpdate, Tokens
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import SOURCE, SYNTHETIC, ClaudeLine, transcript_model
from tui_monitor.sources.claude_code.windows import version_numbers
from tui_monitor.sources.shared.fields import LARGEST_COST, count, number, table, text, to_picodollars

_CUMULATIVE = (2, 1, 277)
"""The version from which on totals continue over resumed processes and forks."""
_CUMULATIVE_MARK = "model_usage_since_last_result"
"""A field of printed results of such versions, which may lack their version."""
_REPORTER = "state"
_UNKNOWN_PRICE = "unknown"
_TOTAL_COST = re.compile(r"(?:Total|Estimated) cost:\s*\$\s*(\d[\d,]{0,12}(?:\.\d{1,12})?)([^\n]{0,200})")
_INACCURATE = "unknown model"
_MAX_PENDING = 4


@dataclass(slots=True)
class TotalTracker:
    """The totals of one file.

    ``run`` counts its totals without a start time that are of processes of their own, ``last`` is the last of them:
    cost and tokens. ``pending`` are totals that no line with a time has followed yet. ``partial`` are the sessions of
    which it was emitted that not all their usage is recorded.
    """

    run: int = 1
    last: list[int] = field(default_factory=list)
    has_responded: bool = False
    pending: list[Record] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)

    def saved(self, line: ClaudeLine, version: str) -> Iterator[SessionTotalUpdate]:
        """Apply a total that the program saves in the transcript when it leaves the session."""
        for total in reported_total(line, line.record.get("totalCostUSD")):
            is_cumulative = continues(version)
            run = f"{_REPORTER}:{number(line.record.get('startTime')) or self._run_of(total, is_cumulative)}"
            yield from self.add(replace(total, run=run, inherits=is_cumulative))

    def add(self, total: SessionTotalUpdate) -> Iterator[SessionTotalUpdate]:
        """Emit a total, and keep it until a line with a time follows."""
        saved = {"session": total.session.id, "cost": total.cost, "run": total.run, "at": total.at}
        self.pending = [*self.pending, saved][-_MAX_PENDING:]
        yield total

    def follow(self, line: ClaudeLine) -> list[SessionTotalUpdate]:
        """Apply a line of the main chain. With a time, pending totals cover what was spent before it; an answer of the
        model says that not all of the session's usage is in lines."""
        updates: list[SessionTotalUpdate] = []
        if self.pending and "timestamp" in line.record:
            updates += self._covering(line)
        if line.record.get("type") == "assistant" and line.session.id not in self.partial:
            updates += self._interactive(line)
        return updates

    def _covering(self, line: ClaudeLine) -> Iterator[SessionTotalUpdate]:
        pending, self.pending = self.pending, []
        for total in pending:
            if line.at >= total["at"]:
                key = SessionKey(SOURCE, total["session"])
                yield SessionTotalUpdate(
                    session=key, at=total["at"], cost=total["cost"], run=total["run"], until=line.at
                )

    def response(self) -> None:
        """Record a response: an equal total after it is that of another process."""
        self.has_responded = True

    def _interactive(self, line: ClaudeLine) -> Iterator[SessionTotalUpdate]:
        """Emit once that the session has usage that is in no line: titles, summaries, side questions."""
        is_answer = line.message.get("model") != SYNTHETIC
        if is_answer and not text(line.record.get("entrypoint")).startswith("sdk"):
            self.partial = [*self.partial, line.session.id][-_MAX_PENDING:]
            yield SessionTotalUpdate(**line.fields, is_partial=True)

    def _run_of(self, total: SessionTotalUpdate, is_cumulative: bool) -> int:
        """Return the number of the run of a total that does not say when its process started."""
        tokens = total.tokens or Tokens()
        now = [total.cost or 0, tokens.prompt, tokens.output]
        is_less = any(part < before for part, before in zip(now, self.last, strict=False))
        is_other = bool(self.last) and (self.has_responded or now != self.last)
        self.run += is_less if is_cumulative else is_less or is_other
        self.last, self.has_responded = now, False
        return self.run


def continues(version: str, record: Record | None = None) -> bool:
    """Return True if a version's totals continue over processes; without a version the record must show it."""
    if numbers := version_numbers(version):
        return numbers >= _CUMULATIVE
    return record is None or _CUMULATIVE_MARK in record


def reported_total(line: ClaudeLine, dollars: object) -> Iterator[SessionTotalUpdate]:
    """Yield the total in a record, which has the usage of each model beside it.

    Of models that the program has no price of its own for, it reports one of another model: that is left out.
    """
    cost = to_picodollars(dollars)
    if cost is None:
        return
    usage = {name: table(counts) for name, counts in table(line.record.get("modelUsage")).items()}
    unpriced = [name for name, counts in usage.items() if not is_priced(name, counts)]
    if line.record.get("hasUnknownModelCost") is True and not unpriced:
        unpriced = list(usage)
    if unpriced:
        priced = [name for name in usage if name not in unpriced]
        cost = sum(to_picodollars(usage[name].get("costUSD")) or 0 for name in priced) if priced else None
    elif line.record.get("hasUnknownModelCost") is True:
        cost = None
    tokens = [_tokens(counts) for counts in usage.values()]
    yield SessionTotalUpdate(
        **line.fields,
        cost=cost,
        tokens=_sum(tokens) if tokens else None,
        list_priced=tuple((transcript_model(name), _tokens(usage[name])) for name in unpriced),
    )


def total_in_output(line: ClaudeLine, output: str, version: str) -> Iterator[SessionTotalUpdate]:
    """Yield the total in the output of ``/cost``: the least amount that rounds to it."""
    match = _TOTAL_COST.search(output)
    if not match or _INACCURATE in match[2]:
        return
    rounding = Decimal(5).scaleb(-1 - len(match[1].partition(".")[2]))
    dollars = max(Decimal(0), Decimal(match[1].replace(",", "")) - rounding)
    cost = min(int(dollars * PICO), LARGEST_COST)
    yield SessionTotalUpdate(**line.fields, cost=cost, until=line.at and line.at + 1, inherits=continues(version))


def is_priced(model: str, usage: Record | None = None) -> bool:
    """Return True if the program knows the price of a model; it charges others like one of its own."""
    return "claude" in model.lower() and table(usage).get("costBasis") != _UNKNOWN_PRICE


def _tokens(usage: Record) -> Tokens:
    creation = count(usage.get("cacheCreationInputTokens"))
    output = count(usage.get("outputTokens"))
    return Tokens(
        input=count(usage.get("inputTokens")),
        output=output,
        cache_read=count(usage.get("cacheReadInputTokens")),
        cache_creation=creation,
        cache_creation_1h=min(creation, count(usage.get("cacheCreationEphemeral1hInputTokens"))),
        reasoning=min(output, count(usage.get("thinkingTokens"))),
    )


def _sum(parts: list[Tokens]) -> Tokens:
    return Tokens(
        input=sum(part.input for part in parts),
        output=sum(part.output for part in parts),
        cache_read=sum(part.cache_read for part in parts),
        cache_creation=sum(part.cache_creation for part in parts),
        cache_creation_1h=sum(part.cache_creation_1h for part in parts),
        reasoning=sum(part.reasoning for part in parts),
    )
