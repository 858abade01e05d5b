"""The running sums in a Codex rollout, and the responses by which they grow.

``token_count`` lines repeat, so a response is a change of a sum. One file may hold several sums: resuming may begin a
new one, and some models are counted on their own (another ``limit_id``), in turns with the others. Some writers leave
out the sum, some the last response.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import add, ge, sub
from typing import Any, NamedTuple

from tui_monitor.events import Tokens
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.lines import digest
from tui_monitor.sources.shared.fields import count, table, text

_NAMES = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
    "total_tokens",
)
_MAX_SUMS = 8


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

    def plus(self, other: CodexUsageCounts) -> CodexUsageCounts:
        """Add ``other``."""
        return CodexUsageCounts(*map(add, self, other))

    def minus(self, other: CodexUsageCounts) -> CodexUsageCounts:
        """Subtract ``other``."""
        return CodexUsageCounts(*map(sub, self, other))

    def equals(self, other: CodexUsageCounts) -> bool:
        """Return True if both have the same counts; some writers leave out the total."""
        return self[:5] == other[:5]

    def includes(self, other: CodexUsageCounts) -> bool:
        """Return True if no count is smaller."""
        return all(map(ge, self[:5], other))


def read_counts(value: object) -> CodexUsageCounts:
    """Read the counts of a line; missing ones are 0, a missing total is input plus output."""
    fields = table(value)
    counts = CodexUsageCounts(*map(count, map(fields.get, _NAMES)))
    return counts if counts.total else counts._replace(total=counts.input + counts.output)


class CountedResponse(NamedTuple):
    """A response: its counts, and the sum it makes, by which it is the same in all copies of a file.

    ``number`` is that of the sum in its file; None if the sum began in another file.
    """

    counts: CodexUsageCounts
    sum: CodexUsageCounts
    number: int | None

    def suffixes(self) -> Iterator[str]:
        """Yield the ids it may have within its thread."""
        numbers = range(_MAX_SUMS // 2) if self.number is None else (self.number,)
        return (f"{number}:{digest(','.join(map(str, self.sum[:5])))}" for number in numbers)


class _Sum(NamedTuple):
    """One running sum: its number in the file, the limit it counts against and the model that it counts, both empty if
    unknown."""

    number: int | None
    limit: str
    model: str
    counts: CodexUsageCounts

    def is_of(self, limit: str, model: str) -> bool:
        return self.limit == limit if self.limit and limit else not (self.model and model) or self.model == model


class TokenCounters:
    """The running sums of one file, the one that changed last at the end."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._opened: int = state.get("opened", 0)
        self._sums = [
            _Sum(number, limit, model, CodexUsageCounts(*counts))
            for number, limit, model, counts in state.get("sums", ())
        ]
        self._bare: list[Any] = state.get("bare", [])

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "opened": self._opened,
            "sums": [[*one[:3], list(one.counts)] for one in self._sums],
            "bare": self._bare,
        }

    def apply_count(
        self, info: Record, limits: Record, model: str, at: int, *, is_continued: bool
    ) -> CountedResponse | None:
        """Apply a ``token_count`` and return its response; None if it repeats one.

        ``is_continued``: the file continues another one, and its first sum may include responses of that.
        """
        last, total = read_counts(info.get("last_token_usage")), read_counts(info.get("total_token_usage"))
        if not total.has_tokens:
            if not last.has_tokens or [at, *last] == self._bare:
                return None
            self._bare = [at, *last]
            total = self._sums[-1].counts.plus(last) if self._sums else last
        limit = text(limits.get("limit_id"))
        return self._apply(total, last, limit, model, is_continued=is_continued)

    def apply_record(self, total: CodexUsageCounts, usage: CodexUsageCounts, model: str) -> CountedResponse | None:
        """Apply the sum of a thread with its last response, both for certain; None without a sum."""
        if not total.has_tokens:
            return None
        grown = self._find(total.minus(usage)) or self._find(total)
        if grown is None and self._sums and total.includes(self._sums[-1].counts):
            grown = self._sums[-1]
        if grown is None:
            grown = self._open("", model, is_continued=not self._sums and not total.equals(usage))
        return self._grow(grown, total, usage, "", model)

    def _apply(
        self, total: CodexUsageCounts, last: CodexUsageCounts, limit: str, model: str, *, is_continued: bool
    ) -> CountedResponse | None:
        if self._sums and self._sums[-1].counts.equals(total):
            return None
        if last.has_tokens and (grown := self._find(total.minus(last))):
            return self._grow(grown, total, last, limit, model)
        if repeated := self._find(total):
            self._sums.remove(repeated)
            self._sums.append(repeated)
            return None
        is_first = not self._sums
        current = next((one for one in reversed(self._sums) if one.is_of(limit, model)), None)
        if current is None and self._sums and not last.has_tokens:
            current = self._sums[-1]
        if current and total.includes(current.counts) and not total.equals(last):
            return self._grow(current, total, total.minus(current.counts), limit, model)
        has_more = is_first and is_continued and not total.equals(last)
        opened = self._open(limit, model, is_continued=has_more)
        counts = last if last.has_tokens and (has_more or not is_first) else total
        return self._grow(opened, total, counts, limit, model)

    def _find(self, counts: CodexUsageCounts) -> _Sum | None:
        return next((one for one in reversed(self._sums) if one.counts.equals(counts)), None)

    def _open(self, limit: str, model: str, *, is_continued: bool) -> _Sum:
        number = None if is_continued else self._opened
        self._opened += 1
        self._sums.append(_Sum(number, limit, model, CodexUsageCounts()))
        del self._sums[:-_MAX_SUMS]
        return self._sums[-1]

    def _grow(
        self, one: _Sum, total: CodexUsageCounts, counts: CodexUsageCounts, limit: str, model: str
    ) -> CountedResponse:
        self._sums.remove(one)
        self._sums.append(_Sum(one.number, limit or one.limit, model or one.model, total))
        return CountedResponse(counts, total, one.number)
