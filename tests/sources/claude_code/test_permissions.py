"""Calls that likely wait: by permission mode, kind of tool and version."""

import pytest

from tui_monitor.events import ToolKind
from tui_monitor.sources.claude_code.permissions import CallPatience, patience

ASKS = CallPatience(approval_after_ms=5_000)
ASKS_TO_RUN = CallPatience(approval_after_ms=6_000)
HELD = CallPatience(held_after_ms=6_000)
NOTHING = CallPatience()


@pytest.mark.parametrize(
    ("kind", "mode", "version", "expected"),
    [
        (ToolKind.EDIT, "default", "2.1.332", ASKS),
        (ToolKind.WRITE, "", "", ASKS),
        (ToolKind.EDIT, "acceptEdits", "2.1.332", NOTHING),
        (ToolKind.EDIT, "bypassPermissions", "2.1.332", NOTHING),
        (ToolKind.SHELL, "default", "2.1.38", ASKS_TO_RUN),
        (ToolKind.SHELL, "acceptEdits", "2.1.12", ASKS_TO_RUN),
        (ToolKind.SHELL, "plan", "2.1.39", ASKS_TO_RUN),
        (ToolKind.SHELL, "", "2.1.38", CallPatience(approval_after_ms=630_000, held_after_ms=6_000)),
        (ToolKind.SHELL, "auto", "2.1.38", HELD),
        (ToolKind.SHELL, "bypassPermissions", "2.1.12", HELD),
        (ToolKind.SHELL, "default", "2.1.11", CallPatience(approval_after_ms=630_000)),
        (ToolKind.SHELL, "", "2.0.76", CallPatience(approval_after_ms=630_000)),
        (ToolKind.SHELL, "acceptEdits", "2.1.332", CallPatience(approval_after_ms=630_000)),
        (ToolKind.SHELL, "bypassPermissions", "2.1.332", CallPatience(held_after_ms=630_000)),
        (ToolKind.READ, "default", "2.1.38", NOTHING),
        (ToolKind.WEB, "default", "2.1.38", CallPatience(approval_after_ms=60_000)),
        (ToolKind.MCP, "", "2.0.76", CallPatience(approval_after_ms=630_000)),
        (ToolKind.MCP, "bypassPermissions", "2.0.76", CallPatience(held_after_ms=630_000)),
        (ToolKind.WEB, "dontAsk", "2.1.38", CallPatience(held_after_ms=60_000)),
    ],
)
def test_patience(kind: ToolKind, mode: str, version: str, expected: CallPatience) -> None:
    assert patience(kind, mode, version) == expected


def test_command_without_progress_that_outlasts_its_own_timeout_has_not_begun() -> None:
    assert patience(ToolKind.SHELL, "default", "2.0.76", 60_000) == CallPatience(approval_after_ms=90_000)
    assert patience(ToolKind.SHELL, "default", "2.1.38", 60_000) == ASKS_TO_RUN
