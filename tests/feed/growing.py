"""Session files that grow while processes read them."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.feed.sessions import write


class GrowingSessions:
    """Session files that are written in pieces, which may end anywhere in a line."""

    def __init__(self, folder: Path, files: dict[str, bytes], random: Random) -> None:
        self.paths = write(folder, dict.fromkeys(files, b""))
        self._rest = dict(zip(self.paths, files.values(), strict=True))
        self._random = random

    def grow(self, share: float) -> None:
        """Write this share of the rest of each file, in pieces and alternating between the files."""
        ends = {path: len(rest) - int(len(rest) * share) for path, rest in self._rest.items()}
        while growing := [path for path, end in ends.items() if len(self._rest[path]) > end]:
            path = self._random.choice(growing)
            rest = self._rest[path]
            size = min(self._random.randint(1, 20_000), len(rest) - ends[path])
            with path.open("ab") as file:
                file.write(rest[:size])
            self._rest[path] = rest[size:]
