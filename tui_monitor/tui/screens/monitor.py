"""The monitor screen: one session, live."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.getters import query_one
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from tui_monitor.events import SessionKey
from tui_monitor.live.apply import EVERYTHING, Part
from tui_monitor.live.entries import Entry
from tui_monitor.live.status import status
from tui_monitor.tui.app_context import AppContext, SourceOpener
from tui_monitor.tui.detail.locations import change_ordinal
from tui_monitor.tui.header.labels import alert_text, health_spans, news_spans
from tui_monitor.tui.header.lines import StatusView
from tui_monitor.tui.keys import MONITOR_KEYS, actions_of
from tui_monitor.tui.pump import FRAME_S
from tui_monitor.tui.rate_limiter import RateLimiter
from tui_monitor.tui.rows.context import row_context
from tui_monitor.tui.rows.describe import counts_text
from tui_monitor.tui.screens.arrangement import MIDDLE, WIDE, Overlay, ScreenLayout
from tui_monitor.tui.screens.model import MonitorModel
from tui_monitor.tui.widgets.activity_pane import ActivityPane
from tui_monitor.tui.widgets.call_detail import CallDetail
from tui_monitor.tui.widgets.detail_pane import DetailPane
from tui_monitor.tui.widgets.empty import EmptyCard, SearchReport
from tui_monitor.tui.widgets.key_line import KeyLine
from tui_monitor.tui.widgets.log_messages import EntryHighlighted, EntryOpened
from tui_monitor.tui.widgets.pane import PaneTopic, SidePane
from tui_monitor.tui.widgets.status_bar import LOW, StatusBar, SummaryBar
from tui_monitor.tui.widgets.title_rule import TitleRule

TICK_S = 1.0
DETAIL_S = 0.5
"""While the newest row is followed, its detail is shown at most so often."""
SUMS_S = 0.25
"""Sums, lists and the state are shown anew at most so often."""
CARD_EDGE = 8
"""Columns that the frame of the empty screen's card takes."""


class Wake(Message, bubble=False):
    """Sent by the threads of the feed: there is something to take."""


