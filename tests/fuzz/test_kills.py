"""Programs that are killed while they store lose nothing, and count nothing twice."""

from __future__ import annotations

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("there is no SIGKILL", allow_module_level=True)

from tests.fuzz.kills import kill_row

pytestmark = pytest.mark.e2e


def test_killed_programs_store_what_one_clean_run_does() -> None:
    result = kill_row(processes=2, kills=3, seed=7, turns=40)
    assert result.is_right, result
