"""``import``: takes over what other programs have recorded, as sessions like any other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import orjson

from tui_monitor.cli.exit_status import NOTHING_FOUND, OK, CommandError
from tui_monitor.cli.output import write, write_error
from tui_monitor.cli.path_args import check_paths
from tui_monitor.cli.run_context import RunContext, report_context
from tui_monitor.cli.store_access import open_or_replace
from tui_monitor.feed.batch_reader import read_file
from tui_monitor.regular_files import open_descriptor, read_bytes
from tui_monitor.sources.discovery.imports import read_foreign_store
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.imports.model import ImportedLine, UnknownStore
from tui_monitor.store import StoreError


def import_stores(*paths: str | Path, store: str | Path = "") -> int:
    """Import what other programs have recorded.

    Reads CodeTether's telemetry.json, Radium's monitoring.db and Claude Flow's token-usage.json, whole or torn, and
    keeps it as a stream in the data folder. What was imported before is not imported again.

    Args:
        paths: Files of these programs.
        store: Use this store instead of the default one.
    """
    words = tuple(map(str, paths))
    if not words:
        raise CommandError("PATHS is missing: name a telemetry.json, monitoring.db or token-usage.json.")
    check_paths(words)
    context = report_context()
    failed = 0
    for word in words:
        try:
            write("".join(f"{line}\n" for line in _import(context, Path(word), str(store))))
        except UnknownStore as error:
            failed += 1
            write_error(f"{word} {error}.")
        except OSError as error:
            failed += 1
            write_error(f"{word}: {(error.strerror or str(error)).lower()}.")
        except StoreError as error:
            raise CommandError(str(error)) from None
    return NOTHING_FOUND if failed == len(words) else OK


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
