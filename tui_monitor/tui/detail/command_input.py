"""The arguments of a shell call for people: the command as code, then the other arguments."""

from __future__ import annotations

import json

from tui_monitor.live.entries import Call
from tui_monitor.tui.lines.document import TextSection
from tui_monitor.tui.lines.json_lines import JsonValue, json_object, json_section
from tui_monitor.tui.lines.syntax import highlight_lines, language_of

SCRIPT = "command.sh"
"""A name of a file in the language of commands, for its colours."""


def command_sections(call: Call, text: str) -> list[TextSection]:
    """Return the command in the arguments ``text``, then the other ones as JSON; empty if the command is not there."""
    arguments = json_object(text)
    name = next((name for name, value in arguments.items() if _is_command(value, call.subject)), "")
    if not name:
        return []
    lines = _script(arguments.pop(name)).removesuffix("\n").split("\n")
    code = TextSection(lines, spans=highlight_lines(lines, language_of(SCRIPT)))
    arguments = {name: value for name, value in arguments.items() if value != call.note or not call.note}
    rest = json_section(json.dumps(arguments, ensure_ascii=False)) if arguments else None
    return [code, TextSection(["", "other arguments"], "heading"), rest] if rest else [code]


def _is_command(value: JsonValue, subject: str) -> bool:
    """Return True for the value that a call's ``subject`` was taken from, which may have cut it."""
    script = _script(value)
    return bool(subject and script) and script.split()[:3] == subject.split()[:3]


def _script(value: JsonValue) -> str:
    """Return a command, or the script of one that is given to a shell in parts."""
    if isinstance(value, list) and value:
        value = value[-1]
    return value if isinstance(value, str) else ""
