"""What the documents show works: links lead somewhere, examples run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tui_monitor.cli.commands import COMMANDS
from tui_monitor.config import load_config
from tui_monitor.sources.stream.adapter import schema

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")


def block(language: str) -> str:
    """The first example in this language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files_of_the_project(document: str) -> None:
    text = (TOP / document).read_text(encoding="utf-8")
    linked = re.findall(r"]\((?!https?://|#)([^)#]+)[^)]*\)", text)
    assert [path for path in linked if not (TOP / path).is_file()] == []


def test_commands_of_the_readme_are_commands() -> None:
    words = re.findall(r"^tui-monitor ([a-z]+)\b", README, re.MULTILINE)
    assert words
    assert set(words) <= set(COMMANDS)


def test_the_example_of_recording_writes_valid_lines(tmp_path: Path) -> None:
    folder = {"TUI_MONITOR_DATA_DIR": str(tmp_path), "TUI_MONITOR_CONFIG": os.devnull}
    subprocess.run([sys.executable, "-c", block("python")], env={**os.environ, **folder}, check=True, timeout=60)
    (stream,) = tmp_path.glob("streams/*.jsonl")
    lines = [json.loads(line) for line in stream.read_text(encoding="utf-8").splitlines()]
    assert {line["type"] for line in lines} == {"agent", "tool_start", "tool", "usage", "context"}
    for line in lines:
        jsonschema.validate(line, json.loads(schema()))


def test_the_example_of_a_configuration_is_one(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(block("toml"), encoding="utf-8")
    settings = load_config({"TUI_MONITOR_CONFIG": str(file)}, tmp_path)
    assert settings.warnings == ()
    assert settings.display.theme == "textual-light"
    assert settings.prices
    assert settings.windows
