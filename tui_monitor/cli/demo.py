"""`demo`: the monitor on a played session."""

from __future__ import annotations

from functools import partial

from tui_monitor.cli.monitor import show
from tui_monitor.cli.played import PlayedFeed
from tui_monitor.cli.setting import here


def run(*, theme: str = "") -> int:
    """The live monitor on a session that is played: an invented agent works on an invented project.

    It takes about three minutes. Nothing on this machine is read or changed, and nothing is kept.

    Args:
        theme: How it looks, e.g. textual-dark, textual-light, nord.
    """
    setting = here()
    return show(setting, partial(PlayedFeed, setting.prices()), theme)
