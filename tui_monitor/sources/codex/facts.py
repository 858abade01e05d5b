"""Facts about a Codex session: its identity, folder, model, and the thread it was forked from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from tui_monitor.events import Event, SessionKey, SessionUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex import agents
from tui_monitor.sources.codex.lines import SOURCE, CodexLine, first_text
from tui_monitor.sources.shared.fields import count, table, text

THREAD_IN_NAME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
"""Thread id at the end of a rollout's name."""

_MAX_LENGTH = 4096
_SESSION_FIELDS = ("cwd", "branch", "version", "mode", "client", "title", "forked_from")


@dataclass(slots=True)
class ThreadFacts:
    """Facts about one thread. ``first_own_ordinal``: the first line after a copied history; ``has_copied_history``:
    another thread's ``session_meta`` has been read; ``continues_totals``: token sums continue those of another
    thread."""

    path: str
    id: str
    has_meta: bool = False
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
    continues_totals: bool = False
    first_own_ordinal: int = 0
    has_copied_history: bool = False

    @classmethod
    def restore(cls, path: Path, state: dict[str, Any]) -> ThreadFacts:
        """Return the facts saved in ``state``, or those that the file name holds."""
        match = THREAD_IN_NAME.search(path.stem)
        saved = {field.name: state[field.name] for field in fields(cls) if field.name in state}
        return cls(**{"id": match[0] if match else path.stem, **saved, "path": str(path)})

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return asdict(self)

    @property
    def session(self) -> SessionKey:
        """Key of the session."""
        return SessionKey(SOURCE, self.id)

    @property
    def ancestors(self) -> tuple[str, ...]:
        """The thread whose history may have been copied into this file, if any."""
        if self.forked_from:
            return (self.forked_from,)
        return (self.spawned_by,) if self.spawned_by and self.has_copied_history else ()

    def is_copy(self, record: Record) -> bool:
        """Return True for a line of the parent's history."""
        ordinal = record.get("ordinal")
        return self.has_copied_history and isinstance(ordinal, int) and ordinal < self.first_own_ordinal

    def apply_meta(self, meta: Record) -> bool:
        """Apply a ``session_meta`` and return True for the thread's own, which is the first."""
        if not self.has_meta:
            self.has_meta, self.id = True, str(meta["id"])
            self.forked_from = text(meta.get("forked_from_id"))
            self.spawned_by = agents.parent_thread(meta)
            self.continues_totals = bool(self.forked_from or self.spawned_by or meta.get("history_base"))
            self.first_own_ordinal = count(meta.get("subagent_history_start_ordinal"))
        is_own = str(meta["id"]) == self.id
        self.has_copied_history |= not is_own
        return is_own

    def session_updates(self, meta: Record, line: CodexLine) -> Iterator[Event]:
        """Yield the facts in the thread's own ``session_meta``."""
        git = table(meta.get("git"))
        self._set(
            cwd=meta.get("cwd"),
            branch=git.get("branch"),
            version=meta.get("cli_version"),
            client=meta.get("originator"),
            provider=meta.get("model_provider"),
        )
        yield self._session_update(line)

    def apply_settings(self, settings: Record, line: CodexLine) -> Iterator[Event]:
        """Apply the settings of a ``turn_context`` or of the thread, and yield what changed."""
        policy = settings.get("approval_policy")
        self.tier = text(settings.get("service_tier"))
        yield from self._apply(
            line,
            cwd=settings.get("cwd"),
            mode=next(iter(policy), "") if isinstance(policy, dict) else policy,
            model=settings.get("model"),
            provider=settings.get("model_provider_id"),
        )

    def apply_title(self, title: Any, line: CodexLine) -> Iterator[Event]:
        """Set the title and yield it when it changed."""
        yield from self._apply(line, title=title)

    def _apply(self, line: CodexLine, **values: Any) -> Iterator[Event]:
        before = self._session_fields()
        self._set(**values)
        if self._session_fields() != before:
            yield self._session_update(line)

    def _set(self, **values: Any) -> None:
        """Set the given facts that are not empty."""
        for fact, value in values.items():
            setattr(self, fact, first_text([value])[:_MAX_LENGTH] or getattr(self, fact))

    def _session_update(self, line: CodexLine) -> SessionUpdate:
        return SessionUpdate(session=line.session, at=line.at, path=self.path, **self._session_fields())

    def _session_fields(self) -> dict[str, str]:
        values: dict[str, str] = {fact: getattr(self, fact) for fact in _SESSION_FIELDS}
        return {**values, "forked_from": self.forked_from or self.spawned_by}
