"""Keeps the answer of ``watch --line`` up to date while a monitor follows all live sessions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tui_monitor import __version__
from tui_monitor.cli.line_cache import keep_published, publish, scope_key
from tui_monitor.cli.line_items import items_of
from tui_monitor.events import SessionKey
from tui_monitor.live.session import SessionState
from tui_monitor.live.urgency import is_live

if TYPE_CHECKING:
    from tui_monitor.cli.line_cache import PublishedAnswer

INTERVAL_MS = 900
"""Least time between two answers."""
REST_MS = 3_000
"""Time for which an answer holds while no session changes."""


class LinePublisher:
    """Publishes the live sessions for `watch --line`: call it about once per second."""

    def __init__(self, env: Mapping[str, str], *, is_ascii: bool) -> None:
        self._key = scope_key(env)
        self._is_ascii = is_ascii
        self._last: PublishedAnswer | None = None
        self._published_at = self._made_at = 0
        self._revisions: dict[SessionKey, int] = {}

    def __call__(self, states: Iterable[SessionState], now: int) -> None:
        """Publish the states at ``now`` (epoch ms)."""
        if 0 <= now - self._published_at < INTERVAL_MS:
            return
        self._published_at = now
        states = list(states)
        revisions = {state.key: state.revision for state in states}
        is_same = revisions == self._revisions and 0 <= now - self._made_at < REST_MS
        if is_same and keep_published(self._key):
            return
        self._revisions, self._made_at = revisions, now
        answer: PublishedAnswer = {
            "version": __version__,
            "pid": os.getpid(),
            "items": items_of((state for state in states if is_live(state, now)), now),
            "ascii": self._is_ascii,
        }
        if answer != self._last or not keep_published(self._key):
            publish(self._key, answer)
            self._last = answer
