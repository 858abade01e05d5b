"""The configuration as typed values, with the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class TelemetryConfig:
    """Settings of the recording library, see `SETTINGS`."""

    enabled: bool = True
    persist: bool = True
    max_executions: int = 1000
    persist_executions: int = 500
    include_file_content: bool = True
    include_tool_args: bool = True
    anonymize_paths: bool = False
    mask_secrets: bool = True


@dataclass(frozen=True, slots=True)
class DisplayConfig:
    """Settings of the screen.

    ``levels`` are the percentages of a context window from which it is LOW, MEDIUM, HIGH and CRITICAL.
    ``risky_commands`` are marked in place of those that are marked by default (None).
    """

    theme: str = ""
    ascii: bool = False
    levels: tuple[int, int, int, int] = (50, 75, 90, 100)
    risky_commands: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class AlertsConfig:
    """Settings of alerts: thresholds, and the ways to reach a person.

    ``waiting`` to ``silent`` are seconds, ``failures`` a number among the last ten calls, ``context_soon`` and
    ``context_next`` percent of the tokens at which the agent compacts, ``budget`` percent of a budget. ``command`` is a
    program with its arguments, ``webhook`` an address, which may hold a secret.
    """

    waiting: int = 5
    waiting_likely: int = 15
    held: int = 30
    held_in_hook: int = 240
    done: int = 60
    silent: int = 180
    failures: int = 4
    context_soon: int = 15
    context_next: int = 5
    budget: tuple[int, ...] = (50, 80, 100)
    toast: bool = True
    title: bool = True
    bell: bool = True
    notify: str = "auto"
    command: tuple[str, ...] = ()
    webhook: str = ""


@dataclass(frozen=True, slots=True)
class HistoryConfig:
    """Settings of what is kept of sessions: ``backfill`` reads what was on disk before, ``bodies`` stores the texts and
    diffs of calls, which outlive the agents' files.

    Texts and diffs are kept for ``bodies_days``, single rows for ``rows_days`` after the end of a session, and no more
    of either than ``max_mb``; None sets no limit.
    """

    backfill: bool = True
    bodies: bool = True
    bodies_days: int | None = None
    rows_days: int | None = None
    max_mb: int | None = None


@dataclass(frozen=True, slots=True)
class FolderPrices:
    """Prices and windows that hold in a folder: those of its ``file``, completed by the user's own."""

    file: str
    prices: Mapping[str, Mapping[str, float]]
    windows: Mapping[str, int]


MAX_WARNINGS = 5
"""Warnings that are shown at the start of a monitor, or logged by the recording library."""


@dataclass(frozen=True, slots=True)
class Config:
    """All settings.

    ``prices`` and ``windows`` are the user's own; those of a folder, which somebody else may have written, are in
    ``folder`` and hold for what is shown there (see `view`). ``prices`` are US dollars per million tokens
    (``web_search``: per thousand searches) by model pattern and kind, ``windows`` tokens by model pattern, ``budgets``
    US dollars by period, ``project_budgets`` the same by folder, ``keys`` those of actions of the screen.
    ``price_list`` is the path of the user's own list, empty for the installed one. ``stream`` is the file to record
    to, empty for the default one. ``warnings`` has a line for each setting that is wrong and therefore not applied;
    ``origins`` are the places that the settings of a section come from.
    """

    telemetry: TelemetryConfig = field(default_factory=TelemetryConfig)
    display: DisplayConfig = field(default_factory=DisplayConfig)
    alerts: AlertsConfig = field(default_factory=AlertsConfig)
    prices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    windows: Mapping[str, int] = field(default_factory=dict)
    budgets: Mapping[str, float] = field(default_factory=dict)
    stream: str = ""
    warnings: tuple[str, ...] = ()
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    folder: FolderPrices | None = None
    price_list: str = ""
    history: HistoryConfig = field(default_factory=HistoryConfig)
    project_budgets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def view(self) -> Config:
        """The settings with the prices and windows that hold in this folder: for what is shown, never for a store."""
        return replace(self, prices=self.folder.prices, windows=self.folder.windows) if self.folder else self

    @property
    def has_other_windows(self) -> bool:
        """True if other windows hold in this folder than the user's own."""
        return self.view.windows != self.windows

    @property
    def first_warnings(self) -> tuple[str, ...]:
        """The first of the warnings, and the number of the others in the last line: somebody else's file may cause
        thousands."""
        count = len(self.warnings) - MAX_WARNINGS
        others = (f"{count:,} more warnings about the configuration",) if count > 0 else ()
        return (*self.warnings[:MAX_WARNINGS], *others)

    @property
    def notice(self) -> str:
        """A line that says whose prices and windows hold in this folder; empty if they are the user's own."""
        if not self.folder:
            return ""
        return f"{self.folder.file} sets prices or windows: they hold for what is shown here and are not stored"
