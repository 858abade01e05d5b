"""Forks of OpenCode, which keep its tables in databases of their own."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from tui_monitor.sources.base import AgentTraits, Head, SearchContext
from tui_monitor.sources.opencode.adapter import SQLITE, OpenCode
from tui_monitor.sources.opencode.database import is_opencode


class _Fork(OpenCode):
    """A fork: its databases are known by their names, or that of their folder."""

    version: ClassVar[int] = 1

    def recognises(self, head: Head) -> bool:
        path, name = head.path, self.database_name
        is_own = path.name.startswith(name) or path.parent.name == name
        return is_own and head.raw.startswith(SQLITE) and is_opencode(path)


class Kilo(_Fork):
    """Sessions of Kilo CLI, and of Kilo Code since version 7."""

    name: ClassVar[str] = "kilo"
    programs: ClassVar[frozenset[str]] = frozenset({"kilo", "kilocode"})
    traits: ClassVar[AgentTraits] = AgentTraits(title="Kilo", resume="kilo --session {}")
    database_name: ClassVar[str] = "kilo"
    database_variable: ClassVar[str] = "KILO_DB"


class MiMo(_Fork):
    """Sessions of MiMo Code. Its sub-agents may be inside their session: each message names its agent."""

    name: ClassVar[str] = "mimocode"
    programs: ClassVar[frozenset[str]] = frozenset({"mimo"})
    traits: ClassVar[AgentTraits] = AgentTraits(title="MiMo Code")
    database_name: ClassVar[str] = "mimocode"
    database_variable: ClassVar[str] = "MIMOCODE_DB"

    def data_folder(self, context: SearchContext) -> Path:
        """Return the folder with the databases."""
        home = context.env.get("MIMOCODE_HOME")
        return Path(home) / "data" if home else super().data_folder(context)
