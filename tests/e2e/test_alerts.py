"""Alerts of the real program: the bytes that reach its terminal while that has no focus."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.feed.sessions import lines
from tests.sources.claude_builder import ID, Transcript
from tests.sources.support import append

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")]

FOCUS_OUT = "\x1b[O"
NOTICE = b"\x1b]777;notify;tui-monitor;engine waits for you"
HOSTILE = "Which \x1b]0;owned\x07port? \x9b31m"


def test_terminal_without_focus_rings_and_has_a_notice_and_a_title(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("Count the boats in the harbour.")
    path = tmp_path / f"{ID}.jsonl"
    path.write_bytes(lines(now(transcript)))
    config = tmp_path / "config.toml"
    config.write_text("alerts.waiting = 1\n")
    env = {
        "HOME": str(tmp_path),
        "TERM": "foot",
        "TMUX": "",
        "TUI_MONITOR_DATA_DIR": str(tmp_path / "data"),
        "TUI_MONITOR_CONFIG": str(config),
    }
    with closing(Terminal([str(path)], 80, 24, env, tmp_path)) as terminal:
        terminal.wait_for("Count the boats")
        terminal.press(FOCUS_OUT)
        terminal.read_for(0.3)
        before = len(terminal.output)
        count = len(transcript.records)
        transcript.calls("AskUserQuestion", "q", questions=[{"question": HOSTILE, "options": []}])
        append(path, lines(now(transcript)[count:]))
        terminal._read_until(lambda: NOTICE in terminal.output, "a notice")
        terminal.read_for(0.3)
        sent = terminal.output[before:]
        assert sent.count(b"\x1b[22;2t\x1b]2;(1) tui-monitor\x07") == 1
        assert sent.count(b"\x1b]777;") == 1
        assert b"owned" not in sent
        assert b"\xc2\x9b" not in sent
        terminal.read_for(1.5)
        assert terminal.output.count(NOTICE) == 1
        terminal.press("q")
        terminal.wait_for_exit()
        assert b"\x1b[23;2t" in terminal.output


def now(transcript: Transcript) -> list[dict[str, object]]:
    """Return the lines as written at this moment."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return [{**record, "timestamp": at} if "timestamp" in record else record for record in transcript.records]
