"""``metrics``: the totals where Prometheus scrapes them."""

from __future__ import annotations

import os
from contextlib import closing, suppress

from tui_monitor.cli.exit_status import OK, CommandError
from tui_monitor.cli.export import metric_names_of
from tui_monitor.cli.filters import NO_FILTERS, FilterOptions
from tui_monitor.cli.output import write_line
from tui_monitor.cli.reading import read_everything
from tui_monitor.cli.receive import is_loopback
from tui_monitor.cli.run_context import RunContext, report_context
from tui_monitor.cli.store_access import open_or_replace
from tui_monitor.net.text_server import TextServer
from tui_monitor.reports.datasets import Selection
from tui_monitor.reports.prometheus import prometheus_text, query_metrics
from tui_monitor.sources.base import MetricNames

TOKEN_VARIABLE = "TUI_MONITOR_METRICS_TOKEN"
"""The environment variable with the token, which keeps it out of the list of processes."""
PATH = "/metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LAST_PORT = 65535


def metrics(
    *, host: str = "127.0.0.1", port: int = 9464, token: str = "", names: str = "", filters: FilterOptions = NO_FILTERS
) -> int:
    """Serve the totals to Prometheus.

    Each scrape reads what is new in all sessions first. For Prometheus' configuration:

      scrape_configs: [{job_name: agents, static_configs: [{targets: ["127.0.0.1:9464"]}]}]

    export prometheus writes the same to a file. Ctrl-C ends it.

    Args:
        host: Address to listen on, 127.0.0.1 by default. Any that other machines can reach needs a token.
        port: Port to listen on, 9464 by default; 0 picks a free one.
        token: Require "Authorization: Bearer TOKEN". TUI_MONITOR_METRICS_TOKEN sets it where no other user can see it.
        names: Names of metrics: our own, or those of an agent's own metrics, as claude-code, for its dashboards.
    """
    if not 0 <= port <= _LAST_PORT:
        raise CommandError(f"invalid port {port}: ports are numbers from 0 to {_LAST_PORT}.")
    token = token or os.environ.get(TOKEN_VARIABLE, "")
    if not is_loopback(host) and not token:
        raise CommandError(f"other machines can reach {host}: set a token with --token or {TOKEN_VARIABLE}.")
    metric_names, context = metric_names_of(names), report_context()
    try:
        server = TextServer(host, port, PATH, CONTENT_TYPE, lambda: _text(context, filters, metric_names), token)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CommandError(f"cannot listen on {host}:{port}: {reason}.") from None
    with server, suppress(KeyboardInterrupt):
        write_line(f"metrics on http://{host}:{server.port}{PATH}; Ctrl-C ends it")
        server.serve_forever()
    return OK


def _text(context: RunContext, filters: FilterOptions, names: MetricNames | None) -> str:
    """Return the totals of now. The store is opened by the thread that asks: its connections belong to one."""
    with closing(open_or_replace(context, "")) as store:
        read_everything(store, context)
        with context.view(store) as view:
            selection = Selection(filters.filters(), None, None, None, context.config.display.levels)
            return prometheus_text(query_metrics(view, selection, with_commits=names is not None), names)