class MonitorScreen(Screen[None]):
    """Draws what the source brings, the first of it after a pause at once, then at most 30 times a second."""

    CSS_PATH = "monitor.tcss"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  # as Textual declares it
        (0, "-narrow"),
        (MIDDLE, "-middle"),
        (WIDE, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (LOW, "-high")]  # noqa: RUF012  # as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [*MONITOR_KEYS]

    status_bar = query_one(StatusBar)
    activity = query_one(ActivityPane)
    detail_pane = query_one(DetailPane)
    side_title = query_one("#side-title", TitleRule)
    pane = query_one(SidePane)
    summary = query_one(SummaryBar)
    empty = query_one(EmptyCard)

    def __init__(self, app_context: AppContext) -> None:
        super().__init__()
        self._app_context = app_context
        self.model = self._model_of(app_context.open_source)
        self._entry: Entry | None = None
        self._arrangement = ScreenLayout()
        self._frames = RateLimiter(self, FRAME_S, self._draw)
        self._detail_soon = RateLimiter(self, DETAIL_S, self._show_detail)
        self._sums_soon = RateLimiter(self, SUMS_S, self._show_sums)

    def _model_of(self, open_source: SourceOpener) -> MonitorModel:
        return MonitorModel(open_source, self._wake, self._app_context.clock)

    def _wake(self) -> None:
        """Called in the threads of the source."""
        self.post_message(Wake())

    def compose(self) -> ComposeResult:
        yield StatusBar()
        with Horizontal(id="body"):
            yield ActivityPane(self._app_context.tz, id="activity")
            with Vertical(id="aside"):
                yield DetailPane(id="detail")
                with Vertical(id="side"):
                    yield TitleRule(PaneTopic.FILES, id="side-title")
                    yield SidePane()
        with Container(id="nothing"), Container(id="card"):
            yield EmptyCard()
        yield SummaryBar()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to read once there is something to look at."""
        self._show_feed_status()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.model.start()
        self.set_interval(TICK_S, self._tick)
        self.empty.focus()

    def on_descendant_focus(self) -> None:
        """Mark the pane that has the focus."""
        for title in self.query(TitleRule):
            parent = title.parent
            title.update(focused=isinstance(parent, Widget) and parent.has_focus_within)

    def on_unmount(self) -> None:
        """Stop reading."""
        self.model.stop()

    def on_wake(self) -> None:
        """Draw at once after a pause, else with the next frame."""
        self._frames.ask()

    def _draw(self) -> None:
        news = self.model.news()
        if news.feed_status:
            self._show_feed_status()
        for texts in news.texts:
            self.detail_pane.take(texts)
        if news.part or news.feed_status:
            self._show_session(news.part)
        if news.more:
            self._frames.ask()

    def _tick(self) -> None:
        self._show_session(Part.STATUS)

    def _show_session(self, part: Part) -> None:
        state = self.model.state
        if state is None:
            return
        if self.is_empty:
            self._leave_empty()
        self.activity.log_view.update_from(state, self.model.now())
        if part & Part.LOG:
            self._show_detail_soon()
        self._sums_soon.ask()

    @property
    def is_empty(self) -> bool:
        """Whether no session has been found yet."""
        return bool(self.query_one("#nothing").display)

    def _leave_empty(self) -> None:
        self.query_one("#nothing").display = False
        self.query_one("#body").display = self.status_bar.display = True
        self.activity.focus()

    def _show_sums(self) -> None:
        """Everything around the log: nobody reads figures that change at every frame."""
        state, now = self.model.state, self.model.now()
        if state is None:
            return
        feed_status, display = self.model.feed_status, self._app_context.display
        news = news_spans(feed_status, state, self.model.newer)
        self.status_bar.update(
            StatusView(state, now, alert_text(feed_status), display.levels, self._app_context.tz, news)
        )
        self.activity.title_rule.update(aside=counts_text(state.totals))
        self.pane.update(state, now)
        self.summary.update(state, health_spans(feed_status))

    def _show_feed_status(self) -> None:
        if not self.is_empty:
            return
        now = self.model.feed_status
        notes = now.notes or tuple(now.troubles.values())
        demo = self._app_context.open_demo is not None
        width, height = self.app.size
        self.empty.update(
            SearchReport(self._app_context.home, now.looked, now.roots, notes, demo), width - CARD_EDGE, height
        )

    def _show_detail_soon(self) -> None:
        """Show it at once where a person moves, but not at every frame where new rows come by themselves."""
        if self.activity.log_view.following:
            self._detail_soon.ask()
        else:
            self._detail_soon.now()

    def _show_detail(self) -> None:
        state = self.model.state
        if state and self._arrangement.detail:
            context = row_context(state, self.model.now(), self._app_context.tz)
            self.detail_pane.show(self._entry, context, change_ordinal(self._entry, state))

    def on_resize(self) -> None:
        """What there is room for may be another."""
        if self._arrangement.width != self.app.size.width:
            self._arrange(replace(self._arrangement, width=self.app.size.width))
            self._show_detail_soon()

    def _arrange(self, arrangement: ScreenLayout) -> None:
        """Show and hide parts one by one: a class of the whole screen would have every style computed anew."""
        self._arrangement = arrangement
        self.activity.display = arrangement.log
        self.detail_pane.display = arrangement.detail
        self.query_one("#side").display = arrangement.pane
        self.query_one("#aside").display = arrangement.detail or arrangement.pane
        self.refresh_bindings()

    @on(EntryHighlighted)
    def _entry_selected(self, message: EntryHighlighted) -> None:
        self._entry = message.entry
        self._show_detail_soon()

    @on(EntryOpened)
    def _entry_opened(self, message: EntryOpened) -> None:
        self._entry = message.entry
        self._open(Overlay.DETAIL)
        self.detail_pane.focus()

    @on(CallDetail.BodiesRequested)
    def _texts_wanted(self, message: CallDetail.BodiesRequested) -> None:
        self.model.request_bodies(message.session, message.call)

    def action_filter(self) -> None:
        """Write a filter."""
        self.activity.write_filter()

    def action_pane(self, topic: str) -> None:
        """Show a pane; where it has no place of its own, over the log, and the same key closes it."""
        same = self._arrangement.open is Overlay.PANE and self.pane.topic is PaneTopic[topic]
        self.pane.topic = PaneTopic[topic]
        self.side_title.update(title=self.pane.topic)
        if same:
            self.action_back()
        else:
            self._open(Overlay.PANE)
            self.pane.focus()

    def action_detail(self, tab: str) -> None:
        """Open a tab of the detail."""
        self._open(Overlay.DETAIL)
        self.detail_pane.detail.action_open_tab(tab)

    async def action_on_view(self, action: str) -> None:
        """Do something to the view of the detail that is open."""
        await self.app.run_action(action, self.detail_pane.detail.body.view)

    async def action_on_detail(self, action: str) -> None:
        """Do something to the detail."""
        await self.app.run_action(action, self.detail_pane.detail)

    def action_full(self) -> None:
        """Give the detail the whole width, or take it back."""
        self._arrange(replace(self._arrangement, open=Overlay.DETAIL, full=not self._arrangement.full))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done to nothing; and what acts on the detail only while it is to be seen."""
        if self.is_empty:
            return action == "help"
        if action in ("on_view", "on_detail"):
            return self._arrangement.detail
        if action == "back":
            return not self._is_home
        if action == "full":
            return self.detail_pane.has_focus_within and self._arrangement.width >= MIDDLE
        return True

    @property
    def _is_home(self) -> bool:
        """Whether there is nothing to go back from: the whole log has the focus, and nothing covers it."""
        arrangement, log = self._arrangement, self.activity.log_view
        return arrangement.open is None and not arrangement.full and log.has_focus and not log.filter_text

    def action_back(self) -> None:
        """One level back."""
        arrangement = self._arrangement
        if arrangement.full:
            self._arrange(replace(arrangement, full=False))
            return
        self._arrange(arrangement.opened(None))
        if arrangement.open is None and self.activity.log_view.has_focus:
            self.activity.show_all()
        self.activity.focus()

    @on(EmptyCard.DemoRequested)
    def _demo_wanted(self) -> None:
        if self._app_context.open_demo:
            self.model.stop(0)
            self.model = self._model_of(self._app_context.open_demo)
            self.model.start()

    def action_reason(self) -> None:
        """Say what the state is judged by."""
        if state := self.model.state:
            found = status(state, self.model.now())
            self.notify(f"{found.word}: {found.evidence}.", markup=False)

    def action_help(self) -> None:
        """Show the keys of what has the focus."""
        from tui_monitor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(actions_of(self.active_bindings)))

    def action_sessions(self) -> None:
        """Choose another session."""
        from tui_monitor.tui.screens.sessions import SessionsScreen

        screen = SessionsScreen(self.model.live, self.model.session, self._app_context.clock)
        self.app.push_screen(screen, self._session_chosen)

    def _session_chosen(self, session: SessionKey | None) -> None:
        if session:
            self.model.choose(session)
            self._show_session(EVERYTHING)
            self._sums_soon.now()

    def _open(self, part: Overlay) -> None:
        self._arrange(self._arrangement.opened(part))
        self._detail_soon.now()
