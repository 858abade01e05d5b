"""The forms of ``watch``, and the options that belong to each."""

from __future__ import annotations

from enum import Enum, auto

from tui_monitor.cli.exit_status import CommandError


class Form(Enum):
    """What ``watch`` shows: the screen, one frame of it, a snapshot for programs, one for each change, or a line for
    each event, or one line in all."""

    SCREEN = auto()
    FRAME = auto()
    SNAPSHOT = auto()
    SNAPSHOTS = auto()
    EVENTS = auto()
    LINE = auto()


_FORMS = {
    (): Form.SCREEN,
    ("--once",): Form.FRAME,
    ("--once", "--json"): Form.SNAPSHOT,
    ("--json",): Form.SNAPSHOTS,
    ("--plain",): Form.EVENTS,
    ("--line",): Form.LINE,
}
_REPEATED = (Form.SNAPSHOTS, Form.EVENTS)


def chosen_form(*, once: bool, json: bool, plain: bool, line: bool, paths: bool) -> Form:
    """Return the form that the options name; ``paths``: whether there are any.

    Raises:
        CommandError: they exclude each other.
    """
    options = {"--once": once, "--json": json, "--plain": plain, "--line": line}
    chosen = tuple(name for name, is_chosen in options.items() if is_chosen)
    form = _FORMS.get(chosen)
    if form is None:
        raise CommandError(f"{chosen[0]} and {chosen[-1]} exclude each other.")
    if form is Form.LINE and paths:
        raise CommandError("--line is about all live sessions: it takes no paths.")
    return form


def check_owned_options(form: Form, *, interval: float | None, width: int | None, has_store: bool) -> None:
    """Check that the options which belong to some forms stand beside one of these; ``has_store``: a store is named, or
    declined.

    Raises:
        CommandError: one does not.
    """
    if interval is not None and form not in _REPEATED:
        raise CommandError("--interval needs --json or --plain, without --once.")
    if width is not None and form is not Form.LINE:
        raise CommandError("--width needs --line.")
    if has_store and form is Form.LINE:
        raise CommandError("--line answers from the default store: it takes neither --store nor --no-store.")
