"""``forward``: sends what is recorded to an OpenTelemetry Collector."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Protocol
from urllib.parse import urlsplit

from cyclopts import Parameter

from tui_monitor import __version__
from tui_monitor.clean import clean_line
from tui_monitor.cli.exit_status import CHECK_FAILED, OK, CommandError
from tui_monitor.cli.output import write_error, write_json, write_line
from tui_monitor.cli.path_args import quoted
from tui_monitor.cli.reading import read_everything
from tui_monitor.cli.run_context import RunContext, report_context
from tui_monitor.cli.store_access import open_or_replace
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.cli.times import parse_time
from tui_monitor.forwarding.delivery import Delivery
from tui_monitor.forwarding.delivery_log import FOLDER, CollectorInUse, DeliveryLog
from tui_monitor.reports.model import SCHEMA, Json
from tui_monitor.store import Store, StoreError
from tui_monitor.units import pluralize

URL_VARIABLE = "TUI_MONITOR_FORWARD_URL"
"""The environment variable with the address of the collector."""
TOKEN_VARIABLE = "TUI_MONITOR_FORWARD_TOKEN"
"""The environment variable with the token, which keeps it out of the list of processes."""
INSTALL = "forward needs OpenTelemetry's SDK: install tui-monitor[otlp]."
INSTALL_CLOUDWATCH = "forward --cloudwatch needs boto3: install tui-monitor[cloudwatch]."
INTERVAL_S = 10.0
"""Seconds between two looks at what is new."""
AWAY_S = 60.0
"""Longest time between two attempts while the collector is away."""


def forward(
    *,
    otlp: str = "",
    cloudwatch: str = "",
    once: bool = False,
    content: Annotated[bool, Parameter(negative="")] = False,
    since: Annotated[str, Parameter(allow_leading_hyphen=True)] = "",
    interval: float = INTERVAL_S,
    token: str = "",
    json: bool = False,
) -> int:
    """Send sessions to an OpenTelemetry Collector, or to CloudWatch.

    To a Collector sessions go as traces, logs and metrics in the GenAI conventions. For example:

      tui-monitor forward --otlp http://collector.example:4318
      tui-monitor forward --otlp http://collector.example:4318 --once   what is new, for cron
      tui-monitor forward --cloudwatch agents                           tokens and cost of each model

    Another tui-monitor takes them with tui-monitor receive. Sent are counts, costs, times and names of models, tools,
    agents and folders; texts of prompts, calls and results, and paths of files, only with --content, with secrets
    masked. Everything is sent at least once, always under the same ids: while the collector is away, it waits in the
    store. OpenTelemetry's own variables hold too, as OTEL_EXPORTER_OTLP_HEADERS. Ctrl-C ends it.

    Args:
        otlp: Address of the collector's OTLP over HTTP, without /v1/traces; or TUI_MONITOR_FORWARD_URL.
        cloudwatch: Namespace of Amazon CloudWatch to send to instead; AWS's own variables and files say the rest.
        once: Send what is new, and exit; status 1 if the collector has not accepted everything.
        content: Send texts too: prompts, arguments, commands, results and paths.
        since: Only what has happened from this time on or so long ago: 7d, 1h30m, today, 2026-11-20T10:00.
        interval: Seconds between two looks at what is new, 10 by default.
        token: Send "Authorization: Bearer TOKEN". TUI_MONITOR_FORWARD_TOKEN sets it where no other user can see it.
        json: Print what was sent as JSON.
    """
    if otlp and cloudwatch:
        raise CommandError("--otlp and --cloudwatch exclude each other: run two.")
    if not interval > 0:
        raise CommandError(f"invalid interval {interval}: give seconds, such as 10.")
    start = parse_time(since, None) or 0
    if cloudwatch:
        address, open_way = f"CloudWatch ({cloudwatch})", partial(_cloudwatch, cloudwatch)
    else:
        url = checked_url(otlp or os.environ.get(URL_VARIABLE, ""))
        address, open_way = shown_url(url), partial(_collector, url, token or os.environ.get(TOKEN_VARIABLE, ""))
    context = report_context()
    with open_way(context, start, content) as forwarder:
        loop = _Loop(context, forwarder, address, as_json=json)
        if once:
            return loop.deliver_once()
        with suppress(KeyboardInterrupt):
            loop.run(interval)
    return OK


def checked_url(url: str) -> str:
    """Return the address of a collector.

    Raises:
        CommandError: there is none, or it is no address of HTTP.
    """
    if not url:
        raise CommandError(f"name the collector with --otlp URL or {URL_VARIABLE}, as in --otlp http://127.0.0.1:4318.")
    try:
        parts = urlsplit(url)
        is_valid = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and " " not in parts.netloc
        )
    except ValueError:
        is_valid = False
    if not is_valid or parts.query or parts.fragment:
        raise CommandError(f"invalid address {quoted(url)}: give one such as http://127.0.0.1:4318.")
    return url.rstrip("/").removesuffix("/v1/traces")


def shown_url(url: str) -> str:
    """Return an address without the name and password that may stand in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


class Forwarder(Protocol):
    """Hands on what has changed in a store."""

    def run(self, store: Store, now: int, *, is_final: bool = False) -> Delivery:
        """Send what has changed at ``now`` (epoch ms). With ``is_final`` nothing is held back until it is settled."""


