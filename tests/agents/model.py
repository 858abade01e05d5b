"""A model on loopback that answers by a script, to agents that speak the Messages or the Responses API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.agents import messages_api, responses_api
from tests.agents.script import Conversation, Json, Turn

PATIENCE_S = 60.0
"""So long a turn waits for its test."""

_APIS: Mapping[str, Callable[[Turn, str], Iterator[dict[str, Json]]]] = {
    "/v1/messages": messages_api.events,
    "/v1/responses": responses_api.events,
}


class ScriptedModel(ThreadingHTTPServer):
    """Answers while it is entered. ``answered`` are the turns it gave, ``refused`` the requests it has no turn for.

    A ``held`` model waits for `go_on` before each turn, so that a test can look at what came of those before.
    """

    daemon_threads = True

    def __init__(self, conversations: Sequence[Conversation], *, held: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self._conversations = conversations
        self._gates = {turn.id: Event() for talk in conversations for turn in talk.turns}
        if not held:
            self.go_on(*self._gates)
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self.answered: list[Turn] = []
        self.refused: list[str] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def go_on(self, *turns: str) -> None:
        """Let the turns of these ids be answered as soon as they are asked for."""
        for turn in turns:
            self._gates[turn].set()

    def turn_for(self, request: str) -> Turn | None:
        """What to answer, as soon as the test lets it; a request belongs to the first conversation it tells of."""
        talk = next((talk for talk in self._conversations if talk.prompt in request), None)
        turn = talk.next_turn(request) if talk else None
        if turn is None or not self._gates[turn.id].wait(PATIENCE_S):
            return None
        self.answered.append(turn)
        return turn

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.go_on(*self._gates)
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Request(BaseHTTPRequestHandler):
    """One request on a connection of its own."""

    server: ScriptedModel

    def do_HEAD(self) -> None:
        """An agent looks whether anybody is there."""
        self._begin(HTTPStatus.OK, "text/plain")

    def do_POST(self) -> None:
        """An agent asks for a turn."""
        path = urlsplit(self.path).path
        request = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        api = _APIS.get(path)
        turn = self.server.turn_for(request) if api else None
        if api is None or turn is None:
            self.server.refused.append(f"{path} {request[:1000]}")
            self._begin(HTTPStatus.BAD_REQUEST, "text/plain")
            return
        self._begin(HTTPStatus.OK, "text/event-stream", {"request-id": f"req_{turn.id}"})
        self._stream(api(turn, json.loads(request)["model"]))

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Stay silent."""

    def _begin(self, status: HTTPStatus, kind: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def _stream(self, events: Iterable[dict[str, Json]]) -> None:
        for event in events:
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
            self.wfile.flush()
