"""Which sessions a report is about: by the words a person would use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from tui_monitor.search.query import is_in_project
from tui_monitor.store import SpendingScope, Store
from tui_monitor.totals import SessionSummary


@dataclass(frozen=True, slots=True)
class Filters:
    """What a report is limited to; empty: not.

    ``project`` is a folder, or the name of one; ``source`` the name of an agent's format, ``session`` the beginning of
    an id or a part of a title; the others as in `SpendingScope`.
    """

    project: str = ""
    source: str = ""
    session: str = ""
    model: str = ""
    agent: str = ""
    plan: str = ""
    task: str = ""

    @property
    def are_of_sessions(self) -> bool:
        """True if they choose among sessions."""
        return bool(self.project or self.source or self.session)

    @property
    def are_of_accounts(self) -> bool:
        """True if they choose within sessions."""
        return bool(self.model or self.agent or self.plan or self.task)


NO_FILTERS = Filters()


def scope_of(store: Store, filters: Filters, since: int | None, until: int | None) -> SpendingScope:
    """Return what to sum."""
    sessions = None
    if filters.are_of_sessions:
        sessions = [one.session for one in matching(store.sessions(), filters)]
    return SpendingScope(since, until, sessions, filters.model, filters.agent, filters.plan, filters.task)


def matching(sessions: Sequence[SessionSummary], filters: Filters) -> Iterator[SessionSummary]:
    """Yield the sessions that match project, source and session."""
    wanted = {one.session for one in find_sessions(sessions, filters.session)} if filters.session else set()
    for one in sessions:
        if filters.source and one.session.source != filters.source:
            continue
        if filters.project and not is_in_project(project_of(one), filters.project):
            continue
        if not filters.session or one.session in wanted:
            yield one


def project_of(session: SessionSummary) -> str:
    """Return the folder in which a session began."""
    return session.folder or session.cwd


def find_sessions(sessions: Sequence[SessionSummary], words: str) -> list[SessionSummary]:
    """Return the sessions that a person means: with this id, else one that begins so, else this folder's name or title,
    else a title that contains it."""
    lower = words.lower()
    for is_meant in (
        lambda one: one.session.id == words,
        lambda one: one.session.id.startswith(words),
        lambda one: lower in (one.title.lower(), PurePath(project_of(one).replace("\\", "/")).name.lower()),
        lambda one: lower in one.title.lower(),
    ):
        if found := [one for one in sessions if is_meant(one)]:
            return found
    return []
