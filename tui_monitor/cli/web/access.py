"""Who may use the page: requests for this host, from its own pages, with the token of this run."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

COOKIE = "tui_monitor_token"
PARAMETER = "token"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""Headers of every answer: the page may load and reach nothing but this server, and stands in no other page."""


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """The hosts (``name:port``) by which the page may be reached, and the token of this run."""

    hosts: Collection[str]
    token: str

    def refusal(self, request: web.Request) -> str:
        """Return why a request is refused; empty if it is not.

        A page elsewhere may send requests here, and by a name of its own for this address (DNS rebinding): the host
        must be a known one, and a WebSocket must come from a page of that host.
        """
        if request.host.lower() not in self.hosts:
            return "this host is not served: open the address that tui-monitor serve has printed"
        origin = request.headers.get("Origin")
        is_socket = request.headers.get("Upgrade", "").lower() == "websocket"
        if (origin or is_socket) and _host_of(origin or "") not in self.hosts:
            return "requests from other pages are refused"
        return "" if self._has_token(request) else "the token is missing: open the address with the token"

    def _has_token(self, request: web.Request) -> bool:
        given = request.cookies.get(COOKIE, "") or request.query.get(PARAMETER, "")
        return secrets.compare_digest(os.fsencode(given), os.fsencode(self.token))  # neither needs to be UTF-8


def _host_of(origin: str) -> str:
    """Return the host and port of a page's origin; empty if it is no address."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def access_control(policy: AccessPolicy) -> Middleware:
    """Return the middleware that refuses what the policy refuses."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if reason := policy.refusal(request):
            return web.Response(status=403, text=f"{reason}.\n", headers=HEADERS)
        if PARAMETER in request.query:  # out of the address, of the history, of bookmarks
            answer = web.Response(status=303, headers={**HEADERS, "Location": request.path})
            answer.set_cookie(COOKIE, policy.token, httponly=True, samesite="Strict", path="/")
            return answer
        return await handler(request)

    return check


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the headers of every answer."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
