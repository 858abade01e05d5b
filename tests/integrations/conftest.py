"""Each test records into a folder of its own. The frameworks are optional: without them the tests are skipped."""

from __future__ import annotations

from tests.telemetry.conftest import stream

__all__ = ["stream"]
