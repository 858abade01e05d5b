"""Files outside the project, and files that hold secrets."""

import pytest

from tests.live.events_builder import finished, started, state_after
from tui_monitor.events import Change, ChangeKind, ToolKind
from tui_monitor.live.file_guard import OUTSIDE, SECRET, file_warning


def warning(kind: ToolKind, subject: str, *changes: Change) -> str:
    state = state_after(started("a", 0, kind, subject=subject), finished("a", 1, changes=changes))
    call = state.log.get("a")
    assert call is not None
    return file_warning(call, "/home/ada/p")


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        (ToolKind.EDIT, "/home/ada/p/a.py", ""),
        (ToolKind.EDIT, "/home/ada/p", ""),
        (ToolKind.EDIT, "a.py", ""),
        (ToolKind.WRITE, "/home/ada/.bashrc", OUTSIDE),
        (ToolKind.WRITE, "/home/ada/p2/a.py", OUTSIDE),
        (ToolKind.WRITE, "/home/ada/p/../q/a.py", OUTSIDE),
        (ToolKind.WRITE, "/tmp/a.py", ""),
        (ToolKind.READ, "/etc/hosts", ""),
        (ToolKind.READ, "/home/ada/p/.env", SECRET),
        (ToolKind.READ, "/home/ada/p/.env.local", SECRET),
        (ToolKind.READ, "/home/ada/p/.env.example", ""),
        (ToolKind.READ, "C:\\Users\\ada\\.ssh\\id_ed25519", SECRET),
        (ToolKind.READ, "/home/ada/.ssh/id_ed25519.pub", ""),
        (ToolKind.EDIT, "config/master.key", SECRET),
        (ToolKind.READ, "/home/ada/.aws/credentials", SECRET),
        (ToolKind.READ, "environment.py", ""),
    ],
)
def test_file(kind: ToolKind, path: str, expected: str) -> None:
    assert warning(kind, path) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cat .env | head", SECRET),
        ("grep KEY 'config/.env.production'", SECRET),
        ("source ./.env && make", SECRET),
        ("base64 < server.pem", SECRET),
        ("git add .env.example", ""),
        ("grep -rn credentials src", ""),
        ("cat ~/.aws/credentials", SECRET),
        ("git status", ""),
        ("touch .env", ""),
    ],
)
def test_command(command: str, expected: str) -> None:
    assert warning(ToolKind.SHELL, command) == expected


def test_what_a_command_wrote_outside_counts() -> None:
    assert warning(ToolKind.SHELL, "make", Change(ChangeKind.MODIFY, "/etc/hosts")) == OUTSIDE
    assert warning(ToolKind.SHELL, "make", Change(ChangeKind.READ, "/etc/hosts")) == ""
