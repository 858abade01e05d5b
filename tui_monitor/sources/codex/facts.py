"""Facts about a Codex session: its identity, folder, model, and the thread it was forked from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from tui_monitor.events import MAIN, Event, SessionKey, SessionUpdate, SourceRef, Turn, TurnUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex import agents
from tui_monitor.sources.codex.inheritance import InheritedHistory, LineProvenance
from tui_monitor.sources.codex.lines import SOURCE, CodexLine, first_text
from tui_monitor.sources.codex.rollout_files import RolloutName, root_thread, stem_of
from tui_monitor.sources.shared.fields import table, text

_MAX_LENGTH = 4096
_MAX_ANCESTORS = 16
_ASKING = ("on-request", "on-failure", "untrusted", "unless-trusted", "granular")
_SESSION_FIELDS = ("cwd", "branch", "version", "mode", "client", "title", "forked_from")


@dataclass(slots=True)
class ThreadFacts:
    """Facts about one thread. ``root``: the session's thread, of which a sub-agent's is a part; ``file``: id of a later
    file of the thread; ``ancestors``: the threads whose lines may be copied into this file; ``continues_totals``: token
    sums continue those of another file."""

    path: str
    id: str
    root: str = ""
    file: str = ""
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
    reviewer: str = ""
    continues_totals: bool = False
    ancestors: list[str] = field(default_factory=list)
    history: InheritedHistory = field(default_factory=InheritedHistory)

    @classmethod
    def restore(cls, path: Path, state: dict[str, Any]) -> ThreadFacts:
        """Return the facts saved in ``state``, or those that the file name holds."""
        name = RolloutName.parse(path) or RolloutName(stem_of(path.name))
        saved = {field.name: state[field.name] for field in fields(cls) if field.name in state}
        saved["history"] = InheritedHistory.restore(state.get("history", {}))
        return cls(**{"id": name.thread, "file": name.file, **saved, "path": str(path)})

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return asdict(self)

    @property
    def session(self) -> SessionKey:
        """Key of the session."""
        return SessionKey(SOURCE, self.root or self.id)

    @property
    def agent(self) -> str:
        """Id of the agent: that of the thread, unless a person started it."""
        return self.id if self.root not in ("", self.id) else MAIN

    @property
    def copied_from(self) -> SessionKey | None:
        """The session that a copied line of a fork is from; None for the thread's own lines, and for a sub-agent, whose
        parent is in its session."""
        is_copy = self.history.origin is LineProvenance.COPIED and self.forked_from and not self.agent
        return SessionKey(SOURCE, self.forked_from) if is_copy else None

    @property
    def billed_agent(self) -> str:
        """The agent that responses are of: for those that a sub-agent has copied for certain, the one that spawned
        it."""
        if not self.agent or self.history.origin is not LineProvenance.COPIED or not self.history.is_certain:
            return self.agent
        return MAIN if self.spawned_by == self.root else self.spawned_by

    @property
    def file_id(self) -> str:
        """Id of the file, of which a thread may have several."""
        return f"{self.id}/{self.file}" if self.file else self.id

    @property
    def asks_person(self) -> bool:
        """True if a person decides on commands that need more permissions."""
        return self.mode in _ASKING and self.reviewer in ("", "user")

    def line(self, at: int, ref: SourceRef) -> CodexLine:
        """Return the context of a line."""
        return CodexLine(self.session, at, ref, self.model, self.agent)

    def apply_meta(self, meta: Record) -> bool:
        """Apply a ``session_meta`` and return True for the thread's own, which is the first."""
        thread = str(meta["id"])
        if not self.has_meta:
            self._apply_own_meta(meta, thread)
        elif thread != self.id:
            self.history.meet_parent()
            self._add_ancestor(thread)
        return thread == self.id

    def _apply_own_meta(self, meta: Record, thread: str) -> None:
        self.has_meta, self.id = True, thread
        self.forked_from, self.spawned_by = text(meta.get("forked_from_id")), agents.parent_thread(meta)
        if self.spawned_by:
            session = text(meta.get("session_id"))
            self.root = session if session not in ("", thread) else root_thread(Path(self.path), self.spawned_by)
        for ancestor in (self.forked_from, self.spawned_by):
            self._add_ancestor(ancestor)
        self.continues_totals = bool(self.ancestors or meta.get("history_base"))
        self.history.begin(meta, is_fork=bool(self.forked_from), is_spawned=bool(self.spawned_by))

    def _add_ancestor(self, thread: str) -> None:
        if thread and thread not in (self.id, *self.ancestors) and len(self.ancestors) < _MAX_ANCESTORS:
            self.ancestors.append(thread)

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
        if meta.get("history_base"):
            yield TurnUpdate(**line.fields, turn=Turn.DONE, reason="went back to an earlier prompt")

    def apply_settings(self, settings: Record, line: CodexLine, *, is_complete: bool) -> Iterator[Event]:
        """Apply the settings of the thread, which are complete, or of a turn, and yield what changed."""
        policy = settings.get("approval_policy")
        if is_complete or "service_tier" in settings:
            self.tier = text(settings.get("service_tier"))
        self.reviewer = text(settings.get("approvals_reviewer"))
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
        return SessionUpdate(**line.fields, path=self.path, **self._session_fields())

    def _session_fields(self) -> dict[str, str]:
        values: dict[str, str] = {fact: getattr(self, fact) for fact in _SESSION_FIELDS}
        return {**values, "forked_from": "" if self.agent else self.forked_from or self.spawned_by}
