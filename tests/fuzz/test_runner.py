"""The loop finds what fails, names it once, makes it smaller and keeps it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

if sys.platform == "win32":
    pytest.skip("there is no alarm", allow_module_level=True)

from tests.fuzz import runner
from tests.fuzz.kept import keep, kept, load
from tests.fuzz.runner import Hang, run, try_input
from tests.fuzz.target import Files, Target, must

BAD = b"bad\n"


def lines(random: Random) -> Files:
    """Return some lines, of which one is bad in every second input."""
    content = [b"good\n"] * random.randint(1, 9)
    if random.random() < 0.5:
        content.insert(random.randrange(len(content)), BAD)
    return {"a": b"".join(content), "b": b"good\n"}


def refuse_bad(files: Files, folder: Path) -> None:
    assert not list(folder.iterdir())
    (folder / "left over").touch()
    with must("there is nothing bad"):
        if BAD in files.get("a", b""):
            raise ValueError("bad")


TOY = Target("toy", lines, refuse_bad)


def test_failure_is_found_once_and_made_smaller() -> None:
    result = run(TOY, seed=1, seconds=60, most=20)
    assert result.inputs == 20
    [failure] = result.failures
    assert failure.files == {"a": BAD}
    assert "broken rule: there is nothing bad" in failure.error


def test_input_is_found_again_by_its_number() -> None:
    [failure] = run(TOY, seed=1, seconds=60, most=20).failures
    [again] = run(TOY, seed=1, seconds=60, first=failure.number, most=1).failures
    assert again == failure


def test_at_least_one_input_is_tried() -> None:
    assert run(TOY, seed=1, seconds=0).inputs == 1


def _compute_for_ever() -> None:
    while True:
        pass


@pytest.mark.parametrize("hang", [_compute_for_ever, lambda: time.sleep(60)], ids=["at work", "asleep"])
def test_input_that_takes_too_long_fails(hang: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "TIMEOUT_S", 0.05)
    endless = Target("endless", lines, lambda files, folder: hang())
    assert isinstance(try_input(endless, {}), Hang)


def test_kept_input_is_loaded_as_it_was(tmp_path: Path) -> None:
    files = {"a": bytes(range(256)), "é": b""}
    path = keep("toy", files, tmp_path)
    assert keep("toy", files, tmp_path) == path
    assert list(kept(tmp_path)) == [("toy", path)]
    assert load(path) == files
