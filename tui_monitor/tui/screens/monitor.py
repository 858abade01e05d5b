"""The monitor screen: one session, live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.getters import query_one
from textual.message import Message
from textual.screen import Screen

from tui_monitor.live.alerts import AlertSettings
from tui_monitor.live.apply import EVERYTHING, Part
from tui_monitor.live.session import SessionState
from tui_monitor.tui.alerts.attention import Attention
from tui_monitor.tui.app_context import AppContext, SourceOpener
from tui_monitor.tui.external_actions import focus_terminal
from tui_monitor.tui.figure_requests import AMOUNTS_MS
from tui_monitor.tui.keys import MONITOR_KEYS, actions_of
from tui_monitor.tui.panes.registry import pane_of
from tui_monitor.tui.pump import BUDGET_S, FRAME_S, MAX_SHARE
from tui_monitor.tui.rate_limiter import RateLimiter
from tui_monitor.tui.screens.alert_watch import AlertWatch
from tui_monitor.tui.screens.compositor import PartialCompositor, is_covered
from tui_monitor.tui.screens.drawing_schedule import DrawingSchedule
from tui_monitor.tui.screens.empty_view import EmptyView
from tui_monitor.tui.screens.model import MonitorModel
from tui_monitor.tui.screens.output_follower import OutputRead
from tui_monitor.tui.screens.screen_layout import MIDDLE, WIDE
from tui_monitor.tui.screens.session_picker import SessionPicker
from tui_monitor.tui.screens.session_search import SessionSearch
from tui_monitor.tui.screens.session_view import SessionView
from tui_monitor.tui.widgets.call_detail import CallDetail
from tui_monitor.tui.widgets.empty import EmptyCard
from tui_monitor.tui.widgets.file_view import FileView
from tui_monitor.tui.widgets.key_line import KeyLine
from tui_monitor.tui.widgets.log_messages import PageRequested
from tui_monitor.tui.widgets.status_bar import LOW
from tui_monitor.units import SECOND

if TYPE_CHECKING:
    from tui_monitor.tui.session_list.entries import SessionChoice

TICK_S = 1.0
NOTICE_EDGE = 4
"""Cells of a notice beside its text."""


class Wake(Message, bubble=False):
    """Sent by the threads of the feed: there is something to drain."""


class MonitorScreen(Screen[None]):
    """Drains the source and draws the session: at once after a pause, then at most 30 times per second."""

    CSS_PATH = "monitor.tcss"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  # as Textual declares it
        (0, "-narrow"),
        (MIDDLE, "-middle"),
        (WIDE, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (LOW, "-high")]  # noqa: RUF012  # as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [*MONITOR_KEYS]

    session_view = query_one(SessionView)
    empty_view = query_one(EmptyView)
    key_line = query_one(KeyLine)

    def __init__(self, app_context: AppContext, attention: Attention, send: Callable[[str], None]) -> None:
        super().__init__()
        self._compositor = PartialCompositor()
        self._app_context = app_context
        self._attention = attention
        self._send = send
        self._alerts = self._watch(app_context.alerts)
        self.model = self._model_of(app_context.open_source, app_context.folders)
        self._frames = RateLimiter(self, FRAME_S, self._draw, MAX_SHARE)
        self._prompt_amounts = RateLimiter(self, AMOUNTS_MS / SECOND, self._request_prompt_amounts)
        self._picker = SessionPicker(self, app_context.tz, self._choose, self.action_search)
        self._search = SessionSearch(self, app_context.tz, self._show_found)
        self.drawing = DrawingSchedule(self, self._frames, lambda: self.model.state, self._draw_log, self._draw_figures)

    def _watch(self, settings: AlertSettings) -> AlertWatch:
        return AlertWatch(settings, self._app_context, self._attention, self._send, self._show_alert)

    def _model_of(self, open_source: SourceOpener, folders: Mapping[str, int] | None = None) -> MonitorModel:
        return MonitorModel(open_source, self._wake, self._app_context.clock, folders)

    def _wake(self) -> None:
        """Wake the screen; called by the threads of the source."""
        self.post_message(Wake())

    def compose(self) -> ComposeResult:
        yield SessionView(self._app_context, lambda: self.model.state)
        yield EmptyView(self._app_context)
        yield KeyLine()

    def on_mount(self) -> None:
        """Start reading once the first picture is drawn."""
        self.empty_view.update(self.model)
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        self.model.start()
        self.set_interval(TICK_S, self._tick)
        self.empty_view.card.focus()

    def on_unmount(self) -> None:
        """Stop reading."""
        self._alerts.end()
        self.model.stop()

    def leave(self) -> None:
        """Note that the person looks away."""
        self.model.leave()
        self.drawing.draw(Part.LOG)

    def come_back(self, left_at: int) -> None:
        """Show what has happened since the person looked away (epoch ms)."""
        self.model.come_back(left_at)
        self.drawing.draw(Part.LOG)

    def on_wake(self) -> None:
        """Draw at once after a pause, else with the next frame."""
        self._frames.request()

    def on_resize(self) -> None:
        """Fit the visible parts to the new width."""
        self.session_view.fit(self.app.size.width)
        if self.is_empty:
            self.empty_view.update(self.model)

    def _draw(self) -> None:
        update = self.model.update(BUDGET_S * self._frames.interval / FRAME_S)
        if update.feed_status and self.is_empty:
            self.empty_view.update(self.model)
        self._picker.offer(self.model)
        for bodies in update.bodies:
            self.session_view.detail_pane.update_bodies(bodies)
        for history in update.files:
            self.session_view.file_view.set_history(history)
        self._search.show(update.found)
        for loaded in update.pages:
            self.session_view.activity.log_view.show_page(loaded.request, loaded.page)
        if update.part or update.feed_status:
            self.drawing.draw(update.part)
        if update.feed_status:
            self._picker.follow_history(self.model)
        if update.sessions_listed:
            self._picker.refresh()
        if update.more:
            self._frames.request()

    def _tick(self) -> None:
        if not is_covered(self) and self._attention.is_present(self.model.now()):
            self.model.look()
        self._update_alerts()
        self.drawing.let_ages_grow()

    def _update_alerts(self) -> None:
        """Judge all sessions, once what was there at the start has been read."""
        model = self.model
        if model.feed_status.catching_up:
            return
        self._alerts.update(model)
        if publish := self._app_context.publish:
            publish(model.live.sessions.values(), model.now())

    def _show_alert(self, text: str) -> None:
        """Show a new alert, unless the list of sessions is shown, which says so itself."""
        if not self._picker.is_open:
            self.notify(text)

    def _compositor_refresh(self) -> None:
        """Paint nothing while covered: Textual would paint all of both screens with each message to this one."""
        if not is_covered(self):
            super()._compositor_refresh()

    def on_screen_resume(self) -> None:
        """Draw what has changed while another screen was shown."""
        self.drawing.draw_undrawn()

    def _draw_log(self, state: SessionState, part: Part) -> None:
        """Draw the log, in the place of the empty screen."""
        if self.is_empty:
            self._leave_empty()
        if part != Part.TOTALS:  # few rows of the log tell any: they wait for the next event or tick
            self.session_view.update_log(state, new_rows=bool(part & (Part.LOG | Part.FIGURES)))
            self._search.arrive(state, self.session_view)
        self._request_prompt_amounts()

    def _request_prompt_amounts(self) -> None:
        """Request what the prompts cost, and again when that may be: nothing else need happen after a turn's end."""
        if self.model.request_prompt_amounts():
            self._prompt_amounts.schedule()

    def _draw_figures(self, state: SessionState) -> None:
        """Draw the figures around the log."""
        lag = self.model.lag()
        self._frames.give_way(is_behind=lag.ms > 0)
        self.session_view.update_figures(state, self.model.feed_status, lag)
        if figures := self.session_view.figures_in_view:
            self.model.request_figures(figures, self._app_context.tz)
        self.key_line.update(self._alerts.notice(self.model, state))

    @property
    def is_empty(self) -> bool:
        """True until there is a session."""
        return not self.session_view.display

    def _leave_empty(self) -> None:
        self.empty_view.display = False
        self.session_view.display = True
        self.session_view.focus()

    @on(EmptyCard.DemoRequested)
    def _show_demo(self) -> None:
        if self._app_context.open_demo:
            self._alerts = self._watch(self._app_context.alerts.of_demo())
            self.reopen(self._app_context.open_demo)

    def reopen(self, open_source: SourceOpener) -> None:
        """Show what another source delivers, from its beginning."""
        self.model.stop()
        self.model = self._model_of(open_source)
        self.model.start()

    @on(CallDetail.BodiesRequested)
    def _request_bodies(self, message: CallDetail.BodiesRequested) -> None:
        self.model.request_bodies(message.session, message.call)

    @on(OutputRead)
    def _note_output(self, message: OutputRead) -> None:
        self.model.note_output(message.session, message.call, message.tail)
        self.drawing.draw(Part.LOG)

    @on(PageRequested)
    def _request_page(self, message: PageRequested) -> None:
        self.model.request_page(message.request)

    @on(FileView.HistoryRequested)
    def _request_file(self, message: FileView.HistoryRequested) -> None:
        self.model.request_file(message.session, message.path)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable all actions but help on the empty screen, and those that have no effect now."""
        if self.is_empty:
            return action == "help" or (action in ("sessions", "search") and self.model.has_only_others)
        if action in ("on_view", "on_detail"):
            return self.session_view.shows_detail
        if action == "resize":
            return self.session_view.is_split
        if action == "back":
            return self.session_view.can_go_back
        if action == "full":
            return self.session_view.can_toggle_full
        return True

    def action_filter(self) -> None:
        """Open the filter line."""
        self.session_view.activity.write_filter()

    def action_find(self) -> None:
        """Open the line for a search."""
        self.session_view.activity.write_search()

    def action_write_time(self) -> None:
        """Open the line for a time to go to."""
        self.session_view.activity.write_time()

    def action_resize(self, by: int) -> None:
        """Make the log larger (1) or smaller (-1), or give it its usual size (0)."""
        self.session_view.splitter.step(by)

    def action_pane(self, name: str) -> None:
        """Show a side pane; where it covers the log, the same key closes it."""
        self.session_view.toggle_pane(pane_of(name))

    def action_detail(self, tab: str) -> None:
        """Open a tab of the detail."""
        self.session_view.open_detail(tab)

    async def action_on_view(self, action: str) -> None:
        """Run an action of the open view of the detail."""
        await self.app.run_action(action, self.session_view.detail_pane.detail.body.view)

    async def action_on_detail(self, action: str) -> None:
        """Run an action of the detail."""
        await self.app.run_action(action, self.session_view.detail_pane.detail)

    def action_full(self) -> None:
        """Give the detail the full width, or take it back."""
        self.session_view.toggle_full()

    def action_back(self) -> None:
        """Go back one level."""
        self.session_view.back()

    def action_reason(self) -> None:
        """Show why the agent is in its state."""
        from tui_monitor.tui.screens.reason import ReasonScreen

        self.app.push_screen(ReasonScreen(self.model, self._app_context.tz))

    def place_notices(self, number: int, cells: int) -> None:
        """Have notices, of which the newest has so many cells, appear over the key line and what stands above it, or
        at the top if they would cover the newest row there."""
        below = self.app.size.height - self.session_view.activity.log_view.bottom_of_rows
        fits = number <= below and cells <= self.app.size.width - NOTICE_EDGE
        self.query("ToastRack").set_class(fits, "-low")

    def action_attend(self) -> None:
        """Go to the session that needs somebody most, from there to the next one."""
        if session := self._alerts.next_session(self.model):
            self.app.clear_notifications()
            self.model.choose(session)
            self._show_chosen()
        else:
            self.action_terminal()

    def action_terminal(self) -> None:
        """Go to the terminal in which the agent of the session runs."""
        state = self.model.state
        if state is None or state.process is None:
            self.notify("No other session needs you." if state else "There is no session.")
            return
        self.run_worker(focus_terminal(self.app, state.process, self._app_context.environment), exclusive=True)

    def action_help(self) -> None:
        """Show the keys for the focused pane."""
        from tui_monitor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(actions_of(self.active_bindings)))

    def action_sessions(self) -> None:
        """Choose another session."""
        self._picker.open(self.model)

    def action_search(self) -> None:
        """Search all sessions."""
        self._search.open(self.model)

    def _choose(self, choice: SessionChoice) -> None:
        self.model.choose(choice.session, choice.path)
        self._show_chosen()

    def _show_found(self) -> None:
        self._picker.close()
        self._show_chosen()

    def _show_chosen(self) -> None:
        self._update_alerts()
        self.drawing.draw(EVERYTHING, at_once=True)
