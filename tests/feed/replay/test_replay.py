"""A replay shows at each moment what a monitor would have shown then, however it came there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feed.running import PATIENCE_S
from tests.feed.sessions import CLAUDE, all_kinds, claude_lines, codex_lines, stream_lines, write
from tui_monitor.events import CallStarted, CompactionUpdate, Prompt, SessionKey, ToolKind
from tui_monitor.feed.batch_reader import read_files
from tui_monitor.feed.deliveries import Delivery, EventsRead, HistoryLoaded, Progress
from tui_monitor.feed.replay.clock import ReplayClock
from tui_monitor.feed.replay.recording import LandmarkKind, Recording, TimedUpdate, load_recording
from tui_monitor.feed.replay.replay_feed import replay_feed
from tui_monitor.live.state import LiveState
from tui_monitor.pricing import PriceBook
from tui_monitor.reports.model import Json
from tui_monitor.reports.snapshot import snapshot_json
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import private_store
from tui_monitor.totals import SessionTotals
from tui_monitor.tui.pump import DeliveryPump

PRICES = PriceBook()


class Viewer:
    """The live state of a replay whose clock stands where a test puts it."""

    def __init__(self, recording: Recording, at: int) -> None:
        self.clock = ReplayClock(recording.begin, recording.end)
        self.clock.set_playing(False)
        self.clock.move_to(at)
        self._recording = recording
        self._notified = Event()
        self.feed = replay_feed(recording, self.clock, PRICES, self._notified.set)
        self.deliveries: list[Delivery] = []
        self.live = LiveState()
        self._events = self._histories = 0
        self._session = recording.events[0].event.session
        self._pump = DeliveryPump(self._take, self.live)

    def settle(self) -> None:
        """Wait until everything up to the time of the clock is shown and stored."""
        due = self._recording.count_until(self.clock.now())
        self.wait_for_events(due)
        before = self._histories
        self.feed.request_history(self._session)  # it is answered once all is stored
        self._drain_until(lambda: self._histories > before)

    def wait_for_events(self, count: int) -> None:
        """Drain until so many events have come."""
        self._drain_until(lambda: self._events == count)

    def move_to(self, at: int) -> None:
        """Let time pass until ``at``."""
        self.clock.move_to(at)
        self.settle()

    def totals(self) -> dict[SessionKey, SessionTotals]:
        """Return the totals of all sessions."""
        return {key: state.totals for key, state in self.live.sessions.items()}

    def picture(self) -> Json:
        """Return the states of all sessions in their public shape."""
        states = sorted(self.live.sessions.values(), key=lambda state: state.key)
        return snapshot_json(states, self.clock.now())

    def _drain_until(self, is_reached: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        while not is_reached():
            assert self._notified.wait(until - time.monotonic()), f"{self._events} events came"
            self._notified.clear()
            self._pump.frame(budget=60)

    def _take(self) -> Iterator[Delivery]:
        """Yield what was delivered, without the answers that only say that all is stored."""
        for delivery in self.feed.drain():
            self.deliveries.append(delivery)
            if isinstance(delivery, HistoryLoaded):
                self._histories += 1
                continue
            if isinstance(delivery, EventsRead):
                self._events += len(delivery.events)
            yield delivery


@contextmanager
def viewing(recording: Recording, at: int) -> Iterator[Viewer]:
    """View a recording from a time on, with the clock stopped there."""
    viewer = Viewer(recording, at)
    viewer.feed.start()
    try:
        viewer.settle()
        yield viewer
    finally:
        viewer.feed.stop(PATIENCE_S)


def files_of(folder: Path, contents: Mapping[str, bytes]) -> dict[Path, Adapter]:
    """Write files, and return them with their adapters."""
    registry = default_registry()
    return {path: registry.recognise(path) for path in write(folder, dict(contents))}


def recording_of(contents: Mapping[str, bytes]) -> Recording:
    with TemporaryDirectory() as name:
        return load_recording(files_of(Path(name), contents), PRICES)


@pytest.mark.parametrize("contents", [all_kinds(8), {"rollout.jsonl": codex_lines(8)}, {"s.jsonl": stream_lines(8)}])
def test_it_ends_with_the_totals_of_the_files(contents: dict[str, bytes], tmp_path: Path) -> None:
    files = files_of(tmp_path, contents)
    recording = load_recording(files, PRICES)
    with closing(private_store()) as store, viewing(recording, recording.end) as viewer:
        read_files(store, files, PRICES)
        stored = {row.session: store.totals(row.session) for row in store.sessions()}
        assert viewer.totals() == stored


MAIN = {"11111111-2222-4333-8444-555555555555.jsonl": claude_lines(6)}
RECORDING = recording_of(MAIN)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(RECORDING.begin, RECORDING.end), min_size=1, max_size=4).map(sorted))
def test_any_moment_is_the_same_by_a_jump_and_by_playing(moments: Sequence[int]) -> None:
    with viewing(RECORDING, RECORDING.begin) as played:
        for moment in moments:
            played.move_to(moment)
        with viewing(RECORDING, moments[-1]) as jumped:
            assert played.totals() == jumped.totals()
            assert played.picture() == jumped.picture()


def test_progress_reports_what_was_there_before_the_start() -> None:
    with viewing(RECORDING, RECORDING.end) as viewer:
        progress = [delivery for delivery in viewer.deliveries if isinstance(delivery, Progress)]
    assert (progress[0].bytes_read, progress[-1].bytes_read) == (0, len(RECORDING))


def test_playing_clock_hands_out_everything() -> None:
    with viewing(RECORDING, RECORDING.begin) as viewer:
        viewer.clock.set_speed(1000)
        viewer.clock.set_playing(True)
        viewer.wait_for_events(len(RECORDING))


def test_long_pause_is_cut_short() -> None:
    first, last = event(1_000), event(50_000_000)
    recording = Recording([first, last])
    clock, arrived = ReplayClock(recording.begin, recording.end), Event()
    feed = replay_feed(recording, clock, PRICES, arrived.set, max_pause_ms=1)
    feed.start()
    try:
        events: list[object] = []
        until = time.monotonic() + PATIENCE_S
        while len(events) < 2:
            assert arrived.wait(until - time.monotonic())
            arrived.clear()
            events += [
                each for delivery in feed.drain() if isinstance(delivery, EventsRead) for each in delivery.events
            ]
    finally:
        feed.stop(PATIENCE_S)


def event(at: int, kind: str = "") -> TimedUpdate:
    made = {
        "": CallStarted(session=CLAUDE, at=at, call="c", uid="c", tool="Bash", kind=ToolKind.SHELL),
        "prompt": Prompt(session=CLAUDE, at=at, text="Mend the valve."),
        "compaction": CompactionUpdate(session=CLAUDE, at=at),
    }
    return TimedUpdate(at, Path("a.jsonl"), made[kind])


class TestRecording:
    def test_undated_events_follow_those_before_them(self) -> None:
        recording = recording_of({"s.jsonl": stream_lines(3)})
        times = [recorded.at for recorded in recording.events]
        assert times == sorted(times)
        assert (recording.begin, recording.end) == (times[0], times[-1])

    def test_empty_one_has_no_length(self) -> None:
        recording = Recording([])
        assert (len(recording), recording.begin, recording.end, recording.count_until(5)) == (0, 0, 0, 0)
        assert recording.step(7, 1) == recording.landmark(7, -1) == 7

    def test_steps_go_to_the_next_time(self) -> None:
        recording = Recording([event(10), event(20), event(20), event(30)])
        assert [recording.step(20, 1), recording.step(20, -1), recording.step(30, 1)] == [30, 10, 30]
        assert recording.count_until(20) == 3
        assert (recording.time_of(3), recording.time_of(4)) == (30, None)

    def test_landmarks_are_prompts_failures_changes_and_compactions(self) -> None:
        kinds = {landmark.kind for landmark in RECORDING.landmarks}
        assert kinds == {LandmarkKind.PROMPT, LandmarkKind.FAILURE, LandmarkKind.CHANGE}
        recording = Recording([event(10, "prompt"), event(20), event(30, "compaction")])
        assert [landmark.kind for landmark in recording.landmarks] == [LandmarkKind.PROMPT, LandmarkKind.COMPACTION]
        assert [recording.landmark(15, 1), recording.landmark(15, -1), recording.landmark(30, 1)] == [30, 10, 30]

    def test_compaction_that_failed_is_no_landmark(self) -> None:
        failed = event(10, "compaction")
        assert isinstance(failed.event, CompactionUpdate)
        recorded = replace(failed, event=replace(failed.event, failed=True))
        assert Recording([recorded]).landmarks == ()
