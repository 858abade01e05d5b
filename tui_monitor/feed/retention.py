"""Pruning by rules: what is older than a person wants to keep, or more than may be kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tui_monitor.config.model import HistoryConfig
from tui_monitor.store import PrunedCounts, Pruning, PruningKind, SessionGroup, Store, StoreError

DAY_MS = 24 * 60 * 60 * 1000
SESSIONS_AT_ONCE = 50
"""Sessions that are pruned in one transaction: others cannot write for a second."""
_FEW_SESSIONS = 5
"""The same where each may be the last that is too much."""


@dataclass(slots=True)
class PruneStep:
    """A rule, and what it removed or would remove."""

    rule: Pruning
    counts: PrunedCounts = field(default_factory=PrunedCounts)


def age_rule(kind: PruningKind, before: int, now: int, *, archive: str = "") -> Pruning:
    """Return the rule for what ended before a time (epoch ms)."""
    days = (now - before) // DAY_MS
    return Pruning(kind, before, now, f"older than {days:,} day{'' if days == 1 else 's'}", archive)


def configured_rules(history: HistoryConfig, now: int) -> list[Pruning]:
    """Return the rules that the settings make for ages: bodies go first."""
    days = {PruningKind.BODIES: history.bodies_days, PruningKind.ROWS: history.rows_days}
    return [age_rule(kind, now - count * DAY_MS, now) for kind, count in days.items() if count is not None]


class Pruner:
    """Prunes a store, a few sessions at a time; ``may_go_on`` is asked between two times. With ``is_dry`` it only
    counts."""

    def __init__(self, store: Store, *, is_dry: bool = False, may_go_on: Callable[[], bool] = lambda: True) -> None:
        self._retention = store.retention
        self._is_dry = is_dry
        self._may_go_on = may_go_on

    def by_age(self, rule: Pruning, write: Callable[[Iterable[bytes]], None] | None = None) -> PruneStep:
        """Prune what ended before ``rule.until``; ``write`` gets the lines of an archive, a group at a time.

        Raises:
            StoreError: the store cannot be written; what was pruned before stays pruned.
        """
        step, groups = PruneStep(rule), self._retention.prunable(rule.kind, rule.until)
        for batch in _batches(groups, SESSIONS_AT_ONCE):
            if not self._may_go_on():
                break
            step.counts = step.counts.plus(self._prune(batch, rule, write))
        return step

    def by_size(self, max_bytes: int, now: int) -> list[PruneStep]:
        """Prune until no more of the file is in use: the oldest bodies first, then the oldest rows, but nothing of the
        last day.

        Raises:
            StoreError: the store cannot be written.
        """
        reason = f"more than {max_bytes / 1e6:,.0f} MB were stored"
        return [self._by_size(Pruning(kind, now - DAY_MS, now, reason), max_bytes) for kind in PruningKind]

    def finish(self) -> None:
        """Remove what search knows of the texts that are gone.

        Raises:
            StoreError: the store cannot be written.
        """
        if not self._is_dry:
            self._retention.clear_search_index()

    def _by_size(self, rule: Pruning, max_bytes: int) -> PruneStep:
        step = PruneStep(rule)
        too_much = self._retention.used_bytes() - max_bytes
        for batch in _batches(self._retention.prunable(rule.kind, rule.until), _FEW_SESSIONS):
            removed = step.counts.text_bytes if self._is_dry else 0
            if self._retention.used_bytes() - removed <= max_bytes or too_much <= 0 or not self._may_go_on():
                break
            step.counts = step.counts.plus(self._prune(batch, rule))
        return step

    def _prune(
        self, batch: Sequence[SessionGroup], rule: Pruning, write: Callable[[Iterable[bytes]], None] | None = None
    ) -> PrunedCounts:
        if self._is_dry:
            return self._retention.count(batch, rule.kind)
        try:
            return self._retention.prune(batch, rule, write)
        except StoreError:
            if len(batch) == 1:
                raise
        return self._prune_singly(batch, rule, write)

    def _prune_singly(
        self, batch: Sequence[SessionGroup], rule: Pruning, write: Callable[[Iterable[bytes]], None] | None
    ) -> PrunedCounts:
        """Prune one group after another: a disk that is nearly full has room for a small transaction."""
        counts = PrunedCounts()
        for group in batch:
            self._retention.shrink_log()
            counts = counts.plus(self._retention.prune([group], rule, write))
        return counts


def apply_settings(pruner: Pruner, history: HistoryConfig, now: int) -> list[PruneStep]:
    """Prune what the settings say.

    Raises:
        StoreError: the store cannot be written.
    """
    steps = [pruner.by_age(rule) for rule in configured_rules(history, now)]
    if history.max_mb is not None:
        steps += pruner.by_size(history.max_mb * 1_000_000, now)
    if any(step.counts.sessions for step in steps):
        pruner.finish()
    return steps


def _batches(groups: Iterable[SessionGroup], size: int) -> Iterator[list[SessionGroup]]:
    """Yield the groups, so many sessions together, but no group in part."""
    batch: list[SessionGroup] = []
    for group in groups:
        batch.append(group)
        if sum(len(one.sessions) for one in batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
