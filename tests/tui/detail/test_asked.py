"""Questions with their choices and answers, plans and prompts, as they are read."""

from __future__ import annotations

from tui_monitor.events import Choice, Proposal, Question, Reply
from tui_monitor.tui.detail.asked import asked_sections, has_words, plain_asked

BERTH = Question(
    "berth", "Which berth?", "Berth", (Choice("North", "Deep water"), Choice("South quay", "Shallow"), Choice("None"))
)
CARGO = Question(
    "Which cargo?", "Which cargo?", "Cargo", (Choice("Coal"), Choice("Grain"), Choice("Tea")), multiple=True
)


def lines_of(proposal: Proposal, *answers: Reply) -> list[str]:
    return [line for section in asked_sections(proposal, answers, 60) for line in section.lines]


def styles_of(proposal: Proposal, *answers: Reply) -> set[str]:
    sections = asked_sections(proposal, answers, 60)
    return {span.style_name for section in sections for spans in section.spans for span in spans}


def test_choices_are_numbered_with_their_descriptions_in_a_column() -> None:
    assert lines_of(Proposal((BERTH,))) == [
        "Which berth?",
        "   1. North       Deep water",
        "   2. South quay  Shallow",
        "   3. None",
    ]


def test_description_of_a_long_label_stands_below_it() -> None:
    long = Choice("Anywhere that is free on Monday", "It may rain")
    assert lines_of(Proposal((Question("q", "Where?", "", (long,)),)))[1:] == [
        "   1. Anywhere that is free on Monday",
        "      It may rain",
    ]


def test_several_questions_say_which_one_each_is_and_how_many_may_be_chosen() -> None:
    lines = lines_of(Proposal((BERTH, CARGO)))
    assert lines[0] == "1 of 2 · Berth"
    assert lines[5] == ""
    assert lines[6:8] == ["2 of 2 · Cargo · several may be chosen", "Which cargo?"]


def test_chosen_answers_are_ticked() -> None:
    lines = lines_of(
        Proposal((BERTH, CARGO)),
        Reply("berth", ("South quay",)),
        Reply("Which cargo?", ("Coal, Tea",)),
    )
    assert [line for line in lines if "✓" in line] == [" ✓ 2. South quay  Shallow", " ✓ 1. Coal", " ✓ 3. Tea"]
    assert "chosen" in styles_of(Proposal((BERTH,)), Reply("berth", ("North",)))
    assert "chosen" not in styles_of(Proposal((BERTH,)))


def test_words_of_the_persons_own_stand_below_the_choices() -> None:
    assert lines_of(Proposal((BERTH,)), Reply("berth", ("at sea, please",)))[-1] == " › “at sea, please”"


def test_labels_are_one_clean_line() -> None:
    lines = lines_of(Proposal((Question("q", "Go?", "", (Choice("Y\x1b[31mes\n!", "a\nb"),)),)))
    assert "\x1b" not in "".join(lines)
    assert len(lines) == 2


def test_plan_and_prompt_are_rendered_and_copied_as_they_were_written() -> None:
    plan = Proposal(plan="# Dig\n\n- **deep**")
    assert lines_of(plan) == ["Dig", "", "• deep"]
    assert plain_asked(plan) == "# Dig\n\n- **deep**"
    assert plain_asked(Proposal(prompt="Look")) == "Look"
    assert plain_asked(Proposal((BERTH,))).startswith("Which berth?\n   1. North")


def test_only_words_are_read() -> None:
    assert has_words(Proposal(plan="x"))
    assert not has_words(Proposal())
    assert not has_words(None)
