"""The line that shows where a replay is: time, speed, prompts, failures, changes and compactions along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from tui_monitor.feed.replay.clock import ReplayClock
from tui_monitor.feed.replay.recording import Landmark, LandmarkKind, Recording
from tui_monitor.tui.spans import Spans, TextSpan, Tone, width_of
from tui_monitor.units import clock, duration_forms

LEAST_TRACK = 10
"""Cells below which the track gives way to nothing else."""
PLAYING, PAUSED = "▶", "‖"
_DONE, _REST, _HERE = "━", "─", "●"
_SIGNS = {
    LandmarkKind.CHANGE: ("╸", Tone.ADDED),
    LandmarkKind.FAILURE: ("✗", Tone.FAILED),
    LandmarkKind.PROMPT: ("›", Tone.PROMPT),
    LandmarkKind.COMPACTION: ("┃", Tone.COMPACTED),
}


@dataclass(frozen=True, slots=True)
class Track:
    """The part of the line that stands for the recording: its first column and its cells."""

    begin: int
    cells: int

    def column_of(self, at: int, recording: Recording) -> int:
        """Return the cell of a time (epoch ms), from 0."""
        last = self.cells - 1
        return recording.place_of(at) * last // recording.length if recording.length else last

    def time_at(self, x: int, recording: Recording) -> int | None:
        """Return the time (epoch ms) that a column of the line stands for; None beside the track."""
        cell = x - self.begin
        if not 0 <= cell < self.cells:
            return None
        return recording.time_at(-(-cell * recording.length // (self.cells - 1)) if self.cells > 1 else 0)


def timeline(recording: Recording, replay_clock: ReplayClock, width: int, tz: tzinfo | None) -> tuple[Spans, Track]:
    """Return the line in ``width`` cells, and where its track is."""
    at = replay_clock.now()
    left = _left(replay_clock, at, tz)
    right = _right(recording, at)
    if width < width_of(left) + width_of(right) + LEAST_TRACK:
        right = ()
    if width < width_of(left) + LEAST_TRACK:
        left = left[:1]
    track = Track(width_of(left), max(1, width - width_of(left) - width_of(right)))
    return (*left, *_track_spans(recording, at, track), *right), track


def _left(replay_clock: ReplayClock, at: int, tz: tzinfo | None) -> Spans:
    sign = PLAYING if replay_clock.is_playing else PAUSED
    speed = f"×{replay_clock.speed:g}"
    return (TextSpan(f" {sign} ", Tone.ASKS), TextSpan(f"{clock(at, tz)} "), TextSpan(f"{speed} ", Tone.DIM))


def _right(recording: Recording, at: int) -> Spans:
    length = recording.end - recording.begin
    percent = 100 * recording.place_of(at) // recording.length if recording.length else 100
    whole = (duration_forms(length) or ("0s",))[0]
    return (TextSpan(f" {percent:3d} %"), TextSpan(f" of {whole} ", Tone.DIM))


def _track_spans(recording: Recording, at: int, track: Track) -> Spans:
    here = track.column_of(at, recording)
    landmarks = _most_important(recording.landmarks, recording, track)
    return tuple(_cell(cell, here, landmarks.get(cell)) for cell in range(track.cells))


def _cell(cell: int, here: int, landmark: LandmarkKind | None) -> TextSpan:
    if cell == here:
        return TextSpan(_HERE, Tone.ASKS)
    if landmark:
        return TextSpan(*_SIGNS[landmark])
    return TextSpan(_DONE) if cell < here else TextSpan(_REST, Tone.DIM)


def _most_important(landmarks: Sequence[Landmark], recording: Recording, track: Track) -> dict[int, LandmarkKind]:
    """Return the most important landmark of each cell that has one."""
    kinds: dict[int, LandmarkKind] = {}
    for landmark in landmarks:
        cell = track.column_of(landmark.at, recording)
        if cell not in kinds or landmark.kind.value > kinds[cell].value:
            kinds[cell] = landmark.kind
    return kinds
