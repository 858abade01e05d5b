"""Rewriting of recorded JSON values: secrets become ``***``, paths become digests. A line says what was masked."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from tui_monitor.regular_files import open_descriptor, read_bytes
from tui_monitor.telemetry.recorder.file_changes import unified_diff
from tui_monitor.telemetry.recorder.masking import MASK, mask_text
from tui_monitor.telemetry.recorder.secrets.names import holds_secrets, is_secret_field
from tui_monitor.telemetry.recorder.settings import current_settings

_Rule: TypeAlias = "Callable[[str, str], str]"
"""A field's name and text → the text to write."""

_PATH_FIELD = re.compile(
    r"(?:.*_)?(?:path|file|filename|filepath|folder|directory|dir|cwd|workdir)|root|source|destination"
)
_ABSOLUTE_PATH = re.compile(r"(?<![\w./:~-])(?:~?(?:/[\w.@+-]+)+|[A-Za-z]:(?:[/\\][\w.@+-]+)+)")
_SALT_BYTES = 32
_DIFF_HEADER = re.compile(r"\A(?:(?!@@ ).*\n)+(?=@@ )")


def mask_line(line: Mapping[str, object]) -> dict[str, object]:
    """Return a line of the stream with all secrets masked, and in ``masked`` the fields that this has changed."""
    result = {
        name: _mask_changes(value) if name == "files_affected" else _mask(name, value) for name, value in line.items()
    }
    changed = [name for name, value in line.items() if result[name] != value]
    return {**result, "masked": changed} if changed else result


def without_secrets(value: object) -> object:
    """Return a JSON value with all secrets masked (see `masking`)."""
    return _mask("", value)


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


def _mask(name: str, value: object, inside_secrets: bool = False) -> object:
    if isinstance(value, str):
        is_secret = bool(value) and is_secret_field(name, value, inside_secrets=inside_secrets)
        return MASK if is_secret else mask_text(value)
    if isinstance(value, dict):
        inside_secrets = inside_secrets or holds_secrets(name)
        return {mask_text(key): _mask(key, item, inside_secrets) for key, item in value.items()}
    if isinstance(value, list):
        return _mask_words(value) or [_mask(name, item, inside_secrets) for item in value]
    return value


def _mask_words(items: list[object]) -> list[object] | None:
    """Return a list of texts masked as the words of one command; None for other lists, or if words were joined."""
    words = [item for item in items if isinstance(item, str)]
    if len(words) < max(2, len(items)):
        return None
    masked = mask_text("\0".join(words)).split("\0")
    return [*masked] if len(masked) == len(words) else None


def _mask_changes(changes: object) -> object:
    return [_mask_change(change) for change in changes] if isinstance(changes, list) else changes


def _mask_change(change: object) -> object:
    """Return a file change with its texts masked line by line, so that its diff stays that of the real texts."""
    if not isinstance(change, dict):
        return _mask("", change)
    masked = {name: _mask(name, value) for name, value in change.items()}
    before, after, diff = (change.get(name) for name in ("before", "after", "diff"))
    lines = _masked_lines(before, masked.get("before")) | _masked_lines(after, masked.get("after"))
    if lines and not diff and isinstance(before, str) and isinstance(after, str):
        diff = unified_diff(str(change.get("path")), before, after)
    if lines and isinstance(diff, str):
        masked["diff"] = mask_text("".join(_mask_diff_line(line, lines) for line in diff.splitlines(True)))
    return {**masked, "masked": True} if masked != change else change


def _masked_lines(text: object, masked: object) -> dict[str, str]:
    """Return the lines that masking has changed; none if lines were joined."""
    if text == masked or not isinstance(text, str) or not isinstance(masked, str):
        return {}
    pairs = text.splitlines(), masked.splitlines()
    return {old: new for old, new in zip(*pairs, strict=False) if old != new} if len(pairs[0]) == len(pairs[1]) else {}


def _mask_diff_line(line: str, masked_lines: Mapping[str, str]) -> str:
    body = line[1:].rstrip("\r\n")
    return f"{line[0]}{masked_lines[body]}{line[1 + len(body) :]}" if body in masked_lines else line


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
    name = blake2b(path.encode(), digest_size=8, key=_salt(current_settings().streams.parent)).hexdigest()
    return name + PurePosixPath(path.replace("\\", "/")).suffix


@cache
def _salt(folder: Path) -> bytes:
    """Return the secret that keeps digests from being guessed: made once a data folder, so that equal paths stay equal;
    of this process alone where it cannot be kept."""
    path, salt = folder / "path-salt", os.urandom(_SALT_BYTES)
    draft = folder / f"path-salt.{salt.hex()[:8]}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(open_descriptor(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            file.write(salt)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        return read_bytes(path, _SALT_BYTES) or salt
    except OSError:
        return salt
