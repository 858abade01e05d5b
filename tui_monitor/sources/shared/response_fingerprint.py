"""Ids of responses for sources that share none: a fingerprint of their tokens and time.

An agent's own file and its telemetry record the same response within milliseconds, with the same token counts. Time is
cut into two sequences of overlapping 10-second windows, so that two records within 5 seconds share at least one window.
Identical responses of one source are numbered. A source that records a response before it is complete knows only the
tokens sent.
"""

from __future__ import annotations

from hashlib import blake2b

from tui_monitor.events import SessionKey, Tokens
from tui_monitor.sources.shared.fields import put_bounded

WINDOW_MS = 10_000
_MAX_FINGERPRINTS = 256
_MAX_IDENTICAL = 64


class ResponseFingerprints:
    """The latest responses of one source: for each fingerprint the names of its responses in their order."""

    def __init__(self, names: dict[str, list[str]] | None = None) -> None:
        self.names = {} if names is None else names

    def weak_ids(self, session: SessionKey, tokens: Tokens, at: int, name: str) -> tuple[str, ...]:
        """Return the ids of the response that its source calls ``name``; none if its time is unknown."""
        if not at:
            return ()
        counts = (tokens.input, tokens.cache_read, tokens.cache_creation, tokens.output)
        content = f"{session.source}/{session.id}={','.join(map(str, counts))}"
        windows = (f"{at // WINDOW_MS}", f"{(at + WINDOW_MS // 2) // WINDOW_MS}+")
        return tuple(self._id(f"{content}@{window}", name) for window in windows)

    def _id(self, fingerprint: str, name: str) -> str:
        return f"{fingerprint}#{self._number(_digest(fingerprint), _digest(name))}"

    def _number(self, fingerprint: str, name: str) -> int:
        names = self.names.get(fingerprint, [])
        if name not in names:
            names = [*names, name][-_MAX_IDENTICAL:]
        put_bounded(self.names, fingerprint, names, _MAX_FINGERPRINTS)
        return names.index(name)


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
