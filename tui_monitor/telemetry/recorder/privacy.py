"""What of an agent's doings may be written: paths as digests, secrets as stars."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import TypeAlias

from tui_monitor.telemetry.recorder.masking import MASK, masked, names_secret

_Rule: TypeAlias = "Callable[[str, str], str]"
"""The name of a field and the text under it → what may be written of it."""

_PATH_NAME = re.compile(
    r"(?:.*_)?(?:path|file|filename|filepath|folder|directory|dir|cwd|workdir)|root|source|destination"
)
_ABSOLUTE = re.compile(r"(?<![\w./:~-])(?:~?(?:/[\w.@+-]+)+|[A-Za-z]:(?:[/\\][\w.@+-]+)+)")
_DIFF_HEADER = re.compile(r"\A(?:(?!@@ ).*\n)+(?=@@ )")


def without_secrets(value: object) -> object:
    """A plain value in which secrets are masked (see `masking`)."""
    return _rewritten(value, "", _mask)


def without_paths(value: object) -> object:
    """A plain value in which paths are digests, the same for the same path: what stands in fields that are named after
    one, and in all text whatever is an absolute path. Relative ones in text are not found."""
    return _rewritten(value, "", _anonymize)


def _rewritten(value: object, name: str, rule: _Rule) -> object:
    if isinstance(value, str):
        return rule(name, value)
    if isinstance(value, dict):
        return {_text(key, rule): _rewritten(item, key, rule) for key, item in value.items()}
    if isinstance(value, list):
        return [_rewritten(item, name, rule) for item in value]
    return value


def _text(key: str, rule: _Rule) -> str:
    return rule("", key)


def _mask(name: str, text: str) -> str:
    return MASK if text and names_secret(name) else masked(text)


def _anonymize(name: str, text: str) -> str:
    if _PATH_NAME.fullmatch(name.lower()):
        return _digest(text)
    if name == "diff":
        text = _DIFF_HEADER.sub("", text)
    return _ABSOLUTE.sub(lambda found: _digest(found[0]), text)


def _digest(path: str) -> str:
    """Its suffix stays, which says what kind of file it is."""
    if not path:
        return path
    name = blake2b(path.encode(), digest_size=8).hexdigest()
    return name + PurePosixPath(path.replace("\\", "/")).suffix
