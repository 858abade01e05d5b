"""What a call asks for before it is carried out, in a form that a person can judge: questions, a plan, changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from tui_monitor.events.immutable import immutable
from tui_monitor.events.values import Change


@immutable(frozen=True, slots=True)
class Choice:
    """One of the answers that a question offers."""

    label: str
    description: str = ""


@immutable(frozen=True, slots=True)
class Question:
    """A question to the person. Its answer refers to it by ``id``, which is its text where its source has no ids;
    ``multiple``: several choices may be taken."""

    id: str
    text: str
    header: str = ""
    choices: tuple[Choice, ...] = ()
    multiple: bool = False


class ProposedChanges(Sequence[Change]):
    """Changes, one at least, that are worked out when somebody looks at them: few ever are, and a diff takes longer
    than all the rest of its line."""

    __slots__ = ("_changes", "_work_out")

    def __init__(self, work_out: Callable[[], tuple[Change, ...]]) -> None:
        self._work_out = work_out
        self._changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Change]: ...
    def __getitem__(self, index: int | slice) -> Change | Sequence[Change]:
        return self._all()[index]

    def __eq__(self, other: object) -> bool:
        return self._all() == (other._all() if isinstance(other, ProposedChanges) else other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())

    def _all(self) -> tuple[Change, ...]:
        self._changes = self._changes or self._work_out()
        return self._changes


@immutable(frozen=True, slots=True)
class Proposal:
    """What a call asks for: questions, a ``plan`` to approve (Markdown), a ``prompt`` for another agent, or
    ``changes`` of files that are not made yet."""

    questions: tuple[Question, ...] = ()
    plan: str = ""
    prompt: str = ""
    changes: Sequence[Change] = ()

    @property
    def size(self) -> int:
        """Characters held in its texts."""
        asked = sum(len(question.text) + sum(map(_choice_size, question.choices)) for question in self.questions)
        return asked + len(self.plan) + len(self.prompt) + sum(len(change.diff) for change in self.changes)


@immutable(frozen=True, slots=True)
class Reply:
    """The person's answer to the question of this id: the labels that were chosen, or words of their own."""

    question: str
    texts: tuple[str, ...]


def _choice_size(choice: Choice) -> int:
    return len(choice.label) + len(choice.description)
