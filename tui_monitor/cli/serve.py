"""``serve``: the screen in a browser."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tui_monitor.cli.exit_status import OK, CommandError
from tui_monitor.cli.output import write_line
from tui_monitor.cli.path_args import check_paths
from tui_monitor.cli.receive import is_loopback

TOKEN_VARIABLE = "TUI_MONITOR_SERVE_TOKEN"
"""The environment variable with the token, which keeps it out of the list of processes."""
INSTALL = "serve needs textual-serve: install tui-monitor[serve]."
_TOKEN_BYTES = 18
_LAST_PORT = 65535


def serve(
    *paths: str | Path,
    host: str = "127.0.0.1",
    port: int = 8017,
    token: str = "",
    allow_host: Annotated[tuple[str, ...], Parameter(negative="")] = (),
) -> int:
    """Show the monitor in a browser.

    Prints the address to open, with the token that it needs. Each page has a monitor of its own; the page loads nothing
    from elsewhere. Ctrl-C ends it.

    Args:
        paths: Files, folders or globs; the session of this folder by default.
        host: Address to listen on, 127.0.0.1 by default. Any that other machines can reach needs a token of your own,
            and should stand behind something that encrypts.
        port: Port to listen on, 8017 by default.
        token: Token that a browser must give; a new one by default. TUI_MONITOR_SERVE_TOKEN sets it where no other user
            can see it.
        allow_host: Another name, as in monitor.example:443, by which a browser may reach it.
    """
    words = tuple(map(str, paths))
    check_paths(words)
    if not 0 < port <= _LAST_PORT:
        raise CommandError(f"invalid port {port}: ports are numbers from 1 to {_LAST_PORT}.")
    given = token or os.environ.get(TOKEN_VARIABLE, "")
    if not is_loopback(host) and not given:
        raise CommandError(f"other machines can reach {host}: set a token with --token or {TOKEN_VARIABLE}.")
    try:
        from tui_monitor.cli.web.access import PARAMETER, AccessPolicy
        from tui_monitor.cli.web.server import MonitorServer, hosts_of, run_server
    except ImportError:
        raise CommandError(INSTALL) from None
    try:
        hosts = hosts_of(host, port, allow_host)
    except ValueError as error:
        raise CommandError(f"invalid name for --allow-host: {error}.") from None
    policy = AccessPolicy(hosts, given or secrets.token_urlsafe(_TOKEN_BYTES))

    def say_address() -> None:
        shown = f"{PARAMETER}={'TOKEN' if given else policy.token}"
        write_line(f"open http://{host}:{port}/?{shown} in a browser; Ctrl-C ends it")

    try:
        run_server(MonitorServer(words, host, port, policy), say_address)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CommandError(f"cannot listen on {host}:{port}: {reason}.") from None
    return OK
