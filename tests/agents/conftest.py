"""Real agents at work; where one is not installed its tests are skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agents.programs import find
from tests.agents.workplace import Workplace


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """Where the agent works."""
    return Workplace(tmp_path)


@pytest.fixture
def claude() -> str:
    """The path of Claude Code."""
    return find("claude", "@anthropic-ai/claude-code")


@pytest.fixture
def codex() -> str:
    """The path of Codex."""
    return find("codex", "@openai/codex")
