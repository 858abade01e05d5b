"""What one agent says and is told, line by line, with the time it takes and the tokens that it fills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tui_monitor.demo import lines
from tui_monitor.demo.lines import Counts, Json

_CHARACTERS_A_TOKEN = 3


class Step(NamedTuple):
    """A line that is written ``at`` so many seconds after the start, before it where that is negative, to the file of
    ``agent`` (empty: the session's own). An agent's ``meta`` stands in a file beside its own."""

    at: float
    agent: str
    line: Json
    meta: Json | None = None


@dataclass(slots=True)
class Stage:
    """What all agents of the session share: the time in seconds, how long a response takes where nothing else is said,
    the files of the project, and what was written."""

    at: float
    thinking: float
    files: dict[str, str]
    steps: list[Step] = field(default_factory=list)
    _numbers: int = field(default=0, init=False)

    def number(self) -> int:
        """One that was never given before."""
        self._numbers += 1
        return self._numbers


class Chain:
    """One agent's conversation. ``begins_with`` tokens are in its context before the first prompt, of which another
    session has left so many in the cache."""

    def __init__(self, stage: Stage, model: str, begins_with: int, cached: int = 0, agent: str = "") -> None:
        self.stage = stage
        self.model = model
        self.agent = agent
        self._read = cached
        self._unread = begins_with - cached

    @property
    def context(self) -> int:
        """Tokens that the next response will be made from."""
        return self._read + self._unread

    def write(self, kind: str, after: float = 0.0, **fields: object) -> None:
        """Write a line ``after`` so many seconds."""
        self.stage.at += after
        line = {**lines.envelope(kind, self.stage.number(), self.agent), **fields}
        self.stage.steps.append(Step(self.stage.at, self.agent, line))

    def prompt(self, words: str, after: float = 0.0) -> None:
        """Somebody asks for something."""
        self.fill(len(words) // _CHARACTERS_A_TOKEN + 20)
        self.write("user", after, message={"role": "user", "content": words})

    def conclude(self, words: str, after: float | None = None) -> None:
        """The agent says something, and its turn is over."""
        self._respond([lines.text(words)], after, "end_turn")

    def call(self, name: str, arguments: Json, words: str = "", after: float | None = None) -> str:
        """The agent asks for a tool, maybe with a few ``words``; the call's id."""
        (call,) = self.calls([(name, arguments)], words, after)
        return call

    def calls(self, asked: Sequence[tuple[str, Json]], words: str = "", after: float | None = None) -> list[str]:
        """The agent asks for several tools at once."""
        ids = [f"toolu_demo{self.stage.number():04}" for _ in asked]
        blocks = [lines.tool_use(id_, name, arguments) for id_, (name, arguments) in zip(ids, asked, strict=True)]
        self._respond([lines.text(words), *blocks] if words else blocks, after, "tool_use")
        return ids

    def result(
        self,
        call: str,
        content: str,
        after: float = 0.1,
        structured: object = None,
        fills: int = 0,
        error: bool = False,
    ) -> None:
        """A tool answers; ``fills`` so many tokens, or what its ``content`` does."""
        self.fill(fills or len(content) // _CHARACTERS_A_TOKEN + 40)
        block = lines.tool_result(call, content, error)
        beside = {} if structured is None else {"toolUseResult": structured}
        self.write("user", after, message={"role": "user", "content": [block]}, **beside)

    def fill(self, tokens: int) -> None:
        """So much more is in the context."""
        self._unread += tokens

    def shrink(self, tokens: int) -> None:
        """So much alone is in the context, and nothing of it in the cache."""
        self._read, self._unread = 0, tokens

    def _respond(self, blocks: Sequence[Json], after: float | None, stop: str) -> None:
        number = self.stage.number()
        output = sum(len(str(block)) for block in blocks) // _CHARACTERS_A_TOKEN
        counts = Counts(self._unread, self._read, output)
        self.stage.at += self.stage.thinking if after is None else after
        for block in blocks:
            message = lines.message(number, self.model, block, counts, stop)
            self.write("assistant", 0.05, requestId=f"req_demo{number:04}", message=message)
        self._read, self._unread = self._read + self._unread, output
