"""The configuration as typed values, with the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
    """

    theme: str = ""
    ascii: bool = False
    levels: tuple[int, int, int, int] = (50, 75, 90, 100)


@dataclass(frozen=True, slots=True)
class Config:
    """All settings.

    ``prices`` are US dollars per million tokens (``web_search``: per thousand searches) by model pattern and kind,
    ``windows`` tokens by model pattern, ``budgets`` US dollars by period. ``stream`` is the file to record to, empty
    for the default one. ``warnings`` has a line for each setting that is wrong and therefore not applied; ``origins``
    are the places that the settings of a section come from.
    """

    telemetry: TelemetryConfig = field(default_factory=TelemetryConfig)
    display: DisplayConfig = field(default_factory=DisplayConfig)
    prices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    windows: Mapping[str, int] = field(default_factory=dict)
    budgets: Mapping[str, float] = field(default_factory=dict)
    stream: str = ""
    warnings: tuple[str, ...] = ()
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
