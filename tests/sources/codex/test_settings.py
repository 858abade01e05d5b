"""The block of ours in Codex's settings."""

from __future__ import annotations

import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.settings_requests import request, write
from tui_monitor.sources.codex.settings import BEGIN, propose_change
from tui_monitor.sources.settings import SettingsError

OWN = '# mine\nmodel = "gpt-5"  # the good one\n\n[tools]\nweb_search = true\n'


def config(home: Path) -> Path:
    return home / ".codex" / "config.toml"


def apply(home: Path, *, telemetry: bool = True, undo: bool = False) -> None:
    change = propose_change(request(home, telemetry=telemetry, undo=undo))
    write(change.path, change.after)


def test_block_is_added_and_the_rest_stays(tmp_path: Path) -> None:
    write(config(tmp_path), OWN)
    apply(tmp_path)
    text = config(tmp_path).read_text()
    assert text.startswith(OWN)
    exporter = tomllib.loads(text)["otel"]["exporter"]["otlp-http"]
    assert exporter["endpoint"] == "http://127.0.0.1:4318/v1/logs"
    assert exporter["headers"] == {"Authorization": "Bearer a-token"}
    assert tomllib.loads(text)["otel"]["log_user_prompt"] is False


def test_second_setup_changes_nothing(tmp_path: Path) -> None:
    apply(tmp_path)
    change = propose_change(request(tmp_path, telemetry=True))
    assert change.before == change.after


def test_nothing_is_changed_unless_telemetry_is_wanted(tmp_path: Path) -> None:
    change = propose_change(request(tmp_path))
    assert (change.before, change.after) == ("", "")
    assert "--telemetry" in change.notes[0]


def test_section_of_the_user_stays(tmp_path: Path) -> None:
    write(config(tmp_path), '[otel]\nexporter = "none"\n')
    change = propose_change(request(tmp_path, telemetry=True))
    assert change.before == change.after
    assert "[otel]" in change.notes[0]


@pytest.mark.parametrize("content", ["model = ", f"{BEGIN}\n[otel]\n"])
def test_settings_that_are_not_understood_are_left_alone(tmp_path: Path, content: str) -> None:
    write(config(tmp_path), content)
    with pytest.raises(SettingsError) as caught:
        propose_change(request(tmp_path, telemetry=True))
    assert "\n" not in str(caught.value)


@given(st.sampled_from(["", OWN, OWN.rstrip(), "\n\n" + OWN, OWN + "\n\n", "a = 1"]))
def test_undo_leaves_the_settings_as_they_were(own: str) -> None:
    with TemporaryDirectory() as name:
        home = Path(name)
        write(config(home), own)
        apply(home)
        apply(home, undo=True)
        assert config(home).read_text().strip() == own.strip()
