"""Loads the configuration. What is wrong in it becomes a warning that says where, and the rest applies.

A file found upwards from the current directory is somebody else's: it may set only `SHARED_SECTIONS`, and its prices
and windows are kept apart from the user's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from tui_monitor.config.files import (
    APP,
    ENV_PREFIX,
    ConfigFile,
    config_files,
    create_folder,
    create_local_folder,
    expand_path,
    own_file,
    read_text,
    workspace_folder,
)
from tui_monitor.config.model import AlertsConfig, Config, DisplayConfig, FolderPrices, HistoryConfig, TelemetryConfig
from tui_monitor.config.settings import OWN_SETTINGS, SETTINGS, SHARED_SECTIONS, Setting

_Key: TypeAlias = tuple[str, ...]

_SETTINGS = {tuple(name.split(".")): setting for name, setting in SETTINGS.items()}
_MAX_IGNORED = 5
_FOLDER_SECTIONS = ("prices", "windows")
_PROJECT_BUDGETS = ("budgets", "projects")
_LINE = re.compile(r"at line (\d+)")


@dataclass(slots=True)
class _Loading:
    """The values accepted so far, apart from them the prices and windows of a folder's file, the places they come from
    by section, and the warnings."""

    values: dict[_Key, Any] = field(default_factory=dict)
    folder: dict[_Key, Any] = field(default_factory=dict)
    folder_file: str = ""
    origins: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def accept(
        self,
        place: str,
        leaves: Iterable[tuple[_Key, object]],
        is_own: bool = True,
        where: Callable[[_Key], str] | None = None,
    ) -> None:
        """Take over the valid settings of a place; ``where`` names the place of a setting in a warning."""
        where = where or (lambda key: place)
        foreign: list[_Key] = []
        for key, value in leaves:
            setting = _setting_of(key)
            if not is_own and (key[0] not in SHARED_SECTIONS or ".".join(key) in OWN_SETTINGS):
                foreign.append(key)
            elif setting is None:
                self.warnings.append(f"{where(key)}: unknown setting {_name(key)}")
            elif not setting.type.accepts(value):
                self.warnings.append(f"{where(key)}: {_name(key)} must be {setting.type.words}")
            else:
                values = self.values if is_own or key[0] not in _FOLDER_SECTIONS else self.folder
                values[key] = tuple(value) if isinstance(value, list) else value
                self.folder_file = self.folder_file if is_own else place
                places = self.origins.setdefault(key[0], [])
                places.extend([] if place in places else [place])
        if foreign:
            names = ", ".join(map(_name, foreign[:_MAX_IGNORED]))
            self.warnings.append(
                f"{where(foreign[0])}: only {', '.join(SHARED_SECTIONS)} may be set here; ignored: {names}"
            )

    def section(self, name: str) -> dict[str, Any]:
        """Return the values of a section by their names in it."""
        return _section(self.values, name)

    def folder_prices(self) -> FolderPrices | None:
        """Return the prices and windows that hold in the folder; None if its file sets none."""
        if not self.folder:
            return None
        values = self.values | self.folder
        return FolderPrices(self.folder_file, _tables(values, "prices"), _section(values, "windows"))


def _setting_of(key: _Key) -> Setting | None:
    """Return the setting of a key, in which one name may be a person's own."""
    patterns = (key, (key[0], "*", *key[2:]), (*key[:2], "*", *key[3:]))
    return next((setting for pattern in patterns if (setting := _SETTINGS.get(pattern))), None)


