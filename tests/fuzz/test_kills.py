"""Programs that are killed while they store lose nothing, and count nothing twice."""

from __future__ import annotations

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("there is no SIGKILL", allow_module_level=True)

from tests.fuzz.kills import PROCESSES, kill_row

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("processes", PROCESSES)
def test_killed_programs_store_what_one_clean_run_does(processes: int) -> None:
    result = kill_row(processes, kills=3, seed=7, turns=40)
    assert result.is_right, result
