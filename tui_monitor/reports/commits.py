"""Commits and pull requests that the calls of a session made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from tui_monitor.events import CallState
from tui_monitor.reports.attribution import SessionMark
from tui_monitor.store import SpendingCall

_COMMIT = re.compile(r"\bgit\b[^|;&\n]*?\bcommit\b")
_COMMITTED = re.compile(r"^\[(?P<branch>[^\]]+?) (?P<hash>[0-9a-f]{7,40})\] (?P<subject>.*)$", re.MULTILINE)
_REQUEST = re.compile(r"\b(?:gh\s+pr|glab\s+mr)\s+create\b|create_(?:pull|merge)_request")
_REQUEST_URL = re.compile(r"https?://[\w.:-]+/([\w./-]+?)(?:/-)?/(?:pull|merge_requests)/(\d+)")

Output = Callable[[SpendingCall], str]
"""The recorded output of a call."""


def commit_marks(calls: Sequence[SpendingCall], output: Output) -> Iterator[SessionMark]:
    """Yield the commits that calls made, by their hash and subject where git's output is stored."""
    for call in calls:
        if call.state is CallState.OK and _COMMIT.search(call.subject):
            found = _COMMITTED.search(text := output(call))
            if found:
                yield SessionMark(call.session, call.at, f"{found['hash'][:9]} {found['subject']}".strip())
            elif not text:
                yield SessionMark(call.session, call.at, "a commit without recorded output")


def request_marks(calls: Sequence[SpendingCall], output: Output) -> Iterator[SessionMark]:
    """Yield the pull requests that calls opened, by repository and number."""
    for call in calls:
        if call.state is CallState.OK and _REQUEST.search(f"{call.tool} {call.subject}"):
            found = _REQUEST_URL.search(output(call))
            if found:
                yield SessionMark(call.session, call.at, f"{found[1]}#{found[2]}")