def load_config(env: Mapping[str, str], cwd: Path, options: Mapping[str, object] | None = None) -> Config:
    """Return all settings; ``options`` are by their names in `SETTINGS`. Raises nothing: see `Config.warnings`."""
    loading = _Loading()
    for file in config_files(env, cwd):
        _load_file(file, loading)
    for variable, leaf in _variables(env):
        loading.accept(variable, [leaf])
    loading.accept("options", ((tuple(name.split(".")), value) for name, value in (options or {}).items()))
    return Config(
        telemetry=TelemetryConfig(**loading.section("telemetry")),
        display=DisplayConfig(**loading.section("display")),
        alerts=AlertsConfig(**loading.section("alerts")),
        history=HistoryConfig(**loading.section("history")),
        prices=_tables(loading.values, "prices"),
        windows=loading.section("windows"),
        keys=loading.section("keys"),
        price_list=str(expand_path(cwd, path)) if (path := loading.values.get(("prices", "file"))) else "",
        budgets=loading.section("budgets"),
        project_budgets=_tables(loading.values, *_PROJECT_BUDGETS),
        stream=loading.values.get(("stream",), ""),
        warnings=tuple(loading.warnings),
        origins={section: tuple(places) for section, places in loading.origins.items()},
        folder=loading.folder_prices(),
    )


def data_folder(env: Mapping[str, str], cwd: Path, warnings: list[str] | None = None) -> Path:
    """Return the folder of the store and the streams; create it for its owner alone if it does not exist.

    It is ``TUI_MONITOR_DATA_DIR``; else the folder of a workspace in the user's configuration; else the user's
    ``data_dir`` or the platform's usual place; else, when that cannot be created, a folder in the current directory,
    with a line in ``warnings``.
    """
    if name := env.get(ENV_PREFIX + "DATA_DIR"):
        folder = expand_path(cwd, name)
        create_folder(folder)
        return folder
    own = _Loading()
    _load_file(own_file(env, cwd), own)
    if workspace := workspace_folder(cwd, own.values.get(("workspaces",), ())):
        return workspace
    from platformdirs import user_data_dir

    folder = expand_path(cwd, own.values.get(("data_dir",)) or user_data_dir(APP, appauthor=False))
    if create_folder(folder):
        return folder
    local = create_local_folder(cwd)
    if warnings is not None:
        warnings.append(f"{folder}: cannot be created, using {local} instead")
    return local


def _load_file(file: ConfigFile, loading: _Loading) -> None:
    import tomllib

    from tui_monitor.config.positions import SettingLines

    place = str(file.path)
    try:
        text = read_text(file)
        table = tomllib.loads(text)
    except FileNotFoundError:
        if file.is_required:
            loading.warnings.append(f"{place}: no such file, named by {ENV_PREFIX}CONFIG")
        return
    except (OSError, ValueError, RecursionError) as error:
        line = _LINE.search(str(error))
        at = f"{place}:{line[1]}" if line else place
        loading.warnings.append(f"{at}: cannot be read, nothing in it applies ({_printable(_reason(error))})")
        return

    lines = SettingLines(text)

    def where(key: _Key) -> str:
        line = lines.find(key)
        return f"{place}:{line}" if line else place

    loading.accept(place, _leaves(table), file.is_own, where)


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)


def _leaves(table: Mapping[str, object], parents: _Key = ()) -> Iterator[tuple[_Key, object]]:
    for name, value in table.items():
        if isinstance(value, dict) and len(parents) < (3 if (*parents, name)[:2] == _PROJECT_BUDGETS else 2):
            yield from _leaves(value, (*parents, name))
        else:
            yield (*parents, name), value


def _variables(env: Mapping[str, str]) -> Iterator[tuple[str, tuple[_Key, object]]]:
    for key, setting in _SETTINGS.items():
        variable = ENV_PREFIX + "_".join(key).upper()
        if text := env.get(variable):
            yield variable, (key, setting.type.parse(text))


def _section(values: Mapping[_Key, Any], name: str) -> dict[str, Any]:
    return {key[1]: value for key, value in values.items() if key[0] == name and len(key) == 2}


def _tables(values: Mapping[_Key, Any], *parents: str) -> dict[str, dict[str, float]]:
    """Return the tables below a section by their names."""
    tables: dict[str, dict[str, float]] = {}
    for key, value in values.items():
        if key[: len(parents)] == parents and len(key) == len(parents) + 2:
            tables.setdefault(key[-2], {})[key[-1]] = value
    return tables


def _name(key: _Key) -> str:
    return ".".join(map(_printable, key))


def _printable(text: str) -> str:
    short = text if len(text) <= 80 else text[:79] + "…"
    return short if short.isprintable() else ascii(short)
