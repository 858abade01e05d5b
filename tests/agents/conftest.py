"""Real agents; the tests of an agent that is not installed are skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agents.programs import find
from tests.agents.workplace import Workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """Return the folders that the agent works in."""
    return Workplace(tmp_path)


@pytest.fixture(scope="session")
def claude() -> str:
    """Return the path of Claude Code."""
    return find("claude", "@anthropic-ai/claude-code")


@pytest.fixture(scope="session")
def codex() -> str:
    """Return the path of Codex."""
    return find("codex", "@openai/codex")
