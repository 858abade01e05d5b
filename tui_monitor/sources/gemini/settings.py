"""Gemini CLI's ``settings.json``: telemetry in a file, which has what chats leave out."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.settings import SettingsChange, SettingsError, SettingsRequest
from tui_monitor.sources.shared.json_settings import parse_settings, read_settings_text, settings_text

FILE = "telemetry.jsonl"
_EFFECT = "each request is written to a file with its tokens and time, without prompts"


def propose_change(request: SettingsRequest) -> SettingsChange:
    """Return the change of the user's settings; see `ProposeChange`."""
    path = settings_path(request.context)
    before = read_settings_text(path)
    settings = parse_settings(before, path)
    earlier = deepcopy(settings)
    telemetry = settings.get("telemetry", {})
    if not isinstance(telemetry, dict):
        raise SettingsError("telemetry is no object: mend the settings first.")
    file = str(request.recordings / FILE)
    wanted = {"enabled": True, "target": "local", "outfile": file, "logPrompts": False}
    if telemetry.get("enabled") and telemetry.get("outfile") != file:
        return SettingsChange(path, before, before, notes=("your telemetry goes elsewhere, which stays so",))
    if request.undo:
        if telemetry.get("outfile") == file:
            settings["telemetry"] = {name: value for name, value in telemetry.items() if name not in wanted}
        if not settings.get("telemetry", True):
            del settings["telemetry"]
    else:
        settings["telemetry"] = {**telemetry, **wanted}
    after = before if settings == earlier else settings_text(settings, before)
    return SettingsChange(path, before, after, () if request.undo else (_EFFECT,))


def settings_path(context: SearchContext) -> Path:
    """Return the path of the user's settings."""
    return Path(context.env.get("GEMINI_CLI_HOME") or context.home) / ".gemini" / "settings.json"
