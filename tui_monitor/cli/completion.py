"""``--completion`` and ``--install-completion``: scripts by which a shell completes commands, options and paths."""

from __future__ import annotations

from typing import Literal

from tui_monitor.cli.exit_status import OK, CommandError
from tui_monitor.cli.output import write, write_verbatim

Shell = Literal["bash", "zsh", "fish"]


def print_completion(shell: Shell, /) -> int:
    """Print the completion script for bash, zsh or fish.

    Load it from your shell's start-up file, in bash for example:

      source <(tui-monitor --completion bash)

    Args:
        shell: bash, zsh or fish.
    """
    from tui_monitor.cli.app import build_app

    write_verbatim(build_app().generate_completion(shell=shell))
    return OK


def install_completion(shell: Shell | None = None, /) -> int:
    """Install the completion script for your shell.

    It is written to the shell's folder of completions, and for bash and zsh a line that loads it is added to `.bashrc`
    or `.zshrc`.

    Args:
        shell: bash, zsh or fish; the shell in use by default.
    """
    from cyclopts.completion.detect import ShellDetectionError

    from tui_monitor.cli.app import build_app

    try:
        path = build_app().install_completion(shell=shell)
    except ShellDetectionError:
        raise CommandError("your shell was not recognised: name it, as in --install-completion bash.") from None
    write(f"Installed in {path}. Restart your shell to use it.\n")
    return OK
