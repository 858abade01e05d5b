"""Carries bytes out of a descriptor that may block, in a thread of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

CHUNKS = 16
"""So many pieces wait to be taken; then the writer has to."""

_CHUNK_BYTES = 64 << 10


class PipeReader:
    """Reads a descriptor to its end, ahead of its taker by a bounded number of chunks.

    ``on_data`` is called in the pump's thread whenever there is something to take.
    """

    def __init__(self, path: Path, descriptor: int | None, on_data: Callable[[], None]) -> None:
        """Read ``descriptor``, or (None) what is opened at ``path``: a named pipe opens when its writer comes."""
        self._path = path
        self._descriptor = descriptor
        self._arrived = on_data
        self._chunks: Queue[bytes | OSError] = Queue(CHUNKS)
        self._stopped = False
        Thread(target=self._run, name=f"pump {path}", daemon=True).start()

    def take(self) -> bytes | None:
        """The next bytes: none at the end, None when they have not come yet.

        Raises:
            OSError: it cannot be opened or read. It is at its end, too.
        """
        try:
            chunk = self._chunks.get_nowait()
        except Empty:
            return None
        if isinstance(chunk, OSError):
            raise chunk
        return chunk

    def stop(self) -> None:
        """Read no more once what is being waited for has come."""
        self._stopped = True
        with suppress(OSError):
            while self.take():
                pass

    def _run(self) -> None:
        try:
            self._carry()
        except OSError as error:
            self._give(error)
        self._give(b"")

    def _carry(self) -> None:
        descriptor = os.open(self._path, os.O_RDONLY) if self._descriptor is None else self._descriptor
        try:
            while not self._stopped and (data := os.read(descriptor, _CHUNK_BYTES)):
                self._give(data)
        finally:
            if self._descriptor is None:
                os.close(descriptor)

    def _give(self, chunk: bytes | OSError) -> None:
        self._chunks.put(chunk)
        self._arrived()
