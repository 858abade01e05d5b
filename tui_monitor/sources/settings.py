"""Changes of an agent's settings, by which it reports more than its files do. They are proposed, never made here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tui_monitor.sources.base import SearchContext


class SettingsError(ValueError):
    """Settings that cannot be changed. The message is one line that says why, and what a person can do."""


@dataclass(frozen=True, slots=True)
class TelemetryTarget:
    """Where telemetry can be sent: the address of ``tui-monitor receive``, and the token that it wants."""

    url: str
    token: str


@dataclass(frozen=True, slots=True)
class SettingsRequest:
    """What is wanted: that the agent reports to ``program`` (a shell command), which keeps it in the folder
    ``recordings``, and that it exports to a ``receiver`` (None: it need not). ``undo`` takes all that back."""

    context: SearchContext
    program: str
    recordings: Path
    receiver: TelemetryTarget | None = None
    undo: bool = False


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """The content of a settings file ``before`` (empty: there is no file) and ``after``; ``effects`` say what the new
    content does, ``notes`` what was left as it is, and why."""

    path: Path
    before: str
    after: str
    effects: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


ProposeChange: TypeAlias = Callable[[SettingsRequest], SettingsChange]
"""Return the change of an agent's settings; raise `SettingsError` or OSError."""
