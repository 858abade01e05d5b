"""Rewriting of recorded JSON values: secrets become ``***``, paths become digests."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import TypeAlias

from tui_monitor.telemetry.recorder.masking import MASK, is_secret_name, mask_text

_Rule: TypeAlias = "Callable[[str, str], str]"
"""A field's name and text → the text to write."""

_PATH_FIELD = re.compile(
    r"(?:.*_)?(?:path|file|filename|filepath|folder|directory|dir|cwd|workdir)|root|source|destination"
)
_ABSOLUTE_PATH = re.compile(r"(?<![\w./:~-])(?:~?(?:/[\w.@+-]+)+|[A-Za-z]:(?:[/\\][\w.@+-]+)+)")
_DIFF_HEADER = re.compile(r"\A(?:(?!@@ ).*\n)+(?=@@ )")


def without_secrets(value: object) -> object:
    """Return a JSON value with all secrets masked (see `masking`)."""
    return _rewrite(value, "", _mask)


def without_paths(value: object) -> object:
    """Return a JSON value with digests in place of paths; equal paths have equal digests.

    Replaced are the text of fields named after paths, and absolute paths within any text. Relative paths within text
    are not found.
    """
    return _rewrite(value, "", _anonymize)


def _rewrite(value: object, name: str, rule: _Rule) -> object:
    if isinstance(value, str):
        return rule(name, value)
    if isinstance(value, dict):
        return {rule("", key): _rewrite(item, key, rule) for key, item in value.items()}
    if isinstance(value, list):
        return [_rewrite(item, name, rule) for item in value]
    return value


def _mask(name: str, text: str) -> str:
    return MASK if text and is_secret_name(name) else mask_text(text)


def _anonymize(name: str, text: str) -> str:
    if _PATH_FIELD.fullmatch(name.lower()):
        return _digest(text)
    if name == "diff":
        text = _DIFF_HEADER.sub("", text)
    return _ABSOLUTE_PATH.sub(lambda match: _digest(match[0]), text)


def _digest(path: str) -> str:
    """Return a digest of the path, with its suffix, which names the kind of file."""
    if not path:
        return path
    name = blake2b(path.encode(), digest_size=8).hexdigest()
    return name + PurePosixPath(path.replace("\\", "/")).suffix
