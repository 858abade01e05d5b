"""Time gaps between the rows of the log."""

from tests.tui.live_builder import LiveBuilder
from tests.tui.rows.drawn import lines
from tui_monitor.units import DAY, SECOND


def test_long_gaps_are_listed_between_untimed_rows() -> None:
    live = LiveBuilder()
    live.shell("one")
    live.wait(119)
    live.shell("two")
    live.wait(121)
    live.shell("three")
    assert lines(live, 58) == ["✓ Bash  one", "✓ Bash  two", "─ 20:04 · 2m01s later", "✓ Bash  three"]


def test_gaps_are_not_listed_between_timed_rows() -> None:
    live = LiveBuilder()
    live.shell("one")
    live.wait(7200)
    live.shell("two")
    assert lines(live, 78) == ["20:00 ✓ Bash  one", "22:00 ✓ Bash  two"]


def test_new_day_is_always_listed() -> None:
    live = LiveBuilder()
    live.shell("one")
    live.wait(DAY / SECOND / 2)
    live.shell("two")
    assert lines(live, 94) == [
        "         ─ Monday 5 January 2026",
        "20:00:00 ✓ Bash   one",
        "         ─ Tuesday 6 January 2026",
        "08:00:00 ✓ Bash   two",
    ]


def test_gap_is_before_the_first_call_of_a_run() -> None:
    live = LiveBuilder()
    live.shell("one")
    live.wait(30)
    live.read("a")
    live.wait(130)
    live.read("b")
    live.wait(30)
    live.shell("two")
    assert [line[:6] for line in lines(live, 58)] == ["✓ Bash", "· Look", "✓ Bash"]


def test_entries_without_a_time_have_no_gap() -> None:
    live = LiveBuilder(now=0)
    live.shell("one", seconds=0)
    live.shell("two", seconds=0)
    assert lines(live, 78) == ["      ✓ Bash  one", "      ✓ Bash  two"]
