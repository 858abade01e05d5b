"""Hints for a response that its tellers give no common id: they count the same tokens for it at about the same time.

An agent's own file and its telemetry tell of one response within milliseconds. Time is cut into spans twice, the
second time half a span later, so that two tellings less than half a span apart share at least one of the two cuts.
Where one teller tells of several responses that are all alike, they are numbered. Who tells of a response before it is
complete knows only what was sent.
"""

from __future__ import annotations

from hashlib import blake2b

from tui_monitor.events import SessionKey, Tokens
from tui_monitor.sources.shared.fields import put_bounded

SPAN_MS = 10_000
_MAX_NAMES = 256
_MAX_ALIKE = 64


class ResponseFingerprints:
    """What one teller has told lately: for each likeness the names of the responses that bear it, in their order."""

    def __init__(self, told: dict[str, list[str]] | None = None) -> None:
        self.told = {} if told is None else told

    def weak_ids(self, session: SessionKey, tokens: Tokens, at: int, name: str) -> tuple[str, ...]:
        """The hints for the response that the teller itself calls ``name``; none where the time is not known."""
        if not at:
            return ()
        counts = (tokens.input, tokens.cache_read, tokens.cache_creation, tokens.output)
        alike = f"{session.source}/{session.id}={','.join(map(str, counts))}"
        cuts = (f"{at // SPAN_MS}", f"{(at + SPAN_MS // 2) // SPAN_MS}+")
        return tuple(f"{alike}@{cut}#{self._number(_digest(f'{alike}@{cut}'), _digest(name))}" for cut in cuts)

    def _number(self, likeness: str, name: str) -> int:
        names = self.told.get(likeness, [])
        if name not in names:
            names = [*names, name][-_MAX_ALIKE:]
        put_bounded(self.told, likeness, names, _MAX_NAMES)
        return names.index(name)


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
