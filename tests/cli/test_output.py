"""Whatever is written to the standard streams is text, and an unexpected error is one line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tui_monitor.cli import main, output, stats
from tui_monitor.cli.exit_status import INTERNAL_ERROR

EVIL = "\x1b]2;title\x07 \x9b2J\u202e\ud800\r\n"
FAULTS = {
    "error": f"raise ValueError({EVIL!r} * 1000)",
    "thread": f"t = threading.Thread(target=lambda: [].index({EVIL!r})); t.start(); t.join()",
    "warning": f"warnings.warn({EVIL!r})",
    "logged": f"logging.getLogger('x').error({EVIL!r})",
    "printed": f"print({EVIL!r}, file=sys.stderr)",
    "finalizer": f"type('X', (), {{'__del__': lambda self: [].index({EVIL!r})}})()",
}
PROGRAM = """
import logging, sys, threading, warnings
from tui_monitor.cli import output
sys.stderr.reconfigure(errors="replace")
output.clean_errors()
output.clean_thread_errors()
"""


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_written_past_the_door(fault: str) -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM + FAULTS[fault]], capture_output=True, timeout=60, check=False)
    text = run.stderr.decode()
    assert all(line.isprintable() for line in text.splitlines())
    assert "Traceback" not in text
    if fault in ("error", "thread"):
        assert text.startswith("tui-monitor: internal error: ValueError: ")
        assert text.count("\n") == 1


def test_unexpected_error_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*args: object) -> None:
        raise KeyError(EVIL)

    monkeypatch.setattr(stats, "print_report", fail)
    assert main(["stats"]) == INTERNAL_ERROR
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("tui-monitor: internal error: KeyError: ")
    assert "cli/stats.py:" in error
    assert error.endswith("Please report it.\n")
    assert error.count("\n") == 1
    assert error[:-1].isprintable()


def test_error_line_has_the_last_places_of_the_package() -> None:
    try:
        output.write_tables(None, (), 80)  # type: ignore[arg-type]
    except TypeError as error:
        line = output.error_line(error)
    assert line.startswith("internal error: TypeError: ")
    assert "(cli/output.py:" in line
    assert output.error_line(ValueError()) == "internal error: ValueError (outside of tui-monitor). Please report it."


@pytest.mark.parametrize("write", [output.write, output.write_line])
def test_text_is_cleaned(write: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(write)
    write(f"a{EVIL}b\n")
    out = capsys.readouterr().out
    assert out.startswith("a")
    assert all(line.isprintable() for line in out.splitlines())


def test_progress_erases_itself(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    output.show_progress("seen by no terminal")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    output.show_progress(f"reading{EVIL}")
    output.show_progress("")
    assert capsys.readouterr().err == "\rreading \ufffd\r\x1b[K"
