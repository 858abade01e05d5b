"""The real programs: where they are, and the words and variables that make them ask a scripted model only."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

CLAUDE_MODEL = "claude-sonnet-4-5"
CODEX_MODEL = "gpt-5.5"

_FOLDER = "TUI_MONITOR_AGENTS"
"""The environment variable that names the folder of the installation, where the programs are not on the PATH."""


def find(name: str, package: str) -> str:
    """The path of a program; where there is none the test is skipped, with how to get it."""
    installed = os.environ.get(_FOLDER)
    folders = [str(Path(installed, "node_modules", ".bin").absolute())] if installed else []
    path = shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)]))
    if path is None:
        pytest.skip(f"{name} is not installed: npm install --prefix FOLDER {package}, then make e2e {_FOLDER}=FOLDER")
    return path


def claude_words(prompt: str, *options: str) -> list[str]:
    """Ask for one turn without a screen; the tools of the scripts may be used."""
    rules = ("--permission-mode", "acceptEdits", "--allowedTools", "Bash")
    return ["-p", prompt, "--model", CLAUDE_MODEL, *rules, *options]


def claude_env(url: str) -> dict[str, str]:
    """Only the model at ``url`` is asked."""
    return {
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "none",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
    }


def codex_words(url: str, *words: str) -> list[str]:
    """Ask for one turn without a screen, of the model at ``url`` and nobody else."""
    provider = {"name": "scripted", "base_url": f"{url}/v1", "wire_api": "responses"}
    settings = {
        "model": CODEX_MODEL,
        "model_provider": "scripted",
        **{f"model_providers.scripted.{name}": value for name, value in provider.items()},
        "analytics.enabled": "false",
        "check_for_update_on_startup": "false",
    }
    set_up = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", *set_up, *words]
