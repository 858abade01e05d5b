"""What calls ask for, read from their arguments: most agents name the parts of a question and a plan alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui_monitor.events import Change, Choice, Proposal, Question, Reply, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import tables, text
from tui_monitor.sources.shared.tool_call import first_text

_MULTIPLE = ("multiSelect", "multiple", "multi_select")
_PLANS = ("plan", "summary")
_PROMPTS = ("prompt", "objective", "task", "message", "instructions")
MAX_QUESTIONS, MAX_CHOICES = 32, 64


def proposal_of(kind: ToolKind, arguments: Record, changes: Sequence[Change] = ()) -> Proposal | None:
    """Return what a call of this kind asks for; ``changes`` are those it makes if it succeeds. None for nothing that a
    person could judge."""
    match kind:
        case ToolKind.ASK:
            proposal = Proposal(questions=tuple(_questions(arguments))[:MAX_QUESTIONS])
        case ToolKind.PLAN:
            proposal = Proposal(plan=first_text(arguments, _PLANS))
        case ToolKind.AGENT:
            proposal = Proposal(prompt=first_text(arguments, _PROMPTS))
        case _:
            return Proposal(changes=changes) if changes else None
    return None if proposal == Proposal() else proposal


def _questions(arguments: Record) -> Iterator[Question]:
    for question in list(tables(arguments.get("questions"))) or [arguments]:
        words = text(question.get("question"))
        if words.strip():
            yield Question(
                text(question.get("id")) or words,
                words,
                text(question.get("header")),
                tuple(_choices(question))[:MAX_CHOICES],
                any(question.get(name) is True for name in _MULTIPLE),
            )


def _choices(question: Record) -> Iterator[Choice]:
    options = question.get("options")
    for option in options if isinstance(options, list) else ():
        if isinstance(option, str):
            yield Choice(option)
        elif isinstance(option, dict) and (label := text(option.get("label")) or text(option.get("value"))):
            yield Choice(label, text(option.get("description")))


def answers_by_question(answers: object) -> tuple[Reply, ...]:
    """Return the answers in a table by question, each one text or several, alone or as its ``answers``."""
    if not isinstance(answers, dict):
        return ()
    return tuple(Reply(str(question), texts) for question, given in answers.items() if (texts := _texts(given)))


def answers_in_order(answers: object, arguments: Record) -> tuple[Reply, ...]:
    """Return the answers in a list, in the order of the questions in ``arguments``."""
    given = answers if isinstance(answers, list) else []
    pairs = zip(_questions(arguments), map(_texts, given), strict=False)
    return tuple(Reply(question.id, texts) for question, texts in pairs if texts)


def _texts(answer: object) -> tuple[str, ...]:
    if isinstance(answer, dict):
        answer = answer.get("answers")
    return tuple(filter(None, map(text, answer if isinstance(answer, list) else [answer])))
