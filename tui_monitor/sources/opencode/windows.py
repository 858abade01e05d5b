"""Context windows of models as OpenCode runs them: from its configuration, else from its own copy of the model list."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from tui_monitor.regular_files import read_bytes
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import number, table

MAX_BYTES = 32 << 20
_CONFIGS = ("opencode.json", "opencode.jsonc", "config.json")
_MODELS = "models.json"
_PROVIDERS = ("provider", "providers")
_COMMENT = re.compile(rb'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(rb'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')

_Windows = Mapping[tuple[str, str], int]


class ModelWindows:
    """The windows of one session's models as ``files`` have them now; the first that has a model wins."""

    def __init__(self, files: tuple[Path, ...] = ()) -> None:
        self._files = files
        self._limits: dict[tuple[str, str], int | None] = {}

    def limit_of(self, provider: str, model: str) -> int | None:
        """Return the window of a provider's model in tokens; None if no file has it."""
        key = (provider, model)
        if key not in self._limits:
            limits = (_windows_in(file).get(key) for file in self._files)
            self._limits[key] = next((limit for limit in limits if limit is not None), None)
        return self._limits[key]


NO_WINDOWS = ModelWindows()


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
    return ModelWindows((*configs, *((cache_home / app / _MODELS,) if cache_home else ())))


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


def _windows_in(file: Path) -> _Windows:
    try:
        status = file.stat()
    except OSError:
        return {}
    return _read(file, status.st_mtime_ns, status.st_size) if status.st_size <= MAX_BYTES else {}


@lru_cache(maxsize=64)
def _read(file: Path, modified: int, size: int) -> _Windows:
    """Read the windows in a file; empty if it cannot be read."""
    try:
        content = read_bytes(file, MAX_BYTES)
        document = table(orjson.loads(_TRAILING_COMMA.sub(rb"\1", _COMMENT.sub(rb"\1", content))))
    except (OSError, ValueError):
        return {}
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
