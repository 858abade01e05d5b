"""Where things are kept, and what the user has set.

Settings come from the user's configuration file, from ``.tui-monitor.toml`` found upwards from the current directory,
from the environment (``telemetry.enabled`` is ``TUI_MONITOR_TELEMETRY_ENABLED``) and from options; the later wins. A
file found upwards is somebody else's: it may set only what is in `SHARED`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

APP = "tui-monitor"
WORKSPACE_FOLDER = ".tui-monitor"
PROJECT_FILE = ".tui-monitor.toml"
ENV_PREFIX = "TUI_MONITOR_"

_LARGEST_FILE = 1 << 20


@dataclass(frozen=True, slots=True)
class TelemetryConfig:
    """What the recording library keeps: how many executions in memory, how many in the store, and what of them."""

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
    """How it looks. ``levels`` are the per cent of a context window from which it is LOW, MEDIUM, HIGH, CRITICAL."""

    theme: str = ""
    ascii: bool = False
    levels: tuple[int, int, int, int] = (50, 75, 90, 100)


@dataclass(frozen=True, slots=True)
class Config:
    """All that is set. ``warnings`` says, a line each, what was wrong and is therefore as if not set.

    ``prices`` (US dollars a million tokens, a thousand searches, by kind) and ``windows`` (tokens) are by pattern of
    model; ``budgets`` are US dollars by period; ``stream`` is the file to record to, empty for the usual one.
    """

    telemetry: TelemetryConfig = field(default_factory=TelemetryConfig)
    display: DisplayConfig = field(default_factory=DisplayConfig)
    prices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    windows: Mapping[str, int] = field(default_factory=dict)
    budgets: Mapping[str, float] = field(default_factory=dict)
    stream: str = ""
    warnings: tuple[str, ...] = ()


class ConfigFile(NamedTuple):
    """A configuration file; ``own`` is the user's, any other somebody else's."""

    path: Path
    own: bool


class Kind(NamedTuple):
    """What a setting may be: in words, as a check, and as the value that text from the environment means."""

    wanted: str
    fits: Callable[[Any], bool]
    from_text: Callable[[str], object] = str


def _number(text: str) -> object:
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text


_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}

SWITCH = Kind("true or false", lambda value: isinstance(value, bool), lambda text: _WORDS.get(text.lower(), text))
COUNT = Kind("a whole number from 1 to 1,000,000,000", lambda value: type(value) is int and 0 < value <= 10**9, _number)
AMOUNT = Kind("dollars from 0 to 1,000,000", lambda value: type(value) in (int, float) and 0 <= value <= 10**6, _number)
TEXT = Kind("text of one line", lambda value: isinstance(value, str) and value.isprintable())
TEXTS = Kind(
    "a list of texts",
    lambda value: isinstance(value, list) and all(map(TEXT.fits, value)),
    lambda text: text.split(os.pathsep),
)
LEVELS = Kind(
    "four rising whole numbers",
    lambda value: (
        isinstance(value, list) and all(map(COUNT.fits, value)) and value == sorted({*value}) and len(value) == 4
    ),
    lambda text: [_number(part) for part in text.split(",")],
)

_PRICES = ("input", "output", "cache_read", "cache_write", "cache_write_1h", "web_search")

SETTINGS: Mapping[str, Kind] = {
    "data_dir": TEXT,
    "workspaces": TEXTS,
    "stream": TEXT,
    "telemetry.enabled": SWITCH,
    "telemetry.persist": SWITCH,
    "telemetry.max_executions": COUNT,
    "telemetry.persist_executions": COUNT,
    "telemetry.include_file_content": SWITCH,
    "telemetry.include_tool_args": SWITCH,
    "telemetry.anonymize_paths": SWITCH,
    "telemetry.mask_secrets": SWITCH,
    "display.theme": TEXT,
    "display.ascii": SWITCH,
    "display.levels": LEVELS,
    **{f"prices.*.{kind}": AMOUNT for kind in _PRICES},
    "windows.*": COUNT,
    **{f"budgets.{period}": AMOUNT for period in ("daily", "weekly", "monthly", "session")},
}
"""Every setting by its name; ``*`` stands for a pattern of models."""

SHARED = ("display", "budgets", "prices", "windows")
"""What a file that is not the user's own may set, too."""

_Key: TypeAlias = tuple[str, ...]
_Values: TypeAlias = dict[_Key, Any]

_KINDS = {tuple(name.split(".")): kind for name, kind in SETTINGS.items()}


STORE_NAME = "monitoring.db"
"""The store's file in the data folder."""


def data_folder(env: Mapping[str, str], cwd: Path) -> Path:
    """The folder of the store and the streams, made for its owner alone if it is not there.

    It is ``TUI_MONITOR_DATA_DIR``; else a workspace's folder that the user's configuration lists; else the user's
    ``data_dir`` or the platform's usual place; else, when that cannot be made, a folder in the current directory.
    """
    if chosen := env.get(ENV_PREFIX + "DATA_DIR"):
        folder = _path(cwd, chosen)
        return _made(folder) or folder
    own = _from_file(ConfigFile(_own_file(env, cwd), own=True), [])
    if workspace := _workspace(cwd, own.get(("workspaces",), ())):
        return workspace
    from platformdirs import user_data_dir

    usual = _path(cwd, own.get(("data_dir",)) or user_data_dir(APP, appauthor=False))
    here = cwd / WORKSPACE_FOLDER
    return _made(usual) or _made(here) or here


