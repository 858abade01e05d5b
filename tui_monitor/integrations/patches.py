"""Replaced methods of a library's classes, while it is instrumented."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any

Method = Callable[..., Any]

_lock = Lock()


class Patches:
    """The methods that one library's `instrument` replaces, so that `uninstrument` puts them back."""

    def __init__(self) -> None:
        self._replaced: list[tuple[Any, str, Any, Any]] = []

    def apply(self, install: Callable[[], None]) -> None:
        """Call ``install``, which uses `replace`, unless the library is instrumented already."""
        with _lock:
            if not self._replaced:
                try:
                    install()
                except BaseException:
                    self._restore()
                    raise

    def replace(self, owner: Any, name: str, make: Callable[[Method], Method]) -> None:
        """Replace a method of a class, or a function of a module, by what ``make`` makes of it, if it is there."""
        original = getattr(owner, name, None) and vars(owner).get(name)  # a module may make it when it is asked for
        if original is None:
            return
        replacement = wraps(original)(make(original))
        self._replaced.append((owner, name, original, replacement))
        setattr(owner, name, replacement)

    def undo(self) -> None:
        """Put all methods back. One that somebody else has replaced since stays, and records nothing any more."""
        with _lock:
            self._restore()

    def is_active(self) -> bool:
        """Return True while the library is instrumented."""
        return bool(self._replaced)

    def _restore(self) -> None:
        for owner, name, original, replacement in reversed(self._replaced):
            if vars(owner).get(name) is replacement:
                setattr(owner, name, original)
        self._replaced.clear()
