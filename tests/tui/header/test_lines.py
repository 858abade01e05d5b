"""The status bar at each width."""

from dataclasses import replace
from datetime import UTC

import pytest

from tests.tui.harbour_totals import totals, working_afternoon
from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import (
    AgentMessage,
    AgentUpdate,
    CallProgress,
    CallState,
    CompactionUpdate,
    ContextUpdate,
    PlanUpdate,
    Prompt,
    SessionKey,
    SessionUpdate,
    ToolKind,
    Turn,
    TurnUpdate,
)
from tui_monitor.figures import SessionFigures
from tui_monitor.ledger import Amount
from tui_monitor.live.status import CURRENT, Lag
from tui_monitor.tui.header.lines import header_lines
from tui_monitor.tui.header.view import StatusView
from tui_monitor.tui.spans import Spans, Tone, width_of
from tui_monitor.units import DAY, SECOND

WIDTHS = [20, 24, 35, 40, 47, 48, 60, 73, 74, 80, 109, 110, 139, 160, 250]


def text(line: Spans) -> str:
    return "".join(span.text for span in line)


def drawn(live: LiveBuilder, width: int, low: bool = False) -> list[str]:
    return [text(line) for line in header_lines(StatusView(live.state, live.now), width, low)]


@pytest.mark.parametrize("width", WIDTHS)
def test_state_percentage_level_cost_and_tokens_are_shown_at_every_width(width: int) -> None:
    screen_text = "\n".join(drawn(working_afternoon(), width))
    for needed in ("WAITS FOR YOU", "66 % LOW", "≥$9.32", "≥12.4M tok"):
        assert needed in screen_text


@pytest.mark.parametrize("width", WIDTHS)
def test_each_line_fills_its_width_exactly(width: int) -> None:
    lines = header_lines(StatusView(working_afternoon().state, working_afternoon().now), width)
    assert {width_of(line) for line in lines} == {width}


@pytest.mark.parametrize(("width", "low", "count"), [(160, False, 4), (110, False, 4), (160, True, 2), (80, False, 3)])
def test_number_of_lines_by_width(width: int, low: bool, count: int) -> None:
    assert len(drawn(working_afternoon(), width, low=low)) == count


@pytest.mark.parametrize("width", WIDTHS)
def test_sums_are_lower_bounds_while_the_session_is_behind(width: int) -> None:
    live = working_afternoon()
    exact = live.state.totals.amount._replace(lower_bound=0, unpriced=0)
    live.state.totals = replace(live.state.totals, amount=exact)
    views = [StatusView(live.state, live.now, lag=lag) for lag in (CURRENT, Lag(12_000))]
    current, behind = ("\n".join(text(line) for line in header_lines(view, width)) for view in views)
    assert "≥" not in current
    for needed in ("BEHIND 12s", "≥$9.32", "≥12.4M tok"):
        assert needed in behind


def test_session_without_a_request_has_no_sum_while_it_is_behind() -> None:
    live = LiveBuilder()
    lines = header_lines(StatusView(live.state, live.now, lag=Lag(12_000)), 80)
    assert "$—  — tok" in text(lines[1])


def test_narrowest_status_bar_has_a_line_for_the_percentage() -> None:
    assert len(drawn(working_afternoon(), 20, low=True)) == 4
    assert len(drawn(working_afternoon(), 40, low=True)) == 2


@pytest.mark.parametrize(
    ("width", "room"), [(80, "37k tok left"), (99, "37k tok left · ~23 calls"), (110, "~23 calls")]
)
def test_room_until_compaction_and_its_bar_are_shown_on_narrow_screens(width: int, room: str) -> None:
    screen_text = "\n".join(drawn(working_afternoon(), width))
    assert room in screen_text
    assert "┃" in screen_text


@pytest.mark.parametrize("width", [60, 80, 110])
def test_long_subject_takes_the_room_beside_the_name(width: int) -> None:
    live = LiveBuilder()
    live.start("Bash", ToolKind.SHELL, "make " + "x" * 200)
    state = drawn(live, width)[0]
    subject_width, _, right = state.partition("…")
    assert "make xxx" in subject_width
    assert len(right) - len(right.lstrip()) == 2


def test_widest_status_bar_shows_everything() -> None:
    state, words, context, money = drawn(working_afternoon(), 200)
    assert "“Push to origin as well?”   open question: only you can answer it" in state
    assert state.rstrip().endswith("harbour · claude-code 2.1.39 · opus-9-1 · acceptEdits")
    assert words.lstrip().startswith("“Clean. The tests run once more, then I push.”")
    assert words.rstrip().endswith("plan 2/5 now: Run the tests   tests ✗ 1 of 212 · 15m ago · 1 edit since")
    assert "131k/200k assumed · 37k to compaction ┃ · ~23 calls (12–51) · ↑1.6k/call" in context
    assert context.rstrip().endswith("1 compaction, 14m ago")
    assert "in 2.5k  out ≥28k  cache 11.9M r · 474k w (96 %)   146 requests" in money
    assert money.rstrip().endswith("3 files  +79 −14")


