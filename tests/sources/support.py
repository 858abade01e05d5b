"""A toy format, a toy store, and helpers that read a source, or the records of any format, to their end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tui_monitor.events import Batch, Checkpoint, Event, Health, Prompt, SessionKey, SourceRef
from tui_monitor.sources.base import Head, Parser, Record, SearchContext, Source, UnknownRecord
from tui_monitor.sources.files.line_source import LineAdapter


class ToyParser:
    """Emits each record's ``toy`` as a prompt; its time is the number of earlier ones."""

    def __init__(self, state: str) -> None:
        self.count: int = json.loads(state)["seen"] if state else 0

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        if "odd" in record:
            raise UnknownRecord(record["odd"])
        yield Prompt(session=SessionKey("toy", "s"), at=self.count, text=str(record["toy"]))
        self.count += 1
        if record.get("broken"):
            raise KeyError("broken")

    def state(self) -> str:
        return json.dumps({"seen": self.count})


class Toy(LineAdapter):
    """Lines like ``{"toy": 1}``. Sessions are ``<home>/toys/*.jsonl``, with ``.part`` files as related files."""

    name = "toy"
    version = 1

    def recognises(self, head: Head) -> bool:
        return any("toy" in record for record in head.records)

    def parser(self, path: Path, state: str) -> Parser:
        return ToyParser(state)

    def related_files(self, path: Path) -> Iterable[Path]:
        return sorted(path.parent.glob(f"{path.stem}.*.part"))

    def roots(self, context: SearchContext) -> list[Path]:
        return [context.home / "toys"]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        return (context.home / "toys").glob("*.jsonl")

    def start_directory(self, path: Path) -> str | None:
        first: dict[str, str] = json.loads(path.read_bytes().splitlines()[0])
        return first.get("cwd")


class NewerToy(Toy):
    """A newer version of the format."""

    version = 2


class ToyStore:
    """Accepts batches that begin at its own cursor, as the real store does."""

    def __init__(self) -> None:
        self.saved: dict[str, Checkpoint] = {}
        self.texts: list[str] = []
        self.health = Health()

    def take(self, batch: Batch) -> bool:
        after = batch.after
        checkpoint = self.saved.get(after.source)
        stands = checkpoint.cursor if checkpoint and checkpoint.version == after.version else ""
        if stands != batch.before:
            return False
        self.saved[after.source] = after
        self.texts += texts(batch)
        self.health += batch.health
        return True

    def checkpoints(self, prefix: str) -> list[Checkpoint]:
        return [checkpoint for source, checkpoint in self.saved.items() if source.startswith(prefix)]

    def copy(self) -> ToyStore:
        other = ToyStore()
        other.saved, other.texts, other.health = dict(self.saved), list(self.texts), self.health
        return other


def texts(batch: Batch) -> list[str]:
    return [event.text for event in batch.events if isinstance(event, Prompt)]


def batches(source: Source) -> Iterator[Batch]:
    """Read all batches."""
    while batch := source.read():
        yield batch


def read_all(source: Source) -> list[str]:
    return [text for batch in batches(source) for text in texts(batch)]


def read_records(adapter: LineAdapter, records: Iterable[Record], path: Path) -> list[Event]:
    """Return the events of all records of a file; the offset of each record is its number."""
    parser = adapter.parser(path, "")
    return [event for at, record in enumerate(records) for event in parser.parse(record, SourceRef(str(path), at, 1))]


def read_resuming(adapter: LineAdapter, records: Iterable[Record], path: Path) -> list[Event]:
    """Return the events of all records, each read by a new parser with the state of the one before."""
    events: list[Event] = []
    state = ""
    for at, record in enumerate(records):
        parser = adapter.parser(path, state)
        with suppress(UnknownRecord):
            events.extend(parser.parse(record, SourceRef(str(path), at, 1)))
        state = parser.state()
    return events


def toys(*numbers: int) -> bytes:
    """Return a line for each number."""
    return b"".join(b'{"toy": %d}\n' % number for number in numbers)


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)
