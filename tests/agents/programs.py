"""The real programs: their paths, and the arguments and variables that make them use a scripted model only."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

CLAUDE_MODEL = "claude-sonnet-4-5"
CODEX_MODEL = "gpt-5.5"
CODEX_SUCCESSOR = "gpt-6-sol"
"""The model that Codex proposes instead."""

_FOLDER = "TUI_MONITOR_AGENTS"
"""Environment variable with the folder of the installation, for programs that are not on the PATH."""


KEY = "sk-ant-none-of-a-test-without-a-user"
"""An API key that Claude Code has been told to use."""


def find_tmux() -> None:
    """Skip the test when there is no tmux."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed: interactive agents need it")


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
        "ANTHROPIC_API_KEY": KEY,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
    }


def claude_settings(project: Path) -> dict[str, object]:
    """Return the answers to every dialog that Claude Code opens before its first prompt."""
    return {
        "hasCompletedOnboarding": True,
        "theme": "dark",
        "customApiKeyResponses": {"approved": [KEY[-20:]], "rejected": []},
        "projects": {str(project): {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}},
    }


def codex_settings(url: str, project: Path) -> str:
    """Return a configuration of Codex with the model at ``url`` alone, and the answers to its first dialogs."""
    return f"""\
model_provider = "scripted"
check_for_update_on_startup = false
[analytics]
enabled = false
[sandbox_workspace_write]  # the tests' folders are below it
exclude_slash_tmp = true
exclude_tmpdir_env_var = true
[notice.model_migrations]
"{CODEX_MODEL}" = "{CODEX_SUCCESSOR}"
[model_providers.scripted]
name = "scripted"
base_url = "{url}/v1"
wire_api = "responses"
[projects.{json.dumps(str(project))}]
trust_level = "trusted"
"""


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
