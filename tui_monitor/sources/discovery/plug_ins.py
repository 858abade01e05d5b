"""The entry points by which other packages add formats."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from tui_monitor.regular_files import read_bytes

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

PLUG_INS = "tui_monitor.sources"
"""The group of entry points of plug-ins."""
_METADATA = (".dist-info", ".egg-info")
_MAX_BYTES = 1 << 20


def installed_plug_ins() -> Iterable[EntryPoint]:
    """Return the entry points of this installation.

    Whether there may be any is looked up first: the standard library's way imports the package for e-mail, which takes
    15 ms of each start.
    """
    if not _may_be_declared():
        return ()
    from importlib.metadata import entry_points

    return entry_points(group=PLUG_INS)


def _may_be_declared() -> bool:
    if any(map(_finds_packages_its_own_way, sys.meta_path)) or any(map(os.path.isfile, sys.path)):
        return True  # an archive, or something else that cannot be looked into here
    return any(PLUG_INS.encode() in _entry_points(folder) for path in sys.path for folder in _metadata_folders(path))


def _finds_packages_its_own_way(finder: object) -> bool:
    is_standard = getattr(finder, "__module__", "").startswith("_frozen_importlib")
    return hasattr(finder, "find_distributions") and not is_standard


def _metadata_folders(path: str) -> Iterator[str]:
    if path.endswith(".egg"):
        yield os.path.join(path, "EGG-INFO")  # noqa: PTH118  # pathlib costs more than all else here
    with suppress(OSError), os.scandir(path or os.curdir) as entries:
        yield from (entry.path for entry in entries if entry.name.endswith(_METADATA))


def _entry_points(folder: str) -> bytes:
    try:
        return read_bytes(os.path.join(folder, "entry_points.txt"), _MAX_BYTES)  # noqa: PTH118
    except OSError:
        return b""
