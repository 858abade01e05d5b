"""Codex's ``config.toml``: a block of our own at its end, which exports telemetry; the rest stays as it is, comments
too."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.settings import SettingsChange, SettingsError, SettingsRequest, TelemetryTarget
from tui_monitor.sources.shared.json_settings import read_settings_text

BEGIN, END = "# tui-monitor: begin", "# tui-monitor: end"
_SECTION = "otel"
_EFFECT = "requests, approvals and results of calls are exported to tui-monitor receive, which must run; no prompts"
_NEEDS_RECEIVER = "its rollouts have all else: only its telemetry can be added, with --telemetry"


def propose_change(request: SettingsRequest) -> SettingsChange:
    """Return the change of the user's settings; see `ProposeChange`."""
    path = settings_path(request.context)
    before = read_settings_text(path)
    rest = _without_block(before, path)
    if request.undo:
        return SettingsChange(path, before, rest)
    if request.receiver is None:
        return SettingsChange(path, before, before, notes=(_NEEDS_RECEIVER,))
    if _SECTION in _parse(rest, path):
        return SettingsChange(path, before, before, notes=("you have a section [otel] of your own, which stays",))
    after = (f"{rest.rstrip()}\n\n" if rest.strip() else "") + _block(request.receiver)
    _parse(after, path)
    return SettingsChange(path, before, after, (_EFFECT,))


def settings_path(context: SearchContext) -> Path:
    """Return the path of the user's settings."""
    return Path(context.env.get("CODEX_HOME") or context.home / ".codex") / "config.toml"


def _block(receiver: TelemetryTarget) -> str:
    url, header = json.dumps(f"{receiver.url}/v1/logs"), json.dumps(f"Bearer {receiver.token}")
    exporter = (
        f'{{ otlp-http = {{ endpoint = {url}, protocol = "binary", headers = {{ "Authorization" = {header} }} }} }}'
    )
    return f"{BEGIN}\n[{_SECTION}]\nexporter = {exporter}\nlog_user_prompt = false\n{END}\n"


def _without_block(content: str, path: Path) -> str:
    """Return the content without our block.

    Raises:
        SettingsError: the block has no end.
    """
    head, begin, tail = content.partition(BEGIN)
    if not begin:
        return content
    _, end, rest = tail.partition(END)
    if not end:
        raise SettingsError(f'{path} has "{BEGIN}" without "{END}": mend it first.')
    kept = head.rstrip() + rest
    return kept.rstrip() + "\n" if kept.strip() else ""


def _parse(content: str, path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{path} is no TOML ({error}): mend it first.") from None
