"""The adapters of the agents that save sessions in Pi's format; where a file lies shows whose it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from tui_monitor.events import CompactionRule
from tui_monitor.sources.base import AgentTraits, Head, Parser, SearchContext
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.pi import files
from tui_monitor.sources.shared.fields import text

_RESERVE = CompactionRule(reserve=16_384)


class Pi(LineAdapter):
    """Sessions of Pi."""

    name: ClassVar[str] = "pi"
    version: ClassVar[int] = 4
    programs: ClassVar[frozenset[str]] = frozenset({"pi"})
    traits: ClassVar[AgentTraits] = AgentTraits(title="Pi", compaction_rule=_RESERVE, resume="pi --session {}")
    counts_nested: ClassVar[bool] = True
    """Whether the usage inside a call is in no file of its own."""

    def recognises(self, head: Head) -> bool:
        header = files.header_in(head.records)
        return "timestamp" in header and isinstance(header.get("cwd"), str)

    def parser(self, path: Path, state: str) -> Parser:
        from tui_monitor.sources.pi.session import PiParser

        return PiParser(self.name, path, state, counts_nested=self.counts_nested)

    def related_files(self, path: Path) -> Iterable[Path]:
        return files.agent_files(path)

    def roots(self, context: SearchContext) -> list[Path]:
        own = context.env.get("PI_CODING_AGENT_DIR")
        usual = (Path(own) if own else context.home / ".pi" / "agent") / "sessions"
        extra = context.env.get("PI_CODING_AGENT_SESSION_DIR")
        return [Path(extra), usual] if extra else [usual]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        return files.sessions_below(self.roots(context))

    def start_directory(self, path: Path) -> str | None:
        return text(files.read_header(path).get("cwd")) or None

    def session_named(self, path: Path) -> str:
        return files.session_in_name(path.stem)


class OhMyPi(Pi):
    """Sessions of oh-my-pi, a fork of Pi."""

    name: ClassVar[str] = "omp"
    programs: ClassVar[frozenset[str]] = frozenset({"omp"})
    traits: ClassVar[AgentTraits] = AgentTraits(title="oh-my-pi")
    counts_nested: ClassVar[bool] = False

    def recognises(self, head: Head) -> bool:
        is_own = ".omp" in head.path.parts or head.records[0].get("type") == "title"
        return is_own and super().recognises(head)

    def roots(self, context: SearchContext) -> list[Path]:
        return [context.home / ".omp" / "agent" / "sessions"]


class OpenClaw(Pi):
    """Sessions of OpenClaw, whose agents run Pi inside one server process."""

    name: ClassVar[str] = "openclaw"
    programs: ClassVar[frozenset[str]] = frozenset()
    traits: ClassVar[AgentTraits] = AgentTraits(title="OpenClaw")

    def recognises(self, head: Head) -> bool:
        return ".openclaw" in head.path.parts and super().recognises(head)

    def roots(self, context: SearchContext) -> list[Path]:
        folder = context.env.get("OPENCLAW_STATE_DIR")
        agents = (Path(folder) if folder else context.home / ".openclaw") / "agents"
        return sorted(agents.glob("*/sessions")) or [agents]
