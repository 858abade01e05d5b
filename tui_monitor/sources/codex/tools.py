"""Requests of Codex calls: the tool, its kind, its subject, and the files that a patch in it changes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from tui_monitor.events import Change, Proposal, ToolKind
from tui_monitor.events.immutable import immutable
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.lines import first_text
from tui_monitor.sources.shared import apply_patch
from tui_monitor.sources.shared.fields import as_json, number, table, tables
from tui_monitor.sources.shared.proposals import proposal_of

PATCH = "apply_patch"
CODE = "exec"
"""The tool that runs a script, which calls other tools."""

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
_QUICK_MS = 2_000
"""A patch takes a tenth of a second, and a command that is approved has a process of its own at once."""
_YIELD_MS, _GRACE_MS = 35_000, 5_000
"""A command that runs answers at the latest after its own limit, or the usual one."""
_EXEC = "exec_command"
_EXEC_YIELD_MS = 10_000
"""Time after which a command of that tool answers, as a session that runs on, if its request names no other."""
_SCRIPT_FOLLOWS = ("-c", "-lc", "-ic", "-lic", "-command", "/c")


@immutable(frozen=True, slots=True)
class CodexToolRequest:
    """A call's request. ``changes`` are those it makes if it succeeds, ``shell`` the shell session it is for;
    ``asked`` is its question to a person or its prompt for another agent;
    ``escalated``: it runs outside the sandbox; ``approval_after_ms``: still open then, it likely waits for approval."""

    tool: str
    kind: ToolKind
    subject: str = ""
    note: str = ""
    input: str = ""
    timeout_ms: int | None = None
    changes: tuple[Change, ...] = ()
    shell: str = ""
    escalated: bool = False
    approval_after_ms: int | None = None
    asked: Proposal | None = None

    @property
    def proposal(self) -> Proposal | None:
        """What a person may have to judge of it: what it asks, or what it would change."""
        return self.asked or (Proposal(changes=self.changes) if self.changes else None)

    def asking_a_person(self) -> CodexToolRequest:
        """Return the request under a policy by which a person decides on what needs more permissions."""
        if self.kind in (ToolKind.EDIT, ToolKind.WRITE) or self.escalated:
            return replace(self, approval_after_ms=_QUICK_MS)
        if self.kind is not ToolKind.SHELL:
            return self
        if self.tool == _EXEC:
            return replace(self, approval_after_ms=max(_EXEC_YIELD_MS, self.timeout_ms or 0) + _GRACE_MS)
        return replace(self, approval_after_ms=max(_YIELD_MS, (self.timeout_ms or 0) + _GRACE_MS))


def function_request(name: str, arguments: str, cwd: str, namespace: str = "") -> CodexToolRequest:
    """Read a function call. ``arguments`` is JSON text; other text is kept as a JSON string."""
    decoded = decode_json(arguments)
    fields = table(decoded)
    text = arguments if isinstance(decoded, dict) else as_json(arguments)
    kind = _KINDS.get(name)
    if name == PATCH:
        return patch_request(first_text([fields.get("input"), fields.get("patch")]), text, cwd)
    if kind is ToolKind.SHELL:
        return _shell_request(name, fields, text, cwd)
    if kind is None and (namespace or "__" in name):
        return replace(mcp_request(*_server_and_tool(name, namespace), fields), input=text)
    subject = _question(fields) or first_text([fields.get(key) for key in _SUBJECTS]) or first_text(fields.values())
    note = first_text([fields.get(key) for key in _NOTES])
    return CodexToolRequest(
        name,
        kind or ToolKind.OTHER,
        subject,
        note if note != subject else "",
        text,
        _timeout_ms(fields),
        asked=proposal_of(kind, fields) if kind else None,
    )


def custom_request(name: str, text: str, cwd: str) -> CodexToolRequest:
    """Read a call of a tool that takes plain text."""
    arguments = as_json({"input": text})
    if name == PATCH:
        return patch_request(text, arguments, cwd)
    subject = first_text(text.split("\n"))
    return CodexToolRequest(name, _KINDS.get(name, ToolKind.OTHER), subject, input=arguments)


def patch_request(text: str, arguments: str, cwd: str) -> CodexToolRequest:
    """Read a patch; an invalid one changes nothing."""
    try:
        return change_request(apply_patch.parse_changes(text, cwd), arguments)
    except ValueError:
        return CodexToolRequest(PATCH, ToolKind.EDIT, input=arguments)


def change_request(changes: tuple[Change, ...], arguments: str = "") -> CodexToolRequest:
    """Return the request of a call that only changes these files."""
    more = f"+{len(changes) - 1} files" if len(changes) > 1 else ""
    return CodexToolRequest(PATCH, ToolKind.EDIT, changes[0].path if changes else "", more, arguments, changes=changes)


def command_request(value: object, cwd: str, arguments: str = "", tool: str = "shell") -> CodexToolRequest:
    """Read a shell command (text or a list of words); a command that only applies a patch counts as a patch."""
    line = command_line(value)
    changes = apply_patch.changes_in_command(line, cwd)
    if changes and apply_patch.is_patch_only(line):
        return change_request(changes, arguments)
    return CodexToolRequest(tool, ToolKind.SHELL, line, input=arguments, changes=changes)


def command_line(value: object) -> str:
    """Return a command in readable form: words joined, the shell that runs a script left out."""
    if not isinstance(value, list):
        line = str(value or "")
        return _script(_split(line)) or line
    words = [str(word) for word in value]
    if len(words) == 2 and words[0].endswith(PATCH):
        return f"{PATCH} <<'EOF'\n{words[1]}\nEOF"
    return _script(words) or shlex.join(words)


def mcp_request(server: str, tool: str, arguments: Record) -> CodexToolRequest:
    """Read a call of an MCP server's tool."""
    return CodexToolRequest(f"{server}·{tool}", ToolKind.MCP, first_text(arguments.values()), input=as_json(arguments))


