"""Sends alerts to an address as JSON: in a thread of its own, with an end, and never to another address.

The address may hold a secret, and so is named by its host alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from tui_monitor.tui.spans import one_line

if TYPE_CHECKING:
    from http.client import HTTPMessage
    from urllib.request import Request

TIMEOUT_S = 5.0
"""Seconds for one alert."""
MAX_WAITING = 20
"""Alerts that wait to be sent; further ones are left out."""

Body: TypeAlias = Mapping[str, str | int | None]
Post: TypeAlias = Callable[[str, bytes], None]


class WebhookError(Exception):
    """An alert that was not accepted; the text says why."""


class Webhook:
    """Sends one alert after another to ``address``; nothing if that is empty."""

    def __init__(self, address: str, post: Post | None = None) -> None:
        self._address = address
        self._post = post or post_json
        self._room = BoundedSemaphore(MAX_WAITING)
        self._waiting: SimpleQueue[bytes | None] = SimpleQueue()
        self._failures: SimpleQueue[str] = SimpleQueue()
        self._thread: Thread | None = None

    def send(self, body: Body) -> None:
        """Have an alert sent, without waiting for that."""
        if not self._address:
            return
        if not self._room.acquire(blocking=False):
            self._failures.put(f"The webhook {self._name} is too slow: alerts are left out.")
            return
        self._waiting.put(json.dumps(body).encode())
        if self._thread is None:
            self._thread = Thread(target=self._run, name="tui-monitor-webhook", daemon=True)
            self._thread.start()

    def failures(self) -> list[str]:
        """Return a sentence for each failure since the last call."""
        texts: list[str] = []
        while True:
            try:
                texts.append(self._failures.get_nowait())
            except Empty:
                return texts

    def close(self, timeout: float = TIMEOUT_S) -> None:
        """Wait so long for what is to be sent."""
        if self._thread:
            self._waiting.put(None)
            self._thread.join(timeout)

    @property
    def _name(self) -> str:
        return one_line(urlsplit(self._address).hostname or "")

    def _run(self) -> None:
        while (data := self._waiting.get()) is not None:
            try:
                self._post(self._address, data)
            except WebhookError as error:
                self._failures.put(f"The webhook {self._name} {error}.")
            finally:
                self._room.release()


def post_json(address: str, data: bytes) -> None:
    """Send JSON to an address by POST; it is not sent on to another one.

    Raises:
        WebhookError: it was not accepted.
    """
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class NoRedirects(HTTPRedirectHandler):
        def redirect_request(
            self, req: Request, fp: object, code: int, msg: str, headers: HTTPMessage, newurl: str
        ) -> None:
            return None

    headers = {"Content-Type": "application/json", "User-Agent": "tui-monitor"}
    try:
        request = Request(address, data, headers, method="POST")
        with build_opener(NoRedirects).open(request, timeout=TIMEOUT_S):
            pass
    except HTTPError as error:
        error.close()
        raise WebhookError(f"answers with status {error.code}") from None
    except (OSError, ValueError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        is_late = isinstance(reason, TimeoutError)
        raise WebhookError("does not answer" if is_late else "cannot be reached") from None
