"""Immutable values that are cheap to make: `immutable` is ``dataclass`` for classes that are frozen.

A frozen dataclass assigns each of its fields by a call, which takes three times as long as making it; a session has
hundreds of thousands. So it is the type checker that refuses an assignment, and not the running program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as immutable
else:
    from dataclasses import dataclass

    def immutable(*, frozen, slots, kw_only=False):
        """Return the decorator of a dataclass that is compared and hashed like a frozen one."""
        return dataclass(unsafe_hash=frozen, slots=slots, kw_only=kw_only)


__all__ = ["immutable"]
