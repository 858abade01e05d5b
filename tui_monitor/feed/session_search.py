"""Answers to searches: the hits of the store, with the commands that go on with their sessions."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace

from tui_monitor.clean import clean_line
from tui_monitor.events import SessionKey
from tui_monitor.search.hits import SearchAnswer
from tui_monitor.search.query import SearchQuery
from tui_monitor.sources.discovery.registry import agent_traits
from tui_monitor.store import Store

TEXTS_AT_ONCE = 200
"""Texts that are indexed in one transaction: other programs cannot write for some 20 ms."""

_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")


def search_store(store: Store, query: SearchQuery) -> SearchAnswer:
    """Return the answer of the store to a query."""
    answer = store.search(query)
    return replace(
        answer, hits=tuple(replace(hit, resume=resume_command(hit.session, hit.folder)) for hit in answer.hits)
    )


def resume_command(session: SessionKey, folder: str) -> str:
    """Return the command that goes on with a session in the folder where it began; empty if none is known, or if the
    session's id, which a person is to run, may be anything else."""
    template = agent_traits(session.source).resume
    if not template or not _PLAIN_ID.fullmatch(session.id):
        return ""
    command = template.format(session.id)
    is_safe = folder.startswith("/") and clean_line(folder) == folder
    return f"cd {shlex.quote(folder)} && {command}" if is_safe else command
