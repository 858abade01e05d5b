"""Inputs that failed once: kept as small files, one folder a target."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from tests.fuzz.target import Files, digest

SEEDS = Path(__file__).parent / "seeds"
_WIDTH = 110


def keep(target: str, files: Files, seeds: Path = SEEDS) -> Path:
    """Write an input to the folder of its target and return its path."""
    path = seeds / target / f"{digest(files)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({name: _encode(content) for name, content in files.items()}, indent=1) + "\n", "ascii")
    return path


def load(path: Path) -> Files:
    """Return the input in a file."""
    contents: dict[str, str | list[str]] = json.loads(path.read_text("ascii"))
    return {name: _decode(content) for name, content in contents.items()}


def kept(seeds: Path = SEEDS) -> Iterator[tuple[str, Path]]:
    """Yield the target and the path of each kept input."""
    for path in sorted(seeds.glob("*/*.json")):
        yield path.parent.name, path


def _encode(content: bytes) -> str | list[str]:
    """Return UTF-8 as its text, and other bytes as a list: compressed, in lines of base 64."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return wrap(b64encode(zlib.compress(content)).decode(), _WIDTH)


def _decode(content: str | list[str]) -> bytes:
    return content.encode() if isinstance(content, str) else zlib.decompress(b64decode("".join(content)))
