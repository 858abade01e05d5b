"""Log files of agents: paths, permissions, content and tail."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.telemetry import LogManager, ValidationError, configure


@pytest.fixture
def logs(tmp_path: Path) -> LogManager:
    """A manager whose folder does not exist yet."""
    return LogManager(tmp_path / "logs")


def test_log_is_appended_read_and_emptied(logs: LogManager) -> None:
    path = logs.create_log("scout")
    logs.append_log("scout", "\x1b[3")
    logs.append_log("scout", "2mberth 4\x1b[0m\n")
    logs.append_log("scout", b"done\n")
    assert logs.read_log("scout") == "berth 4\ndone\n"
    assert path == logs.log_path("scout")
    logs.create_log("scout")
    assert logs.read_log("scout") == ""


def test_logs_are_private(logs: LogManager) -> None:
    path = logs.create_log("scout")
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]


@pytest.mark.parametrize("count", [0, 1, 3, 1000])
@pytest.mark.parametrize("ending", ["", "\n"])
def test_tail_returns_the_last_lines(logs: LogManager, count: int, ending: str) -> None:
    text_lines = [f"line {number} " + "x" * 4000 for number in range(50)]
    logs.append_log("scout", "\n".join(text_lines) + ending)
    assert logs.tail_log("scout", count) == (text_lines[-count:] if count else [])


def test_tail_of_a_huge_file_reads_only_its_end(logs: LogManager) -> None:
    path = logs.create_log("scout")
    os.truncate(path, 1 << 40)
    with path.open("ab") as file:
        file.write(b"\nberth 4\n")
    assert logs.tail_log("scout", 1) == ["berth 4"]


@pytest.mark.parametrize(
    "agent_id", ["../../etc/passwd", "..", ".", "/etc/passwd", "a/b", "a\\b", ".hidden", "ä →", "%2E"]
)
def test_agent_ids_stay_in_the_folder_and_are_listed(logs: LogManager, agent_id: str) -> None:
    path = logs.create_log(agent_id)
    assert path.resolve().parent == logs.folder.resolve()
    assert not path.name.startswith(".")
    assert logs.list_logs() == [agent_id]


@given(st.text())
def test_agent_id_names_a_file_in_the_folder_or_is_rejected(agent_id: str) -> None:
    logs = LogManager("/nowhere")
    with suppress(ValidationError):
        path = logs.log_path(agent_id)
        assert path.parent == logs.folder
        assert len(os.fsencode(path.name)) < 255


def test_symlink_in_the_folder_is_not_followed(logs: LogManager, tmp_path: Path) -> None:
    logs.create_log("scout")
    (tmp_path / "precious").write_text("gold", encoding="utf-8")
    logs.log_path("thief").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="thief"):
        logs.create_log("thief")
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "gold"


def test_secrets_in_logs_are_masked_unless_disabled(logs: LogManager) -> None:
    logs.append_log("scout", "password=hunter22\n")
    configure(mask_secrets=False)
    logs.append_log("scout", "password=hunter22\n")
    assert logs.read_log("scout") == "password=***\npassword=hunter22\n"


def test_logs_are_in_the_data_folder_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path / "data"))
    assert LogManager().folder == tmp_path / "data" / "logs"
    assert LogManager().list_logs() == []
