"""`receive`: takes OpenTelemetry that agents export, and writes it where all other commands find it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from ipaddress import ip_address

from tui_monitor.clean import clean_line
from tui_monitor.cli.ending import FINE, WRONG_USAGE, Failure
from tui_monitor.cli.setting import here
from tui_monitor.net.exports import Export
from tui_monitor.net.receiver import Receiver, ReceiverPolicy
from tui_monitor.net.spool import Spool
from tui_monitor.sources.otlp.adapter import SPOOL

TOKEN = "TUI_MONITOR_RECEIVE_TOKEN"
"""The environment variable that tells the token without showing it in the list of processes."""

_LAST_PORT = 65535
_MOST_LETTERS = 60


def run(*, host: str = "127.0.0.1", port: int = 4318, token: str = "") -> int:
    """Take telemetry that agents export by OTLP over HTTP, as JSON or protobuf, until Ctrl-C.

    It is written into the data folder, a file a day. `tui-monitor stats` reads it with all else, and the live monitor
    shows a file of it. Of what transcripts tell too, nothing counts twice.

    For Claude Code set CLAUDE_CODE_ENABLE_TELEMETRY=1, OTEL_LOGS_EXPORTER=otlp,
    OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf and OTEL_EXPORTER_OTLP_ENDPOINT to the address that is printed.

    Args:
        host: The address to listen on, 127.0.0.1 by default. One that other machines can reach needs a token.
        port: The port to listen on, 4318 by default; 0 is any that is free.
        token: What exporters must send as “Authorization: Bearer TOKEN”. TUI_MONITOR_RECEIVE_TOKEN sets it, too.
    """
    token = token or os.environ.get(TOKEN, "")
    if not token and not _is_loopback(host):
        raise Failure(f"{host} can be reached by others: set a token with --token or {TOKEN}.", WRONG_USAGE)
    spool = Spool(here().data / SPOOL)
    with _listen(host, port, ReceiverPolicy(lambda export: _take(export, spool), token)) as receiver:
        _say(f"listening on {receiver.url} (OTLP over HTTP), writing to {spool.folder}; Ctrl-C ends it")
        with suppress(KeyboardInterrupt):
            receiver.serve_forever()
    return FINE


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int, policy: ReceiverPolicy) -> Receiver:
    if not 0 <= port <= _LAST_PORT:
        raise Failure(f"{port} is no port: ports are numbers from 0 to {_LAST_PORT}.", WRONG_USAGE)
    try:
        return Receiver(host, port, policy)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failure(f"cannot listen on {host}:{port}: {reason.lower()}.", WRONG_USAGE) from None


def _take(export: Export, spool: Spool) -> None:
    try:
        spool.append(export.line)
    except OSError as error:
        _say(f"cannot write to {spool.folder}: {error.strerror or error}")
        raise
    services = clean_line(", ".join(export.services))[:_MOST_LETTERS] or "unnamed service"
    records = "1 record" if export.records == 1 else f"{export.records:,} records"
    _say(f"{time.strftime('%H:%M:%S')}  {services}  {export.signal}  {records}")


def _say(line: str) -> None:
    with suppress(OSError):  # that nobody reads it is no reason to refuse an export
        print(line, flush=True)  # noqa: T201
