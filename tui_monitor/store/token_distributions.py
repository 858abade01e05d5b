"""Sizes and times of requests as distributions: what histograms of telemetry are made of."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from tui_monitor.events import Rank
from tui_monitor.ledger import Amount
from tui_monitor.store.amount_columns import from_columns
from tui_monitor.store.periods import RESPONSE_AMOUNT
from tui_monitor.store.scopes import SUMS
from tui_monitor.store.sql import sum_of

TOKEN_BOUNDS = tuple(4**power for power in range(14))
"""Upper bounds of the classes of tokens, as OpenTelemetry's conventions recommend them."""
DURATION_BOUNDS_MS = tuple(10 * 2**power for power in range(14))
"""Upper bounds of the classes of durations in milliseconds, as they recommend them."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """Values by class: ``counts`` has one more than there are ``bounds``."""

    bounds: Sequence[int]
    counts: tuple[int, ...]
    total: int

    @property
    def count(self) -> int:
        """The number of values."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class TokenDistribution:
    """The requests of a model for one purpose, since ``first_at`` (epoch ms): what they used, the sizes of prompts
    (with what went through caches) and outputs, and the times of those that have one."""

    model: str
    provider: str
    operation: str
    first_at: int
    amount: Amount = field(default_factory=Amount)
    prompts: Distribution = field(default_factory=lambda: _distribution(TOKEN_BOUNDS, ()))
    outputs: Distribution = field(default_factory=lambda: _distribution(TOKEN_BOUNDS, ()))
    durations: Distribution = field(default_factory=lambda: _distribution(DURATION_BOUNDS_MS, ()))


def _counts(column: str, bounds: Sequence[int]) -> str:
    """Return SQL for the number of values in each class, and their sum."""
    edges = zip((None, *bounds), (*bounds, None), strict=True)
    classes = (
        " AND ".join(
            [f"{column} > {low}" for low in (least,) if low is not None]
            + [f"{column} <= {high}" for high in (most,) if high is not None]
        )
        for least, most in edges
    )
    return ", ".join([*(f"coalesce(sum({one}), 0)" for one in classes), sum_of(column)])


_PROMPT = "(input + cache_read + cache_creation)"
_SELECT = f"""
    SELECT models.value, providers.value, operations.value, min(nullif(at, 0)),
        {_counts(_PROMPT, TOKEN_BOUNDS)}, {_counts("output", TOKEN_BOUNDS)},
        {_counts("duration_ms", DURATION_BOUNDS_MS)}, {SUMS}
    FROM (SELECT at, model, provider, operation, duration_ms, {RESPONSE_AMOUNT} FROM responses
            WHERE rank < {int(Rank.SUM)}) AS sized
        JOIN strings AS models ON models.id = model JOIN strings AS providers ON providers.id = provider
        JOIN strings AS operations ON operations.id = operation
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def load_distributions(connection: sqlite3.Connection) -> list[TokenDistribution]:
    """Return the distributions of all models."""
    found = []
    for model, provider, operation, first_at, *columns in connection.execute(_SELECT):
        prompts, columns = _take(columns, TOKEN_BOUNDS)
        outputs, columns = _take(columns, TOKEN_BOUNDS)
        durations, columns = _take(columns, DURATION_BOUNDS_MS)
        amount = from_columns(columns)
        found.append(TokenDistribution(model, provider, operation, first_at or 0, amount, prompts, outputs, durations))
    return found


def _take(columns: list[int], bounds: Sequence[int]) -> tuple[Distribution, list[int]]:
    """Return the distribution that the columns begin with, and the rest of them."""
    size = len(bounds) + 2
    return _distribution(bounds, columns[:size]), columns[size:]


def _distribution(bounds: Sequence[int], columns: Sequence[int]) -> Distribution:
    *counts, total = columns or [0] * (len(bounds) + 2)
    return Distribution(bounds, tuple(counts), total)
