"""A rule of how agents write: files that follow it, and what `stats` has to make of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tests.sources.claude_builder import ID, Transcript, usage
from tui_monitor.sources.base import Record

Figure: TypeAlias = int | float | bool | str | None
Build: TypeAlias = "Callable[[Folder], None]"

SONNET = "claude-sonnet-4-5-20250929"
"""A million tokens cost 3 dollars in, 15 out, 0.30 read from the cache, 3.75 written to it, 6 for an hour."""
COUNTS = usage(fresh=10, output=500, read=20_000, written=2_000)
COST = 0.02103
"""What these counts cost with that model."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``build`` writes files into a folder; ``figures`` are what is expected of them: keys of the totals and of health,
    how many ``sessions`` and ``models``, and of the session heard of last ``context``, ``limit`` and ``agents``."""

    build: Build
    figures: dict[str, Figure]

    @property
    def name(self) -> str:
        """What the rule says."""
        return self.build.__name__.replace("_", " ")


def rule(table: list[Rule], **figures: Figure) -> Callable[[Build], Build]:
    """Enter the rule that the function follows into a table."""

    def enter(build: Build) -> Build:
        table.append(Rule(build, figures))
        return build

    return enter


class Folder:
    """A folder of session files."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, records: Sequence[Record], ending: str = "\n") -> Path:
        """A file of JSON lines; the last one is followed by ``ending``."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(json.dumps(record) for record in records) + ending, encoding="utf-8")
        return path

    def session(self, *transcripts: Transcript, session: str = ID) -> None:
        """A session's transcript, then those of its agents."""
        main, *agents = transcripts
        self.write(f"{session}.jsonl", main.records)
        for agent in agents:
            self.write(f"{session}/subagents/{agent.path.name}", agent.records)


def spending(
    requests: int = 1, agent: str = "", session: str = ID, counts: Record = COUNTS, model: str = SONNET
) -> Transcript:
    """A transcript of so many complete responses."""
    transcript = Transcript(agent, session)
    transcript.user("Mend the valve.")
    for _ in range(requests):
        respond(transcript, counts, model=model)
    return transcript


def respond(transcript: Transcript, counts: Record = COUNTS, stop: str | None = "end_turn", **fields: object) -> Record:
    """One more response, in one line."""
    block = {"type": "text", "text": "Hm."}
    return transcript.assistant(block, stop=stop, counts=dict(counts), **{"model": SONNET, **fields})
