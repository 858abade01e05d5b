"""Logs of agents: plain text however it comes, in a folder that no id leads out of."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.clean import MAX_STRING, ControlSequenceStripper
from tui_monitor.telemetry import LogManager, ValidationError, configure

SEQUENCES = [
    "\x1b[31m",
    "\x1b[2K",
    "\x1b[38;5;196m",
    "\x1b[?25l",
    "\x9b1;2H",
    "\x1b]0;a title\x07",
    "\x1b]8;;https://example.org\x1b\\",
    "\x9d0;title\x9c",
    "\x1bPq#0;2;0;0;0\x1b\\",
    "\x1b_private\x1b\\",
    "\x1b^message\x1b\\",
    "\x1bXstring\x1b\\",
    "\x90data\x9c",
    "\x1b(B",
    "\x1bc",
    "\x1b#8",
    "\x84",
    "\x07",
    "\x00",
    "\x7f",
]


@pytest.fixture
def logs(tmp_path: Path) -> LogManager:
    """A manager with a folder that is not there yet."""
    return LogManager(tmp_path / "logs")


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_sequences_are_stripped_and_nothing_else(sequence: str) -> None:
    assert ControlSequenceStripper().feed(f"a{sequence}b\n\tc") == "ab\n\tc"


@given(st.lists(st.sampled_from([*SEQUENCES, "berth 4", "ä→\n", "\r\n", "\x1b", "\x1b[", "\x1b]"])), st.data())
def test_it_makes_no_difference_where_a_text_is_cut(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    whole, cut = ControlSequenceStripper(), ControlSequenceStripper()
    parts = [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    stripped = "".join(map(cut.feed, parts)) + cut.finish()
    assert stripped == whole.feed(text) + whole.finish()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", stripped)


def test_bytes_may_be_cut_within_a_character() -> None:
    plain = ControlSequenceStripper()
    assert "".join(plain.feed(bytes([byte])) for byte in "ä\x1b[1m→".encode() + b"\x9b2m!\xff") == "ä→!�"


def test_a_string_without_an_end_swallows_no_more_than_its_limit() -> None:
    plain, half = ControlSequenceStripper(), "x" * (MAX_STRING // 2)
    assert plain.feed(f"\x1b]0;{half}") == ""
    assert plain.feed(half) == half
    assert plain.feed("the rest\n") == "the rest\n"


def test_strings_one_after_the_other_have_a_limit_each() -> None:
    plain, most = ControlSequenceStripper(), "x" * (MAX_STRING // 2)
    assert [plain.feed(f"\x1b]0;{most}") for _ in range(4)] == [""] * 4


def test_a_carriage_return_begins_a_new_line() -> None:
    plain = ControlSequenceStripper()
    assert plain.feed("10 %\r") + plain.feed("20 %\r\nready\r") + plain.finish() == "10 %\n20 %\nready\n"


def test_what_an_agent_prints_is_kept_and_read_back(logs: LogManager) -> None:
    path = logs.create_log("scout")
    logs.append_log("scout", "\x1b[3")
    logs.append_log("scout", "2mberth 4\x1b[0m\n")
    logs.append_log("scout", b"done\n")
    assert logs.read_log("scout") == "berth 4\ndone\n"
    assert path == logs.log_path("scout")
    logs.create_log("scout")
    assert logs.read_log("scout") == ""


def test_logs_are_for_their_owner_alone(logs: LogManager) -> None:
    path = logs.create_log("scout")
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]


@pytest.mark.parametrize("lines", [0, 1, 3, 1000])
@pytest.mark.parametrize("ending", ["", "\n"])
def test_the_tail_is_the_end_of_the_file(logs: LogManager, lines: int, ending: str) -> None:
    told = [f"line {number} " + "x" * 4000 for number in range(50)]
    logs.append_log("scout", "\n".join(told) + ending)
    assert logs.tail_log("scout", lines) == (told[-lines:] if lines else [])


def test_the_tail_of_an_endless_file_reads_its_end_alone(logs: LogManager) -> None:
    path = logs.create_log("scout")
    os.truncate(path, 1 << 40)
    with path.open("ab") as file:
        file.write(b"\nberth 4\n")
    assert logs.tail_log("scout", 1) == ["berth 4"]


@pytest.mark.parametrize(
    "agent_id", ["../../etc/passwd", "..", ".", "/etc/passwd", "a/b", "a\\b", ".hidden", "ä →", "%2E"]
)
def test_no_id_leads_out_of_the_folder_and_all_are_listed(logs: LogManager, agent_id: str) -> None:
    path = logs.create_log(agent_id)
    assert path.resolve().parent == logs.folder.resolve()
    assert not path.name.startswith(".")
    assert logs.list_logs() == [agent_id]


@given(st.text())
def test_an_id_is_the_name_of_a_file_in_the_folder_or_refused(agent_id: str) -> None:
    logs = LogManager("/nowhere")
    with suppress(ValidationError):
        path = logs.log_path(agent_id)
        assert path.parent == logs.folder
        assert len(os.fsencode(path.name)) < 255


def test_a_link_in_the_folder_is_not_followed(logs: LogManager, tmp_path: Path) -> None:
    logs.create_log("scout")
    (tmp_path / "precious").write_text("gold", encoding="utf-8")
    logs.log_path("thief").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="thief"):
        logs.create_log("thief")
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "gold"


def test_secrets_are_masked_unless_that_is_switched_off(logs: LogManager) -> None:
    logs.append_log("scout", "password=hunter22\n")
    configure(mask_secrets=False)
    logs.append_log("scout", "password=hunter22\n")
    assert logs.read_log("scout") == "password=***\npassword=hunter22\n"


def test_logs_are_kept_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path / "data"))
    assert LogManager().folder == tmp_path / "data" / "logs"
    assert LogManager().list_logs() == []
