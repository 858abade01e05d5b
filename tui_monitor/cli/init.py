"""``init``: a commented configuration, and a folder that keeps its own store."""

from __future__ import annotations

import os
from pathlib import Path

from tui_monitor.cli.exit_status import OK, CommandError
from tui_monitor.cli.output import write
from tui_monitor.cli.saved_file import save_text
from tui_monitor.config import current_folder
from tui_monitor.config.edit import with_setting
from tui_monitor.config.files import create_local_folder, own_file, read_text
from tui_monitor.config.settings import TEXT
from tui_monitor.config.template import commented_config


def init(*, workspace: bool = False) -> int:
    """Write a commented configuration, or let this folder keep its own store.

    The configuration has every setting with its meaning and default, commented out; one that exists is left alone. It
    is the file in your configuration folder, or the one that TUI_MONITOR_CONFIG names.

    For example:

      tui-monitor init
      tui-monitor init --workspace    its store and streams stay in .tui-monitor

    Args:
        workspace: Keep a store in .tui-monitor of this folder, and add the folder to your configuration.
    """
    cwd = current_folder(os.environ)
    path = own_file(os.environ, cwd).path
    text = _text(path)
    if workspace:
        return _add_workspace(path, text, cwd)
    if text.strip():
        write(f"{path} exists already: nothing was changed.\n")
        return OK
    _save(path, commented_config())
    write(f"Wrote {path}: every setting is there, commented out.\n")
    return OK


def _text(path: Path) -> str:
    try:
        return read_text(own_file(os.environ, current_folder(os.environ)))
    except FileNotFoundError:
        return ""
    except ValueError as error:
        raise CommandError(f"{path} cannot be read: {error}.") from None


def _add_workspace(path: Path, text: str, cwd: Path) -> int:
    import tomllib

    if not TEXT.accepts(str(cwd)):
        raise CommandError(f"{cwd} cannot keep its own store: a configuration cannot hold its name.")
    try:
        existing = tomllib.loads(text).get("workspaces", [])
        if str(cwd) not in existing:
            _save(path, with_setting(text or commented_config(), ("workspaces",), [*existing, str(cwd)]))
    except (ValueError, TypeError) as error:
        raise CommandError(f"{path} cannot be changed: {error}.") from None
    folder = create_local_folder(cwd)
    if not folder.is_dir():
        raise CommandError(f"{folder} cannot be created.")
    write(f"{cwd} keeps its own store in {folder.name} ({path}).\n")
    return OK


def _save(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    save_text(path, text)
