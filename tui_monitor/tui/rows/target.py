"""The tool of a call and its target, as a row shows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from tui_monitor.events import CallState, ToolKind
from tui_monitor.figures import RankedCall
from tui_monitor.live.entries import Call
from tui_monitor.live.file_guard import file_warning
from tui_monitor.tui.rows.command import shorten
from tui_monitor.tui.rows.outcome import strip_rules
from tui_monitor.tui.spans import MAX_TEXT, Tone, one_line
from tui_monitor.units import pluralize

_WORDS = {
    ToolKind.SHELL: "Bash",
    ToolKind.READ: "Read",
    ToolKind.EDIT: "Edit",
    ToolKind.WRITE: "Write",
    ToolKind.WEB: "Web",
    ToolKind.AGENT: "Agent",
    ToolKind.TODO: "Todo",
    ToolKind.ASK: "Ask",
    ToolKind.PLAN: "Plan",
    ToolKind.MCP: "MCP",
    ToolKind.WAIT: "Wait",
}


def tool_word(call: Call | RankedCall) -> str:
    """Return the usual name of a call's tool."""
    if call.kind in _WORDS:
        return _WORDS[call.kind]
    name = one_line(call.tool)
    return name.capitalize() if name.islower() and name.isalpha() else name


@dataclass(frozen=True, slots=True)
class RowTarget:
    """The target of a call: ``text`` takes the available width; ``prefix``, ``suffix``, ``warning`` and ``marks`` are
    cut only when it is gone; ``aside`` follows where there is room. A ``path`` is cut at its beginning, everything else
    at its end."""

    text: str
    tone: Tone = Tone.TEXT
    path: bool = False
    prefix: str = ""
    suffix: str = ""
    warning: str = ""
    marks: str = ""
    aside: str = ""


def target_of(call: Call, cwd: str) -> RowTarget:
    """Return the target of ``call`` in a session that works in ``cwd``."""
    target = _target(call, cwd)
    warning = file_warning(call, cwd)
    return replace(target, marks="  ".join(filter(None, (target.marks, f"⚠ {warning}")))) if warning else target


def _target(call: Call, cwd: str) -> RowTarget:
    match call.kind:
        case ToolKind.SHELL:
            return _command(call, cwd)
        case ToolKind.READ | ToolKind.EDIT | ToolKind.WRITE:
            return _file(call, cwd)
        case ToolKind.SEARCH:
            return _search(one_line(call.subject), relative(one_line(call.note), cwd), cwd)
        case ToolKind.WEB:
            return _web(one_line(call.subject))
        case ToolKind.AGENT:
            return RowTarget(": ".join(filter(None, (one_line(call.note), one_line(call.subject)))))
        case ToolKind.MCP:
            return RowTarget(one_line(call.tool), aside=one_line(call.subject))
        case ToolKind.ASK:
            return RowTarget(one_line(call.subject), prefix="“", suffix="”")
        case ToolKind.PLAN:
            return RowTarget(_heading(call.subject) or "plan")
        case ToolKind.WAIT:
            task, note = one_line(call.subject), one_line(call.note)
            return RowTarget(note or task, prefix="↻ ", aside=task if note else "")
        case ToolKind.TODO | ToolKind.OTHER:
            return RowTarget(relative(one_line(call.subject), cwd), aside=one_line(call.note))


def relative(path: str, cwd: str) -> str:
    """Return ``path`` relative to ``cwd``, if it lies there."""
    folder = cwd.rstrip("/\\")
    if folder and path.startswith(folder) and path[len(folder) : len(folder) + 1] in ("/", "\\"):
        return path[len(folder) + 1 :] or "."
    return "." if folder and path == folder else path


def base_name(path: str) -> str:
    """Return the last part of a path."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or path


def _command(call: Call, cwd: str) -> RowTarget:
    command = shorten(call.subject, cwd)
    marks = (
        "&" if call.state is CallState.BACKGROUND else "",
        "|" if command.cut else "",
        f"+{pluralize(command.more, 'line')}" if command.more else "",
    )
    where = f"in {command.folder}" if command.folder else ""
    summary = strip_rules(call.summary_line) if call.state is CallState.OK and not call.suspicious else ""
    aside = "  ".join(filter(None, (summary or one_line(call.note), where)))
    return RowTarget(command.text, marks="  ".join(filter(None, marks)), aside=aside)


def _search(pattern: str, where: str, cwd: str) -> RowTarget:
    """Return ``"pattern" in folder``, or what is listed as a path in the project."""
    inside = relative(pattern, cwd)
    if inside != pattern and not where:
        return RowTarget(inside, Tone.DIM, path=True)
    return RowTarget(f'"{pattern}"' + (f" in {where}" if where else ""), Tone.DIM)


def _file(call: Call, cwd: str) -> RowTarget:
    path = relative(one_line(call.changes[0].path if call.changes else call.subject), cwd)
    others = len({change.path for change in call.changes}) - 1
    if call.kind is ToolKind.READ:
        offset = one_line(call.note)
        return RowTarget(path, Tone.DIM, path=True, suffix=f":{offset}" if offset.isdecimal() else "")
    return RowTarget(path, path=True, marks=f"+{pluralize(others, 'file')}" if others > 0 else "")


def _heading(text: str) -> str:
    """Return the first line of a text, without the signs of a heading."""
    lines = (one_line(line).lstrip("# ") for line in text[:MAX_TEXT].splitlines())
    return next(filter(None, lines), "")


def _web(subject: str) -> RowTarget:
    try:
        address = urlsplit(subject)
    except ValueError:
        return RowTarget(subject)
    if address.scheme and address.netloc:
        host = address.netloc.rpartition("@")[2].removeprefix("www.")
        return RowTarget(address.path.rstrip("/"), path=True, prefix=host)
    return RowTarget(subject, prefix="“", suffix="”")
