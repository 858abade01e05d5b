"""What a person (or an asking agent) said, among all that the program writes in their name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.results import INTERRUPTION, tagged
from tui_monitor.sources.shared.fields import table, tables, text

_NOT_A_PROMPT = re.compile(
    r"\s*(?:<(?:bash-|command-|local-command-|ide_|system-reminder|task-notification|user-memory-|user-prompt-submit-hook)"
    rf"|{re.escape(INTERRUPTION)})"
)
_LOCAL_OUTPUT = ("<local-command-stdout>", "<local-command-stderr>")
_SHOWN = ("image", "document")
_NOT_SPOKEN = ("isMeta", "isCompactSummary", "isVisibleInTranscriptOnly")


def passages(content: object) -> Iterator[str]:
    """The texts of a message in order; an image or a document among them is named in brackets."""
    if isinstance(content, str):
        yield content
    for block in tables(content):
        kind = text(block.get("type"))
        if kind == "text":
            yield text(block.get("text"))
        elif kind in _SHOWN:
            yield f"[{kind}]"


def asked(record: Record, content: object) -> str:
    """The prompt in a record's message; empty when it is the program that speaks."""
    kind = table(record.get("origin")).get("kind")
    if any(record.get(flag) for flag in _NOT_SPOKEN) or kind not in (None, "human"):
        return ""
    spoken = (command(passage) or ("" if _NOT_A_PROMPT.match(passage) else passage) for passage in passages(content))
    return "\n".join(passage for passage in spoken if passage.strip())


def command(passage: str) -> str:
    """``/name arguments`` of a slash command that is given to the agent; the program's own begin with their name."""
    if not passage.lstrip().startswith("<command-message>"):
        return ""
    name = tagged(passage, "command-name").removeprefix("/")
    return f"/{name} {tagged(passage, 'command-args')}".rstrip() if name else ""


def local_command(passage: str) -> str:
    """The name of a command that the program itself carries out, without its slash; empty for anything else."""
    return tagged(passage, "command-name").removeprefix("/") if passage.lstrip().startswith("<command-name>") else ""


def local_output(passage: str) -> str:
    """What such a command printed; empty for anything else."""
    return passage.partition(">")[2] if passage.lstrip().startswith(_LOCAL_OUTPUT) else ""
