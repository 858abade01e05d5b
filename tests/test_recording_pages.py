"""Every example of the pages on recording runs, and records lines that the schema allows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tui_monitor import record
from tui_monitor.sources.stream.adapter import schema

DOCS = Path(__file__).parents[1] / "docs"
PAGES = ("recording.md", "recording-cookbook.md")
RUN_ALL = """
import json, sys
from types import SimpleNamespace

class Response(SimpleNamespace):
    model = "gpt-4o"

class Client:
    attempts = 0

    @property
    def messages(self):
        return self

    def create(self, model):
        calls = [SimpleNamespace(name="bash", input={"command": "pytest -q"})]
        return Response(usage=SimpleNamespace(input_tokens=9, output_tokens=3), tool_calls=calls)

    def stream(self, model):
        yield {"model": model, "choices": [], "usage": None}
        yield {"model": model, "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3}}

    def flaky(self):
        self.attempts += 1
        if self.attempts == 1:
            raise ConnectionError("overloaded")
        return self.create("gpt-4o")

for block in json.load(sys.stdin):
    exec(compile(block, "example", "exec"), {"client": Client(), "ask": lambda question: "yes", "__name__": "example"})
"""


def blocks(page: str) -> list[str]:
    """Return the examples of a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_every_example_runs_and_records_valid_lines(page: str, tmp_path: Path) -> None:
    examples = blocks(page)
    assert len(examples) > 4
    env = {**os.environ, "TUI_MONITOR_DATA_DIR": str(tmp_path), "TUI_MONITOR_CONFIG": os.devnull}
    run = subprocess.run(
        [sys.executable, "-c", RUN_ALL], input=json.dumps(examples), env=env, text=True, capture_output=True, timeout=60
    )
    assert (run.returncode, run.stderr) == (0, "")
    lines = [json.loads(line) for file in tmp_path.glob("streams/*.jsonl") for line in file.read_bytes().splitlines()]
    assert len(lines) > 15
    validator = jsonschema.Draft202012Validator(json.loads(schema()))
    for line in lines:
        validator.validate(line)


def test_the_reference_names_everything() -> None:
    text = (DOCS / PAGES[0]).read_text(encoding="utf-8")
    assert {name for name in record.__all__ if f"record.{name}" not in text} == set()


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_lead_to_files(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    paths = re.findall(r"]\((?!https?://|#)([^)#]+)[^)]*\)", text)
    assert paths
    assert [path for path in paths if not (DOCS / path).is_file()] == []
