"""The monitor screen: one session, live."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.getters import query_one
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Footer, Input

from tui_monitor.events import SessionKey
from tui_monitor.live.apply import EVERYTHING, Part
from tui_monitor.live.entries import Entry
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import LiveState
from tui_monitor.live.status import status
from tui_monitor.tui import errands
from tui_monitor.tui.detail.bodies import Bodies
from tui_monitor.tui.detail.nth import place_among_changes
from tui_monitor.tui.header.lines import View
from tui_monitor.tui.pump import FRAME_S, Frame, Pump
from tui_monitor.tui.rows.scene import scene_of
from tui_monitor.tui.screens.alerts import alert_text, health_spans
from tui_monitor.tui.screens.focus_on import FocusOn
from tui_monitor.tui.screens.keys import KEYS
from tui_monitor.tui.surroundings import Source, Surroundings
from tui_monitor.tui.widgets.call_detail import CallDetail
from tui_monitor.tui.widgets.empty import EmptyCard
from tui_monitor.tui.widgets.filter_line import FilterLine
from tui_monitor.tui.widgets.log_messages import FilterChanged, FollowChanged, Highlighted, Opened
from tui_monitor.tui.widgets.pane import Pane, Topic
from tui_monitor.tui.widgets.status_bar import StatusBar
from tui_monitor.tui.widgets.summary import Summary
from tui_monitor.tui.widgets.title_rule import TitleRule
from tui_monitor.tui.widgets.tool_log import ToolLog

TICK_S = 1.0
DETAIL_S = 0.15
"""While the newest row is followed, its detail is shown at most so often."""
OVERLAYS = ("-detail", "-pane")
"""Classes of the screen where detail and pane have no place of their own and are open over the log."""


class Wake(Message, bubble=False):
    """Sent by the threads of the feed: there is something to take."""


class MonitorScreen(Screen[None]):
    """Draws what the source brings, the first of it after a pause at once, then at most 30 times a second."""

    CSS_PATH = "monitor.tcss"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  # as Textual declares it
        (0, "-narrow"),
        (110, "-middle"),
        (140, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    status_bar = query_one(StatusBar)
    log_view = query_one(ToolLog)
    filter_line = query_one(FilterLine)
    activity_title = query_one("#activity-title", TitleRule)
    detail_title = query_one("#detail-title", TitleRule)
    side_title = query_one("#side-title", TitleRule)
    detail = query_one(CallDetail)
    pane = query_one(Pane)
    summary = query_one(Summary)
    empty = query_one(EmptyCard)

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__()
        self._around = surroundings
        self._source: Source = surroundings.open_source(self._wake)
        self._live = LiveState()
        self._pump = Pump(self._source.take, self._live)
        self._focus_on = FocusOn(self._live)
        self._entry: Entry | None = None
        self._drawn_at = 0.0
        self._drawing = False
        self._detail_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield StatusBar()
        with Horizontal(id="body"):
            with Vertical(id="activity"):
                yield TitleRule("Activity", id="activity-title")
                yield ToolLog(self._around.tz, self._around.display.ascii)
                yield FilterLine()
            with Vertical(id="aside"):
                with Vertical(id="detail"):
                    yield TitleRule("Detail", id="detail-title")
                    yield CallDetail()
                with Vertical(id="side"):
                    yield TitleRule(Topic.FILES, id="side-title")
                    yield Pane()
        with Container(id="nothing"), Container(id="card"):
            yield EmptyCard()
        yield Summary()
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Begin to read once there is something to look at."""
        self.add_class("-empty")
        self._show_circumstances()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._source.start()
        self.set_interval(TICK_S, self._tick)
        self.log_view.focus()

    def on_descendant_focus(self) -> None:
        """Mark the pane that has the focus."""
        for title in self.query(TitleRule):
            parent = title.parent
            title.tell(focused=isinstance(parent, Widget) and parent.has_focus_within)

    def on_unmount(self) -> None:
        """Stop reading."""
        self._source.stop()

    def _wake(self) -> None:
        """Called in the threads of the source."""
        self.post_message(Wake())

    def on_wake(self) -> None:
        """Draw at once after a pause, else with the next frame."""
        if not self._drawing:
            self._drawing = True
            wait = self._drawn_at + FRAME_S - perf_counter()
            if wait <= 0:
                self._draw()
            else:
                self.set_timer(wait, self._draw)

    def _draw(self) -> None:
        frame = self._pump.frame()
        self._drawn_at, self._drawing = perf_counter(), frame.more
        self._show(frame)
        if frame.more:
            self.set_timer(FRAME_S / 2, self._draw)

    def _show(self, frame: Frame) -> None:
        other = self._focus_on.consider(frame, self._around.clock())
        if self._focus_on.session and self._focus_on.needs_memory(frame):
            self._source.ask_history(self._focus_on.session)
        if frame.circumstances:
            self._show_circumstances()
        for texts in frame.texts:
            bodies = Bodies(texts.input, texts.output, texts.error, texts.metadata, texts.changes)
            self.detail.set_bodies(texts.call, bodies, complete=texts.complete)
        part = EVERYTHING if other else frame.changes.of(self._focus_on.session)
        if part or frame.circumstances:
            self._show_session(part)

    def _tick(self) -> None:
        self._show_session(Part.STATUS)

    def _show_session(self, part: Part) -> None:
        state, now = self._focus_on.state, self._around.clock()
        if state is None:
            return
        self.remove_class("-empty")
        self.status_bar.tell(View(state, now, self._alert(), self._around.display.levels, self._around.tz))
        self.log_view.update_from(state, now)
        if part & Part.TOTALS:
            self.activity_title.tell(aside=_counts(state))
        if part & Part.LOG:
            self._show_detail_soon()
        if part & (Part.TOTALS | Part.AGENTS | Part.CONTEXT):
            self.pane.tell(state, now)
        if part & ~Part.STATUS:
            self.summary.tell(state, health_spans(self._pump.circumstances))

    def _alert(self) -> str:
        newer = self._focus_on.newer()
        return alert_text(self._pump.circumstances) or (f"{newer} was heard of since: s shows it" if newer else "")

    def _show_circumstances(self) -> None:
        now = self._pump.circumstances
        notes = now.notes or tuple(now.troubles.values())
        self.empty.tell(now.roots, notes, self._around.home, now.looked)

    def _show_detail_soon(self) -> None:
        """Show it at once where a person moves, but not at every frame where new rows come by themselves."""
        if not self.log_view.following:
            self._show_detail()
        elif self._detail_timer is None:
            self._detail_timer = self.set_timer(DETAIL_S, self._show_detail)

    def _show_detail(self) -> None:
        if self._detail_timer:
            self._detail_timer.stop()
            self._detail_timer = None
        state = self._focus_on.state
        if state and (self.has_class("-wide") or self.has_class("-detail")):
            scene = scene_of(state, self._around.clock(), self._around.tz)
            self.detail.show(self._entry, scene, place_among_changes(self._entry, state))
            self.detail_title.tell(title=self.detail.title.plain)

    @on(Highlighted)
    def _entry_selected(self, message: Highlighted) -> None:
        self._entry = message.entry
        self._show_detail_soon()

    @on(Opened)
    def _entry_opened(self, message: Opened) -> None:
        self._entry = message.entry
        self._open("-detail")
        self.detail.focus()

    @on(FollowChanged)
    def _follow_changed(self, message: FollowChanged) -> None:
        paused = f"paused · {message.behind} new" if message.behind else "paused"
        self.activity_title.tell(title="Activity" if message.following else f"Activity · {paused}")

    @on(FilterChanged)
    def _filter_changed(self, message: FilterChanged) -> None:
        self.filter_line.show_text(message.text)

    @on(Input.Changed)
    def _filter_typed(self, message: Input.Changed) -> None:
        self.log_view.filter_text = message.value

    @on(FilterLine.Closed)
    def _filter_closed(self) -> None:
        self.log_view.focus()

    @on(CallDetail.BodiesWanted)
    def _texts_wanted(self, message: CallDetail.BodiesWanted) -> None:
        self._source.ask_texts(message.session, message.call)

    @on(CallDetail.EditWanted)
    def _edit_wanted(self, message: CallDetail.EditWanted) -> None:
        cwd = self._focus_on.state.cwd if self._focus_on.state else ""
        errands.edit(self.app, Path(cwd) / message.path, message.line)

    @on(CallDetail.CopyWanted)
    def _copy_wanted(self, message: CallDetail.CopyWanted) -> None:
        self.app.copy_to_clipboard(message.text)
        self.notify("Copied.")

    @on(CallDetail.SaveWanted)
    def _save_wanted(self, message: CallDetail.SaveWanted) -> None:
        errands.save(self.app, Path.cwd(), message.name, message.text)

    def action_filter(self) -> None:
        """Write a filter."""
        self.filter_line.open()

    def action_pane(self, topic: str) -> None:
        """Show a pane; where it has no place of its own, over the log, and the same key closes it."""
        same = self.has_class("-pane") and self.pane.topic is Topic[topic]
        self.pane.topic = Topic[topic]
        self.side_title.tell(title=self.pane.topic)
        if same:
            self.action_back()
        else:
            self._open("-pane")
            self.pane.focus()

    def action_detail(self, tab: str) -> None:
        """Open a tab of the detail."""
        self._open("-detail")
        self.detail.action_open_tab(tab)

    def action_back(self) -> None:
        """One level back."""
        if not self._close() and self.focused is self.log_view and self.log_view.filter_text:
            self.log_view.filter_text = ""
            self.filter_line.show_text("")
        self.log_view.focus()

    def action_reason(self) -> None:
        """Say what the state is judged by."""
        if state := self._focus_on.state:
            found = status(state, self._around.clock())
            self.notify(f"{found.word}: {found.evidence}.", markup=False)

    def action_help(self) -> None:
        """Show the keys of what has the focus."""
        from tui_monitor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.active_bindings))

    def action_sessions(self) -> None:
        """Choose another session."""
        from tui_monitor.tui.screens.sessions import SessionsScreen

        states = sorted(self._live.sessions.values(), key=lambda state: state.last_at, reverse=True)
        self.app.push_screen(SessionsScreen(states, self._around.clock()), self._session_chosen)

    def _session_chosen(self, session: SessionKey | None) -> None:
        if session:
            self._focus_on.choose(session)
            self._show_session(EVERYTHING)

    def _open(self, overlay: str) -> None:
        self._close()
        self.add_class(overlay)
        self._show_detail()

    def _close(self) -> bool:
        was_open = any(map(self.has_class, OVERLAYS))
        self.remove_class(*OVERLAYS)
        return was_open


def _counts(state: SessionState) -> str:
    totals = state.totals
    counts = [f"{totals.calls:,} calls"] if totals.calls else []
    counts += [f"{totals.failed:,} ✗"] if totals.failed else []
    counts += [f"{totals.rejected:,} ⊘"] if totals.rejected else []
    return " · ".join(counts)
