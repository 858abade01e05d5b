"""Rows of everything between calls."""

from dataclasses import replace

import pytest

from tests.tui.live_builder import CWD, LiveBuilder
from tests.tui.rows.drawn import lines
from tui_monitor.events import CompactionUpdate, HookFailure, RetryUpdate, Turn, TurnUpdate
from tui_monitor.figures import SessionFigures
from tui_monitor.ledger import Amount
from tui_monitor.live.entries import Mark, MarkKind


def test_prompt_has_the_totals_of_its_turn() -> None:
    live = LiveBuilder()
    live.prompt("Find out why,\nand fix it.")
    live.wait(4)
    live.edit(f"{CWD}/a.py", 12, 4)
    live.edit(f"{CWD}/b.py", 3, 0)
    live.prompt("Thanks")
    assert lines(live, 94) == [
        "20:00:00 › Find out why, and fix it.                                     2 calls +15 −4     4s",
        "20:00:04 ✓ Edit   a.py                                                           +12 −4",
        "20:00:04 ✓ Edit   b.py                                                               +3",
        "20:00:04 › Thanks",
    ]


@pytest.mark.parametrize(
    ("width", "cost", "shown"),
    [
        (94, 5, "› Fix it. 2 calls +15 −4 ≥$0.05"),
        (94, 123_456, "› Fix it. 2 calls ≥$1234.56"),
        (84, 5, "› Fix it. ≥$0.05 2 calls"),
        (40, 5, "› Fix it. ≥$0.05 2 calls"),
        (24, 5, "› Fix … ≥$0.05 2 calls"),
    ],
)
def test_prompt_has_the_cost_of_its_turn_where_there_is_room(width: int, cost: int, shown: str) -> None:
    live = LiveBuilder()
    live.prompt("Fix it.")
    at = live.now
    live.edit(f"{CWD}/a.py", 12, 4)
    live.edit(f"{CWD}/b.py", 3, 0)
    live.prompt("Thanks")
    live.state.figures = SessionFigures(prompt_amounts={at: Amount(cost=cost * 10**10, lower_bound=1)})
    assert " ".join(lines(live, width)[0].split()).endswith(shown)


def test_prompt_without_a_call_has_its_cost() -> None:
    live = LiveBuilder()
    live.prompt("How are you?")
    live.state.figures = SessionFigures(prompt_amounts={live.now: Amount(cost=2 * 10**10)})
    assert lines(live, 94)[0].split()[-1] == "$0.02"


def test_compaction_has_sizes_trigger_and_duration() -> None:
    live = LiveBuilder()
    live.compacted(168_000, 36_000)
    live.apply(CompactionUpdate(session=live.state.key, at=live.now, trigger="manual"))
    live.apply(CompactionUpdate(session=live.state.key, at=live.now, before=90_000, trimmed=20_000))
    assert lines(live) == [
        "20:01 ═ COMPACTED  168k → 36k · auto · 1m27s",
        "20:01 ═ COMPACTED  manual",
        "20:01 ═ COMPACTED  90k · trimmed",
    ]


def test_api_errors() -> None:
    live = LiveBuilder()
    live.apply(RetryUpdate(session=live.state.key, at=live.now, reason="overloaded", wait_ms=4000))
    live.apply(RetryUpdate(session=live.state.key, at=live.now, reason="rate limit"))
    assert lines(live) == [
        "20:00 ∼ API error  overloaded                                again in 4s",
        "20:00 ✗ API error  rate limit",
    ]


def test_hook_that_failed_has_its_command_what_it_wrote_status_and_time() -> None:
    live = LiveBuilder()
    failure = HookFailure(session=live.state.key, at=live.now, hook="make lint", occasion="Stop", error="3 bad\nfiles")
    live.apply(replace(failure, exit_code=2, duration_ms=2_400))
    live.apply(replace(failure, hook="notify", error=""))
    assert lines(live) == [
        "20:00 ! hook Stop make lint  3 bad                                exit 2    2s",
        "20:00 ! hook Stop notify",
    ]


def test_cache_that_missed_has_its_cause_and_price() -> None:
    live = LiveBuilder()
    for cause in ("expired", "model switched", "unknown"):
        live.state.log.mark(Mark(MarkKind.CACHE_MISSED, live.now, cause, 98_000, None, 724_000, cost=55 * 10**10))
    assert lines(live) == [
        "20:00 ∼ cache missed  expired after 12m04s · 98k sent anew        +$0.55",
        "20:00 ∼ cache missed  model switched · 98k sent anew              +$0.55",
        "20:00 ∼ cache missed  unknown cause · 98k sent anew               +$0.55",
    ]


def test_absence_has_its_counts_and_its_beginning() -> None:
    live = LiveBuilder()
    live.state.log.mark(Mark(MarkKind.AWAY, live.now, before=14, after=1, detail="3"))
    live.wait(1)
    live.state.log.mark(Mark(MarkKind.AWAY, live.now, before=1, after=0, detail="0"))
    assert lines(live) == [
        "20:00 ─ ── 14 calls, 3 files, 1 ✗ since 20:00 ──",
        "20:00 ─ ── 1 call since 20:00 ──",
    ]


def test_ends_of_turn_and_session() -> None:
    live = LiveBuilder()
    for turn in (Turn.INTERRUPTED, Turn.SESSION_ENDED):
        live.apply(TurnUpdate(session=live.state.key, at=live.now, turn=turn, reason="exit"))
    assert lines(live) == ["20:00 ⊘ interrupted by you  exit", "20:00 · session ended  exit"]


def test_hostile_text_is_harmless() -> None:
    live = LiveBuilder()
    live.prompt("[red]\x1b]0;owned\x07 \u202ego[/red]")
    assert lines(live) == ["20:00 › [red] go[/red]"]
