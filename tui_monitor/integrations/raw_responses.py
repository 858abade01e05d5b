"""Raw HTTP responses, whose body is recorded as the caller reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

from tui_monitor.integrations.observed_streams import change_class
from tui_monitor.integrations.response_recorder import ResponseRecorder
from tui_monitor.telemetry.recorder.response_fields import decoded_lines

_MAX_BODY = 64 << 20
_COUNTS = b"sage"
"""In the name of every field with counts: ``usage``, ``usageMetadata``; lines of a stream without it are not parsed."""
_READER = "_tui_monitor_reader"


def http_response_of(response: Any) -> Any:
    """Return the HTTP response in a raw response, or the response itself if it is one; None for anything else."""
    response = getattr(response, "http_response", response)
    return response if hasattr(response, "aiter_bytes") and hasattr(response, "is_closed") else None


def observe_http_response(response: Any, recorder: ResponseRecorder) -> None:
    """Record an HTTP response: now if its body has been read, else while it is read by any means."""
    reader = BodyReader(recorder, str(response.headers.get("content-type", "")))
    content = _content(response)
    if content is not None:
        reader.feed(content)
        reader.end()
        return
    setattr(response, _READER, reader)
    change_class(response, _observed_response)


def _content(response: Any) -> bytes | None:
    try:
        content = response.content
    except Exception:  # not read yet
        return None
    return content if isinstance(content, bytes) else None


class BodyReader:
    """Gives a recorder what a body contains, as its bytes come: JSON at the end, events line by line.

    ``is_reading`` is True while the next bytes are being read: a response closes itself with the last of them, before
    these have come.
    """

    def __init__(self, recorder: ResponseRecorder, content_type: str) -> None:
        self.is_reading = False
        self._recorder = recorder
        self._is_lines = any(kind in content_type for kind in ("event-stream", "jsonl", "ndjson"))
        self._is_text = self._is_lines or "json" in content_type
        self._rest = bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes of the body."""
        if self._is_lines:
            self._recorder.begin()
        if not self._is_text or len(self._rest) > _MAX_BODY:
            return
        self._rest += data
        if self._is_lines and (end := self._rest.rfind(b"\n") + 1):
            lines = bytes(self._rest[:end])
            del self._rest[:end]
            self._add(lines)

    def end(self) -> None:
        """Add what is left and finish: a whole JSON body, or the last line of a stream."""
        rest = bytes(self._rest)
        self._rest.clear()
        if rest and self._is_lines:
            self._add(rest)
        elif rest:
            import orjson

            with suppress(ValueError):
                self._recorder.complete(orjson.loads(rest))
        self._recorder.finish()

    def close(self) -> None:
        """Finish, unless the last bytes are just being read."""
        if not self.is_reading:
            self.end()

    def _add(self, lines: bytes) -> None:
        for line in lines.splitlines():
            if _COUNTS in line or self._recorder.lacks_model():
                for part in decoded_lines(line):
                    self._recorder.add(part)


def _observed_response(response: type[Any]) -> type[Any]:
    class ObservedResponse(response):  # type: ignore[misc]  # the base is known at run time only
        """A response whose body is recorded as it is read; all ways to read it come through these two."""

        def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
            reader, parts = getattr(self, _READER), super().iter_bytes(chunk_size)
            try:
                while True:
                    reader.is_reading = True
                    data = next(parts, None)
                    reader.is_reading = False
                    if data is None:
                        return
                    reader.feed(data)
                    yield data
            finally:
                reader.is_reading = False
                reader.end()

        async def aiter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
            reader, parts = getattr(self, _READER), super().aiter_bytes(chunk_size)
            try:
                while True:
                    reader.is_reading = True
                    data = await anext(parts, None)
                    reader.is_reading = False
                    if data is None:
                        return
                    reader.feed(data)
                    yield data
            finally:
                reader.is_reading = False
                reader.end()

        def close(self) -> None:
            getattr(self, _READER).close()
            super().close()

        async def aclose(self) -> None:
            getattr(self, _READER).close()
            await super().aclose()

    return ObservedResponse
