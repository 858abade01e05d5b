"""The adapter of the stream: recognition and discovery."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sources.stream_builder import EVERYTHING, PATH, only
from tui_monitor.events import Usage
from tui_monitor.sources.base import Head, Record, SearchContext
from tui_monitor.sources.stream.adapter import Stream


def head(*records: Record) -> Head:
    return Head(PATH, b"", records)


@pytest.mark.parametrize("record", [*EVERYTHING, {"uid": "u", "type": "log", "message": "x"}])
def test_stream_lines_and_bare_objects_are_recognised(record: Record) -> None:
    assert Stream().recognises(head({"some": "thing"}, record))


@pytest.mark.parametrize(
    "record",
    [
        {"type": "usage", "message": {}},
        {"type": "user", "uuid": "x"},
        {"tool_name": "bash"},
        {"input_tokens": 5},
        {"type": ["log"], "v": 1},
    ],
)
def test_other_files_are_not_recognised(record: Record) -> None:
    assert not Stream().recognises(head(record))


def test_streams_are_found_in_the_data_folder_or_set_by_the_environment(tmp_path: Path) -> None:
    streams, extra = tmp_path / "data/streams", tmp_path / "mine.jsonl"
    streams.mkdir(parents=True)
    for path in (streams / "a.jsonl", streams / "b.txt", extra):
        path.touch()
    env = {"TUI_MONITOR_DATA_DIR": str(tmp_path / "data"), "TUI_MONITOR_STREAM": str(extra)}
    assert set(Stream().session_paths(SearchContext(tmp_path, env, tmp_path))) == {extra, streams / "a.jsonl"}
    assert Stream().roots(SearchContext(tmp_path, env, tmp_path)) == [streams, tmp_path]


def test_missing_stream_of_the_environment_is_ignored(tmp_path: Path) -> None:
    env = {"TUI_MONITOR_DATA_DIR": str(tmp_path), "TUI_MONITOR_STREAM": str(tmp_path / "gone.jsonl")}
    assert list(Stream().session_paths(SearchContext(tmp_path, env, tmp_path))) == []


def test_earlier_parts_are_related_to_the_current_file(tmp_path: Path) -> None:
    streams = tmp_path / "streams"
    streams.mkdir()
    names = ["run.jsonl", "run.2.jsonl", "run.10.jsonl", "run.x.jsonl", "run.2.txt", "other.1.jsonl", "a[b].jsonl"]
    for name in (*names, "a[b].1.jsonl"):
        (streams / name).touch()
    adapter = Stream()
    assert list(adapter.related_files(streams / "run.jsonl")) == [streams / "run.2.jsonl", streams / "run.10.jsonl"]
    assert list(adapter.related_files(streams / "a[b].jsonl")) == [streams / "a[b].1.jsonl"]
    assert list(adapter.related_files(streams / "run.2.jsonl")) == []
    paths = adapter.session_paths(SearchContext(tmp_path, {"TUI_MONITOR_DATA_DIR": str(tmp_path)}, tmp_path))
    assert {path.name for path in paths} == {"run.jsonl", "run.x.jsonl", "other.1.jsonl", "a[b].jsonl"}


def test_default_data_folder_is_that_of_the_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_data_path", lambda name: tmp_path / name)
    assert Stream().roots(SearchContext(tmp_path, {}, tmp_path)) == [tmp_path / "tui-monitor/streams"]


@pytest.mark.parametrize(
    ("content", "cwd"),
    [
        ('{"v":1,"type":"log","message":"x"}\nbroken\n{"v":1,"type":"agent","id":"a","cwd":"/w"}\n', "/w"),
        ('{"v":1,"type":"log","message":"x"}\n', None),
        ("", None),
    ],
)
def test_start_directory_is_read_from_the_first_lines(tmp_path: Path, content: str, cwd: str | None) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text(content, encoding="utf-8")
    assert Stream().start_directory(path) == cwd


def test_missing_stream_has_no_start_directory(tmp_path: Path) -> None:
    assert Stream().start_directory(tmp_path / "gone.jsonl") is None


def test_stream_is_read_through_the_adapter_interface(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in EVERYTHING), encoding="utf-8")
    source = Stream().open(path)
    batch = source.read()
    source.close()
    assert batch is not None
    assert (batch.health.skipped, batch.health.unknown) == (0, 0)
    assert len(only(batch.events, Usage)) == 5
