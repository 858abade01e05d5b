"""The conversation of one agent, line by line, with the time that it takes and the tokens that it adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tui_monitor.demo.transcript_lines import (
    Json,
    ResponseTokens,
    envelope,
    message,
    text_block,
    tool_result,
    tool_use,
)

CONTEXT_WINDOW = 200_000

_COMPACTION_AGENT = "acompact-5eed1a"
_CHARACTERS_PER_TOKEN = 3


class ScriptStep(NamedTuple):
    """A line of the script: ``at`` seconds after the start (negative: before it), in the file of ``agent``.

    An empty agent is the session itself. ``meta`` is the content of the agent's sidecar file.
    """

    at: float
    agent: str
    line: Json
    meta: Json | None = None


@dataclass(slots=True)
class ScriptState:
    """The state that all agents of the session share: time, project files and the script so far.

    ``at`` is in seconds; ``thinking`` is how long a response takes unless given.
    """

    at: float
    thinking: float
    files: dict[str, str]
    steps: list[ScriptStep] = field(default_factory=list)
    _last_number: int = field(default=0, init=False)

    def next_number(self) -> int:
        """Return a number that was not used before."""
        self._last_number += 1
        return self._last_number


class DemoConversation:
    """One agent's conversation.

    ``initial_tokens`` are in its context before the first prompt, ``cached`` of them already in the cache.
    """

    def __init__(self, state: ScriptState, model: str, initial_tokens: int, cached: int = 0, agent: str = "") -> None:
        self.state = state
        self.model = model
        self.agent = agent
        self._cached = cached
        self._uncached = initial_tokens - cached

    @property
    def context(self) -> int:
        """The tokens of the next request."""
        return self._cached + self._uncached

    def prompt(self, text: str, delay: float = 0.0) -> None:
        """Write a prompt."""
        self.add_tokens(len(text) // _CHARACTERS_PER_TOKEN + 20)
        self.write("user", delay, message={"role": "user", "content": text})

    def conclude(self, text: str, delay: float | None = None) -> None:
        """Write the last response of a turn."""
        self._respond([text_block(text)], delay, "end_turn")

    def call(self, name: str, arguments: Json, text: str = "", delay: float | None = None) -> str:
        """Write a response that calls a tool, and return the call's id."""
        (call,) = self.calls([(name, arguments)], text, delay)
        return call

    def calls(self, calls: Sequence[tuple[str, Json]], text: str = "", delay: float | None = None) -> list[str]:
        """Write a response that calls several tools at once, and return the calls' ids."""
        ids = [f"toolu_demo{self.state.next_number():04}" for _ in calls]
        blocks = [tool_use(id_, name, arguments) for id_, (name, arguments) in zip(ids, calls, strict=True)]
        self._respond([text_block(text), *blocks] if text else blocks, delay, "tool_use")
        return ids

    def result(
        self,
        call: str,
        content: str,
        delay: float = 0.1,
        structured: object = None,
        tokens: int = 0,
        error: bool = False,
    ) -> None:
        """Write the result of a call. It adds ``tokens`` to the context (0: by its length)."""
        self.add_tokens(tokens or len(content) // _CHARACTERS_PER_TOKEN + 40)
        extra = {} if structured is None else {"toolUseResult": structured}
        self.write("user", delay, message={"role": "user", "content": [tool_result(call, content, error)]}, **extra)

    def end_turn(self, started: float) -> None:
        """Write the end of a turn that was started at this time."""
        self.write("system", 0.1, subtype="turn_duration", durationMs=round(1000 * (self.state.at - started)))

    def retry(self, wait: float) -> None:
        """Write an error of the overloaded API, and wait before the next try."""
        error = {"status": 529, "error": {"error": {"type": "overloaded_error", "message": "Overloaded"}}}
        retry = {"retryInMs": 1000 * wait, "retryAttempt": 1, "maxRetries": 10}
        self.write("system", 1.0, subtype="api_error", level="error", error=error, **retry)
        self.state.at += wait

    def report_context(self) -> None:
        """Write the output of the command `/context`, which contains the size of the window."""
        share = 100 * self.context // CONTEXT_WINDOW
        tokens = f"{self.context // 1000}k/{CONTEXT_WINDOW // 1000}k tokens ({share}%)"
        output = f"Context Usage\n{self.model} · {tokens}"
        content = f"<local-command-stdout>{output}</local-command-stdout>"
        self.write("system", 1.0, subtype="local_command", content=content, level="info")

    def compact(self, summary: str, duration: float) -> None:
        """Replace the context with a summary."""
        before, started = self.context, self.state.at
        request = DemoConversation(self.state, self.model, before, before - 1_200, _COMPACTION_AGENT)
        request.prompt("Your task is to create a detailed summary of the conversation so far.", 0.5)
        request.conclude(summary, duration)
        self._cached, self._uncached = 0, 31_000 + len(summary)
        metadata = {
            "trigger": "auto",
            "preTokens": before,
            "postTokens": self.context,
            "durationMs": round(1000 * (self.state.at - started)),
        }
        text = "DemoConversation compacted"
        self.write("system", 0.4, subtype="compact_boundary", content=text, compactMetadata=metadata)
        self.write("user", 0.1, message={"role": "user", "content": [text_block(summary)]}, isCompactSummary=True)

    def write(self, kind: str, delay: float = 0.0, **fields: object) -> None:
        """Write a line after a delay in seconds."""
        self.state.at += delay
        line = {**envelope(kind, self.state.next_number(), self.agent), **fields}
        self.state.steps.append(ScriptStep(self.state.at, self.agent, line))

    def add_tokens(self, tokens: int) -> None:
        """Add tokens to the context."""
        self._uncached += tokens

    def _respond(self, blocks: Sequence[Json], delay: float | None, stop: str) -> None:
        number = self.state.next_number()
        output = sum(len(str(block)) for block in blocks) // _CHARACTERS_PER_TOKEN
        tokens = ResponseTokens(self._uncached, self._cached, output)
        self.state.at += self.state.thinking if delay is None else delay
        for block in blocks:
            content = message(number, self.model, block, tokens, stop)
            self.write("assistant", 0.05, requestId=f"req_demo{number:04}", message=content)
        self._cached, self._uncached = self._cached + self._uncached, output
