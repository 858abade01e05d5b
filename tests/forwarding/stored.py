"""A store with sessions of a made-up user."""

from __future__ import annotations

from pathlib import Path

from tests.cli.sessions import short_session, write
from tests.sources.claude_builder import Transcript
from tui_monitor.cli.reading import read_paths
from tui_monitor.cli.run_context import current_context
from tui_monitor.store import Store


def read_into(store: Store, transcript: Transcript, folder: Path, name: str = "one") -> None:
    """Read a transcript into a store."""
    read_paths(store, current_context(), [str(write(transcript, folder / f"{name}.jsonl"))])


def longer_session() -> Transcript:
    """Return the short session with a second turn."""
    transcript = short_session("/home/ada/engine")
    transcript.user("And the other one.", cwd="/home/ada/engine")
    transcript.calls("Bash", "call_3", command="make other")
    transcript.result("done", None, "call_3")
    return transcript
