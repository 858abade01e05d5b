"""Looking for garbage less often while much is read, of which hardly any is in cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 100_000
"""New objects after which garbage is looked for: some of those of a transaction."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect garbage seldom: a tenth of reading would look for it."""
    thresholds = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
