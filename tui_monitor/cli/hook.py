"""``hook``: keeps what an agent reports to its hooks. The agent waits for it: it is fast, silent and never fails."""

from __future__ import annotations

from tui_monitor.cli.exit_status import OK
from tui_monitor.cli.output import write_error
from tui_monitor.cli.payloads import default_folder, keep_payload, read_payload


def hook(*, into: str = "") -> int:
    """Keep what an agent reports to a hook, for exact states.

    Reads the payload of the hook from standard input and prints nothing, so that the agent goes on as without it.
    tui-monitor setup registers it.

    Args:
        into: Folder of the agent's payloads; the one in the data folder by default.
    """
    try:
        keep_payload(read_payload(), into or default_folder())
    except (OSError, ValueError) as error:
        write_error(f"not recorded: {error}.")
    return OK