def search_request(action: Record, query: str = "") -> CodexToolRequest:
    """Read a web search, or a page that was opened or searched."""
    queries = action.get("queries")
    candidates = [action.get("url"), query, action.get("query"), *(queries if isinstance(queries, list) else ())]
    text = as_json(action or {"query": query})
    return CodexToolRequest(
        "web_search", ToolKind.WEB, first_text(candidates), first_text([action.get("pattern")]), text
    )


def decode_json(text: str) -> Any:
    """Decode JSON text; None when it is invalid."""
    try:
        return orjson.loads(text)
    except ValueError:
        return None


def _shell_request(name: str, fields: Record, text: str, cwd: str) -> CodexToolRequest:
    if name == "write_stdin":
        shell, typed = str(fields.get("session_id", "")), str(fields.get("chars", ""))
        return CodexToolRequest(name, ToolKind.SHELL, typed, input=text, timeout_ms=_timeout_ms(fields), shell=shell)
    folder = apply_patch.resolve_path(cwd, first_text([fields.get("workdir"), fields.get("working_directory")]))
    request = command_request(fields.get("cmd") or fields.get("command"), folder, text, name)
    note = request.note or first_text([fields.get("justification")])
    escalated = fields.get("sandbox_permissions") == "require_escalated" or fields.get("with_escalated_permissions")
    return replace(request, note=note, input=text, timeout_ms=_timeout_ms(fields), escalated=escalated is True)


def _script(words: Sequence[str]) -> str:
    """Return the script that a shell command runs; empty for other programs."""
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


def _question(fields: Record) -> str:
    return first_text(question.get("question") for question in tables(fields.get("questions")))


def _timeout_ms(fields: Record) -> int | None:
    """Return the time until the call answers at the latest: it is given up, or (a shell session) runs on."""
    return next((value for name in _LIMITS if (value := number(fields.get(name)))), None)
