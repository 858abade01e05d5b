"""The line that shows where a replay is."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.claude_builder import SESSION
from tui_monitor.events import CallFinished, CallState, Change, ChangeKind, CompactionUpdate, Event, Prompt
from tui_monitor.feed.replay.clock import ReplayClock
from tui_monitor.feed.replay.recording import Recording, TimedUpdate
from tui_monitor.tui.replay.timeline import Track, timeline
from tui_monitor.tui.spans import Spans, width_of

BEGIN = 1_770_000_000_000
SECOND = 1_000


def recorded(second: int, event: Event) -> TimedUpdate:
    return TimedUpdate(BEGIN + second * SECOND, Path("a.jsonl"), event)


def prompt(second: int) -> TimedUpdate:
    return recorded(second, Prompt(session=SESSION, text="Mend the valve."))


CHANGE = Change(kind=ChangeKind.MODIFY, path="valve.py")
RECORDING = Recording(
    [
        prompt(0),
        recorded(20, CallFinished(session=SESSION, call="a", state=CallState.OK, changes=(CHANGE,))),
        recorded(40, CallFinished(session=SESSION, call="b", state=CallState.FAILED)),
        recorded(60, CompactionUpdate(session=SESSION)),
        recorded(100, CallFinished(session=SESSION, call="c", state=CallState.OK)),
    ]
)


def text_of(spans: Spans) -> str:
    return "".join(span.text for span in spans)


def stopped(second: int, speed: float = 1.0) -> ReplayClock:
    clock = ReplayClock(RECORDING.begin, RECORDING.end, speed, timer=lambda: 0.0)
    clock.set_playing(False)
    clock.move_to(BEGIN + second * SECOND)
    return clock


def test_marks_stand_at_their_times() -> None:
    line, track = timeline(RECORDING, stopped(80), 51, UTC)
    assert text_of(line) == " ‖ 02:41:20 ×1 ›━━╸━━━✗━━━┃━━━●────  80 % of 1m40s "
    assert (track.begin, track.cells) == (15, 20)


def test_speed_and_playing_are_shown() -> None:
    clock = stopped(0, speed=0.5)
    clock.set_playing(True)
    line, _ = timeline(RECORDING, clock, 60, UTC)
    assert text_of(line).startswith(" ▶ 02:40:00 ×0.5 ●")


@pytest.mark.parametrize("width", [12, 20, 25, 30, 40, 80, 200])
def test_line_has_its_width(width: int) -> None:
    line, track = timeline(RECORDING, stopped(50), width, UTC)
    assert width_of(line) == width
    assert track.cells >= min(10, width - 3)


@given(st.integers(2, 300), st.integers(0, 100))
def test_click_on_a_cell_goes_to_its_first_moment(cells: int, second: int) -> None:
    track = Track(5, cells)
    cell = track.column_of(BEGIN + second * SECOND, RECORDING)
    at = track.time_at(5 + cell, RECORDING)
    assert at is not None
    assert track.column_of(at, RECORDING) == cell
    assert at <= BEGIN + second * SECOND


def test_beside_the_track_is_no_time() -> None:
    assert (Track(5, 10).time_at(4, RECORDING), Track(5, 10).time_at(15, RECORDING)) == (None, None)


def test_long_gap_takes_little_of_the_track() -> None:
    recording = Recording([prompt(0), prompt(60), prompt(90_000), prompt(90_060)])
    places = [recording.place_of(BEGIN + second * SECOND) for second in (0, 60, 90_000, 90_060)]
    assert places == [0, 60_000, 120_000, 180_000]
    assert recording.time_at(90_000) == BEGIN + 45_030 * SECOND


def test_recording_of_one_moment_is_at_its_end() -> None:
    recording = Recording([prompt(0)])
    line, _ = timeline(recording, ReplayClock(recording.begin, recording.end), 40, UTC)
    assert "100 %" in text_of(line)
    assert Track(0, 10).time_at(3, recording) == BEGIN
