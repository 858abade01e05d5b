"""Inputs that failed once pass, and so do a few of each target."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest

if sys.platform == "win32":
    pytest.skip("inputs have pipes, sockets and alarms", allow_module_level=True)

from tests.fuzz.kept import kept, load
from tests.fuzz.target import Files, all_targets

TARGETS = all_targets()
FEW = 3


def failed_once() -> list[tuple[str, str, Files]]:
    """Return the name, target and content of each kept input."""
    return [(f"{target}/{path.stem}", target, load(path)) for target, path in kept()]


def test_kept_inputs_pass(tmp_path: Path) -> None:
    for name, target, files in failed_once():
        folder = tmp_path / name
        folder.mkdir(parents=True)
        TARGETS[target].check(files, folder)


@pytest.mark.parametrize("name", TARGETS)
def test_some_inputs_of_each_target_pass(name: str, tmp_path: Path) -> None:
    for number in range(FEW):
        folder = tmp_path / str(number)
        folder.mkdir()
        TARGETS[name].check(TARGETS[name].generate(Random(number)), folder)


@pytest.mark.parametrize("name", TARGETS)
def test_input_depends_on_its_seed_alone(name: str) -> None:
    generate = TARGETS[name].generate
    assert generate(Random(5)) == generate(Random(5))
    assert len({str(generate(Random(seed))) for seed in range(5)}) > 1
