"""Small valid sessions of every format, from which inputs are made: those of all rules, and the builders' fullest."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.feed.sessions import all_kinds, lines
from tests.fuzz.target import Files
from tests.rules.rule import Folder
from tests.rules.test_rules import RULES
from tests.sources import stream_builder
from tests.sources.claude_code.test_hostile import EVERYTHING as CLAUDE
from tests.sources.codex.test_adapter import EVERYTHING as CODEX
from tests.sources.copilot.test_adapter import EVERYTHING as COPILOT
from tests.sources.gemini.test_adapter import EVERYTHING as GEMINI
from tests.sources.kimi.test_adapter import EVERYTHING as KIMI
from tests.sources.pi.test_adapter import EVERYTHING as PI
from tests.sources.qwen.test_adapter import EVERYTHING as QWEN

DATABASE = ".db"


@cache
def folders() -> dict[str, Files]:
    """Return folders of files as agents write them, by what they show."""
    fullest = {
        "printed.jsonl": lines(CLAUDE),
        "rollout-2026-03-01T10-00-00-0199aaaa-0000-7000-8000-000000000001.jsonl": lines(CODEX),
        "session-2026-03-01T10-00-0d2c1a52.jsonl": lines(GEMINI),
        "2026-03-01T10-00-00-000Z_0d2c1a52.jsonl": lines(PI),
        "0d2c1a52.jsonl": lines(QWEN),
        "events.jsonl": lines(COPILOT),
        "wire.jsonl": lines(KIMI),
        "stream.jsonl": lines(stream_builder.EVERYTHING),
    }
    built = {f"everything in {name}": {name: content} for name, content in fullest.items()}
    built["sessions of all kinds"] = all_kinds(3)
    for rule in RULES:
        with TemporaryDirectory() as name:
            rule.build(Folder(Path(name)))
            built[rule.name] = read_folder(Path(name))
    return built


@cache
def text_folders() -> dict[str, Files]:
    """Return the folders without databases."""
    return {name: files for name, files in folders().items() if not any(DATABASE in file for file in files)}


@cache
def databases() -> dict[str, Files]:
    """Return the folders with databases."""
    return {name: files for name, files in folders().items() if name not in text_folders()}


def read_folder(folder: Path) -> Files:
    """Return all files below a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def write_folder(folder: Path, files: Files) -> list[Path]:
    """Write files below a folder, and return their paths."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [folder / name for name in files]
