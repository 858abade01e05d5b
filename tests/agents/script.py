"""What a scripted model answers: conversations of turns, each with words, tool calls and known token counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import TypeAlias

from tui_monitor.events import Tokens

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"
"""What JSON can hold."""


@dataclass(frozen=True)
class Use:
    """The model wants a tool to be called, which may be one of a ``namespace``. ``text`` is the input of a tool that
    takes text instead of arguments."""

    id: str
    tool: str
    arguments: Mapping[str, Json] | None = None
    text: str = ""
    namespace: str = ""


@dataclass(frozen=True)
class Turn:
    """One response: ``id`` is its own among all of a test."""

    id: str
    tokens: Tokens
    says: str = ""
    uses: tuple[Use, ...] = ()

    @property
    def marks(self) -> tuple[str, ...]:
        """What stands in each request that follows upon it."""
        words = (self.says,) if self.says else ()
        return (*words, *(f'"{use.id}"' for use in self.uses))


@dataclass(frozen=True)
class Conversation:
    """What is answered, in turn, to requests in which ``prompt`` stands: to the main agent or to a sub-agent."""

    prompt: str
    turns: tuple[Turn, ...]

    def next_turn(self, request: str) -> Turn | None:
        """The turn after the last one that the request tells of; None where there is none.

        A request that is sent again gets the same answer again, as of a model whose first answer was lost.
        """
        told = [n for n, turn in enumerate(self.turns) if any(mark in request for mark in turn.marks)]
        following = told[-1] + 1 if told else 0
        return self.turns[following] if following < len(self.turns) else None


def totals_of(turns: Sequence[Turn]) -> dict[str, int]:
    """What `stats --json` has to say of them in ``totals``."""
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
