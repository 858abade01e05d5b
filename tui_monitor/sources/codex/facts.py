"""What is known of a Codex session: who it is, where and with which model it works, what it was forked from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from tui_monitor.events import Event, SessionKey, SessionUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex import agents
from tui_monitor.sources.codex.lines import SOURCE, Line, first_text
from tui_monitor.sources.shared.fields import count, table, text

THREAD_IN_NAME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
"""The thread's id at the end of a rollout's name."""

_LONGEST = 4096
_SHOWN = ("cwd", "branch", "version", "mode", "client", "title", "forked_from")


@dataclass(slots=True)
class Facts:
    """Facts of one thread. ``own_from`` is the ordinal of its first own line where history was copied into its file,
    ``copied`` whether another thread's ``session_meta`` has been seen, ``continues`` whether sums go on from there."""

    path: str
    id: str
    named: bool = False
    cwd: str = ""
    branch: str = ""
    version: str = ""
    mode: str = ""
    client: str = ""
    title: str = ""
    forked_from: str = ""
    spawned_by: str = ""
    model: str = ""
    provider: str = ""
    tier: str = ""
    continues: bool = False
    own_from: int = 0
    copied: bool = False

    @classmethod
    def of(cls, path: Path, state: dict[str, Any]) -> Facts:
        """The facts as they were left, or those that the name of a file tells."""
        in_name = THREAD_IN_NAME.search(path.stem)
        known = {field.name: state[field.name] for field in fields(cls) if field.name in state}
        return cls(**{"id": in_name[0] if in_name else path.stem, **known, "path": str(path)})

    def state(self) -> dict[str, Any]:
        """Everything needed to go on."""
        return asdict(self)

    @property
    def session(self) -> SessionKey:
        """Whose file it is."""
        return SessionKey(SOURCE, self.id)

    @property
    def ancestors(self) -> tuple[str, ...]:
        """The thread whose history may have been copied into this file, if there is one."""
        if self.forked_from:
            return (self.forked_from,)
        return (self.spawned_by,) if self.spawned_by and self.copied else ()

    def is_copy(self, record: Record) -> bool:
        """Whether a line is known to be history that was copied from the parent's file."""
        ordinal = record.get("ordinal")
        return self.copied and isinstance(ordinal, int) and ordinal < self.own_from

    def meet(self, meta: Record) -> bool:
        """Read a ``session_meta``; whether it is this thread's own: the first one is."""
        if not self.named:
            self.named, self.id = True, str(meta["id"])
            self.forked_from = text(meta.get("forked_from_id"))
            self.spawned_by = agents.parent(meta)
            self.continues = bool(self.forked_from or self.spawned_by or meta.get("history_base"))
            self.own_from = count(meta.get("subagent_history_start_ordinal"))
        own = str(meta["id"]) == self.id
        self.copied |= not own
        return own

    def introduce(self, meta: Record, line: Line) -> Iterator[Event]:
        """What the thread's own ``session_meta`` tells."""
        git = table(meta.get("git"))
        self._take(
            cwd=meta.get("cwd"),
            branch=git.get("branch"),
            version=meta.get("cli_version"),
            client=meta.get("originator"),
            provider=meta.get("model_provider"),
        )
        yield self._seen(line)

    def settle(self, settings: Record, line: Line) -> Iterator[Event]:
        """The settings from here on, as a ``turn_context`` or the settings of the thread tell them."""
        policy = settings.get("approval_policy")
        self.tier = text(settings.get("service_tier"))
        yield from self._learn(
            line,
            cwd=settings.get("cwd"),
            mode=next(iter(policy), "") if isinstance(policy, dict) else policy,
            model=settings.get("model"),
            provider=settings.get("model_provider_id"),
        )

    def name(self, title: Any, line: Line) -> Iterator[Event]:
        """The thread was given a title."""
        yield from self._learn(line, title=title)

    def _learn(self, line: Line, **told: Any) -> Iterator[Event]:
        before = self._shown()
        self._take(**told)
        if self._shown() != before:
            yield self._seen(line)

    def _take(self, **told: Any) -> None:
        """Take over what is told and not empty."""
        for fact, value in told.items():
            setattr(self, fact, first_text([value])[:_LONGEST] or getattr(self, fact))

    def _seen(self, line: Line) -> SessionUpdate:
        return SessionUpdate(session=line.session, at=line.at, path=self.path, **self._shown())

    def _shown(self) -> dict[str, str]:
        shown: dict[str, str] = {fact: getattr(self, fact) for fact in _SHOWN}
        return {**shown, "forked_from": self.forked_from or self.spawned_by}
