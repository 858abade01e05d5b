"""Claude Code's ``settings.json``: hooks that report its states, its status line, and its telemetry."""

from __future__ import annotations

import shlex
from copy import deepcopy
from pathlib import Path

from tui_monitor.sources.base import Record, SearchContext
from tui_monitor.sources.settings import SettingsChange, SettingsError, SettingsRequest, TelemetryTarget
from tui_monitor.sources.shared.fields import table, text
from tui_monitor.sources.shared.json_settings import parse_settings, read_settings_text, settings_text

HOOKS = (
    "SessionStart",
    "SessionEnd",
    "UserPromptSubmit",
    "PermissionRequest",
    "Notification",
    "Stop",
    "StopFailure",
    "SubagentStart",
    "SubagentStop",
    "PreCompact",
)
"""The hooks that report what a transcript does not, or later. Those of each call are left out: they would delay it."""
_COMMANDS = ("hook", "statusline")
_TIMEOUT_S = 5
_EFFECT_HOOKS = f"{len(HOOKS)} hooks report prompts, permission requests, waiting and ends as they happen"
_EFFECT_LINE = "the status line shows context, cost and plan windows, which the monitor then knows exactly"
_EFFECT_TELEMETRY = "logs and metrics are exported to tui-monitor receive, which must run"


def propose_change(request: SettingsRequest) -> SettingsChange:
    """Return the change of the user's settings; see `ProposeChange`."""
    path = settings_path(request.context)
    before = read_settings_text(path)
    settings = parse_settings(before, path)
    earlier = deepcopy(settings)
    notes: list[str] = []
    commands = {name: f"{request.program} {name} --into {shlex.quote(str(request.recordings))}" for name in _COMMANDS}
    _remove_hooks(settings)
    _remove_line(settings)
    effects: list[str] = []
    if not request.undo:
        _add_hooks(settings, commands["hook"])
        effects.append(_EFFECT_HOOKS)
        if "statusLine" in settings:
            notes.append("you have a status line of your own, which stays")
        else:
            settings["statusLine"] = {"type": "command", "command": commands["statusline"]}
            effects.append(_EFFECT_LINE)
    if request.receiver:
        conflicts = _change_telemetry(settings, request.receiver, undo=request.undo)
        effects += [_EFFECT_TELEMETRY] if not request.undo and not conflicts else []
        notes += conflicts
    after = before if settings == earlier else settings_text(settings, before)
    return SettingsChange(path, before, after, tuple(effects), tuple(notes))


def settings_path(context: SearchContext) -> Path:
    """Return the path of the user's settings."""
    folders = [folder.strip() for folder in context.env.get("CLAUDE_CONFIG_DIR", "").split(",") if folder.strip()]
    return (Path(folders[0]) if folders else context.home / ".claude") / "settings.json"


def _is_ours(hook: object, name: str) -> bool:
    words = text(table(hook).get("command"))
    return "tui-monitor" in words.replace("tui_monitor", "tui-monitor") and f" {name} --into " in words


def _add_hooks(settings: Record, command: str) -> None:
    hooks = settings.setdefault("hooks", {})
    for event in HOOKS:
        entries = hooks.setdefault(event, [])
        if not isinstance(entries, list):
            raise SettingsError(f"the hooks of {event} are no list: mend the settings first.")
        entries.append({"hooks": [{"type": "command", "command": command, "timeout": _TIMEOUT_S}]})


def _remove_hooks(settings: Record) -> None:
    """Remove our hooks, and what is empty without them."""
    if "hooks" not in settings:
        return
    hooks = settings["hooks"]
    if not isinstance(hooks, dict):
        raise SettingsError("hooks is no object: mend the settings first.")
    had_ours = False
    for event, entries in list(hooks.items()):
        kept = [entry for entry in entries if not _has_only_ours(entry)] if isinstance(entries, list) else entries
        had_ours |= kept != entries
        hooks[event] = kept
        if had_ours and not kept:
            del hooks[event]
    if had_ours and not hooks:
        del settings["hooks"]


def _has_only_ours(entry: object) -> bool:
    commands = table(entry).get("hooks")
    return isinstance(commands, list) and bool(commands) and all(_is_ours(command, "hook") for command in commands)


def _remove_line(settings: Record) -> None:
    if _is_ours(settings.get("statusLine"), "statusline"):
        del settings["statusLine"]


def _change_telemetry(settings: Record, receiver: TelemetryTarget, *, undo: bool) -> list[str]:
    """Set the variables of the telemetry, or remove them; return a note if they are set to something else."""
    wanted = {
        "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
        "OTEL_LOGS_EXPORTER": "otlp",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
        "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer {receiver.token}",
    }
    variables = settings.get("env", {})
    if not isinstance(variables, dict):
        raise SettingsError("env is no object: mend the settings first.")
    others = [name for name, value in wanted.items() if variables.get(name, value) != value]
    if others:
        return [f"your telemetry goes elsewhere, which stays so ({others[0]})"]
    if undo:
        settings["env"] = {name: value for name, value in variables.items() if name not in wanted}
    else:
        settings["env"] = {**variables, **wanted}
    if not settings["env"]:
        del settings["env"]
    return []