@contextmanager
def _collector(url: str, token: str, context: RunContext, since: int, has_content: bool) -> Iterator[Forwarder]:
    """Open the way to a collector.

    Raises:
        CommandError: the library for it is not installed, or another program forwards to the same collector.
    """
    try:
        from tui_monitor.forwarding.otlp import OtlpExporter
    except ImportError:
        raise CommandError(INSTALL) from None
    from tui_monitor.forwarding.forwarder import ForwardingOptions, SessionForwarder

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with (
        _delivery_log(context, url, shown_url(url)) as log,
        OtlpExporter(url, headers, log.instance, __version__) as way,
    ):
        yield SessionForwarder(log, way, ForwardingOptions(since, has_content))


@contextmanager
def _cloudwatch(namespace: str, context: RunContext, since: int, has_content: bool) -> Iterator[Forwarder]:
    """Open the way to CloudWatch, which gets no texts.

    Raises:
        CommandError: the library for it is not installed, or another program forwards to the same namespace.
    """
    try:
        from tui_monitor.forwarding.cloudwatch import CloudWatchForwarder
    except ImportError:
        raise CommandError(INSTALL_CLOUDWATCH) from None
    with _delivery_log(context, f"cloudwatch:{namespace}", f"CloudWatch ({namespace})") as log:
        yield CloudWatchForwarder(log, namespace, since)


@contextmanager
def _delivery_log(context: RunContext, receiver: str, shown: str) -> Iterator[DeliveryLog]:
    folder = context.data / FOLDER
    try:
        delivery_log = DeliveryLog(folder, receiver)
    except CollectorInUse:
        raise CommandError(f"another tui-monitor forward sends to {shown} already.") from None
    except OSError as error:
        raise CommandError(f"cannot write to {folder}: {error.strerror or error}.") from None
    with closing(delivery_log):
        yield delivery_log


@dataclass(slots=True)
class _Loop:
    """Delivers, and says what it has delivered, when the collector goes away and when it is back."""

    context: RunContext
    forwarder: Forwarder
    address: str
    as_json: bool = False
    _fault: str = ""
    _said: set[str] = field(default_factory=set)

    def deliver_once(self) -> int:
        """Deliver everything, and return the exit status."""
        try:
            delivery = self._deliver(is_final=True)
        except StoreError as error:
            raise CommandError(str(error)) from None
        self._report(delivery)
        return OK if delivery.is_complete else CHECK_FAILED

    def run(self, interval: float, sleep: Callable[[float], None] = time.sleep) -> None:
        """Deliver what is new again and again, less often while that fails."""
        if not self.as_json:
            write_line(f"forwarding to {self.address}; Ctrl-C ends it")
        wait = interval
        while True:
            try:
                delivery = self._deliver(is_final=False)
            except StoreError as error:
                self._say_fault(f"{error} It is tried again.")
                delivery = None
            if delivery and (delivery.fault != self._fault or delivery.count.spans or delivery.count.metrics):
                self._report(delivery)
            is_away = delivery is None or delivery.fault
            wait = min(2 * wait, max(AWAY_S, interval)) if is_away else interval
            sleep(max(wait, delivery.retry_after_s) if delivery else wait)

    def _deliver(self, *, is_final: bool) -> Delivery:
        with closing(open_or_replace(self.context, "")) as store:
            read_everything(store, self.context)
            with self.context.view(store) as view:
                return self.forwarder.run(view, now_ms(), is_final=is_final)

    def _report(self, delivery: Delivery) -> None:
        count = delivery.count
        if self.as_json:
            write_json(delivery_json(delivery, self.address), "")
        elif count.spans or count.metrics or not delivery.fault:
            what = ", ".join(
                pluralize(number, noun)
                for number, noun in ((count.spans, "span"), (count.logs, "log record"), (count.metrics, "metric"))
                if number
            )
            write_line(f"{time.strftime('%H:%M:%S')}  sent {what or 'nothing new'} to {self.address}")
        for signal in delivery.not_taken:
            self._say_once(f"{self.address} takes no {signal}: they are left out.")
        for (noun, reason), number in delivery.rejected.items():
            self._say_once(rejection_text(self.address, noun, number, reason))
        if delivery.fault:
            waiting = f" ({pluralize(delivery.waiting, 'session')} to send)" if delivery.waiting else ""
            self._say_fault(f"{self.address} has not accepted everything: {clean_line(delivery.fault)}{waiting}.")
        else:
            self._fault = ""

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            write_error(text)

    def _say_fault(self, text: str) -> None:
        if text != self._fault:
            self._fault = text
            write_error(text)


def rejection_text(address: str, noun: str, number: int, reason: str) -> str:
    """Return what a collector has rejected, or only warns of, as a sentence."""
    why = f": {clean_line(reason).rstrip('.')}" if reason else ""
    return f"{address} has rejected {pluralize(number, noun)}{why}." if number else f"{address} warns{why}."


def delivery_json(delivery: Delivery, address: str) -> Json:
    """Return what was delivered as JSON."""
    count = delivery.count
    return {
        "schema": SCHEMA,
        "to": address,
        "sent": {"spans": count.spans, "logs": count.logs, "metrics": count.metrics},
        "sessions_waiting": delivery.waiting,
        "not_taken": list(delivery.not_taken),
        "rejected": [
            {"what": noun, "number": number, "reason": reason or None}
            for (noun, reason), number in delivery.rejected.items()
        ],
        "fault": delivery.fault or None,
    }
