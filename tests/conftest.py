"""Keeps pictures of the screen in the top-level folder ``snapshots``, and lets slow machines take their time."""

from __future__ import annotations

import os
import tomllib
from importlib.metadata import version
from pathlib import Path

import hypothesis
import pytest
import pytest_textual_snapshot  # type: ignore[import-untyped]
from syrupy.location import PyTestLocation

TESTS = Path(__file__).parent
SNAPSHOTS = TESTS.parent / "snapshots"


class TopLevelSVG(pytest_textual_snapshot.SVGImageExtension):  # type: ignore[misc]  # the plug-in is not typed
    """Keeps each picture as ``snapshots/<path of the test module>/<test>.svg``."""

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """The folder of one test module's pictures."""
        module = Path(test_location.filepath).relative_to(TESTS).with_suffix("")
        return str(SNAPSHOTS / module)


def pytest_configure(config: pytest.Config) -> None:
    """Set both up, and refuse to take pictures with another Textual than the pinned one.

    Hypothesis tries the same examples each time; ``HYPOTHESIS_PROFILE=explore`` has it look for new ones.
    """
    hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, database=None)
    hypothesis.settings.register_profile("explore", deadline=None)
    hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
    pytest_textual_snapshot.SVGImageExtension = TopLevelSVG
    if config.getoption("update_snapshots", default=False) and version("textual") != _pinned_textual():
        raise pytest.UsageError(f"pictures are taken with textual {_pinned_textual()} only")


def _pinned_textual() -> str:
    project = tomllib.loads((TESTS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    pins = (str(pin).partition("==") for pin in project["dependency-groups"]["dev"])
    return next(pinned for name, _, pinned in pins if name == "textual")
