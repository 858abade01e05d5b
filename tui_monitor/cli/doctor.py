"""``doctor``: what was looked for, what was found, what cannot be read and why, and what to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tui_monitor.cli.checks.agents import check_places, check_processes
from tui_monitor.cli.checks.model import Area, Finding, Level, count
from tui_monitor.cli.checks.program import check_configuration, check_program
from tui_monitor.cli.checks.store import check_store
from tui_monitor.cli.checks.surroundings import Terminal, check_notifications, check_terminal
from tui_monitor.cli.exit_status import CHECK_FAILED, OK
from tui_monitor.cli.output import write, write_json
from tui_monitor.cli.run_context import RunContext, current_context
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.cli.terminal import is_ascii_only
from tui_monitor.config import config_files
from tui_monitor.feed.process_scan import scan_processes
from tui_monitor.reports.model import SCHEMA, Json
from tui_monitor.sources.discovery.find import find_sessions
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.processes.table import process_table

_GLYPHS = {Level.OK: "✓", Level.NOTE: "·", Level.PROBLEM: "✗"}
_ASCII_GLYPHS = {Level.OK: "+", Level.NOTE: ".", Level.PROBLEM: "x"}


def doctor(*, json: bool = False, store: str | Path = "") -> int:
    """Check what the monitor needs: agents' files, store, terminal.

    Says of everything where it was looked for, whether it is there, can be read and is understood, and what to do about
    it. Nothing is changed. The exit status is 1 if there is a problem.

    Args:
        json: Print JSON instead of text.
        store: Check this store instead of the default one.
    """
    areas = list(_areas(current_context(), str(store)))
    if json:
        write_json(_document(areas))
    else:
        write("".join(f"{line}\n" for line in _lines(areas)))
    return CHECK_FAILED if _number(areas, Level.PROBLEM) else OK


def _areas(context: RunContext, store: str) -> Iterator[Area]:
    registry, search = default_registry(), context.search_context
    sessions = find_sessions(registry.adapters, search)
    files = config_files(search.env, search.cwd)
    yield Area("Program", list(check_program(registry.errors)))
    yield Area("Configuration", list(check_configuration(files, context.config, context.data)))
    yield Area("Store", list(check_store(context.store_path(store), is_ours=not store)))
    yield Area("Agents", list(check_places(registry.adapters, search, sessions, now_ms())))
    scans = scan_processes(registry.adapters, search, process_table())
    yield Area("Running now", list(check_processes(registry.adapters, scans)))
    yield Area("Terminal", [*check_terminal(_terminal(), search.env), *check_notifications(search.home)])


def _terminal() -> Terminal:
    size = shutil.get_terminal_size()
    return Terminal(sys.stdout.isatty(), size.columns, size.lines, sys.stdout.encoding or "")


def _lines(areas: Sequence[Area]) -> Iterator[str]:
    glyphs = _ASCII_GLYPHS if is_ascii_only() else _GLYPHS
    home = str(Path.home())
    for area in areas:
        yield area.name
        if not area.findings:
            yield "  nothing"
        width = max((len(finding.subject) for finding in area.findings), default=0)
        for finding in area.findings:
            yield from _finding_lines(finding, glyphs[finding.level], home, width)
        yield ""
    problems, notes = _number(areas, Level.PROBLEM), _number(areas, Level.NOTE)
    yield f"{count(problems, 'problem') if problems else 'no problems'}, {count(notes, 'note')}"


def _finding_lines(finding: Finding, glyph: str, home: str, width: int) -> Iterator[str]:
    yield f"  {glyph} {finding.subject.ljust(width)}  {_short(finding.text, home)}"
    if finding.remedy:
        yield f"    {' ' * width}  → {_short(finding.remedy, home)}"


def _short(text: str, home: str) -> str:
    return text.replace(home + os.sep, f"~{os.sep}") if home != os.sep else text


def _number(areas: Sequence[Area], level: Level) -> int:
    return sum(finding.level is level for area in areas for finding in area.findings)


def _document(areas: Sequence[Area]) -> Json:
    return {
        "schema": SCHEMA,
        "problems": _number(areas, Level.PROBLEM),
        "areas": [
            {
                "name": area.name,
                "findings": [
                    {"level": each.level, "subject": each.subject, "text": each.text, "remedy": each.remedy or None}
                    for each in area.findings
                ],
            }
            for area in areas
        ],
    }
