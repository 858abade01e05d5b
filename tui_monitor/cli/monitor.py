"""Opens the monitor on a terminal. It runs when no command is named, so it needs no command-line library."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from tui_monitor import __version__
from tui_monitor.cli.exit_status import OK
from tui_monitor.cli.feed_opener import feed_opener
from tui_monitor.cli.layout_file import LayoutFile
from tui_monitor.cli.line_publisher import LinePublisher
from tui_monitor.cli.output import write_error
from tui_monitor.cli.path_args import check_paths
from tui_monitor.cli.run_context import RunContext, check_store_options, current_context
from tui_monitor.cli.signals import exit_on_signals
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.cli.terminal import PLAIN_FORMS, exit_with_terminal, is_ascii_only, require_terminal
from tui_monitor.config import Config
from tui_monitor.feed.feed import Feed
from tui_monitor.live.alerts import AlertSettings
from tui_monitor.pricing import PriceBook, configured_list
from tui_monitor.sources.discovery.find import folder_distances
from tui_monitor.sources.discovery.registry import agent_traits
from tui_monitor.tui.app_context import LOG_SHARE, AppContext, DeliverySource, MonitorSetup, Replay, SourceOpener


def open_monitor(paths: Sequence[str] = (), store: str = "", no_store: bool = False, theme: str = "") -> int:
    """Show the sessions at ``paths``, else the one of this folder, until the user leaves; return the exit status.

    Raises:
        CommandError: a path or the theme does not exist, the options exclude each other, or there is no terminal.
    """
    check_paths(paths)
    check_store_options(store, no_store)
    context = current_context()
    open_source = feed_opener(context, paths, store, no_store, reads_history=True)
    folders = None if paths else folder_distances(context.search_context.cwd)
    return show_monitor(context, open_source, theme, reads_stdin="-" in paths, folders=folders)


def show_monitor(
    context: RunContext,
    open_source: SourceOpener,
    theme: str = "",
    reads_stdin: bool = False,
    alternative: str = PLAIN_FORMS,
    folders: Mapping[str, int] | None = None,
    replay: Replay | None = None,
) -> int:
    """Show what a source delivers, first the session of the nearest of ``folders`` (None: any), until the user leaves;
    with a ``replay`` at the time of its clock, and without disturbing anybody.

    Return the exit status.

    Raises:
        CommandError: the theme does not exist, or there is no terminal; the text names the ``alternative``.
    """
    require_terminal(reads_stdin, alternative)
    from tui_monitor.cli.themes import check_theme
    from tui_monitor.tui.app import MonitorApp

    check_theme(theme)
    holder = SourceHolder()
    app_context = _app_context(context, holder, open_source, theme, folders)
    app = MonitorApp(_replaying(app_context, replay) if replay else app_context)
    with exit_on_signals(app.end):
        exit_with_terminal(holder.stop)
        app.run()
    if note := holder.closing_note():
        write_error(note)
    if app.failure:
        raise app.failure
    return OK if app.return_code is None else app.return_code


def _app_context(
    context: RunContext,
    holder: SourceHolder,
    open_source: SourceOpener,
    theme: str,
    folders: Mapping[str, int] | None,
) -> AppContext:
    """Return what the app depends on."""
    from tui_monitor.cli.themes import default_theme, theme_error

    display, layout = context.config.display, LayoutFile(context.data)
    return AppContext(
        holder.wrap(open_source),
        now_ms,
        context.search_context.home,
        alerts=AlertSettings.of(context.config),
        environment=os.environ,
        open_demo=holder.wrap(partial(open_demo, context.view_prices())),
        display=replace(
            display,
            theme=theme or display.theme or default_theme(os.environ),
            ascii=display.ascii or is_ascii_only(),
        ),
        folders=folders,
        keys=context.config.keys,
        log_share=layout.load() or LOG_SHARE,
        keep_log_share=layout.save,
        setup=monitor_setup(context.config),
        publish=None if folders is None else LinePublisher(os.environ, is_ascii=display.ascii),
        notices=(
            *context.config.first_warnings,
            *filter(None, [layout.problem, context.config.notice, theme_error(display.theme)]),
        ),
    )


def _replaying(app_context: AppContext, replay: Replay) -> AppContext:
    """Return the same for a recording: at the time of its clock, and without disturbing anybody."""
    return replace(
        app_context,
        clock=replay.clock.now,
        alerts=app_context.alerts.silent(),
        replay=replay,
        read_output=lambda path, before: before,  # files and working tree are those of today
        tree_files=lambda folder: (),
    )


def monitor_setup(config: Config) -> MonitorSetup:
    """Return what panes say of the configuration and of the program."""
    return MonitorSetup(
        config.budgets,
        lambda: configured_list(config.price_list).list.source,
        (
            ("tui-monitor", __version__),
            ("Python", ".".join(map(str, sys.version_info[:3]))),
            ("SQLite", sqlite3.sqlite_version),
        ),
        lambda source: agent_traits(source).exact_states,
    )


class SourceHolder:
    """Holds the source that was opened last, so that it can be stopped without the screen."""

    def __init__(self) -> None:
        self._source: DeliverySource | None = None

    def wrap(self, open_source: SourceOpener) -> SourceOpener:
        """Return the same opener, whose sources are held."""

        def open_and_hold(notify: Callable[[], None]) -> DeliverySource:
            self._source = open_source(notify)
            return self._source

        return open_and_hold

    def stop(self) -> None:
        """Store what was read, and stop the source."""
        if self._source:
            self._source.stop()

    def closing_note(self) -> str:
        """Return a line about what is not in the store, once stopped; see `Feed.closing_note`."""
        return self._source.closing_note() if isinstance(self._source, Feed) else ""


def open_demo(prices: PriceBook, notify: Callable[[], None]) -> DeliverySource:
    """Open the demo session; its package is imported here, when somebody wants to see it."""
    from tui_monitor.cli.demo import DemoFeed

    return DemoFeed(prices, notify)
