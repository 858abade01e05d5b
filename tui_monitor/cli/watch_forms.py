"""The forms of ``watch``, and the options that belong to each."""

from __future__ import annotations

from enum import Enum, auto

from tui_monitor.cli.exit_status import CommandError


class Form(Enum):
    """What ``watch`` shows: the screen, one frame of it, a snapshot for programs, or one for each change."""

    SCREEN = auto()
    FRAME = auto()
    SNAPSHOT = auto()
    SNAPSHOTS = auto()


def chosen_form(*, once: bool, json: bool, interval: float | None) -> Form:
    """Return the form that the options name.

    Raises:
        CommandError: they exclude each other.
    """
    form = {
        (False, False): Form.SCREEN,
        (True, False): Form.FRAME,
        (True, True): Form.SNAPSHOT,
        (False, True): Form.SNAPSHOTS,
    }[once, json]
    if interval is not None and form is not Form.SNAPSHOTS:
        raise CommandError("--interval needs --json, without --once.")
    return form
