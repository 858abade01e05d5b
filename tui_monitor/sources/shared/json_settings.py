"""Settings files in JSON: read as an object, and written in the way they were."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tui_monitor.regular_files import read_bytes
from tui_monitor.sources.base import Record
from tui_monitor.sources.settings import SettingsError

MAX_BYTES = 4 << 20
_INDENT = re.compile(r"^\{\n(?P<indent>[ \t]+)\S")
_DEFAULT_INDENT = "  "


def read_settings_text(path: Path) -> str:
    """Return the content of a settings file; empty if there is none.

    Raises:
        SettingsError: it is not UTF-8, or too large.
        OSError: it cannot be read.
    """
    try:
        raw = read_bytes(path, MAX_BYTES + 1)
    except FileNotFoundError:
        return ""
    if len(raw) > MAX_BYTES:
        raise SettingsError(f"{path} is larger than {MAX_BYTES >> 20} MB.")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8: mend it first.") from None


def parse_settings(text: str, path: Path) -> Record:
    """Return the object that a settings file holds, an empty one for an empty text.

    Raises:
        SettingsError: it holds none, for example because of comments.
    """
    if not text.strip():
        return {}
    try:
        settings = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is no plain JSON ({error}): change it by hand.") from None
    if not isinstance(settings, dict):
        raise SettingsError(f"{path} holds no JSON object: mend it first.")
    return settings


def settings_text(settings: Record, like: str) -> str:
    """Return an object as text, indented as the text ``like``."""
    match = _INDENT.match(like)
    return json.dumps(settings, indent=match["indent"] if match else _DEFAULT_INDENT, ensure_ascii=False) + "\n"
