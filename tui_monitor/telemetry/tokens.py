"""Counting tokens: of one model or one kind of operation."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.telemetry.lock import LOCK


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Tokens read and produced."""

    input: int = 0
    output: int = 0

    def total(self) -> int:
        """Both together."""
        return self.input + self.output

    def add(self, other: TokenCounts) -> TokenCounts:
        """The sum of both, as ``+`` gives it. Counts never change, so that what was shown stays true."""
        return TokenCounts(self.input + other.input, self.output + other.output)

    __add__ = add

    def __str__(self) -> str:
        return f"{self.input} in / {self.output} out ({self.total()} total)"


@dataclass(frozen=True, slots=True)
class TokenStats:
    """Averages and maxima of single requests, in tokens."""

    avg_input: float = 0.0
    avg_output: float = 0.0
    avg_total: float = 0.0
    max_input: int = 0
    max_output: int = 0
    max_total: int = 0


@dataclass(frozen=True, slots=True)
class TokenUsageSnapshot:
    """What a tracker had counted at one moment."""

    name: str
    totals: TokenCounts
    request_count: int
    stats: TokenStats

    def summary(self) -> str:
        """One line: ``gpt-4o: 1500 tokens (1 requests)``."""
        return f"{self.name}: {self.totals.total()} tokens ({self.request_count} requests)"

    def detailed(self) -> str:
        """Three lines, with averages and maxima."""
        stats = self.stats
        return (
            f"{self.summary()}\n"
            f"  Avg: {stats.avg_input:.1f} in / {stats.avg_output:.1f} out\n"
            f"  Max: {stats.max_input} in / {stats.max_output} out"
        )


class TokenUsageTracker:
    """Counts the requests of one model or operation; any thread may record and ask."""

    __slots__ = ("_input", "_max_input", "_max_output", "_max_total", "_output", "_requests", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._input = self._output = self._requests = 0
        self._max_input = self._max_output = self._max_total = 0

    def record(self, input: int, output: int) -> None:  # noqa: A002  # the documents' name
        """Count one request."""
        with LOCK:
            self._requests += 1
            self._input += input
            self._output += output
            self._max_input = max(self._max_input, input)
            self._max_output = max(self._max_output, output)
            self._max_total = max(self._max_total, input + output)

    def record_counts(self, counts: TokenCounts) -> None:
        """Count one request."""
        self.record(counts.input, counts.output)

    def totals(self) -> TokenCounts:
        """All tokens so far."""
        with LOCK:
            return TokenCounts(self._input, self._output)

    def request_count(self) -> int:
        """All requests so far."""
        return self._requests

    def snapshot(self) -> TokenUsageSnapshot:
        """Everything counted so far, at one moment."""
        with LOCK:
            requests = self._requests or 1
            stats = TokenStats(
                avg_input=self._input / requests,
                avg_output=self._output / requests,
                avg_total=(self._input + self._output) / requests,
                max_input=self._max_input,
                max_output=self._max_output,
                max_total=self._max_total,
            )
            return TokenUsageSnapshot(self.name, TokenCounts(self._input, self._output), self._requests, stats)
