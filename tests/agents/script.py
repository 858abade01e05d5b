"""Scripts of a model: conversations of turns, each with text, tool calls and known token counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import TypeAlias

from tui_monitor.events import Tokens

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"
"""A JSON value."""


@dataclass(frozen=True)
class ToolUse:
    """A tool call of the model; the tool may be in a ``namespace``. ``text`` is the input of a tool that takes text
    instead of arguments."""

    id: str
    tool: str
    arguments: Mapping[str, Json] | None = None
    text: str = ""
    namespace: str = ""


@dataclass(frozen=True)
class Turn:
    """One response; ``id`` is unique within a test, ``terms`` are further fields of its usage.

    ``rest`` is the end of its text, which comes when its id is released a second time, in the Messages API alone. A
    ``status`` of 400 or more is an error instead of a response.
    """

    id: str
    tokens: Tokens = Tokens(10, 20)
    text: str = ""
    tool_uses: tuple[ToolUse, ...] = ()
    terms: Mapping[str, Json] = field(default_factory=dict)
    rest: str = ""
    status: int = 200

    @property
    def marks(self) -> tuple[str, ...]:
        """Texts that occur in each later request."""
        text = (self.text,) if self.text else ()
        return (*text, *(f'"{use.id}"' for use in self.tool_uses))


@dataclass(frozen=True)
class Conversation:
    """Turns for the requests that contain ``prompt`` but not ``without``: those of the main agent or of a
    sub-agent."""

    prompt: str
    turns: tuple[Turn, ...]
    without: str = "\0"

    def is_for(self, request: str) -> bool:
        """Return True if it has the answer to this request."""
        return self.prompt in request and self.without not in request

    def next_turn(self, request: str) -> Turn | None:
        """Return the turn after the last one in the request; None without one.

        A repeated request gets the same answer again, as if the first answer had been lost.
        """
        used = [index for index, turn in enumerate(self.turns) if any(mark in request for mark in turn.marks)]
        next_index = used[-1] + 1 if used else 0
        return self.turns[next_index] if next_index < len(self.turns) else None


def totals_of(turns: Sequence[Turn]) -> dict[str, int]:
    """Return the expected ``totals`` of `stats --json`."""
    sums = Tokens(*map(sum, zip(*(astuple(turn.tokens) for turn in turns), strict=True)))
    return {
        "requests": len(turns),
        "input_tokens": sums.input,
        "output_tokens": sums.output,
        "cache_read_tokens": sums.cache_read,
        "cache_creation_tokens": sums.cache_creation,
        "reasoning_tokens": sums.reasoning,
        "total_tokens": sums.total,
    }
