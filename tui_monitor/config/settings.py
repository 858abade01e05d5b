"""Every setting: its name, the values it takes, and its meaning."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import PurePath
from typing import Any, NamedTuple

SHARED_SECTIONS = ("display", "budgets", "prices", "windows")
"""Sections that a file of a project may set. The others only the user's own files may."""


OWN_SETTINGS = ("prices.file",)
"""Settings in those sections that only the user's own files may set."""


class SettingType(NamedTuple):
    """The values of a setting: in words, as a check, as JSON Schema, and parsed from the text of the environment."""

    words: str
    accepts: Callable[[Any], bool]
    schema: Mapping[str, Any]
    parse: Callable[[str], object] = str


class Setting(NamedTuple):
    """A setting: its values and its meaning."""

    type: SettingType
    meaning: str


def _words(text: str) -> object:
    try:
        return shlex.split(text)
    except ValueError:  # a quotation is not closed
        return text


def _number(text: str) -> object:
    for parse in (int, float):
        with suppress(ValueError):
            return parse(text)
    return text


_SWITCH_WORDS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}

SWITCH = SettingType(
    "true or false",
    lambda value: isinstance(value, bool),
    {"type": "boolean"},
    lambda text: _SWITCH_WORDS.get(text.lower(), text),
)
COUNT = SettingType(
    "a whole number from 1 to 1,000,000,000",
    lambda value: type(value) is int and 0 < value <= 10**9,
    {"type": "integer", "minimum": 1, "maximum": 10**9},
    _number,
)
AMOUNT = SettingType(
    "dollars from 0 to 1,000,000",
    lambda value: type(value) in (int, float) and 0 <= value <= 10**6,
    {"type": "number", "minimum": 0, "maximum": 10**6},
    _number,
)
TEXT = SettingType("text of one line", lambda value: isinstance(value, str) and value.isprintable(), {"type": "string"})
TEXTS = SettingType(
    "a list of texts",
    lambda value: isinstance(value, list) and all(map(TEXT.accepts, value)),
    {"type": "array", "items": TEXT.schema},
    lambda text: text.split(os.pathsep),
)
PERCENTAGE = SettingType(
    "a whole number from 1 to 100",
    lambda value: type(value) is int and 0 < value <= 100,
    {"type": "integer", "minimum": 1, "maximum": 100},
    _number,
)
COMMAND = SettingType(
    "a program and its arguments as a list of texts",
    lambda value: isinstance(value, list) and all(map(TEXT.accepts, value)) and (not value or bool(value[0].strip())),
    {"type": "array", "items": TEXT.schema, "prefixItems": [{"type": "string", "pattern": "\\S"}]},
    _words,
)
SHARES = SettingType(
    "one to nine rising whole numbers from 1 to 1000",
    lambda value: (
        isinstance(value, list)
        and all(type(one) is int and 0 < one <= 1000 for one in value)
        and value == sorted({*value})
        and 0 < len(value) < 10
    ),
    {
        "type": "array",
        "items": {"type": "integer", "minimum": 1, "maximum": 1000},
        "minItems": 1,
        "maxItems": 9,
        "uniqueItems": True,
    },
    lambda text: [_number(part) for part in text.split(",")],
)


def _is_address(text: str) -> bool:
    from urllib.parse import urlsplit  # rarely needed

    try:
        return bool(re.fullmatch(_ADDRESS, text, re.ASCII)) and text.isprintable() and urlsplit(text).port != 0
    except ValueError:  # brackets or a port that are none
        return False


_ADDRESS = r"https?://[^\s/?#]+[^\s]*"
ADDRESS = SettingType(
    "an address that begins with https:// or http://",
    lambda value: value == "" or (isinstance(value, str) and _is_address(value)),
    {"type": "string", "pattern": f"^({_ADDRESS})?$"},
)
NOTICES = ("auto", "off", "osc9", "osc777", "osc99")
NOTICE = SettingType(
    f"one of {', '.join(NOTICES)}", lambda value: value in NOTICES, {"type": "string", "enum": list(NOTICES)}
)
LEVELS = SettingType(
    "four rising whole numbers",
    lambda value: (
        isinstance(value, list) and all(map(COUNT.accepts, value)) and value == sorted({*value}) and len(value) == 4
    ),
    {"type": "array", "items": COUNT.schema, "minItems": 4, "maxItems": 4, "uniqueItems": True},
    lambda text: [_number(part) for part in text.split(",")],
)

PATH = SettingType(
    "an absolute path",
    lambda value: TEXT.accepts(value) and (value.startswith("~") or PurePath(value).is_absolute()),
    {"type": "string"},
)

