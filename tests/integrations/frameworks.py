"""Access to the optional frameworks."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest


def load(name: str) -> Any:
    """Import a framework; skip the test if it is not installed, unless ``TUI_MONITOR_EXTRAS=1`` requires it."""
    return import_module(name) if os.environ.get("TUI_MONITOR_EXTRAS") == "1" else pytest.importorskip(name)