def test_cut_message_keeps_its_quotes_and_time() -> None:
    live = working_afternoon()
    live.apply(AgentMessage(session=live.state.key, at=live.now, text="Clean, " * 40))
    live.apply(PlanUpdate(session=live.state.key, at=live.now, completed=2, total=5, now="Run the tests " * 20))
    words = drawn(live, 110)[1]
    assert words.startswith(" “Clean, Clean")
    assert "…”  20:" in words
    assert words.rstrip().endswith("…")


def test_changes_without_line_counts_are_not_zeros() -> None:
    live = working_afternoon()
    live.state.totals = replace(live.state.totals, lines_added=0, lines_removed=0)
    assert drawn(live, 160)[-1].rstrip().endswith("3 files")
    assert "3 files" in drawn(live, 100)[1]


@pytest.mark.parametrize(
    ("width", "lines"), [(60, "≥ +79 −14"), (80, "3 files ≥ +79 −14"), (160, "3 files  ≥ +79 −14")]
)
def test_lines_are_a_lower_bound_where_some_are_not_known(width: int, lines: str) -> None:
    live = working_afternoon()
    live.state.totals = replace(live.state.totals, uncounted=1)
    assert lines in "".join(drawn(live, width))
    live.state.totals = replace(live.state.totals, uncounted=0)
    assert "≥ +" not in "".join(drawn(live, width))
    live.finish(live.start("apply_patch", ToolKind.EDIT))  # its files do not even say of which file
    assert lines in "".join(drawn(live, width))


@pytest.mark.parametrize("width", [60, 73, 74, 80, 99])
def test_changes_and_room_stay_on_narrow_screens_with_large_sums(width: int) -> None:
    live = working_afternoon()
    sums = live.state.totals
    amount = sums.amount._replace(cost=sums.amount.cost * 100)
    live.state.totals = replace(sums, amount=amount, lines_added=12_345, lines_removed=1_234)
    line = drawn(live, width)[1]
    assert "+12,345 −1,234" in line
    assert "≥12.4M tok" in line
    assert "3 files" in line
    assert width < 80 or "37k tok left" in line


def test_session_that_changed_nothing_says_so_at_80_columns() -> None:
    live = working_afternoon()
    live.state.totals = replace(live.state.totals, files_changed=0, lines_added=0, lines_removed=0)
    assert drawn(live, 80)[1].rstrip().endswith("no change")


@pytest.mark.parametrize(("width", "words"), [(80, "1 edit ±?"), (160, "1 edit, lines unknown")])
def test_edits_of_which_nothing_is_stated_are_not_denied(width: int, words: str) -> None:
    live = LiveBuilder()
    live.state.totals_loaded = True
    live.finish(live.start("apply_patch", ToolKind.EDIT), CallState.FAILED)
    assert "no " in drawn(live, width)[-1]
    live.finish(live.start("apply_patch", ToolKind.EDIT))
    assert drawn(live, width)[-1].rstrip().endswith(words)


def test_no_claims_before_the_totals_are_loaded() -> None:
    live = LiveBuilder()
    for width in WIDTHS:
        screen_text = "\n".join(drawn(live, width))
        assert "$—" in screen_text
        assert "— tok" in screen_text
    assert "no file changed" not in "".join(drawn(live, 160))
    assert "no change" not in "".join(drawn(live, 80))
    live.state.totals_loaded = True
    assert "no file changed" in "".join(drawn(live, 160))


def test_only_waiting_is_reversed() -> None:
    (state, *_) = header_lines(StatusView(working_afternoon().state, working_afternoon().now), 80)
    assert [span.text for span in state if span.tone is Tone.WAITS] == ["? WAITS FOR YOU"]


def test_empty_session_shows_no_numbers() -> None:
    live = LiveBuilder()
    screen_text = "\n".join(drawn(live, 160))
    assert "UNKNOWN" in screen_text
    assert "? of ? window" in screen_text


def test_cost_without_any_price_is_unknown() -> None:
    live = LiveBuilder()
    live.state.totals = totals(live.state.key)
    live.state.totals = type(live.state.totals)(live.state.key, Amount(2, 10, 10, unpriced=2))
    assert "$—" in "\n".join(drawn(live, 80))


