"""The real programs: their paths, and the arguments and variables that make them use a scripted model only."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

CLAUDE_MODEL = "claude-sonnet-4-5"
CODEX_MODEL = "gpt-5.5"

_FOLDER = "TUI_MONITOR_AGENTS"
"""Environment variable with the folder of the installation, for programs that are not on the PATH."""


def find(name: str, package: str) -> str:
    """Return the path of a program; skip the test, with installation instructions, when there is none."""
    prefix = os.environ.get(_FOLDER)
    folders = [str(Path(prefix, "node_modules", ".bin").absolute())] if prefix else []
    path = shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)]))
    if path is None:
        pytest.skip(f"{name} is not installed: npm install --prefix FOLDER {package}, then make e2e {_FOLDER}=FOLDER")
    return path


def claude_arguments(prompt: str, *options: str) -> list[str]:
    """Return the arguments for one headless turn; the tools of the scripts are allowed."""
    permissions = ("--permission-mode", "acceptEdits", "--allowedTools", "Bash")
    return ["-p", prompt, "--model", CLAUDE_MODEL, *permissions, *options]


def claude_env(url: str) -> dict[str, str]:
    """Return the variables that make Claude Code use the model at ``url`` alone."""
    return {
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "none",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
    }


def codex_arguments(url: str, *arguments: str) -> list[str]:
    """Return the arguments for one headless turn with the model at ``url`` alone."""
    provider = {"name": "scripted", "base_url": f"{url}/v1", "wire_api": "responses"}
    settings = {
        "model": CODEX_MODEL,
        "model_provider": "scripted",
        **{f"model_providers.scripted.{name}": value for name, value in provider.items()},
        "analytics.enabled": "false",
        "check_for_update_on_startup": "false",
    }
    options = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
    return ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", *options, *arguments]
