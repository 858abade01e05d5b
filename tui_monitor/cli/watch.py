"""`watch`: the live monitor, or one frame of it."""

from __future__ import annotations


def run(
    *paths: str,
    once: bool = False,
    store: str = "",
    no_store: bool = False,
    theme: str = "",
) -> int:
    """The live monitor of an agent session. The word watch may be left out.

    With PATHs it follows these. Without, it follows the agent session that was started in this folder, else the
    newest one that is under way anywhere.

    Args:
        paths: Files, folders, globs; - is standard input.
        once: Print the state as plain text, and end.
        store: The store to use instead of the usual one.
        no_store: Remember nothing.
        theme: How it looks, e.g. textual-dark, textual-light, nord.
    """
    if once:
        from tui_monitor.cli.once import print_frame

        return print_frame(paths, store, no_store)
    from tui_monitor.cli.monitor import watch

    return watch(paths, store, no_store, theme)
