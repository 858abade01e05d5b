"""Anonymizing of paths, and exclusion of content, arguments and masks. What is masked is in `test_masking`."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from pathlib import Path

import pytest

from tests.telemetry.support import only, read_events, read_line
from tui_monitor.events import CallFinished
from tui_monitor.telemetry import FileChange, ToolExecution, configure, record_log, record_persistent, session


def test_masking_can_be_disabled(stream: Path) -> None:
    configure(mask_secrets=False)
    record_log("password=hunter22")
    line = read_line(stream, "log")
    assert line["message"] == "password=hunter22"
    assert "masked" not in line


def test_masking_keeps_the_rest_of_the_line(stream: Path) -> None:
    record_log("password=hunter22 for berth 5")
    assert read_line(stream, "log")["message"] == "password=*** for berth 5"


def edit() -> ToolExecution:
    run = ToolExecution.start("edit", {"file_path": "/home/ann/quay.py", "text": "new"})
    run.add_file_change(
        FileChange.modify_with_diff(
            "/home/ann/quay.py", "old", "new", "--- /home/ann/quay.py\n@@ -1 +1 @@\n-old\n+new\n"
        )
    )
    return run.complete_success("wrote /home/ann/quay.py and ~/notes/a.txt", timedelta())


def test_file_content_can_be_excluded(stream: Path) -> None:
    configure(include_file_content=False)
    record_persistent(edit())
    (change,) = read_line(stream, "tool")["files_affected"]
    assert (change["before"], change["after"], change["diff"], change["size_after"]) == (None, None, None, 3)


def test_arguments_can_be_excluded(stream: Path) -> None:
    configure(include_tool_args=False)
    record_persistent(edit())
    assert read_line(stream, "tool")["input"] is None


def test_paths_can_be_anonymized(stream: Path) -> None:
    configure(anonymize_paths=True)
    with session("s1", cwd="/home/ann"):
        record_persistent(edit())
    line = read_line(stream, "tool")
    assert "ann" not in stream.read_text()
    assert "notes" not in stream.read_text()
    assert line["files_affected"][0]["path"] == line["input"]["file_path"]
    assert line["input"]["file_path"].endswith(".py")
    assert only(read_events(stream), CallFinished).changes[0].added == 1


def test_digests_of_paths_cannot_be_guessed(stream: Path) -> None:
    configure(anonymize_paths=True)
    record_persistent(edit())
    recorded = read_line(stream, "tool")["input"]["file_path"]
    assert recorded != blake2b(b"/home/ann/quay.py", digest_size=8).hexdigest() + ".py"
    salt = stream.parent / "path-salt"
    assert len(salt.read_bytes()) == 32
    assert [path.name for path in stream.parent.glob("path-salt*")] == ["path-salt"]
    assert salt.stat().st_mode & 0o077 == 0


def test_settings_apply_from_the_next_line(stream: Path) -> None:
    record_log("one")
    configure(persist=False)
    record_log("two")
    configure(persist=True)
    record_log("three")
    assert stream.read_text().count('"type":"log"') == 2
    assert "two" not in stream.read_text()


@pytest.mark.parametrize("name", ["max_executions", "persist_executions", "rotate_bytes"])
@pytest.mark.parametrize("count", [0, -1, 10**10])
def test_counts_out_of_range_are_rejected(name: str, count: int) -> None:
    with pytest.raises(ValueError, match=name):
        configure(**{name: count})  # type: ignore[arg-type]
