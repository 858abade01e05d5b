"""Context windows of the models that a person has added in ``models.json``, beside the sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import number, table, tables, text
from tui_monitor.sources.shared.model_windows import NO_WINDOWS, ModelWindows, Windows

_SESSIONS = "sessions"
_MODELS = "models.json"
_USUAL = 128_000
"""The window of a model that is added without one."""


def windows_for(path: Path) -> ModelWindows:
    """Return the windows of the models of the session at ``path``."""
    folder = next((folder.parent for folder in path.parents if folder.name == _SESSIONS), None)
    return ModelWindows((folder / _MODELS,), _windows_of) if folder else NO_WINDOWS


def _windows_of(file: Path, document: Record) -> Windows:
    return {
        (name, model): window
        for name, provider in table(document.get("providers")).items()
        for model, window in _models(table(provider))
    }


def _models(provider: Record) -> Iterator[tuple[str, int]]:
    """Yield the windows of the models that a provider has, then those of the ones that it changes."""
    for model in tables(provider.get("models")):
        yield text(model.get("id")), number(model.get("contextWindow")) or _USUAL
    for name, changes in table(provider.get("modelOverrides")).items():
        if window := number(table(changes).get("contextWindow")):
            yield name, window
