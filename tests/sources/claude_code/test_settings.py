"""Changes of Claude Code's settings: hooks, status line, telemetry, and all of it undone."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.settings_requests import PROGRAM, request, write
from tui_monitor.sources.claude_code.settings import HOOKS, propose_change, settings_path
from tui_monitor.sources.settings import SettingsChange, SettingsError

Settings = Any
OWN_HOOK = {"hooks": [{"type": "command", "command": "say done"}]}


def applied(home: Path, *, telemetry: bool = False, undo: bool = False) -> SettingsChange:
    """Make the change, and return it."""
    change = propose_change(request(home, telemetry=telemetry, undo=undo))
    write(change.path, change.after)
    return change


def settings_of(home: Path) -> Settings:
    return json.loads((home / ".claude" / "settings.json").read_text(encoding="utf-8"))


def test_hooks_and_status_line_are_added_where_there_are_no_settings(tmp_path: Path) -> None:
    change = applied(tmp_path)
    settings = settings_of(tmp_path)
    assert change.before == ""
    assert set(settings["hooks"]) == set(HOOKS)
    [[hook]] = [entry["hooks"] for entry in settings["hooks"]["Stop"]]
    assert hook["command"] == f"{PROGRAM} hook --into {tmp_path}/data/recordings"
    assert settings["statusLine"]["command"] == f"{PROGRAM} statusline --into {tmp_path}/data/recordings"
    assert "env" not in settings
    assert len(change.effects) == 2


def test_own_hooks_and_order_stay(tmp_path: Path) -> None:
    write(tmp_path / ".claude" / "settings.json", json.dumps({"model": "opus", "hooks": {"Stop": [OWN_HOOK]}}))
    applied(tmp_path)
    settings = settings_of(tmp_path)
    assert list(settings)[:2] == ["model", "hooks"]
    assert settings["hooks"]["Stop"][0] == OWN_HOOK
    assert len(settings["hooks"]["Stop"]) == 2


def test_second_setup_changes_nothing(tmp_path: Path) -> None:
    applied(tmp_path, telemetry=True)
    again = applied(tmp_path, telemetry=True)
    assert again.before == again.after


def test_setup_again_replaces_the_commands_of_another_place(tmp_path: Path) -> None:
    applied(tmp_path)
    path = tmp_path / ".claude" / "settings.json"
    path.write_text(path.read_text().replace(PROGRAM, "/elsewhere/tui-monitor"))
    applied(tmp_path)
    assert "/elsewhere" not in path.read_text()
    assert len(settings_of(tmp_path)["hooks"]["Stop"]) == 1


def test_status_line_of_the_user_stays(tmp_path: Path) -> None:
    own = {"statusLine": {"type": "command", "command": "my-line"}}
    write(tmp_path / ".claude" / "settings.json", json.dumps(own))
    change = applied(tmp_path)
    assert settings_of(tmp_path)["statusLine"] == own["statusLine"]
    assert "status line of your own" in change.notes[0]


def test_telemetry_is_exported_when_asked_for(tmp_path: Path) -> None:
    applied(tmp_path, telemetry=True)
    variables = settings_of(tmp_path)["env"]
    assert variables["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:4318"
    assert variables["OTEL_EXPORTER_OTLP_HEADERS"] == "Authorization=Bearer a-token"


def test_telemetry_that_goes_elsewhere_stays(tmp_path: Path) -> None:
    own = {"env": {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://collector.example"}}
    write(tmp_path / ".claude" / "settings.json", json.dumps(own))
    change = applied(tmp_path, telemetry=True)
    assert settings_of(tmp_path)["env"] == own["env"]
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in change.notes[0]
    assert len(change.effects) == 2


@pytest.mark.parametrize(
    "content", ["{,}", "// comment\n{}", "[]", '{"hooks": []}', '{"hooks": {"Stop": 1}}', "[" * 9000]
)
def test_settings_that_are_not_understood_are_left_alone(tmp_path: Path, content: str) -> None:
    write(tmp_path / ".claude" / "settings.json", content)
    with pytest.raises(SettingsError) as caught:
        propose_change(request(tmp_path))
    assert "\n" not in str(caught.value)


def test_folder_of_the_environment_holds_the_settings(tmp_path: Path) -> None:
    context = request(tmp_path).context
    context.env["CLAUDE_CONFIG_DIR"] = "/srv/claude, /srv/other"  # type: ignore[index]  # a dictionary here
    assert settings_path(context) == Path("/srv/claude/settings.json")


own_settings = st.fixed_dictionaries(
    {},
    optional={
        "model": st.text(),
        "env": st.dictionaries(st.text(min_size=1, max_size=8), st.text(), min_size=1, max_size=3),
        "hooks": st.dictionaries(st.sampled_from([*HOOKS, "PreToolUse"]), st.just([OWN_HOOK]), min_size=1),
        "statusLine": st.just({"type": "command", "command": "my-line"}),
    },
)


@given(own_settings, st.booleans())
def test_undo_leaves_the_settings_as_they_were(own: Settings, telemetry: bool) -> None:
    with TemporaryDirectory() as name:
        home = Path(name)
        write(home / ".claude" / "settings.json", json.dumps(own))
        applied(home, telemetry=telemetry)
        applied(home, undo=True)
        assert settings_of(home) == own
