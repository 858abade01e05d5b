"""Inputs that failed once: kept as small files, one folder a target."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.target import Files, digest

SEEDS = Path(__file__).parent / "seeds"


def keep(target: str, files: Files, seeds: Path = SEEDS) -> Path:
    """Write an input to the folder of its target and return its path."""
    path = seeds / target / f"{digest(files)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = {name: content.decode("latin-1") for name, content in files.items()}
    path.write_text(json.dumps(text, indent=1) + "\n", encoding="ascii")
    return path


def load(path: Path) -> Files:
    """Return the input in a file."""
    text: dict[str, str] = json.loads(path.read_text(encoding="ascii"))
    return {name: content.encode("latin-1") for name, content in text.items()}


def kept(seeds: Path = SEEDS) -> Iterator[tuple[str, Path]]:
    """Yield the target and the path of each kept input."""
    for path in sorted(seeds.glob("*/*.json")):
        yield path.parent.name, path
