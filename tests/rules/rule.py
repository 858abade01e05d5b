"""A rule about how agents write: files that follow it, and the figures that `stats` must show for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tests.sources.claude_builder import ID, Transcript, usage
from tests.sources.processes.fake_table import FakeProcesses
from tui_monitor.sources.base import Record

Figure: TypeAlias = int | float | bool | str | None
Build: TypeAlias = "Callable[[Folder], None]"

SONNET = "claude-sonnet-4-5-20250929"
"""Price per million tokens: $3 input, $15 output, $0.30 cache read, $3.75 cache write, $6 for an hour."""
COUNTS = usage(fresh=10, output=500, read=20_000, cache_creation=2_000)
COST = 0.02103
"""Cost of these counts with that model."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: ``build`` writes files into a folder, ``figures`` are the expected values: keys of the totals and of
    health, the number of ``sessions`` and ``models``, and of the last active session ``context``, ``limit``, its
    ``percentage``, ``agents``, and the ``word`` of its state ten seconds after its last line."""

    build: Build
    figures: dict[str, Figure]

    @property
    def name(self) -> str:
        """The rule as a sentence."""
        return self.build.__name__.replace("_", " ")


def rule(table: list[Rule], **figures: Figure) -> Callable[[Build], Build]:
    """Add the rule of the decorated function to a table."""

    def enter(build: Build) -> Build:
        table.append(Rule(build, figures))
        return build

    return enter


class Folder:
    """A folder of session files, and a home of agents, beside which these ``processes`` live."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.processes = FakeProcesses()

    def write(self, name: str, records: Sequence[Record], ending: str = "\n") -> Path:
        """Write a file of JSON lines; ``ending`` follows the last one."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(json.dumps(record) for record in records) + ending, encoding="utf-8")
        return path

    def session(self, *transcripts: Transcript, session: str = ID) -> None:
        """Write a session's transcript and those of its agents."""
        main, *agents = transcripts
        self.write(f"{session}.jsonl", main.records)
        for agent in agents:
            self.write(f"{session}/subagents/{agent.path.name}", agent.records)


def headless(transcript: Transcript) -> Transcript:
    """Return the transcript as one of a run without a person, whose usage is all in it."""
    for record in transcript.records:
        record["entrypoint"] = "sdk-cli"
    return transcript


def spending(
    requests: int = 1, agent: str = "", session: str = ID, counts: Record = COUNTS, model: str = SONNET
) -> Transcript:
    """Return a transcript of this number of complete responses."""
    transcript = Transcript(agent, session)
    transcript.user("Mend the valve.")
    for _ in range(requests):
        respond(transcript, counts, model=model)
    return transcript


def respond(transcript: Transcript, counts: Record = COUNTS, stop: str | None = "end_turn", **fields: object) -> Record:
    """Add a response in one line and return it."""
    block = {"type": "text", "text": "Hm."}
    return transcript.assistant(block, stop=stop, counts=dict(counts), **{"model": SONNET, **fields})
