"""A configuration file with every setting, its meaning and its default, all commented out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from tui_monitor.config.model import Config
from tui_monitor.config.settings import AMOUNT, COUNT, PATH, SETTINGS, TEXTS, Setting

_NAMES = {"prices": '"my-model-*"', "windows": '"my-model-*"', "budgets": '"/work/shop"', "keys": "next-failure"}
"""Examples of the names that are a person's own, by section."""
_TEXTS = {
    "workspaces": '["/work/shop"]',
    "data_dir": '"/data/agents"',
    "stream": '"/data/agent.jsonl"',
    "keys.*": '"f8 n"',
    "history.bodies_days": "90",
    "history.rows_days": "365",
    "history.max_mb": "2000",
}
"""Examples for settings without a default."""
_HEAD = """\
# Configuration of tui-monitor. Every setting is here with its default or an example; remove the "# " before one to
# change it. What is wrong in this file is reported at the start, with its line; the rest applies.
"""


def commented_config() -> str:
    """Return the text of the file."""
    sections = groupby(SETTINGS.items(), key=lambda item: _table(item[0]))
    return _HEAD + "".join(f"{line}\n" for table, settings in sections for line in _section(table, dict(settings)))


def _table(name: str) -> str:
    """Return the table that a setting stands in, as it is written."""
    *parents, _ = name.split(".")
    return ".".join(_NAMES[parents[0]] if parent == "*" else parent for parent in parents)


def _section(table: str, settings: dict[str, Setting]) -> Iterator[str]:
    yield ""
    if table:
        yield f"# [{table}]"
    for name, setting in settings.items():
        last = name.rpartition(".")[2]
        own = _NAMES.get(name.partition(".")[0], "name") if last == "*" else last
        line = f"# {own} = {_value(name, setting)}"
        yield f"{line.ljust(40)} # {setting.meaning}"


def _value(name: str, setting: Setting) -> str:
    """Return the default of a setting as TOML; an example where it has none."""
    section, _, own = name.partition(".")
    value = getattr(getattr(Config(), section, None), own, None)
    if value is not None:
        return json.dumps(value, ensure_ascii=False)
    by_type = ((AMOUNT, "20"), (COUNT, "200000"), (TEXTS, "[]"), (PATH, '"~/prices.json"'))
    return _TEXTS.get(name) or next((example for type_, example in by_type if setting.type is type_), '""')
