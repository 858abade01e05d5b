"""What a Codex call asks for: the tool, its kind, what it acts on, and the files that a patch in it changes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from tui_monitor.events import Change, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex import apply_patch
from tui_monitor.sources.codex.lines import first_text
from tui_monitor.sources.shared.fields import as_json, number, table, tables

PATCH = "apply_patch"
CODE = "exec"
"""The tool that runs a script which in turn calls other tools."""

_KINDS: Mapping[str, ToolKind] = {
    "shell": ToolKind.SHELL,
    "shell_command": ToolKind.SHELL,
    "local_shell": ToolKind.SHELL,
    "container.exec": ToolKind.SHELL,
    "exec_command": ToolKind.SHELL,
    "write_stdin": ToolKind.SHELL,
    PATCH: ToolKind.EDIT,
    "update_plan": ToolKind.TODO,
    "view_image": ToolKind.READ,
    "read_file": ToolKind.READ,
    "list_dir": ToolKind.SEARCH,
    "grep_files": ToolKind.SEARCH,
    "tool_search": ToolKind.SEARCH,
    "web_search": ToolKind.WEB,
    "request_user_input": ToolKind.ASK,
    "spawn_agent": ToolKind.AGENT,
    "send_input": ToolKind.AGENT,
    "send_message": ToolKind.AGENT,
    "followup_task": ToolKind.AGENT,
    "resume_agent": ToolKind.AGENT,
    "close_agent": ToolKind.AGENT,
    "interrupt_agent": ToolKind.AGENT,
    "list_agents": ToolKind.AGENT,
    "wait": ToolKind.WAIT,
    "wait_agent": ToolKind.WAIT,
    "sleep": ToolKind.WAIT,
}
_SUBJECTS = ("cmd", "path", "file_path", "pattern", "dir_path", "query", "url", "message", "prompt", "task_name")
_NOTES = ("justification", "agent_type", "include", "explanation")
_SHELLS = ("sh", "bash", "zsh", "dash", "ksh", "fish", "pwsh", "powershell", "powershell.exe", "cmd", "cmd.exe")
_RUNS_SCRIPT = re.compile(r"(?:\S*/)?(?:ba|z|da|k)?sh -l?i?c ")
_LIMITS = ("timeout_ms", "timeout", "yield_time_ms")
_SCRIPT_FOLLOWS = ("-c", "-lc", "-ic", "-lic", "-command", "/c")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call asks for; ``changes`` are those it makes if it does well, ``session`` the shell session it is for."""

    tool: str
    kind: ToolKind
    subject: str = ""
    note: str = ""
    input: str = ""
    timeout_ms: int | None = None
    changes: tuple[Change, ...] = ()
    session: str = ""


def function(name: str, arguments: str, cwd: str, namespace: str = "") -> Asked:
    """A function call. ``arguments`` is the JSON text as it stands; where it is none, the call is told without."""
    told = decoded(arguments)
    given = table(told)
    text = arguments if isinstance(told, dict) else as_json(arguments)
    kind = _KINDS.get(name)
    if name == PATCH:
        return patch(first_text([given.get("input"), given.get("patch")]), text, cwd)
    if kind is ToolKind.SHELL:
        return _shell(name, given, text, cwd)
    if kind is None and (namespace or "__" in name):
        return replace(mcp(*_server_and_tool(name, namespace), given), input=text)
    subject = _question(given) or first_text([given.get(key) for key in _SUBJECTS]) or first_text(given.values())
    note = first_text([given.get(key) for key in _NOTES])
    return Asked(name, kind or ToolKind.OTHER, subject, note if note != subject else "", text, _millis(given))


def custom(name: str, text: str, cwd: str) -> Asked:
    """A call of a tool that takes plain text."""
    arguments = as_json({"input": text})
    if name == PATCH:
        return patch(text, arguments, cwd)
    subject = first_text(text.split("\n"))
    return Asked(name, _KINDS.get(name, ToolKind.OTHER), subject, input=arguments)