def config_files(env: Mapping[str, str], cwd: Path) -> tuple[ConfigFile, ...]:
    """The configuration files, the weaker first: the user's own (``TUI_MONITOR_CONFIG``, else the platform's usual
    place), whether it is there or not, and the nearest one found upwards."""
    found = next((path for folder in (cwd, *cwd.parents) if _is_file(path := folder / PROJECT_FILE)), None)
    own = ConfigFile(_own_file(env, cwd), own=True)
    return (own,) if found is None else (own, ConfigFile(found, own=False))


def load_config(env: Mapping[str, str], cwd: Path, options: Mapping[str, object] | None = None) -> Config:
    """All settings; ``options`` are by their names in `SETTINGS`. Nothing that is wrong in them raises."""
    warnings: list[str] = []
    values: _Values = {}
    for file in config_files(env, cwd):
        values |= _from_file(file, warnings)
    values |= _from_env(env, warnings)
    told = {tuple(name.split(".")): value for name, value in (options or {}).items()}
    values |= _accepted(told.items(), "options", True, warnings)
    return Config(
        telemetry=TelemetryConfig(**_section(values, "telemetry")),
        display=DisplayConfig(**_section(values, "display")),
        prices=_price_tables(values),
        windows=_section(values, "windows"),
        budgets=_section(values, "budgets"),
        stream=values.get(("stream",), ""),
        warnings=tuple(warnings),
    )


def _own_file(env: Mapping[str, str], cwd: Path) -> Path:
    if chosen := env.get(ENV_PREFIX + "CONFIG"):
        return _path(cwd, chosen)
    from platformdirs import user_config_path

    return user_config_path(APP, appauthor=False) / "config.toml"


def _workspace(cwd: Path, listed: Iterable[str]) -> Path | None:
    known = {os.path.realpath(path) for text in listed if (path := _path(Path(), text)).is_absolute()}
    for folder in (cwd, *cwd.parents):
        own = folder / WORKSPACE_FOLDER
        if not known.isdisjoint((os.path.realpath(own), os.path.realpath(folder))) and own.is_dir():
            return own
    return None


def _path(base: Path, text: str) -> Path:
    with suppress(RuntimeError):  # a home that nobody knows stays as it is written
        return base / Path(text).expanduser()
    return base / text


def _made(folder: Path) -> Path | None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _from_file(file: ConfigFile, warnings: list[str]) -> _Values:
    where = str(file.path)
    try:
        table = _table(file.path)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        warnings.append(f"{where}: cannot be read, nothing in it counts ({_shown(str(error))})")
        return {}
    return _accepted(_leaves(table), where, file.own, warnings)


def _table(path: Path) -> Mapping[str, object]:
    import tomllib

    # A named pipe would wait for ever, and whoever wrote a file found upwards may have put anything there.
    if path.exists() and not path.is_file():
        raise OSError("it is not a file")
    with path.open("rb") as file:
        content = file.read(_LARGEST_FILE + 1)
    if len(content) > _LARGEST_FILE:
        raise ValueError("it is larger than a megabyte")
    return tomllib.loads(content.decode("utf-8-sig"))


def _leaves(table: Mapping[str, object], above: _Key = ()) -> Iterator[tuple[_Key, object]]:
    for name, value in table.items():
        if isinstance(value, dict) and len(above) < 2:
            yield from _leaves(value, (*above, name))
        else:
            yield (*above, name), value


def _from_env(env: Mapping[str, str], warnings: list[str]) -> _Values:
    values: _Values = {}
    for key, kind in _KINDS.items():
        variable = ENV_PREFIX + "_".join(key).upper()
        if text := env.get(variable):
            values |= _accepted([(key, kind.from_text(text))], variable, True, warnings)
    return values


def _accepted(told: Iterable[tuple[_Key, object]], where: str, own: bool, warnings: list[str]) -> _Values:
    values: _Values = {}
    foreign: list[str] = []
    for key, value in told:
        kind = _KINDS.get(key) or _KINDS.get((key[0], "*", *key[2:]))
        name = ".".join(map(_shown, key))
        if not own and key[0] not in SHARED:
            foreign.append(name)
        elif kind is None:
            warnings.append(f"{where}: there is no setting {name}")
        elif not kind.fits(value):
            warnings.append(f"{where}: {name} must be {kind.wanted}")
        else:
            values[key] = tuple(value) if isinstance(value, list) else value
    if foreign:
        warnings.append(f"{where}: only {', '.join(SHARED)} may be set here; ignored: {', '.join(foreign[:5])}")
    return values


def _section(values: _Values, name: str) -> dict[str, Any]:
    return {key[1]: value for key, value in values.items() if key[0] == name}


def _price_tables(values: _Values) -> dict[str, dict[str, float]]:
    tables: dict[str, dict[str, float]] = {}
    for section, pattern, kind in (key for key in values if key[0] == "prices"):
        tables.setdefault(pattern, {})[kind] = values[section, pattern, kind]
    return tables


def _shown(text: str) -> str:
    short = text if len(text) <= 80 else text[:79] + "…"
    return short if short.isprintable() else ascii(short)
