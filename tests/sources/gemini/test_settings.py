"""Telemetry in Gemini CLI's settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sources.settings_requests import request, write
from tui_monitor.sources.gemini.settings import propose_change, settings_path
from tui_monitor.sources.settings import SettingsError


def settings(home: Path) -> Path:
    return home / ".gemini" / "settings.json"


def test_telemetry_goes_to_a_file_without_prompts(tmp_path: Path) -> None:
    write(settings(tmp_path), '{\n\t"theme": "dark",\n\t"telemetry": {"useCollector": false}\n}\n')
    change = propose_change(request(tmp_path))
    document = json.loads(change.after)
    assert document["theme"] == "dark"
    assert document["telemetry"] == {
        "useCollector": False,
        "enabled": True,
        "target": "local",
        "outfile": f"{tmp_path}/data/recordings/telemetry.jsonl",
        "logPrompts": False,
    }
    assert change.after.startswith('{\n\t"theme"')


def test_second_setup_changes_nothing_and_undo_everything(tmp_path: Path) -> None:
    write(settings(tmp_path), '{"theme": "dark"}')
    write(settings(tmp_path), propose_change(request(tmp_path)).after)
    again = propose_change(request(tmp_path))
    assert again.before == again.after
    assert json.loads(propose_change(request(tmp_path, undo=True)).after) == {"theme": "dark"}


def test_telemetry_that_goes_elsewhere_stays(tmp_path: Path) -> None:
    write(settings(tmp_path), '{"telemetry": {"enabled": true, "target": "gcp"}}')
    for undo in (False, True):
        change = propose_change(request(tmp_path, undo=undo))
        assert change.before == change.after
        assert "goes elsewhere" in change.notes[0]


def test_settings_with_comments_are_left_alone(tmp_path: Path) -> None:
    write(settings(tmp_path), '{\n  // mine\n  "theme": "dark"\n}')
    with pytest.raises(SettingsError, match="by hand"):
        propose_change(request(tmp_path))


def test_home_of_the_environment_holds_the_settings(tmp_path: Path) -> None:
    context = request(tmp_path).context
    context.env["GEMINI_CLI_HOME"] = "/srv/ada"  # type: ignore[index]  # a dictionary here
    assert settings_path(context) == Path("/srv/ada/.gemini/settings.json")
