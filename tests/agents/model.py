"""A model on loopback that answers from a script, for agents that use the Messages or the Responses API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.agents import messages_api, responses_api
from tests.agents.script import Conversation, Json, Turn

TIMEOUT_S = 60.0
"""Longest time that a turn waits for its test."""

_APIS: Mapping[str, Callable[[Turn, str], Iterator[dict[str, Json]]]] = {
    "/v1/messages": messages_api.events,
    "/v1/responses": responses_api.events,
}


class ScriptedModel(ThreadingHTTPServer):
    """A server that is entered as a context. ``answers`` are the turns it has sent, ``rejected`` the requests without a
    turn.

    With ``hold``, each turn waits for `release`, so that a test can check the state before it.
    """

    daemon_threads = True

    def __init__(self, conversations: Sequence[Conversation], *, hold: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _RequestHandler)
        self._conversations = conversations
        turns = [turn for conversation in conversations for turn in conversation.turns]
        self._gates = {turn.id: Event() for turn in turns}
        self._rests = {turn.id: Event() for turn in turns if turn.rest}
        if not hold:
            self.release(*self._gates)
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self.answers: list[Turn] = []
        self.rejected: list[str] = []

    @property
    def url(self) -> str:
        """Address of the server."""
        return f"http://127.0.0.1:{self.server_port}"

    def release(self, *turns: str) -> None:
        """Let the turns with these ids be sent as soon as they are requested; those that were released, their rest."""
        for turn in turns:
            gate = self._gates[turn]
            if gate.is_set() and turn in self._rests:
                self._rests[turn].set()
            gate.set()

    def release_all_but(self, *turns: str) -> None:
        """Let all turns but those with these ids be sent as soon as they are requested."""
        self.release(*self._gates.keys() - set(turns))

    def wait_for_rest(self, turn: str) -> None:
        """Return when the rest of a turn is released, or after `TIMEOUT_S`."""
        self._rests[turn].wait(TIMEOUT_S)

    def wait_for_turn(self, request: str) -> Turn | None:
        """Return the turn for a request once it is released; None without one. A request belongs to the first
        conversation whose prompt it contains."""
        conversation = next(
            (conversation for conversation in self._conversations if conversation.is_for(request)), None
        )
        turn = conversation.next_turn(request) if conversation else None
        if turn is None or not self._gates[turn.id].wait(TIMEOUT_S):
            return None
        self.answers.append(turn)
        return turn

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for gate in (*self._gates.values(), *self._rests.values()):
            gate.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class _RequestHandler(BaseHTTPRequestHandler):
    """One request on a connection of its own."""

    server: ScriptedModel

    def do_HEAD(self) -> None:
        """Answer an agent's connectivity check."""
        self._begin(HTTPStatus.OK, "text/plain")

    def do_POST(self) -> None:
        """Answer a request for a turn."""
        path = urlsplit(self.path).path
        request = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        api = _APIS.get(path)
        turn = self.server.wait_for_turn(request) if api else None
        if api is None or turn is None:
            self.server.rejected.append(f"{path} {request[:1000]}")
            self._begin(HTTPStatus.BAD_REQUEST, "text/plain")
            return
        with suppress(ConnectionError):  # an agent hangs up when its turn is interrupted
            self._respond(turn, api(turn, json.loads(request)["model"]))

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""

    def _begin(self, status: HTTPStatus, kind: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def _respond(self, turn: Turn, events: Iterable[dict[str, Json]]) -> None:
        if turn.status >= HTTPStatus.BAD_REQUEST:
            self._begin(HTTPStatus(turn.status), "application/json")
            self.wfile.write(json.dumps({"type": "error", "error": {"type": "scripted", "message": turn.id}}).encode())
            return
        self._begin(HTTPStatus.OK, "text/event-stream", {"request-id": f"req_{turn.id}"})
        self._stream(turn, events)

    def _stream(self, turn: Turn, events: Iterable[dict[str, Json]]) -> None:
        for event in events:
            if turn.rest and event.get("delta") == {"type": "text_delta", "text": turn.rest}:
                self.server.wait_for_rest(turn.id)
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
            self.wfile.flush()
