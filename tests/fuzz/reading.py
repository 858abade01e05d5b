"""The events of a file, read at once or while it grows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

from tests.sources.support import append
from tui_monitor.events import Batch, CallFinished, CallStarted, Checkpoint, Event
from tui_monitor.sources.base import Adapter

_SOME_TIME_MS = 1_772_359_200_000


@contextmanager
def without_file_times() -> Iterator[None]:
    """Let a line without a time be of the same time whenever it is read: be it the last of its file by then or not,
    and whether a later line with a time is written already."""
    of_last_line = patch("tui_monitor.sources.claude_code.session._changed_at", new=lambda ref: _SOME_TIME_MS)
    of_later_line = patch("tui_monitor.sources.claude_code.printed.parser.first_text", new=lambda path, key: "")
    with of_last_line, of_later_line:
        yield


def read_events(path: Path, adapter: Adapter) -> list[Event]:
    """Return the events of a file that is read at once, as far as it can be read."""
    return [event for batch in _batches(path, adapter, ()) for event in _events(batch)]


def read_in_pieces(path: Path, adapter: Adapter, ends: Sequence[int]) -> Iterator[Event]:
    """Yield the events of a file that grows to these sizes and then to its whole: each piece is read by a new source
    from the checkpoint of the one before."""
    content = path.read_bytes()
    path.write_bytes(b"")
    saved: dict[str, Checkpoint] = {}
    for begin, end in pairwise((0, *ends, len(content))):
        append(path, content[begin:end])
        for batch in _batches(path, adapter, saved.values()):
            saved[batch.after.source] = batch.after
            yield from _events(batch)


def _batches(path: Path, adapter: Adapter, saved: Iterable[Checkpoint]) -> Iterator[Batch]:
    checkpoints = list(saved)

    def matching(prefix: str) -> Iterable[Checkpoint]:
        return [checkpoint for checkpoint in checkpoints if checkpoint.source.startswith(prefix)]

    with closing(adapter.open(path, matching)) as source, suppress(OSError):
        yield from iter(source.read, None)


def _events(batch: Batch) -> Iterator[Event]:
    """Yield events without the places of their lines, which depend on where a line was taken for complete."""
    for event in batch.events:
        yield replace(event, ref=None) if isinstance(event, CallStarted | CallFinished) else event