def test_context_is_unknown_between_compaction_and_next_response() -> None:
    live = working_afternoon()
    live.apply(ContextUpdate(session=live.state.key, at=live.now + 1, tokens=None))
    assert "unknown until the next response" in drawn(live, 160)[2]


def test_any_call_may_be_the_last_near_compaction() -> None:
    live = working_afternoon()
    live.apply(ContextUpdate(session=live.state.key, at=live.now, tokens=164_000))
    assert "any call now" in drawn(live, 160)[2]


@pytest.mark.parametrize("width", [160, 80])
def test_nothing_is_forecast_while_the_context_is_compacted(width: int) -> None:
    live = working_afternoon()
    for call in list(live.state.log.open):
        live.finish(call)
    live.apply(ContextUpdate(session=live.state.key, at=live.now, tokens=166_759))
    assert "any call now" in "".join(drawn(live, width))
    live.wait(1)
    live.apply(CompactionUpdate(session=live.state.key, at=live.now, finished=False))
    screen_text = "".join(drawn(live, width))
    assert "COMPACTING" in screen_text
    assert "any call now" not in screen_text
    assert "1.2k to compaction" in screen_text or "1.2k tok left" in screen_text


def test_likely_state_has_a_question_mark() -> None:
    live = LiveBuilder()
    live.apply(Prompt(session=live.state.key, at=live.now, text="go"))
    live.shell("make")
    live.apply(TurnUpdate(session=live.state.key, at=live.now, turn=Turn.DONE))
    assert "✓ DONE " in drawn(live, 80)[0]
    open_call = LiveBuilder()
    open_call.start("Bash", open_call.shell("true").kind, "make")
    assert "▶ WORKING?" in drawn(open_call, 80)[0]


@pytest.mark.parametrize("width", [160, 80, 40])
def test_command_without_a_sign_runs_or_waits_at_every_width(width: int) -> None:
    live = LiveBuilder()
    live.prompt("Go")
    live.start("Bash", ToolKind.SHELL, "make test", approval_after_ms=630_000)
    live.wait(36)
    assert "◆ RUNS OR WAITS? 36s" in drawn(live, width)[0]
    assert ("no output yet" in drawn(live, width)[0]) is (width == 160)


def test_session_without_a_folder_is_named_by_title_or_id() -> None:
    live = LiveBuilder(session=SessionKey("codex", "0123456789"))
    live.state.cwd = live.state.root = ""
    assert "01234567" in drawn(live, 80)[0]
    live.apply(SessionUpdate(session=live.state.key, at=live.now + 1, title="Tides in summer"))
    assert "Tides in summer" in drawn(live, 80)[0]


@pytest.mark.parametrize("width", [80, 100, 110, 160])
def test_title_of_a_session_is_shown(width: int) -> None:
    live = LiveBuilder()
    live.apply(SessionUpdate(session=live.state.key, at=live.now, title="Mend the harbour fee"))
    live.apply(TurnUpdate(session=live.state.key, at=live.now, turn=Turn.DONE))
    assert sum(line.count("Mend the harbour fee") for line in drawn(live, width)) == 1
    live.apply(AgentMessage(session=live.state.key, at=live.now, text="It is mended."))
    live.start("Bash", ToolKind.SHELL, "make")
    assert width < 110 or any("Mend the harbour fee" in line for line in drawn(live, width))


@pytest.mark.parametrize("width", [40, 48, 60, 74, 80, 100])
def test_failures_changes_and_imminent_compaction_are_never_dropped(width: int) -> None:
    live = working_afternoon()
    live.state.totals = replace(live.state.totals, failed=15, lines_added=1_808, lines_removed=80)
    live.apply(ContextUpdate(session=live.state.key, at=live.now, tokens=164_000))
    screen_text = "\n".join(drawn(live, width))
    for needed in ("82 % MEDIUM", "any call now", "≥$9.32", "≥12.4M tok", "✗15", "+1,808 −80"):
        assert needed in screen_text


@pytest.mark.parametrize("width", [40, 60, 80])
def test_words_of_an_agent_that_is_done_have_a_line(width: int) -> None:
    live = LiveBuilder()
    live.apply(Prompt(session=live.state.key, at=live.now, text="Mend the fee"))
    live.apply(AgentMessage(session=live.state.key, at=live.now, text="The fee is mended."))
    live.shell("make")
    assert "mended" not in "".join(drawn(live, width))
    live.apply(TurnUpdate(session=live.state.key, at=live.now, turn=Turn.DONE))
    assert drawn(live, width)[-1].strip() == "“The fee is mended.”"
    assert "mended" not in "".join(drawn(live, width, low=True))


