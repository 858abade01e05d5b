"""Prompts that a person gave while the agent was at work: they wait in a queue, and only some become lines.

One that is taken while a turn runs leaves nothing but the removal from the queue, in later versions an attachment.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_MAX_WAITING = 16


@dataclass(slots=True)
class Queue:
    """What waits, oldest first. What a removal or an attachment told of is kept, so that the other does not tell it
    again."""

    waiting: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)

    def put(self, prompt: str) -> None:
        """It waits."""
        _append(self.waiting, prompt)

    def drop(self) -> str:
        """The oldest waits no longer; returns it."""
        return self.waiting.pop(0) if self.waiting else ""

    def clear(self) -> None:
        """All went back to the person."""
        self.waiting.clear()

    def remove(self) -> str:
        """The oldest was given to the agent during its turn; returns it, unless an attachment told of it before."""
        prompt = self.drop()
        if not prompt or _taken(self.attached, prompt):
            return ""
        _append(self.removed, prompt)
        return prompt

    def attach(self, prompt: str) -> str:
        """An attachment gives the agent a prompt; returns it, unless its removal told of it before."""
        if _taken(self.removed, prompt):
            return ""
        _append(self.attached, prompt)
        return prompt

    def deliver(self, prompt: str) -> None:
        """A line of its own gives the agent a prompt that may have waited."""
        _taken(self.waiting, prompt)


def _append(prompts: list[str], prompt: str) -> None:
    prompts.append(prompt)
    del prompts[:-_MAX_WAITING]


def _taken(prompts: list[str], prompt: str) -> bool:
    if prompt in prompts:
        prompts.remove(prompt)
        return True
    return False
