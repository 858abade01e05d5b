"""When a used-up limit is renewed, in the words of agents."""

from datetime import UTC, datetime

import pytest

from tui_monitor.sources.shared.reset_time import reset_time

AT = int(datetime(2026, 7, 20, 12, 0, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("You've hit your limit · resets 3:45pm (UTC)", "2026-07-20T15:45"),
        ("You've hit your limit · resets 9am (Europe/Paris)", "2026-07-21T07:00"),
        ("You've hit your limit · resets Jul 23 at 6pm (America/Los_Angeles)", "2026-07-24T01:00"),
        ("Weekly limit reached ∙ resets 12am (UTC)", "2026-07-21T00:00"),
        ("Claude AI usage limit reached|1784600000", "2026-07-21T02:13"),
    ],
)
def test_known_sentences(sentence: str, expected: str) -> None:
    moment = datetime.fromtimestamp(reset_time(sentence, AT) / 1000, UTC)
    assert moment.isoformat(timespec="minutes") == f"{expected}+00:00"


@pytest.mark.parametrize(
    "sentence", ["", "overloaded", "resets soon", "resets 99pm", "resets Foo 23 at 6pm", "resets Feb 31 at 1pm"]
)
def test_sentence_without_a_time(sentence: str) -> None:
    assert reset_time(sentence, AT) == 0


def test_unknown_zone_is_that_of_this_machine() -> None:
    assert reset_time("resets 3pm (Nowhere/Atlantis)", AT) == reset_time("resets 3pm", AT) != 0


def test_month_that_has_passed_is_in_the_next_year() -> None:
    for sentence, expected in (
        ("resets Jan 2 at 1pm (UTC)", "2027-01-02"),
        ("resets Jul 18 at 1pm (UTC)", "2027-07-18"),
    ):
        moment = datetime.fromtimestamp(reset_time(sentence, AT) / 1000, UTC)
        assert moment.isoformat() == f"{expected}T13:00:00+00:00"
