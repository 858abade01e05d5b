"""What reaches the terminal, and what is run, goes through one module each: no other may do it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tui_monitor

PACKAGE = Path(tui_monitor.__file__).parent
OUTPUT = "cli/output.py"
MAY_WRITE = {OUTPUT, "config/schema.py"}
"""Those that write to standard output or error; the schema's is for developers, and is made of nothing from outside."""
MAY_RUN = {
    "cli/subprocess_runner.py",
    "feed/backfill.py",
    "monitoring/command.py",
    "sources/processes/ps.py",
    "tui/external_actions.py",
    "tui/programs.py",
}
"""Those that run a program: one that the user has typed, this one again for the history, one that a program names,
``ps``, the user's editor, the user's command for alerts and the terminal's own for its panes."""
MAY_CONNECT = {
    "forwarding/cloudwatch.py",
    "forwarding/direct_session.py",
    "forwarding/otlp.py",
    "tui/alerts/webhook.py",
}
"""Those that connect to another program: to the collector or the webhook that the user has named."""
DRIVER = "tui/app.py"
SEQUENCES = "tui/alerts/sequences.py"


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


MODULES = dict(modules())


def calls(tree: ast.AST) -> Iterator[str]:
    """Yield what is called, as it is written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("name", sorted(set(MODULES) - MAY_WRITE))
def test_standard_streams_are_written_in_one_module(name: str) -> None:
    streams = [
        f"sys.{stream}.{method}"
        for stream in ("stdout", "stderr", "__stdout__", "__stderr__")
        for method in ("write", "writelines", "buffer.write")
    ]
    assert not {"print", *streams}.intersection(calls(MODULES[name]))


@pytest.mark.parametrize("name", sorted(set(MODULES) - MAY_CONNECT))
def test_few_modules_connect_to_anything(name: str) -> None:
    imported = {
        module
        for node in ast.walk(MODULES[name])
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }
    clients = ("urllib.request", "http.client", "requests", "httpx", "boto3", "opentelemetry.exporter")
    assert not any(module.startswith(clients) for module in imported)


@pytest.mark.parametrize("name", sorted(set(MODULES) - MAY_RUN))
def test_programs_are_run_by_few_modules(name: str) -> None:
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(MODULES[name])
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported.isdisjoint({"subprocess", "pty", "webbrowser"})
    runs = (
        "asyncio.create_subprocess",
        "os.system",
        "os.popen",
        "os.exec",
        "os.spawn",
        "os.posix_spawn",
        "os.startfile",
    )
    assert [call for call in calls(MODULES[name]) if call.startswith(runs) or call in ("eval", "exec", "compile")] == []


@pytest.mark.parametrize("name", sorted(MAY_RUN))
def test_no_program_is_run_by_a_shell(name: str) -> None:
    nodes = [node for node in ast.walk(MODULES[name]) if isinstance(node, ast.Call)]
    assert "shell" not in {keyword.arg for node in nodes for keyword in node.keywords}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_tracebacks_are_never_printed(name: str) -> None:
    in_library = name.startswith(("telemetry/", "monitoring/", "integrations/"))  # which log where the program wants it
    printers = ("traceback.", "faulthandler.", *(() if in_library else ("logging.",)))
    assert not any(call.startswith(printers) for call in calls(MODULES[name]))


@pytest.mark.parametrize("name", sorted(name for name in MODULES if name.startswith("tui/")))
def test_no_text_of_the_screen_is_read_as_markup(name: str) -> None:
    markup = [
        keyword
        for node in ast.walk(MODULES[name])
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "markup" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]
    assert markup == []
    assert not {"Content.from_markup", "Text.from_markup", "Text.from_ansi"}.intersection(calls(MODULES[name]))


@pytest.mark.parametrize("name", sorted(name for name in MODULES if name.startswith("tui/") and name != DRIVER))
def test_what_is_not_drawn_is_sent_to_the_terminal_in_one_place(name: str) -> None:
    assert [call for call in calls(MODULES[name]) if "driver" in call or call.endswith(".bell")] == []


@pytest.mark.parametrize("name", sorted(name for name in MODULES if name.startswith("tui/") and name != SEQUENCES))
def test_sequences_are_built_in_one_module(name: str) -> None:
    texts = [node.value for node in ast.walk(MODULES[name]) if isinstance(node, ast.Constant)]
    assert [text for text in texts if isinstance(text, str) and "\x1b" in text] == []
