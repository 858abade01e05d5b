"""Reading a descriptor that may block, in a thread of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

CHUNKS = 16
"""Chunks that may wait in the queue; then the writer of the pipe has to wait."""

_CHUNK_BYTES = 64 << 10


class PipeReader:
    """Reads a descriptor to its end into a bounded queue.

    ``on_data`` is called in the reader's thread whenever `get` has something to return.
    """

    def __init__(self, path: Path, descriptor: int | None, on_data: Callable[[], None]) -> None:
        """Read ``descriptor``, or (None) the named pipe at ``path``, which opens when its writer opens it."""
        self._path = path
        self._descriptor = descriptor
        self._arrived = on_data
        self._chunks: Queue[bytes | OSError] = Queue(CHUNKS)
        self._stopped = False
        Thread(target=self._run, name=f"pipe-reader {path}", daemon=True).start()

    def get(self) -> bytes | None:
        """Return the next bytes; empty at the end, None if there are none yet.

        Raises:
            OSError: the pipe cannot be opened or read, and has ended.
        """
        try:
            chunk = self._chunks.get_nowait()
        except Empty:
            return None
        if isinstance(chunk, OSError):
            raise chunk
        return chunk

    def halt(self) -> None:
        """Stop reading after the present read; what is in the queue can still be taken."""
        self._stopped = True

    def stop(self) -> None:
        """Stop reading, and drop what is in the queue."""
        self.halt()
        with suppress(OSError):
            while self.get():
                pass

    def _run(self) -> None:
        try:
            self._read()
        except OSError as error:
            self._put(error)
        self._put(b"")

    def _read(self) -> None:
        descriptor = os.open(self._path, os.O_RDONLY) if self._descriptor is None else self._descriptor
        try:
            while not self._stopped and (data := os.read(descriptor, _CHUNK_BYTES)):
                self._put(data)
        finally:
            if self._descriptor is None:
                os.close(descriptor)

    def _put(self, chunk: bytes | OSError) -> None:
        self._chunks.put(chunk)
        self._arrived()
