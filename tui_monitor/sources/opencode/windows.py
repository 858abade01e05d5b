"""Context windows of models as OpenCode runs them: from its configuration, else from its own copy of the model list."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import number, table
from tui_monitor.sources.shared.model_windows import ModelWindows, Windows

_CONFIGS = ("opencode.json", "opencode.jsonc", "config.json")
_MODELS = "models.json"
_PROVIDERS = ("provider", "providers")


def windows_for(database: Path, directory: str, environment: Mapping[str, str] | None = None) -> ModelWindows:
    """Return the windows of a session that was started in ``directory`` and is saved in ``database``."""
    env = os.environ if environment is None else environment
    app = database.parent.name
    home = database.parents[3] if len(database.parents) > 3 and database.parts[-4:-2] == (".local", "share") else None
    configs = [Path(env["OPENCODE_CONFIG"])] if env.get("OPENCODE_CONFIG") else []
    configs += [file for folder in _project_folders(directory) for file in _config_files(folder, app)]
    config_home, cache_home = (
        Path(env[name]) if env.get(name) else home / default if home else None
        for name, default in (("XDG_CONFIG_HOME", ".config"), ("XDG_CACHE_HOME", ".cache"))
    )
    configs += _config_files(config_home / app, app) if config_home else []
    return ModelWindows((*configs, *((cache_home / app / _MODELS,) if cache_home else ())), _windows_of)


def _project_folders(directory: str) -> Iterator[Path]:
    """Yield the folder of a session and those above it, up to the root of its repository."""
    folder = Path(directory)
    if not directory or not folder.is_absolute():
        return
    for parent in (folder, *folder.parents):
        yield parent
        if (parent / ".git").exists():
            return


def _config_files(folder: Path, app: str) -> list[Path]:
    return [folder / name for name in dict.fromkeys((f"{app}.json", f"{app}.jsonc", *_CONFIGS))]


def _windows_of(file: Path, document: Record) -> Windows:
    providers = document if file.name == _MODELS else _merged(document)
    return {
        (provider, model): limit
        for provider, fields in providers.items()
        for model, settings in table(table(fields).get("models")).items()
        if (limit := number(table(table(settings).get("limit")).get("context")))
    }


def _merged(document: Record) -> dict[str, Any]:
    """Return the providers of a configuration."""
    return {name: fields for key in _PROVIDERS for name, fields in table(document.get(key)).items()}
