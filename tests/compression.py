"""Compression with zstd, which Python has from 3.14 on."""

from __future__ import annotations

import sys
from typing import Any

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_zstd: Any = zstd


def compress(content: bytes) -> bytes:
    """Return the content as a ``.zst`` file has it."""
    compressed: bytes = _zstd.compress(content)
    return compressed
