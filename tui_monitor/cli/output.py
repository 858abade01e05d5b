"""The only way to standard output and standard error. Whatever a line quotes, nothing in it reaches the terminal as a
control sequence; an unexpected error is one line, without a traceback."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import TextIO

    from tui_monitor.reports.model import Json, TableData

_PACKAGE = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120  # pathlib costs 5 ms to import
_ERASE_LINE = "\r\x1b[K"
_MAX_ERROR = 500
MAX_LINE = 1000
"""Characters of a line; of a longer one the middle is left out."""


def write(text: str) -> None:
    """Write lines of plain text to standard output."""
    sys.stdout.write(_clean(text))


def write_verbatim(text: str) -> None:
    """Write text to standard output that quotes nothing, as help and completion scripts do."""
    sys.stdout.write(text)


def write_line(line: str) -> None:
    """Write a line to standard output at once; without a reader nothing happens."""
    _send(sys.stdout, f"{_clean_line(line)}\n")


def write_at_once(text: str) -> None:
    """Write lines of plain text to standard output, and let its reader have them.

    Raises:
        BrokenPipeError: there is no reader any more.
    """
    write(text)
    sys.stdout.flush()


def write_json(document: Json, path: str = "") -> None:
    """Write a document as JSON to standard output or a file."""
    from tui_monitor.reports.model import json_text

    write_report(json_text(document), path)


def write_json_line(document: Json) -> None:
    """Write a document as one line of JSON to standard output, at once."""
    from tui_monitor.reports.model import json_line

    sys.stdout.write(json_line(document))
    sys.stdout.flush()


def write_tables(tables: Iterable[TableData], notes: Iterable[str], width: int, path: str = "") -> None:
    """Write tables and the notes below them to standard output or a file, in at most ``width`` cells."""
    from io import StringIO

    from tui_monitor.reports.tables import print_tables

    if not path or path == "-":
        print_tables(tables, notes, sys.stdout, width)
        return
    text = StringIO()
    print_tables(tables, notes, text, width)
    write_report(text.getvalue(), path)


def write_report(text: str, path: str = "") -> None:
    """Write a report, in which everything quoted is clean, to standard output or to a file; see `save_text`."""
    if not path or path == "-":
        sys.stdout.write(text)
        return
    from tui_monitor.cli.saved_file import save_text

    save_text(path, text)


def write_error(text: str) -> None:
    """Write a line to standard error, with the name of the program before it; without a reader nothing happens."""
    _send(sys.stderr, f"tui-monitor: {_clean_line(text)}\n")


def write_notice(text: str) -> None:
    """Write a line to standard error if that is a terminal."""
    if sys.stderr.isatty():
        write_error(text)


def write_usage(text: str) -> None:
    """Write how a command is used, which quotes nothing, to standard error."""
    _send(sys.stderr, text)


def show_progress(text: str) -> None:
    """Show a text on the last line of the terminal, in place of the one before; an empty one erases it.

    Nothing happens where standard error is no terminal.
    """
    if not sys.stderr.isatty():
        return
    stream = getattr(sys.stderr, "uncleaned", sys.stderr)
    _send(stream, f"\r{_clean_line(text)}" if text else _ERASE_LINE)


def error_line(error: BaseException) -> str:
    """Return a line on an unexpected error: its type, its text, and the last places in this package that it came by."""
    places = []
    at = error.__traceback__
    while at:
        path = at.tb_frame.f_code.co_filename
        if path.startswith(_PACKAGE):
            places.append(f"{path[len(_PACKAGE) + 1 :]}:{at.tb_lineno}")
        at = at.tb_next
    text = f"{type(error).__name__}: {str(error)[:_MAX_ERROR]}".removesuffix(": ")
    return f"internal error: {text} ({', '.join(places[-3:]) or 'outside of tui-monitor'}). Please report it."


def clean_errors() -> None:
    """Let nothing reach standard error past this module: libraries and warnings write through it, too."""
    sys.stderr = _CleanStream(sys.stderr)
    sys.excepthook = _write_exception
    sys.unraisablehook = lambda args: None


def clean_thread_errors() -> None:
    """Let an unexpected error in a thread be one line, too, where `clean_errors` was called."""
    import threading

    if isinstance(sys.stderr, _CleanStream):
        threading.excepthook = lambda args: _write_exception(args.exc_type, args.exc_value, args.exc_traceback)


class _CleanStream:
    """A stream for text whose content is cleaned."""

    def __init__(self, stream: TextIO) -> None:
        self.uncleaned = stream

    def write(self, text: str) -> int:
        """Write the cleaned text."""
        self.uncleaned.write(_clean(text))
        return len(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self.uncleaned, name)


def _write_exception(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
    write_error(error_line(error or kind()))


def _send(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError:  # nobody reads it
        return


def _clean(text: str) -> str:
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    from tui_monitor.clean import clean_text  # imported for the few texts that may need it

    return clean_text(text)


def _clean_line(text: str) -> str:
    if len(text) > MAX_LINE:
        text = f"{text[: MAX_LINE // 2]} … {text[-MAX_LINE // 2 :]}"
    if text.isascii() and text.isprintable():
        return text
    from tui_monitor.clean import clean_line

    return clean_line(text)
