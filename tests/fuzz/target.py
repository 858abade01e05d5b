"""A target of the fuzzer: what makes its inputs, and what must hold for any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from random import Random
from typing import TypeAlias

from tests.fuzz import targets

Files: TypeAlias = dict[str, bytes]
"""An input: contents by name."""


@dataclass(frozen=True, slots=True)
class Target:
    """``generate`` makes an input; ``check`` tries it in an empty folder and raises if something does not hold."""

    name: str
    generate: Callable[[Random], Files]
    check: Callable[[Files, Path], None]


def all_targets() -> dict[str, Target]:
    """Return the targets by name."""
    modules = [import_module(f"{targets.__name__}.{module.name}") for module in iter_modules(targets.__path__)]
    return {module.TARGET.name: module.TARGET for module in modules}


def digest(files: Files) -> str:
    """Return a short name for an input."""
    return sha256(repr(sorted(files.items())).encode()).hexdigest()[:12]


def choices_for(files: Files) -> Random:
    """Return the source of what a check chooses, the same each time for the same input."""
    return Random(digest(files))


@contextmanager
def must(rule: str) -> Iterator[None]:
    """Say which rule an exception breaks."""
    try:
        yield
    except Exception as error:
        error.add_note(f"broken rule: {rule}")
        raise
