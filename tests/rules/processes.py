"""Claude Code's registry of live sessions, which takes precedence over hooks and these over the transcript."""

from __future__ import annotations

import json
from datetime import datetime

from tests.rules.rule import Folder, Rule, rule, spending
from tests.sources.claude_builder import ID, Transcript, tool_use
from tests.sources.claude_payloads import tool_hook

RULES: list[Rule] = []
PROCESS = 734
STARTED = "144077"
ASKED = "permission prompt"


def register(folder: Folder, transcript: Transcript, name: str = f"{PROCESS}.json", **fields: object) -> None:
    """Write a session's transcript, and the entry of its living process two seconds after its last line."""
    folder.session(transcript)
    folder.processes.add(PROCESS, "claude", started=STARTED)
    at = round(datetime.fromisoformat(transcript.records[-1]["timestamp"]).timestamp() * 1000) + 2_000
    entry = {"pid": PROCESS, "procStart": STARTED, "sessionId": ID, "cwd": "/home/ada/engine", "version": "2.1.332"}
    entry |= {"kind": "interactive", "entrypoint": "cli", "statusUpdatedAt": at, "updatedAt": at, **fields}
    (folder.path / ".claude/sessions").mkdir(parents=True)
    (folder.path / ".claude/sessions" / name).write_text(json.dumps(entry))


def asked() -> Transcript:
    """Return a transcript that ends with the person's prompt: newer versions write no line while they ask."""
    transcript = spending()
    transcript.user("Now the pump.")
    return transcript


def stopped() -> Transcript:
    """Return a transcript whose turn is over."""
    transcript = spending()
    transcript.system("turn_duration", durationMs=900)
    return transcript


def calling() -> Transcript:
    """Return a transcript that ends with a call."""
    transcript = spending(0)
    transcript.assistant(tool_use("call_1", "Bash", command="make"))
    return transcript


@rule(RULES, word="WAITS FOR YOU")
def the_registry_says_that_a_person_is_asked_before_any_line_does(folder: Folder) -> None:
    register(folder, asked(), status="waiting", waitingFor=ASKED)


@rule(RULES, word="WAITS FOR YOU")
def input_may_be_needed_after_the_turn(folder: Folder) -> None:
    register(folder, stopped(), status="waiting", waitingFor="input needed")


@rule(RULES, word="WORKING")
def the_registry_takes_precedence_over_the_wait_that_a_hook_reports(folder: Folder) -> None:
    register(folder, calling(), status="busy")
    payload = tool_hook("PermissionRequest", "Bash", tool_input={"command": "make"})
    folder.write("hooks.jsonl", [payload | {"timestamp": "2026-03-01T10:00:01.500Z"}])


@rule(RULES, word="THINKING")
def a_busy_process_without_a_call_thinks(folder: Folder) -> None:
    register(folder, asked(), status="busy")


@rule(RULES, word="WORKING")
def background_agents_run_while_the_process_is_idle(folder: Folder) -> None:
    transcript = spending()
    transcript.system("turn_duration", durationMs=900, pendingBackgroundAgentCount=1)
    register(folder, transcript, status="idle")


@rule(RULES, word="WORKING")
def a_background_shell_goes_on_after_the_turn(folder: Folder) -> None:
    register(folder, stopped(), status="shell")


@rule(RULES, word="THINKING")
def an_entry_of_a_reused_process_id_is_ignored(folder: Folder) -> None:
    register(folder, asked(), status="waiting", waitingFor=ASKED, procStart="9")


@rule(RULES, word="THINKING")
def an_entry_without_a_status_is_not_idle(folder: Folder) -> None:
    register(folder, asked(), f"pid-{PROCESS}.json", entrypoint="sdk-ts")


@rule(RULES, word="THINKING")
def files_of_keys_beside_the_registry_are_not_entries(folder: Folder) -> None:
    register(folder, asked(), f"{PROCESS}.1a2b.key", status="waiting", waitingFor=ASKED)
