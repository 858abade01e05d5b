"""The documents agree with the program: links, examples, commands, options, settings and variables."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from tui_monitor.cli.app import build_app
from tui_monitor.cli.commands import COMMANDS, GLOBAL_OPTIONS
from tui_monitor.config import SETTINGS, load_config
from tui_monitor.sources.stream.adapter import schema

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text(encoding="utf-8")
OPTIONS_OF_OTHERS = {"--format", "--output-format"}
"""Options of agents that the documents mention."""
PATTERN_SECTIONS = ("prices", "windows", "keys")
OWN_VARIABLES = {f"TUI_MONITOR_{name}" for name in ("CONFIG", "DATA_DIR", "STREAM", "RECEIVE_TOKEN")}
DOCUMENTS = (
    "docs/reports.md",
    "docs/coming-from.md",
    "docs/many-machines.md",
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "AGENTS.md",
    "SECURITY.md",
)


def block(language: str) -> str:
    """Return the first example in this language."""
    match = re.search(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert match
    return match[1]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files_of_the_project(document: str) -> None:
    text = (TOP / document).read_text(encoding="utf-8")
    paths = re.findall(r"]\((?!https?://|#)([^)#]+)[^)]*\)", text)
    assert [path for path in paths if not (TOP / document).parent.joinpath(path).is_file()] == []


def test_readme_and_program_have_the_same_commands() -> None:
    assert set(re.findall(r"^tui-monitor ([a-z]+)\b", README, re.MULTILINE)) == set(COMMANDS)


def test_options_in_the_readme_exist() -> None:
    app = build_app()
    arguments = [argument for name in COMMANDS for argument in app[name].assemble_argument_collection()]
    options = {name for argument in arguments for name in argument.names} | set(" ".join(GLOBAL_OPTIONS).split())
    mentions = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - OPTIONS_OF_OTHERS
    assert mentions
    assert mentions <= {option.rstrip(",") for option in options}


def test_readme_and_program_have_the_same_settings() -> None:
    names = set()
    for section, value in tomllib.loads(block("toml")).items():
        if section == "budgets":
            ((_, own),) = value.pop("projects").items()
            names |= {f"budgets.projects.*.{name}" for name in own}
        if section in PATTERN_SECTIONS:
            names |= {f"{section}.{name}" for name in value if f"{section}.{name}" in SETTINGS}
            ((_, value),) = [(name, own) for name, own in value.items() if f"{section}.{name}" not in names]
            section = f"{section}.*"
        names |= {f"{section}.{name}" for name in value} if isinstance(value, dict) else {section}
    assert names == set(SETTINGS)


def test_readme_and_program_have_the_same_environment_variables() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (TOP / "tui_monitor").rglob("*.py"))
    settings = {f"TUI_MONITOR_{name.upper().replace('.', '_')}" for name in SETTINGS}
    own = set(re.findall(r"TUI_MONITOR_[A-Z_]*[A-Z]", code)) | OWN_VARIABLES
    mentions = set(re.findall(r"TUI_MONITOR_[A-Z_]*[A-Z]", README))
    assert mentions <= own | settings
    assert own - settings <= mentions


def test_recording_example_writes_valid_lines(tmp_path: Path) -> None:
    folder = {"TUI_MONITOR_DATA_DIR": str(tmp_path), "TUI_MONITOR_CONFIG": os.devnull}
    subprocess.run([sys.executable, "-c", block("python")], env={**os.environ, **folder}, check=True, timeout=60)
    (stream,) = tmp_path.glob("streams/*.jsonl")
    lines = [json.loads(line) for line in stream.read_text(encoding="utf-8").splitlines()]
    assert {line["type"] for line in lines} == {"agent", "prompt", "tool_start", "tool", "usage", "context", "end"}
    for line in lines:
        jsonschema.validate(line, json.loads(schema()))


def test_configuration_example_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(block("toml"), encoding="utf-8")
    settings = load_config({"TUI_MONITOR_CONFIG": str(file)}, tmp_path)
    assert settings.warnings == ()
    assert settings.display.theme == "monitor-light"
    assert settings.prices
    assert settings.windows