def test_time_of_the_turn_is_shown_where_there_is_room() -> None:
    live = LiveBuilder()
    live.apply(Prompt(session=live.state.key, at=live.now, text="Mend the fee"))
    live.now += 125_000
    live.shell("make")
    assert "turn 2m" in drawn(live, 160)[-1]


@pytest.mark.parametrize("width", [110, 140, 160])
def test_held_call_gives_way_to_what_it_is_held_by(width: int) -> None:
    live = LiveBuilder()
    call = live.start("Bash", ToolKind.SHELL, "make " + "x" * 200)
    live.apply(CallProgress(session=live.state.key, at=live.now, call=call.id, doing="hook check.sh"))
    view = StatusView(live.state, live.now + 20 * SECOND)
    state = text(header_lines(view, width)[0])
    assert "HELD?" in state
    assert "…   in hook check.sh, or waits for you  " in state
    assert "make xxx" in state


def session_with_turn_cost(failed: int, lines: int) -> LiveBuilder:
    """Return an afternoon with a turn that goes on and has cost $4.20 so far."""
    live = working_afternoon()
    live.prompt("Mend the fee")
    live.wait(125)
    live.shell("make")
    counts = replace(live.state.totals, failed=failed, lines_added=lines, lines_removed=80)
    live.state.totals, amount = counts, Amount(1, 10, 10, cost=420 * 10**10)
    live.state.figures = SessionFigures(prompt_amounts={live.state.main_chain.last_prompt_at: amount})
    return live


@pytest.mark.parametrize(("failed", "lines"), [(0, 1), (15, 1_808), (115, 21_808)])
def test_cost_of_the_turn_stays_at_eighty_columns_beside_what_is_never_left_out(failed: int, lines: int) -> None:
    line = drawn(session_with_turn_cost(failed, lines), 80)[1]
    for needed in ("66 % LOW", "k left", "turn $4.20 of ≥$9.32", "≥12.4M tok", f"+{lines:,} −80"):
        assert needed in line


@pytest.mark.parametrize("turn", [Turn.INTERRUPTED, Turn.FAILED, Turn.DONE])
def test_cost_of_a_turn_is_shown_however_it_ended(turn: Turn) -> None:
    live = session_with_turn_cost(0, 1)
    live.apply(TurnUpdate(session=live.state.key, at=live.now, turn=turn))
    assert all("$4.20" in "".join(drawn(live, width)) for width in (80, 160))


def test_session_that_ended_days_ago_has_the_date() -> None:
    live = LiveBuilder()
    live.prompt("Mend the fee")
    live.apply(TurnUpdate(session=live.state.key, at=live.now, turn=Turn.SESSION_ENDED))
    for days, age in ((0.2, "4h48m"), (2, "5 Jan"), (293, "5 Jan"), (320, "Jan 2026")):
        view = StatusView(live.state, live.now + round(days * DAY), tz=UTC)
        assert f"ENDED {age} " in text(header_lines(view, 80)[0])


@pytest.mark.parametrize("width", [140, 160])
def test_call_of_unknown_subject_is_named_by_its_tool_and_says_why_it_waits(width: int) -> None:
    live = LiveBuilder()
    live.apply(SessionUpdate(session=live.state.key, at=live.now, version="0.104.0-alpha.1", mode="on-request"))
    live.start("exec_command", ToolKind.SHELL, "", approval_after_ms=35_000)
    live.wait(41)
    line = drawn(live, width)[0]
    assert line.startswith(" ? WAITS FOR YOU? 41s   Bash   it shows no sign that it runs")


@pytest.mark.parametrize("width", [48, 80, 160])
def test_session_whose_agents_do_all_the_work_has_the_context_of_the_last_one(width: int) -> None:
    live = LiveBuilder()
    for agent, tokens in (("a1", 150_000), ("a2", 20_000)):
        live.wait(1)
        live.apply(AgentUpdate(session=live.state.key, agent=agent, at=live.now, type=f"Planner {agent}"))
        live.apply(ContextUpdate(session=live.state.key, agent=agent, at=live.now, tokens=tokens, limit=200_000))
    assert "10 % OK Planner a2" in "".join(drawn(live, width))
    live.apply(ContextUpdate(session=live.state.key, at=live.now, tokens=50_000, limit=200_000))
    text_of_main = "".join(drawn(live, width))
    assert "25 % OK" in text_of_main
    assert "Planner" not in text_of_main


@pytest.mark.parametrize("width", [48, 80, 160])
def test_age_of_a_state_is_as_exact_as_that_of_its_row(width: int) -> None:
    live = LiveBuilder()
    live.start("AskUserQuestion", ToolKind.ASK, "Which coast?")
    live.wait(214)
    assert "WAITS FOR YOU 3m34s" in drawn(live, width)[0]
