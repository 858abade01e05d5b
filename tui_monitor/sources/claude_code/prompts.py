"""Prompts of a person (or a parent agent), among all that the program writes in their name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_monitor.events import Prompt
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.results import INTERRUPTION, tag_content
from tui_monitor.sources.shared.fields import table, tables, text

SYSTEM_NOTIFICATION = "[SYSTEM NOTIFICATION"
"""The beginning of a text for the agent that the program writes in the person's name."""
STOP_HOOK_FEEDBACK = "Stop hook feedback:"
"""The beginning of the text with which a hook makes the agent go on."""
_NOT_A_PROMPT = re.compile(
    r"\s*(?:<(?:bash-|command-|local-command-|ide_|system-reminder|task-notification|teammate-message|user-memory-"
    rf"|user-prompt-submit-hook)|{re.escape(INTERRUPTION)}|{re.escape(SYSTEM_NOTIFICATION)})"
)
TEAMMATE_MESSAGE = "<teammate-message"
IDLE_NOTIFICATION = '"type":"idle_notification"'
"""A part of the message with which a teammate says that it has nothing to do."""
_TEAMMATE_MESSAGE = re.compile(
    r'<teammate-message teammate_id="([^"]{1,200})"[^>]*>(.*?)</teammate-message>', re.DOTALL
)
_LOCAL_OUTPUT = ("<local-command-stdout>", "<local-command-stderr>")
_ATTACHMENTS = ("image", "document")
_PROGRAM_FLAGS = ("isMeta", "isCompactSummary", "isVisibleInTranscriptOnly")
_MAX_QUEUED = 16
_MAX_OPEN = 16_000
"""Characters that are kept of a prompt until it is answered."""


@dataclass(slots=True)
class PromptQueue:
    """Prompts that wait while the agent works, oldest first; only some become lines of their own.

    A prompt that is taken during a turn leaves only its removal from the queue, and in later versions an attachment.
    Either is kept, so that the other one does not repeat the prompt.
    """

    waiting: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)

    def put(self, prompt: str) -> None:
        """Add a prompt."""
        _append(self.waiting, prompt)

    def drop(self) -> str:
        """Remove and return the oldest prompt."""
        return self.waiting.pop(0) if self.waiting else ""

    def clear(self) -> None:
        """Remove all prompts: they went back to the person."""
        self.waiting.clear()

    def remove(self, prompt: str = "") -> str:
        """Remove a prompt, else the oldest, which the agent took during its turn.

        Return it unless it came as an attachment.
        """
        if prompt:
            _take(self.waiting, prompt)
        else:
            prompt = self.drop()
        if not prompt or _take(self.attached, prompt):
            return ""
        _append(self.removed, prompt)
        return prompt

    def attach(self, prompt: str) -> str:
        """Record a prompt that came as an attachment. Return it unless its removal came before."""
        if _take(self.removed, prompt):
            return ""
        _append(self.attached, prompt)
        return prompt

    def deliver(self, prompt: str) -> None:
        """Record a prompt that came as a line of its own, and may have waited."""
        _take(self.waiting, prompt)


@dataclass(slots=True)
class OpenPrompt:
    """The last prompt while nothing has answered it: an answer may go on under another session's id."""

    uuid: str = ""
    session: str = ""
    at: int = 0
    text: str = ""

    def ask(self, line: ClaudeLine, prompt: str) -> None:
        """Record a prompt."""
        self.uuid, self.session, self.at, self.text = line.uuid, line.session.id, line.at, prompt[:_MAX_OPEN]

    def answer(self, line: ClaudeLine) -> Iterator[Prompt]:
        """Close the prompt. Yield it again for the session of a ``line`` that answers it there."""
        if self.text and line.session.id != self.session and line.record.get("parentUuid") == self.uuid:
            yield Prompt(session=line.session, agent=line.agent, at=self.at, text=self.text)
        self.uuid, self.session, self.at, self.text = "", "", 0, ""


def passages(content: object) -> Iterator[str]:
    """Yield the texts of a message in order; images and documents are named in brackets."""
    if isinstance(content, str):
        yield content
    for block in tables(content):
        kind = text(block.get("type"))
        if kind == "text":
            yield text(block.get("text"))
        elif kind in _ATTACHMENTS:
            yield f"[{kind}]"


def prompt_of(record: Record, content: object) -> str:
    """Return the prompt in a record's message; empty if the program itself wrote it."""
    origin = table(record.get("origin")).get("kind")
    if any(record.get(flag) for flag in _PROGRAM_FLAGS) or origin not in (None, "human"):
        return ""
    prompts = (
        slash_command(passage) or ("" if _NOT_A_PROMPT.match(passage) else passage) for passage in passages(content)
    )
    return "\n".join(prompt for prompt in prompts if prompt.strip())


def goal_of(attachment: Record) -> str:
    """Return ``/goal condition`` if a person set a goal, at which the agent sets to work at once; empty for any other
    attachment, as for a goal that was reached or cleared."""
    is_set = attachment.get("type") == "goal_status" and attachment.get("sentinel") is True
    condition = text(attachment.get("condition")).strip()
    return f"/goal {condition}" if is_set and attachment.get("met") is False and condition else ""


def slash_command(passage: str) -> str:
    """Return ``/name arguments`` of a slash command for the agent; empty for the program's own ones."""
    if not passage.lstrip().startswith("<command-message>"):
        return ""
    name = tag_content(passage, "command-name").removeprefix("/")
    return f"/{name} {tag_content(passage, 'command-args')}".rstrip() if name else ""


def teammate_messages(passage: str) -> Iterator[tuple[str, str]]:
    """Yield the messages of teammates in a text: the name of each, and what it says."""
    for message in _TEAMMATE_MESSAGE.finditer(passage):
        yield message[1], message[2].strip()


def local_command(passage: str) -> str:
    """Return the name, without slash, of a command that the program itself executes; empty for anything else."""
    is_local = passage.lstrip().startswith("<command-name>")
    return tag_content(passage, "command-name").removeprefix("/") if is_local else ""


def local_output(passage: str) -> str:
    """Return the output of such a command; empty for anything else."""
    return passage.partition(">")[2] if passage.lstrip().startswith(_LOCAL_OUTPUT) else ""


def _append(prompts: list[str], prompt: str) -> None:
    prompts.append(prompt)
    del prompts[:-_MAX_QUEUED]


def _take(prompts: list[str], prompt: str) -> bool:
    if prompt in prompts:
        prompts.remove(prompt)
        return True
    return False
