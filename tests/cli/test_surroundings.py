"""The surroundings of a run: where sessions are searched for."""

from pathlib import Path

import pytest

from tui_monitor.cli.surroundings import current_surroundings
from tui_monitor.sources.stream.adapter import Stream


@pytest.mark.parametrize("named", ["absolute", "relative", "environment"])
def test_stream_of_the_configuration_is_where_the_monitor_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    stream, config = tmp_path / "mine" / "agent.jsonl", tmp_path / "config.toml"
    stream.parent.mkdir()
    stream.touch()
    config.write_text(f'stream = "{stream if named == "absolute" else "mine/agent.jsonl"}"' * (named != "environment"))
    env = {"TUI_MONITOR_DATA_DIR": str(tmp_path / "data"), "TUI_MONITOR_CONFIG": str(config), "PWD": str(tmp_path)}
    here = current_surroundings(env | ({"TUI_MONITOR_STREAM": str(stream)} if named == "environment" else {}))
    assert list(Stream().session_paths(here.search_context)) == [stream]
    assert stream.parent in Stream().roots(here.search_context)
