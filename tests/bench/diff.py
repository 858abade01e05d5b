"""The diff of a rewritten file: parsed, arranged in two columns, its first page highlighted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.bench.figure import Figure, seconds
from tui_monitor.events import Change, ChangeKind
from tui_monitor.tui.diff.arrangement import DiffArrangement
from tui_monitor.tui.diff.document import DiffDocument
from tui_monitor.tui.diff.parse import rows_of
from tui_monitor.tui.lines.syntax import load_language

LINES = 5000
PAGE = 50


def bench() -> Iterator[Figure]:
    """Yield milliseconds, compared with splitting the text into lines."""
    old = "".join(f"-    depth = tide({line}) * metres\n" for line in range(LINES))
    new = "".join(f"+    depth = tide({line}, zone) * feet\n" for line in range(LINES))
    change = Change(ChangeKind.MODIFY, "/w/berths.py", f"@@ -1,{LINES} +1,{LINES} @@\n{old}{new}", LINES, LINES)
    load_language(change.path)
    bare = 1000 * seconds(lambda: change.diff.split("\n"))
    for name, split in (("", False), (", side by side", True)):
        ours = 1000 * seconds(partial(_first_page, change, split=split))
        yield Figure(f"rewrite of {LINES:,} lines{name}", ours, "ms", bare, "splitting it into lines")


def _first_page(change: Change, *, split: bool) -> None:
    document = DiffDocument(DiffArrangement(rows_of([change]), split=split))
    for row in range(PAGE):
        for side in range(document.sides):
            document.texts(row)
            list(document.spans(row, side))
