"""What a call asks for, as text that a person can judge: questions with their choices, a plan, a prompt."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from tui_monitor.events import Choice, Proposal, Question, Reply
from tui_monitor.tui.lines.document import StyleRange, TextSection, one_line
from tui_monitor.tui.lines.markdown import markdown_section

_MAX_LABEL = 30
"""Cells of a choice's label beside which its description stands; below a longer one."""
_CHOSEN, _OWN = "✓", "›"


def has_words(proposal: Proposal | None) -> bool:
    """Return True if a proposal is to be read rather than seen as a diff."""
    return proposal is not None and bool(proposal.questions or proposal.plan or proposal.prompt)


def asked_sections(proposal: Proposal, answers: tuple[Reply, ...], width: int) -> list[TextSection]:
    """Return the readable form of what is asked, with what was answered."""
    if proposal.questions:
        return [section for number in range(len(proposal.questions)) for section in _asked(proposal, number, answers)]
    return [markdown_section(proposal.plan or proposal.prompt, width)]


def plain_asked(proposal: Proposal) -> str:
    """Return the text to copy: a plan or a prompt as it was written, else the questions."""
    lines = (line for section in asked_sections(proposal, (), 0) for line in section.lines)
    return proposal.plan or proposal.prompt or "\n".join(lines)


def _asked(proposal: Proposal, number: int, answers: tuple[Reply, ...]) -> Iterator[TextSection]:
    question, total = proposal.questions[number], len(proposal.questions)
    given = next((answer.texts for answer in answers if answer.question in (question.id, question.text)), ())
    chosen, own = _split(question, given)
    notes = (
        f"{number + 1} of {total}" if total > 1 else "",
        one_line(question.header) if total > 1 else "",
        "several may be chosen" if question.multiple else "",
    )
    if heading := " · ".join(filter(None, notes)):
        yield TextSection.of(f"{heading}", "heading")
    words = one_line(question.text) if "\n" not in question.text else ""
    yield TextSection([words], "strong") if words else markdown_section(question.text)
    yield _choices(question, chosen)
    if own:
        yield TextSection([f" {_OWN} “{one_line(text)}”" for text in own], "chosen")
    if number < total - 1:
        yield TextSection([""])


def _split(question: Question, given: tuple[str, ...]) -> tuple[set[str], list[str]]:
    """Return the labels that were chosen, and words of the person's own. Several labels may come as one text."""
    labels = {choice.label for choice in question.choices}
    chosen: set[str] = set()
    own: list[str] = []
    for text in given:
        parts = [text] if text in labels else text.split(", ") if question.multiple else []
        known = labels.intersection(parts)
        chosen |= known
        if not known:
            own.append(text)
    return chosen, own


def _choices(question: Question, chosen: set[str]) -> TextSection:
    lines: list[str] = []
    spans: list[list[StyleRange]] = []
    labels = [one_line(choice.label) for choice in question.choices]
    column = max((cell_len(label) for label in labels if cell_len(label) <= _MAX_LABEL), default=0)
    for number, (choice, label) in enumerate(zip(question.choices, labels, strict=True), 1):
        mark = _CHOSEN if choice.label in chosen else " "
        begin = f" {mark} {number:>{len(str(len(labels)))}}. "
        for line, ranges in _choice(choice, label, begin, column, mark == _CHOSEN):
            lines.append(line)
            spans.append(ranges)
    return TextSection(lines, spans=spans)


def _choice(
    choice: Choice, label: str, begin: str, column: int, is_chosen: bool
) -> Iterator[tuple[str, list[StyleRange]]]:
    style_name = "chosen" if is_chosen else "strong"
    named = [StyleRange(0, len(begin), "chosen" if is_chosen else "key")]
    named.append(StyleRange(len(begin), len(begin) + len(label), style_name))
    description = one_line(choice.description)
    if description and cell_len(label) <= _MAX_LABEL:
        text = f"{begin}{label}{' ' * (column - cell_len(label))}  "
        yield text + description, [*named, StyleRange(len(text), len(text) + len(description), "note")]
        return
    yield begin + label, named
    if description:
        indent = " " * len(begin)
        yield indent + description, [StyleRange(len(indent), len(indent) + len(description), "note")]
