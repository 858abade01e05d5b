"""``import``: takes back archives, and takes over what other programs have recorded, as sessions like any other."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import orjson

from tui_monitor.cli.exit_status import CHECK_FAILED, NOTHING_FOUND, OK, CommandError
from tui_monitor.cli.output import write, write_error
from tui_monitor.cli.path_args import check_paths
from tui_monitor.cli.run_context import RunContext, report_context
from tui_monitor.cli.store_access import open_or_replace
from tui_monitor.feed.archive_file import archive_lines, is_archive
from tui_monitor.feed.batch_reader import read_file
from tui_monitor.regular_files import open_descriptor, read_bytes
from tui_monitor.sources.discovery.imports import read_foreign_store
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.imports.model import ImportedLine, UnknownStore
from tui_monitor.store import ArchiveError, Restored, StoreError, read_begin

_RESTORED = {
    Restored.RETURNED: "put back",
    Restored.ADDED: "added",
    Restored.WAS_STORED: "in the store already",
    Restored.HAS_GROWN: "left as sums, since they went on",
}


def import_stores(*paths: str | Path, store: str | Path = "") -> int:
    """Import archives, and what other programs recorded.

    Puts back what archive has moved to a file. Reads CodeTether's telemetry.json, Radium's monitoring.db and Claude
    Flow's token-usage.json, whole or torn, and keeps it as a stream in the data folder. What was imported before is not
    imported again. For example:

      tui-monitor import old.jsonl.zst
      tui-monitor import ~/.radium/monitoring.db

    Args:
        paths: Archives, and files of these programs.
        store: Use this store instead of the default one.
    """
    words = tuple(map(str, paths))
    if not words:
        raise CommandError("PATHS is missing: name an archive, telemetry.json, monitoring.db or token-usage.json.")
    check_paths(words)
    context = report_context()
    failed = torn = 0
    for word in words:
        try:
            if is_archive(Path(word)):
                torn += not _import_archive(context, Path(word), str(store))
                continue
            write("".join(f"{line}\n" for line in _import(context, Path(word), str(store))))
        except (UnknownStore, ArchiveError) as error:
            failed += 1
            write_error(f"{word} {error}.")
        except OSError as error:
            failed += 1
            write_error(f"{word}: {(error.strerror or str(error)).lower()}.")
        except StoreError as error:
            raise CommandError(str(error)) from None
    if failed == len(words):
        return NOTHING_FOUND
    return CHECK_FAILED if torn else OK


def _import_archive(context: RunContext, path: Path, store_choice: str) -> bool:
    """Import an archive; say what was done, and return False if it is torn or damaged after some sessions.

    Raises:
        ArchiveError: it is none, or no session in it is whole.
    """
    done = Counter[Restored]()
    fault = ""
    with closing(open_or_replace(context, store_choice)) as store, archive_lines(path) as lines:
        try:
            for begin in lines:
                sessions = read_begin(begin, store.retention.version)
                done[store.retention.restore(sessions, lines)] += len(sessions)
        except ArchiveError as error:
            if not done:
                raise
            fault = str(error)
    if not done:
        raise ArchiveError("is torn: no session in it is whole")
    parts = [f"{done[result]:,} {text}" for result, text in _RESTORED.items() if done[result]]
    write(f"{path}: of {done.total():,} session{'' if done.total() == 1 else 's'} {', '.join(parts)}\n")
    if fault:
        write_error(f"{path} {fault} after these sessions: what follows them is lost there.")
    return not fault


def _import(context: RunContext, path: Path, store_choice: str) -> Iterator[str]:
    """Import one file; yield lines on what was done."""
    foreign = read_foreign_store(path)
    stream = context.data / "streams" / f"imported-{foreign.name}.jsonl"
    known = _known(stream)
    new = [line for line in foreign.lines if line.uid not in known]
    if new:
        _append(stream, new)
    adapter = default_registry().recognise(stream) if known or new else None
    if adapter:
        with closing(open_or_replace(context, store_choice)) as store:
            read_file(store, stream, adapter, context.prices())
    earlier = len(foreign.lines) - len(new)
    yield f"{path}: {len(new):,} new records of {foreign.name}, {earlier:,} imported before"
    yield from (f"  {note}" for note in foreign.notes)


def _known(stream: Path) -> frozenset[str]:
    """Return the ids of the lines that were imported before."""
    try:
        lines = read_bytes(stream).splitlines()
    except FileNotFoundError:
        return frozenset()
    return frozenset(filter(None, map(_uid, lines)))


def _uid(line: bytes) -> str:
    try:
        uid = orjson.loads(line).get("uid")
    except (ValueError, AttributeError):
        return ""
    return uid if isinstance(uid, str) else ""


def _append(stream: Path, lines: Iterable[ImportedLine]) -> None:
    stream.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = open_descriptor(stream, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with os.fdopen(descriptor, "ab") as file:
        file.writelines(line.json + b"\n" for line in lines)
