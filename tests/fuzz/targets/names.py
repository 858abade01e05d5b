"""Names of folders, files, sessions, tools and models with control sequences: none of them leaves a command."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

from tests.clean.sequences import EVIL, SEQUENCES
from tests.cli.sessions import short_session, write
from tests.fuzz.program import Output, run_program
from tests.fuzz.target import Files, Target, must
from tests.sources.claude_builder import text_block

NAMES = ("folder", "file", "foreign", "text", "theme", "price")
_PLAIN = "boat é 港 \u0301[red]"
_MAX_BYTES = 120


def generate(random: Random) -> Files:
    """Return names made of control sequences, odd characters and bytes."""
    return {name: _name(random) for name in NAMES}


def check(files: Files, folder: Path) -> None:
    """Check that no command prints a control sequence, neither to its output nor with an error."""
    names = {
        name: os.fsdecode(content.replace(b"\0", b"").replace(b"/", b"")) or "x" for name, content in files.items()
    }
    home, inside = folder / "home", folder / f"f{names['folder']}"
    inside.mkdir()
    text = files["text"].decode("utf-8", "surrogateescape")
    session = short_session(f"/home/{text}", text, text)
    session.calls(f"mcp__{text}__{text}", f"c{text}", **{text: text})
    session.result(text, call=f"c{text}", error=True)
    session.assistant(text_block(text), model=text)
    path = write(session, inside / f"s{names['file']}.jsonl")
    (inside / f"n{names['foreign']}").write_text(text, encoding="utf-8", errors="replace")
    (inside / ".tui-monitor.toml").write_bytes(b'[display]\ntheme = "' + files["theme"] + b'"\n')
    env = {"TUI_MONITOR_DISPLAY_LEVELS": names["price"], "TZ": names["theme"]}
    with must("no name leaves a command as a control sequence"):
        for words in _commands(inside, path, names):
            _printed(words, home, inside, env).check()


def _commands(inside: Path, path: Path, names: dict[str, str]) -> list[list[str]]:
    foreign = str(inside / f"n{names['foreign']}")
    return [
        ["stats", str(inside)],
        ["stats", "--json", str(path), foreign],
        ["stats", "--store", foreign],
        ["stats", f"missing{names['file']}"],
        ["watch", "--once", str(path)],
        ["watch", "--once", "--json", "."],
        ["watch", "--once", foreign],
        ["prices", f"claude-{names['price']}"],
        [f"--{names['theme']}"],
    ]


def _printed(words: list[str], home: Path, cwd: Path, env: dict[str, str]) -> Output:
    return run_program(words, home, cwd, env)


def _name(random: Random) -> bytes:
    parts = [
        random.choice((*SEQUENCES, EVIL, _PLAIN, chr(random.randrange(0x20000)), "\n", "\r", "'", '"', "\\", "-"))
        for _ in range(random.randint(1, 6))
    ]
    name = "".join(parts).encode("utf-8", "replace")
    if random.random() < 0.3:
        at = random.randrange(len(name) + 1)
        name = name[:at] + random.choice((b"\xff", b"\x9b66;66H", b"\xc3", b"\x9d0;x\x9c")) + name[at:]
    return name[:_MAX_BYTES]


TARGET = Target("names", generate, check)
