"""Reading: a file of each format into events, against decoding the same lines and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from tests.bench.figure import Figure, seconds
from tests.bench.invented import claude_lines, codex_lines, stream_lines, write
from tui_monitor.sources.discovery.registry import default_registry

FORMATS: Mapping[str, Callable[[int], list[bytes]]] = {
    "claude-code": claude_lines,
    "codex": codex_lines,
    "stream": stream_lines,
}
TURNS = 1500


def bench() -> Iterator[Figure]:
    """Megabytes a second."""
    for name, make in FORMATS.items():
        lines = make(TURNS)
        size = sum(map(len, lines)) / 1e6
        with TemporaryDirectory() as folder:
            path = write(Path(folder) / "session.jsonl", lines)
            ours = size / seconds(partial(_read, path))
        bare = size / seconds(partial(_decode, lines))
        yield Figure(f"parse {name}", ours, "MB/s", bare, "orjson.loads of each line")


def _read(path: Path) -> int:
    with closing(default_registry().recognise(path).open(path)) as source:
        return sum(len(batch.events) for batch in iter(source.read, None))


def _decode(lines: list[bytes]) -> None:
    for line in lines:
        orjson.loads(line)
