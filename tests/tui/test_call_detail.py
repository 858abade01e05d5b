"""The detail of one entry, while it changes."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from tests.tui.detail_app import DetailApp
from tests.tui.diff.patches import patch
from tests.tui.live_builder import CWD, SESSION, LiveBuilder
from tests.tui.view_app import press, settle, visible
from tui_monitor.events import CallState, Change, ChangeKind, Choice, Proposal, Question, Reply, ToolKind
from tui_monitor.live.entries import Call, Mark, MarkKind
from tui_monitor.merge.text_volume import MAX_BODY
from tui_monitor.tui.detail.bodies import BodyTexts
from tui_monitor.tui.detail.tabs import Tab
from tui_monitor.tui.widgets.call_detail import NOTHING, CallDetail
from tui_monitor.tui.widgets.call_header import TabLabel

SIZE = (70, 24)
OLD = "".join(f"line {number}\n" for number in range(1, 101))
EDIT = Change(ChangeKind.MODIFY, f"{CWD}/quay.py", patch(OLD, OLD.replace("line 40", "line forty")), 1, 1, "", (40, 40))


@pytest.fixture
def live() -> LiveBuilder:
    return LiveBuilder()


def edited(live: LiveBuilder, output: str = "The file was changed.") -> Call:
    call = live.start("Edit", ToolKind.EDIT, f"{CWD}/quay.py", input='{"file_path": "quay.py"}')
    return live.finish(call, changes=(EDIT,), output=output)


def open_tab(app: DetailApp) -> str:
    return " ".join(str(label.tab) for label in app.query(TabLabel) if label.has_class("-open"))


def available_tabs(app: DetailApp) -> list[str]:
    return [str(label.tab) for label in app.query(TabLabel) if not label.disabled]


def body(app: DetailApp) -> list[str]:
    return [line.strip() for line in visible(app.detail.body.view)]


def line(app: DetailApp, name: str) -> str:
    return str(app.query_one(f"#{name}", Static).visual)


async def test_detail_without_an_entry_shows_advice_and_requests_nothing(live: LiveBuilder) -> None:
    app = DetailApp(live)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "o", "y", "4", "e")
        assert body(app)[0] == NOTHING
        assert not app.detail.tab_line.display
        assert app.detail.title.plain == "Detail"
        assert app.messages == []
        assert [notice.message for notice in app._notifications] == ["No file to open here."]


async def test_most_useful_tab_is_opened(live: LiveBuilder) -> None:
    app = DetailApp(live)
    async with app.run_test(size=SIZE) as pilot:
        for state, texts, tab in (
            (CallState.OK, {"output": "out", "changes": (EDIT,)}, "diff"),
            (CallState.OK, {"output": "out"}, "output"),
            (CallState.FAILED, {"error": "bad"}, "output"),
            (CallState.OK, {}, "input"),
        ):
            call = live.start("Edit", ToolKind.EDIT, "quay.py", input="{}")
            app.show(live.finish(call, state, **texts))
            await settle(pilot)
            assert open_tab(app) == tab


ASKED = Proposal((Question("q", "Which berth?", "", (Choice("North", "Deep"), Choice("South"))),))


async def test_pending_edit_is_the_diff_of_what_is_asked_for(live: LiveBuilder) -> None:
    call = live.start("Edit", ToolKind.EDIT, f"{CWD}/quay.py", input="{}", proposal=Proposal(changes=(EDIT,)))
    app = DetailApp(live, call)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert open_tab(app) == "diff"
        assert app.detail.title.plain == "Asked for · not applied  quay.py  +1 −1"
        assert (call.added, call.removed) == (0, 0)
        assert any("line forty" in text for text in body(app))
        await press(pilot, "o")
        saved = app.messages[-1]
        assert isinstance(saved, CallDetail.SaveRequested)
        assert "+line forty" in saved.text
        app.show(live.finish(call, changes=(EDIT,)))
        await settle(pilot)
        assert app.detail.title.plain == "Change  quay.py  +1 −1"


async def test_rejected_edit_still_shows_what_was_asked_for(live: LiveBuilder) -> None:
    call = live.start("Edit", ToolKind.EDIT, f"{CWD}/quay.py", proposal=Proposal(changes=(EDIT,)))
    app = DetailApp(live, live.finish(call, CallState.REJECTED, error="No"))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert app.detail.title.plain.startswith("Asked for · not applied")


async def test_question_is_read_with_its_choices_and_then_its_answer(live: LiveBuilder) -> None:
    call = live.start("AskUserQuestion", ToolKind.ASK, "Which berth?", input="{}", proposal=ASKED)
    app = DetailApp(live, call)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert open_tab(app) == "input"
        assert body(app)[:3] == ["Which berth?", "1. North  Deep", "2. South"]
        app.show(live.finish(call, output="North, they said", answers=(Reply("q", ("North",)),)))
        await settle(pilot)
        assert open_tab(app) == "input"
        assert body(app)[1] == "✓ 1. North  Deep"


async def test_question_that_is_not_held_is_requested(live: LiveBuilder) -> None:
    call = live.start("AskUserQuestion", ToolKind.ASK, "Which berth?", input="{}")
    app = DetailApp(live, call)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        requested = [message.call for message in app.messages if isinstance(message, CallDetail.BodiesRequested)]
        assert requested == [call.id]
        app.detail.set_bodies(call.id, BodyTexts("{}", proposal=ASKED))
        await settle(pilot)
        assert body(app)[0] == "Which berth?"


async def test_running_command_shows_its_output_so_far(live: LiveBuilder) -> None:
    call = live.start("Bash", ToolKind.SHELL, "make", timeout_ms=120_000)
    app = DetailApp(live, call)
    async with app.run_test(size=SIZE) as pilot:
        for lines in (100, 101):
            live.wait(10)
            output = "".join(f"line {number}\n" for number in range(51, lines + 1))
            live.progress(call, elapsed_ms=live.now - call.started, lines=lines, output=output)
            app.show(call)
            await settle(pilot)
            assert open_tab(app) == "output"
            assert body(app)[-1] == f"line {lines}"
        assert line(app, "headline") == "▶ running · Bash · 101 lines so far · 20s · 1m40s left"
        await press(pilot, "g")
        assert body(app)[0] == "⋯ 50 lines before"
        live.progress(call, elapsed_ms=21_000, lines=102, output="line 102")
        app.show(live.finish(call, output="all"))
        await settle(pilot)
        assert body(app)[0] == "all"
        assert call.progress_output == ""


async def test_target_is_not_repeated_below_a_title_that_shows_it(live: LiveBuilder) -> None:
    app = DetailApp(live, live.read(f"{CWD}/quay.py", output="x"))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert not app.query_one("#target").display
        await pilot.resize_terminal(16, 24)
        await settle(pilot)
        assert line(app, "target") == "quay.py"


async def test_command_is_not_repeated_above_the_tab_that_shows_it(live: LiveBuilder) -> None:
    command = "make test && make check"
    call = live.finish(live.start("Bash", ToolKind.SHELL, command, input=f'{{"command":"{command}"}}'), output="done")
    app = DetailApp(live, call)
    async with app.run_test(size=(16, 24)) as pilot:
        await settle(pilot)
        assert line(app, "target") == command
        app.detail.action_open_tab("input")
        await settle(pilot)
        assert not app.query_one("#target").display
        assert "make test &&" in body(app)[0]


async def test_keys_and_clicks_open_available_tabs(live: LiveBuilder) -> None:
    app = DetailApp(live, live.shell("make", "built"))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert available_tabs(app) == ["output", "raw"]
        await press(pilot, "4")
        assert open_tab(app) == "raw"
        await press(pilot, "1")
        assert open_tab(app) == "output"
        await pilot.click(next(label for label in app.query(TabLabel) if label.tab is Tab.RAW))
        await settle(pilot)
        assert open_tab(app) == "raw"


async def test_tabs_show_their_texts_and_keep_the_focus(live: LiveBuilder) -> None:
    app = DetailApp(live, edited(live))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        visits = [(body(app)[0], app.focused)]
        for key in ("2", "3", "4", "1"):
            await press(pilot, key)
            visits.append((body(app)[0], app.focused))
        diff, text = app.detail.body.diff, app.detail.body.text
        assert visits == [
            ("37   line 37", diff),
            ("The file was changed.", text),
            ("{", text),
            ("call     call-1", text),
            ("37   line 37", diff),
        ]


async def test_header_has_state_target_and_facts(live: LiveBuilder) -> None:
    call = live.start("Bash", ToolKind.SHELL, "make", note="[bold]all[/bold]", model="opus-9")
    app = DetailApp(live, live.finish(call, CallState.FAILED, seconds=12, exit_code=2))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert line(app, "headline") == "✗ failed · Bash · 12s"
        assert line(app, "target") == "[bold]all[/bold]"
        assert line(app, "facts") == "exit 2 · opus-9 · at 20:00:00"
        assert app.detail.title.plain == "Bash  make"


async def test_low_pane_hides_target_and_facts(live: LiveBuilder) -> None:
    app = DetailApp(live, edited(live))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert app.query_one("#facts").display
        await pilot.resize_terminal(70, 12)
        await settle(pilot)
        assert not app.query_one("#facts").display
        assert app.query_one("#headline").display


async def test_new_result_is_opened_unless_a_tab_was_chosen(live: LiveBuilder) -> None:
    app = DetailApp(live)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for chosen, opened in (("", "diff"), ("3", "input")):
            call = live.start("Edit", ToolKind.EDIT, "quay.py", input="{}")
            live.wait(7)
            app.show(call)
            await press(pilot, *chosen)
            assert open_tab(app) == "input"
            assert line(app, "headline").endswith("Edit · 7s")
            live.finish(call, changes=(EDIT,))
            app.show(call)
            await settle(pilot)
            assert open_tab(app) == opened


async def test_updated_call_keeps_the_scroll_position(live: LiveBuilder) -> None:
    call = edited(live, OLD)
    app = DetailApp(live, call)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "2", "pagedown")
        top = body(app)[0]
        live.finish(call, changes=(EDIT,), output=f"{OLD}and more")
        app.show(call)
        await settle(pilot)
        assert body(app)[0] == top != "line 1"
        await press(pilot, "G")
        assert body(app)[-1] == "and more"


async def test_each_tab_keeps_its_position_and_another_call_starts_at_the_top(live: LiveBuilder) -> None:
    app = DetailApp(live, edited(live, OLD))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "2", "pagedown")
        top = body(app)[0]
        await press(pilot, "4", "2")
        assert body(app)[0] == top != "line 1"
        app.show(edited(live, OLD))
        await press(pilot, "2")
        assert body(app)[0] == "line 1"


async def test_trimmed_bodies_are_requested_once_and_shown(live: LiveBuilder) -> None:
    call = edited(live)
    call.trim()
    app = DetailApp(live, call)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.show(call)
        await settle(pilot)
        assert app.messages == [CallDetail.BodiesRequested(SESSION, call.id)]
        assert body(app)[0] == "loading …"
        app.detail.set_bodies(call.id, BodyTexts("{}", "from the store", "", "", (EDIT,)))
        await settle(pilot)
        assert body(app)[0] == "37   line 37"
        await press(pilot, "2")
        assert body(app)[0] == "from the store"


async def test_lost_bodies_are_reported(live: LiveBuilder) -> None:
    call = edited(live)
    call.trim()
    app = DetailApp(live, call)
    async with app.run_test(size=SIZE) as pilot:
        app.detail.set_bodies(call.id, BodyTexts(), complete=False)
        app.detail.set_bodies("call-9", BodyTexts(output="of a call that is no longer shown"))
        await settle(pilot)
        assert body(app)[0].startswith("The text is no longer available")
        await press(pilot, "4")
        assert body(app)[0] == "call     call-1"


async def test_cut_text_is_shown_until_the_rest_comes(live: LiveBuilder) -> None:
    call = live.shell("make", "x\n" * MAX_BODY)
    app = DetailApp(live, call)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "G")
        assert body(app)[-2:] == ["x", "⋯ loading the rest …"]
        app.detail.set_bodies(call.id, BodyTexts(output=f"{OLD}end"))
        await settle(pilot)
        await press(pilot, "G")
        assert body(app)[-1] == "end"


async def test_mark_is_shown_with_its_full_text(live: LiveBuilder) -> None:
    app = DetailApp(live, Mark(MarkKind.PROMPT, live.now, "Fix the tide.\nThen the quay."))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert line(app, "headline") == "› 20:00:00"
        assert body(app)[:2] == ["Fix the tide.", "Then the quay."]
        assert not app.detail.tab_line.display
        await press(pilot, "y", "o")
        text = "Fix the tide.\nThen the quay."
        assert app.messages == [CallDetail.CopyRequested(text), CallDetail.SaveRequested("prompt.txt", text)]


async def test_file_is_opened_at_the_line_at_the_top(live: LiveBuilder) -> None:
    app = DetailApp(live, edited(live))
    async with app.run_test(size=(70, 8)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "j", "j", "e", "3", "e")
        assert app.messages == [CallDetail.EditRequested(f"{CWD}/quay.py", number) for number in (37, 39, 40)]


async def test_text_is_copied_clean_and_saved_as_recorded(live: LiveBuilder) -> None:
    app = DetailApp(live, edited(live, "\x1b[32mbuilt\x1b[0m"))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "2", "y", "o", "1", "o")
        assert app.messages == [
            CallDetail.CopyRequested("built"),
            CallDetail.SaveRequested("Edit-call-1.txt", "\x1b[32mbuilt\x1b[0m"),
            CallDetail.SaveRequested(
                "Edit-call-1.diff", f"--- {EDIT.path}\n+++ {EDIT.path}\n{EDIT.diff.removesuffix(chr(10))}\n"
            ),
        ]


def test_every_key_has_an_id_and_a_tooltip() -> None:
    from textual.binding import Binding

    from tui_monitor.tui.widgets.diff_view import DiffView
    from tui_monitor.tui.widgets.line_view import LineView

    bindings = [*CallDetail.BINDINGS, *DiffView.BINDINGS, *LineView.BINDINGS]
    assert all(isinstance(binding, Binding) and binding.id and binding.tooltip for binding in bindings)


async def test_failed_hook_is_shown_with_all_that_it_wrote(live: LiveBuilder) -> None:
    mark = Mark(MarkKind.HOOK_FAILED, live.now, "Stop make lint", detail="tides.py: bad\nquay.py: bad", exit_code=2)
    app = DetailApp(live, mark)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert line(app, "headline") == "! exit 2 · 20:00:00"
        assert body(app)[:4] == ["Stop make lint", "", "tides.py: bad", "quay.py: bad"]
