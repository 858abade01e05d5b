"""Prices and windows from the user's configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from fnmatch import fnmatchcase

from tui_monitor.pricing.names import spellings
from tui_monitor.pricing.prices import Prices

_KINDS = frozenset(kind.name for kind in fields(Prices)) - {"request"}


@dataclass(frozen=True, slots=True)
class Overrides:
    """Prices and windows by pattern: a model's name or ``provider/model``, with ``*`` and ``?`` as wildcards.

    If several patterns match, one that equals the name wins, otherwise the longest.
    """

    prices: Mapping[str, Prices] = field(default_factory=dict)
    windows: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_tables(cls, prices: Mapping[str, Mapping[str, float]], windows: Mapping[str, int]) -> Overrides:
        """Read the tables of a configuration file; prices in US dollars as in `Prices`.

        Raises:
            ValueError: a price is of an unknown kind.
        """
        return cls({pattern: _prices(pattern, table) for pattern, table in prices.items()}, dict(windows))

    def names(self) -> list[str]:
        """Return all patterns."""
        return [*self.prices, *self.windows]

    def prices_of(self, model: str, provider: str = "") -> Prices | None:
        """Return the prices configured for this model, which may leave kinds out."""
        pattern = _best_match(self.prices, spellings(model, provider)) if self.prices else None
        return None if pattern is None else self.prices[pattern]

    def window_of(self, model: str, provider: str = "") -> int | None:
        """Return the window configured for this model."""
        pattern = _best_match(self.windows, spellings(model, provider)) if self.windows else None
        return None if pattern is None else self.windows[pattern]


NO_OVERRIDES = Overrides()


def _prices(pattern: str, table: Mapping[str, float]) -> Prices:
    if unknown := table.keys() - _KINDS:
        raise ValueError(f"prices of {pattern!r}: unknown kind {min(unknown)!r}, expected {', '.join(sorted(_KINDS))}")
    return Prices(**{kind: Decimal(str(price)) for kind, price in table.items()})


def _best_match(patterns: Iterable[str], names: tuple[str, ...]) -> str | None:
    matches = [pattern for pattern in patterns if any(_matches(name, pattern.lower()) for name in names)]
    return max(matches, key=lambda pattern: (pattern.lower() in names, len(pattern)), default=None)


def _matches(name: str, pattern: str) -> bool:
    # Brackets are part of names such as `model[1m]`, not sets of characters.
    return fnmatchcase(name, pattern.replace("[", "[[]"))