_PRICES = {
    "input": "US dollars per million input tokens.",
    "output": "US dollars per million output tokens.",
    "cache_read": "US dollars per million tokens read from the cache.",
    "cache_write": "US dollars per million tokens written to the cache for five minutes.",
    "cache_write_1h": "US dollars per million tokens written to the cache for an hour.",
    "web_search": "US dollars per thousand web searches.",
}
_BUDGETS = {
    "daily": "US dollars per day.",
    "weekly": "US dollars per week.",
    "monthly": "US dollars per month.",
    "session": "US dollars per session.",
}

SETTINGS: Mapping[str, Setting] = {
    "data_dir": Setting(TEXT, "Folder of the store, the streams and the recordings."),
    "workspaces": Setting(TEXTS, "Folders whose .tui-monitor folder is used as the data folder inside them."),
    "stream": Setting(TEXT, "File the recording library writes to instead of one file per session."),
    "telemetry.enabled": Setting(SWITCH, "Record anything at all."),
    "telemetry.persist": Setting(SWITCH, "Write what is recorded to the stream."),
    "telemetry.max_executions": Setting(COUNT, "Executions kept in memory."),
    "telemetry.persist_executions": Setting(COUNT, "Executions read back from the stream."),
    "telemetry.include_file_content": Setting(SWITCH, "Write the contents and diffs of changed files."),
    "telemetry.include_tool_args": Setting(SWITCH, "Write the arguments of tools."),
    "telemetry.anonymize_paths": Setting(SWITCH, "Write digests instead of paths."),
    "telemetry.mask_secrets": Setting(SWITCH, "Mask keys, tokens and passwords."),
    "display.theme": Setting(TEXT, "Color theme, such as monitor-light, high-contrast, color-blind or nord."),
    "display.ascii": Setting(SWITCH, "Draw with ASCII characters only."),
    "display.levels": Setting(LEVELS, "Percentages of a context window from LOW to CRITICAL."),
    "display.risky_commands": Setting(TEXTS, "Commands to mark, such as 'rm -rf', in place of the usual ones."),
    "alerts.waiting": Setting(COUNT, "Seconds that an agent waits for you before there is an alert."),
    "alerts.waiting_likely": Setting(COUNT, "Seconds, where it only likely waits for you."),
    "alerts.held": Setting(COUNT, "Seconds that a call does not run before there is an alert."),
    "alerts.held_in_hook": Setting(COUNT, "Seconds, where a hook of the agent was started before the call."),
    "alerts.done": Setting(COUNT, "Seconds that a turn takes at least for its end to be an alert."),
    "alerts.silent": Setting(COUNT, "Seconds without a sign of life before there is an alert."),
    "alerts.failures": Setting(COUNT, "Failures among the last ten calls from which there is an alert."),
    "alerts.context_soon": Setting(PERCENTAGE, "Percent left before compaction at which there is an alert."),
    "alerts.context_next": Setting(PERCENTAGE, "Percent left at which any call may be the last before compaction."),
    "alerts.budget": Setting(SHARES, "Percentages of a budget at which there is an alert."),
    "alerts.toast": Setting(SWITCH, "Show a notice on the screen for alerts of other sessions."),
    "alerts.title": Setting(SWITCH, "Count the sessions that need you in the title of the terminal."),
    "alerts.bell": Setting(SWITCH, "Ring the terminal's bell while the terminal has no focus."),
    "alerts.notify": Setting(NOTICE, "Desktop notice through the terminal, while that has no focus."),
    "alerts.command": Setting(COMMAND, "Program to run for an alert while the terminal has no focus."),
    "alerts.webhook": Setting(ADDRESS, "Address that alerts which call somebody are sent to, as JSON."),
    "history.backfill": Setting(SWITCH, "Read all sessions on disk into the store, while a monitor has nothing to do."),
    "history.bodies": Setting(SWITCH, "Store the texts and diffs of calls, which outlive the agents' files."),
    "history.bodies_days": Setting(COUNT, "Days that texts and diffs of calls are kept; forever by default."),
    "history.rows_days": Setting(COUNT, "Days that single rows are kept; sums of them stay. Forever by default."),
    "history.max_mb": Setting(COUNT, "Megabytes of the store, above which the oldest texts go, then the oldest rows."),
    "prices.file": Setting(PATH, "Price list in the format of genai-prices, in place of the installed one."),
    **{f"prices.*.{kind}": Setting(AMOUNT, meaning) for kind, meaning in _PRICES.items()},
    "windows.*": Setting(COUNT, "Context window in tokens."),
    "keys.*": Setting(TEXT, "Keys of an action, separated by spaces, in place of its usual ones; see docs/keys.md."),
    **{f"budgets.{period}": Setting(AMOUNT, meaning) for period, meaning in _BUDGETS.items()},
    **{
        f"budgets.projects.*.{period}": Setting(AMOUNT, f"{meaning[:-1]}, of the sessions of a folder.")
        for period, meaning in _BUDGETS.items()
    },
}
"""Every setting by its name; ``*`` stands for a model's id or a pattern of ids, or for a folder."""
