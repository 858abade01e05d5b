"""``receive``: receives OpenTelemetry that agents export, and writes it where all other commands find it."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from ipaddress import ip_address
from threading import Event
from urllib.parse import quote

from tui_monitor.cli.exit_status import OK, CommandError
from tui_monitor.cli.export_log import ExportLog
from tui_monitor.cli.output import write_line
from tui_monitor.cli.path_args import quoted
from tui_monitor.cli.run_context import report_context
from tui_monitor.net.exports import Export
from tui_monitor.net.policy import ReceiverPolicy
from tui_monitor.net.receiver import Receiver
from tui_monitor.net.spool import Spool
from tui_monitor.net.token import kept_token
from tui_monitor.sources.otlp.names import SPOOL

TOKEN_VARIABLE = "TUI_MONITOR_RECEIVE_TOKEN"
"""The environment variable with the token, which keeps it out of the list of processes."""

_LAST_PORT = 65535


def receive(*, host: str = "127.0.0.1", port: int = 4318, token: str = "", no_token: bool = False) -> int:
    """Receive telemetry from agents on this or other machines.

    Agents export it by OTLP over HTTP, as JSON or protobuf. It is written to the data folder, one file per day, where
    stats and the monitor find it. A response that a transcript has too counts once. Ctrl-C ends it.

    Exporters must send a token. Set the variables that are printed in the environment of the agent; for Claude Code
    also CLAUDE_CODE_ENABLE_TELEMETRY=1 and OTEL_LOGS_EXPORTER=otlp.

    Args:
        host: Address to listen on, 127.0.0.1 by default. Any that other machines can reach needs a token of your own.
        port: Port to listen on, 4318 by default; 0 picks a free one.
        token: Require "Authorization: Bearer TOKEN". TUI_MONITOR_RECEIVE_TOKEN sets it where no other user can see it.
            By default one is generated once and kept in the data folder.
        no_token: Accept what any program on this machine sends.
    """
    if not 0 <= port <= _LAST_PORT:
        raise CommandError(f"invalid port {port}: ports are numbers from 0 to {_LAST_PORT}.")
    if token and no_token:
        raise CommandError("--token and --no-token exclude each other.")
    given = "" if no_token else token or os.environ.get(TOKEN_VARIABLE, "")
    if not is_loopback(host) and not given:
        raise CommandError(f"other machines can reach {host}: set a token with --token or {TOKEN_VARIABLE}.")
    data = report_context().data
    spool, token = Spool(data / SPOOL), given if given or no_token else kept_token(data)
    log = ExportLog()
    policy = ReceiverPolicy(
        lambda export: _store(export, spool, log), token, on_unauthorized=_report_once(token), on_tick=log.flush
    )
    try:
        with closing(spool), _listen(host, port, policy) as receiver:
            write_line(f"listening on {receiver.url} (OTLP over HTTP), writing to {spool.folder}; Ctrl-C ends it")
            for line in _settings(receiver.url, token, is_given=bool(given)):
                write_line(line)
            receiver.serve_until_interrupted()
    except KeyboardInterrupt:  # it came before the receiver awaited it
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return OK


def _settings(url: str, token: str, *, is_given: bool) -> Iterator[str]:
    """Yield the lines on how to set up an exporter. A token that the user has chosen is not printed."""
    yield "in the environment of the agent:"
    yield f"  OTEL_EXPORTER_OTLP_ENDPOINT={url}"
    yield "  OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
    if token:
        yield f"  OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20{'TOKEN' if is_given else quote(token)}"


def _report_once(token: str) -> Callable[[], None]:
    """Return a function that says once that an exporter was refused."""
    is_said = Event()

    def report() -> None:
        if token and not is_said.is_set():
            is_said.set()
            write_line("refused an exporter without the token: set its headers as above")

    return report


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address.

    Raises:
        CommandError: it is neither an address nor a name of one.
    """
    try:
        addresses = {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        raise CommandError(f"invalid host {quoted(host)}: give an address or a name of this machine.") from None
    return all(ip_address(address.partition("%")[0]).is_loopback for address in addresses)


def _listen(host: str, port: int, policy: ReceiverPolicy) -> Receiver:
    try:
        return Receiver(host, port, policy)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CommandError(f"cannot listen on {host}:{port}: {reason.lower()}.") from None


def _store(export: Export, spool: Spool, log: ExportLog) -> None:
    try:
        spool.append(export.line)
    except OSError as error:
        write_line(f"cannot write to {spool.folder}: {error.strerror or error}")
        raise
    log.note(export)