def patch(text: str, arguments: str, cwd: str) -> Asked:
    """A patch, which may be none: then the call changes nothing that is known."""
    try:
        return changed(apply_patch.changes(text, cwd), arguments)
    except ValueError:
        return Asked(PATCH, ToolKind.EDIT, input=arguments)


def changed(changes: tuple[Change, ...], arguments: str = "") -> Asked:
    """A call that changes these files and does nothing else."""
    more = f"+{len(changes) - 1} files" if len(changes) > 1 else ""
    return Asked(PATCH, ToolKind.EDIT, changes[0].path if changes else "", more, arguments, changes=changes)


def command(told: object, cwd: str, arguments: str = "", tool: str = "shell") -> Asked:
    """A shell command, told as a text or a list of words; one that only hands over a patch is a patch."""
    line = command_line(told)
    changes = apply_patch.in_command(line, cwd)
    if changes and apply_patch.is_only(line):
        return changed(changes, arguments)
    return Asked(tool, ToolKind.SHELL, line, input=arguments, changes=changes)


def command_line(told: object) -> str:
    """A command as a person reads it: words joined, the shell that runs the script left out."""
    if not isinstance(told, list):
        line = str(told or "")
        return _script(_split(line)) or line
    words = [str(word) for word in told]
    if len(words) == 2 and words[0].endswith(PATCH):
        return f"{PATCH} <<'EOF'\n{words[1]}\nEOF"
    return _script(words) or shlex.join(words)


def mcp(server: str, tool: str, given: Record) -> Asked:
    """A call of a tool that an MCP server offers."""
    return Asked(f"{server}·{tool}", ToolKind.MCP, first_text(given.values()), input=as_json(given))


def search(action: Record, query: str = "") -> Asked:
    """A web search, or a page that was opened or searched."""
    queries = action.get("queries")
    asked = [action.get("url"), query, action.get("query"), *(queries if isinstance(queries, list) else ())]
    told = as_json(action or {"query": query})
    return Asked("web_search", ToolKind.WEB, first_text(asked), first_text([action.get("pattern")]), told)


def decoded(text: str) -> Any:
    """What a JSON text holds; None where it is none."""
    try:
        return orjson.loads(text)
    except ValueError:
        return None


def _shell(name: str, given: Record, text: str, cwd: str) -> Asked:
    if name == "write_stdin":
        session, typed = str(given.get("session_id", "")), str(given.get("chars", ""))
        return Asked(name, ToolKind.SHELL, typed, input=text, timeout_ms=_millis(given), session=session)
    folder = apply_patch.resolve(cwd, first_text([given.get("workdir"), given.get("working_directory")]))
    asked = command(given.get("cmd") or given.get("command"), folder, text, name)
    note = asked.note or first_text([given.get("justification")])
    return Asked(asked.tool, asked.kind, asked.subject, note, text, _millis(given), asked.changes)


def _script(words: Sequence[str]) -> str:
    """The script that a shell is told to run; empty where it is another program."""
    shell = len(words) == 3 and words[0].replace("\\", "/").rpartition("/")[2].lower() in _SHELLS
    return words[2] if shell and words[1].lower() in _SCRIPT_FOLLOWS else ""


def _split(line: str) -> Sequence[str]:
    try:
        return shlex.split(line) if _RUNS_SCRIPT.match(line) else ()
    except ValueError:
        return ()


def _server_and_tool(name: str, namespace: str) -> tuple[str, str]:
    full = f"{namespace.rstrip('_')}__{name}" if namespace else name
    server, _, tool = full.removeprefix("mcp__").partition("__")
    return (server, tool) if tool else ("", server)


def _question(given: Record) -> str:
    return first_text(question.get("question") for question in tables(given.get("questions")))


def _millis(given: Record) -> int | None:
    """When the call answers at the latest: it is given up, or (a shell session) goes on by itself."""
    return next((told for name in _LIMITS if (told := number(given.get(name)))), None)
