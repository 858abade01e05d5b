"""Isolation of tests. The frameworks are optional extras: without them their tests are skipped."""

from __future__ import annotations

from tests.telemetry.conftest import stream

__all__ = ["stream"]
