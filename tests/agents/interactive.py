"""Interactive sessions of the real programs: started with every dialog answered beforehand, and what they write about
themselves."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from pathlib import Path

from tests.agents.model import ScriptedModel
from tests.agents.programs import CODEX_MODEL, claude_env, claude_settings, codex_settings
from tests.agents.terminal import AgentTerminal
from tests.agents.workplace import Workplace

CLAUDE_MODEL = "claude-sonnet-5-5"
"""A model that is not retired: the pane shows no warning about it."""


class InteractiveSession(ABC):
    """An agent in a terminal, with a scripted model; ``terminal`` is that of the program that was started last."""

    def __init__(self, program: str, workplace: Workplace, model: ScriptedModel) -> None:
        self.program = program
        self.workplace = workplace
        self.model = model
        self.terminal = self.start()

    @abstractmethod
    def start(self, *options: str) -> AgentTerminal:
        """Start the program and wait for its prompt; keep its terminal."""

    @abstractmethod
    def status(self) -> str:
        """Return what the files say that the program does."""

    def close(self) -> None:
        """Kill the program and close its terminal."""
        self.terminal.close()

    def restart(self, *options: str) -> None:
        """Close the terminal and start the program once more."""
        self.terminal.close()
        self.start(*options)

    def _open(self, arguments: list[str], env: dict[str, str], ready: str) -> AgentTerminal:
        self.terminal = AgentTerminal([self.program, *arguments], {**self.workplace.env, **env}, self.workplace.project)
        try:
            self.terminal.wait_for(ready)
        except TimeoutError:
            self.terminal.close()
            raise
        return self.terminal


class ClaudeSession(InteractiveSession):
    """Claude Code, which asks before it runs or changes anything."""

    def start(self, *options: str) -> AgentTerminal:
        """Start Claude Code."""
        folder = self.workplace.home / ".claude"
        folder.mkdir(exist_ok=True)
        settings = folder / ".claude.json"
        if not settings.exists():
            settings.write_text(json.dumps(claude_settings(self.workplace.project)))
        env = claude_env(self.model.url) | {"CLAUDE_CODE_TMPDIR": str(self.workplace.home.parent / "tmp")}
        arguments = ["--model", CLAUDE_MODEL, "--permission-mode", "manual", *options]
        return self._open(arguments, env, ready="manual mode on")

    def status(self) -> str:
        """Return the registry's word for the process, and what it waits for; empty if it is not registered."""
        record = self.registry_of(self.terminal.pid)
        return ": ".join(record[name] for name in ("status", "waitingFor") if name in record)

    def registry_of(self, pid: int) -> dict[str, str]:
        """Return the record of a process in Claude Code's registry; empty without one, or while it is rewritten."""
        path = self.workplace.home / ".claude" / "sessions" / f"{pid}.json"
        try:
            record: dict[str, str] = json.loads(path.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return record


class CodexSession(InteractiveSession):
    """Codex, which asks before it runs a command outside its sandbox; without its server in the background."""

    def start(self, *options: str) -> AgentTerminal:
        """Start Codex."""
        folder = self.workplace.home / ".codex"
        folder.mkdir(exist_ok=True)
        configuration = folder / "config.toml"
        if not configuration.exists():
            configuration.write_text(codex_settings(self.model.url, self.workplace.project))
        arguments = ["--no-daemon", "-m", CODEX_MODEL, "-a", "on-request", "-s", "workspace-write", *options]
        return self._open(arguments, {}, ready=CODEX_MODEL.upper())

    def status(self) -> str:
        """Return where the last turn is of a sub-agent with an open call, else of the newest rollout of a person's
        thread, and whether a process has locked its thread."""
        folder = self.workplace.home / ".codex"
        rollouts = sorted(folder.rglob("rollout-*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
        turns = {_turn_state(path) for path in rollouts if _is_of_agent(path)}
        own = [path for path in rollouts if not _is_of_agent(path)]
        turn = "call open" if "call open" in turns else _turn_state(own[-1]) if own else "none"
        is_locked = any(folder.glob("thread-writer-locks/*-*.lock"))
        return f"{turn}, locked" if is_locked else turn


_TURN_STATES = {
    "task_started": "begun",
    "function_call": "call open",
    "custom_tool_call": "call open",
    "function_call_output": "begun",
    "custom_tool_call_output": "begun",
    "turn_aborted": "aborted",
    "task_complete": "complete",
}


def _is_of_agent(rollout: Path) -> bool:
    """Return True for the rollout of a sub-agent's thread."""
    with rollout.open(encoding="utf-8") as lines:
        return '"subagent"' in next(lines, "")


def _turn_state(rollout: Path) -> str:
    """Return where the last turn in a rollout is; a file without one has only been opened."""
    state = "opened"
    for line in rollout.read_text().splitlines():
        payload = json.loads(line)["payload"]
        state = _TURN_STATES.get(payload.get("type"), state)
        if state == "complete" and "error" in payload:
            state = "failed"
    return state
