"""The log says when time went by that its rows do not tell."""

from tests.tui.live_builder import LiveBuilder
from tests.tui.rows.drawn import lines
from tui_monitor.units import DAY, SECOND


def test_long_gaps_are_told_where_rows_have_no_time() -> None:
    live = LiveBuilder()
    live.shell("one")
    live.wait(119)
    live.shell("two")
    live.wait(121)
    live.shell("three")
    assert lines(live, 58) == ["✓ Bash  one", "✓ Bash  two", "─ 20:04 · 2m01s later", "✓ Bash  three"]


def test_and_only_there() -> None:
    live = LiveBuilder()
    live.shell("one")
    live.wait(7200)
    live.shell("two")
    assert lines(live, 78) == ["00:00 ✓ Bash  one", "00:00 ✓ Bash  two"]


def test_a_new_day_is_told_everywhere() -> None:
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


def test_the_gap_of_a_run_is_before_its_first_call() -> None:
    live = LiveBuilder()
    live.shell("one")
    live.wait(30)
    live.read("a")
    live.wait(130)
    live.read("b")
    live.wait(30)
    live.shell("two")
    assert [line[:6] for line in lines(live, 58)] == ["✓ Bash", "· Look", "✓ Bash"]


def test_rows_without_a_time_tell_nothing() -> None:
    live = LiveBuilder(now=0)
    live.shell("one", seconds=0)
    live.shell("two", seconds=0)
    assert lines(live, 78) == ["      ✓ Bash  one", "      ✓ Bash  two"]
