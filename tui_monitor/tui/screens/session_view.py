"""Everything about one session on the monitor screen, and which of its parts are visible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Self

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.getters import query_one
from textual.widget import Widget

from tui_monitor.figures import FigureKind
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Lag
from tui_monitor.tui import external_actions
from tui_monitor.tui.app_context import AppContext
from tui_monitor.tui.header.labels import health_spans
from tui_monitor.tui.header.view import StatusView
from tui_monitor.tui.panes.content import PaneContext
from tui_monitor.tui.panes.registry import FILES, Pane
from tui_monitor.tui.pump import FeedStatus
from tui_monitor.tui.screens.detail_follower import DetailFollower
from tui_monitor.tui.screens.head_comparer import HeadCompared, HeadComparer
from tui_monitor.tui.screens.pane_actions import open_row
from tui_monitor.tui.screens.screen_layout import MIDDLE, WIDE, Overlay, ScreenLayout
from tui_monitor.tui.screens.splitter import Splitter
from tui_monitor.tui.screens.tree_watcher import TreeRead, TreeWatcher
from tui_monitor.tui.widgets.activity_pane import ActivityPane
from tui_monitor.tui.widgets.detail_pane import DetailPane
from tui_monitor.tui.widgets.file_view import FileView
from tui_monitor.tui.widgets.log_messages import EntryHighlighted, EntryOpened
from tui_monitor.tui.widgets.pane_lines import PaneLines
from tui_monitor.tui.widgets.side_pane import SidePane
from tui_monitor.tui.widgets.status_bar import StatusBar, SummaryBar
from tui_monitor.tui.widgets.title_rule import TitleRule

SPARE_EDGE, SPARE_STEP = 2, 3
"""Lines of the frame around the log, and by how many it must be shorter for the detail to appear than to stay."""


class SessionView(Vertical):
    """Status bar, log, detail, side pane and summary of the session that ``session`` returns (None: none yet). Hidden
    at first."""

    status_bar = query_one(StatusBar)
    activity = query_one(ActivityPane)
    detail_pane = query_one(DetailPane)
    side_pane = query_one(SidePane)
    file_view = query_one(FileView)
    summary = query_one(SummaryBar)

    def __init__(self, app_context: AppContext, session: Callable[[], SessionState | None]) -> None:
        super().__init__()
        self.display = False
        self._app_context = app_context
        self._session = session
        self._parts = ScreenLayout()
        self._detail = DetailFollower(
            self, app_context, session, lambda: self.detail_pane if self.shows_detail else None
        )
        self._head = HeadComparer(self, app_context.head_diff)
        self._tree = TreeWatcher(self, app_context.tree_files)

    def compose(self) -> ComposeResult:
        yield StatusBar()
        with Horizontal(id="body"):
            yield ActivityPane(self._app_context.tz, id="activity")
            with Vertical(id="aside"):
                yield DetailPane(id="detail")
                yield FileView(self._app_context.tz, id="file")
                yield SidePane(id="side")
        yield SummaryBar()

    def on_mount(self) -> None:
        """Mark the commands of the user's choice."""
        risks = self._app_context.display.risky_commands
        if risks is not None:
            self.activity.log_view.risks = tuple(risks)

    @cached_property
    def splitter(self) -> Splitter:
        """The edge between the log and the other panes."""
        context = self._app_context
        return Splitter(self.activity, self.query_one("#aside"), context.log_share, context.keep_log_share)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the edge between log and panes."""
        if self.is_split and self.splitter.is_edge(event.screen_x, event.screen_y):
            self.splitter.is_dragged = True
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the edge."""
        if self.splitter.is_dragged:
            self.splitter.drag_to(event.screen_x, event.screen_y)

    def on_mouse_up(self) -> None:
        """Let go of the edge."""
        if self.splitter.is_dragged:
            self.release_mouse()
            self.splitter.drop()

    @property
    def is_split(self) -> bool:
        """True if the log shares the screen with another pane."""
        return self.activity.display and self.query_one("#aside").display

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the log."""
        self.activity.focus(scroll_visible)
        return self

    def on_descendant_focus(self) -> None:
        """Mark the title of the focused pane."""
        for title in self.query(TitleRule):
            parent = title.parent
            title.update(focused=isinstance(parent, Widget) and parent.has_focus_within)

    def update_log(self, state: SessionState, *, new_rows: bool) -> None:
        """Update the rows of the log, and with ``new_rows`` the detail."""
        self.activity.log_view.update_from(state, self._app_context.clock())
        self._use_spare_room()
        if new_rows or self._detail.grows:
            self._request_detail()

    def update_figures(self, state: SessionState, feed_status: FeedStatus, lag: Lag) -> None:
        """Update status bar, counts, side pane and summary."""
        now, context = self._app_context.clock(), self._app_context
        self.status_bar.update(StatusView(state, now, context.display.levels, context.tz, lag))
        self.activity.update_counts(state)
        shows_files = self._parts.pane and self.side_pane.pane.name == FILES
        tree = self._tree.files(state, now) if shows_files else ()
        self.side_pane.update(
            PaneContext(state, now, tz=context.tz, feed_status=feed_status, lag=lag, setup=context.setup, tree=tree)
        )
        if self._parts.file:
            self.file_view.update(state)
        self.summary.update(state, health_spans(feed_status))

    def _use_spare_room(self) -> None:
        """Show the detail below a log that leaves the half of a narrow screen empty, until it does not any more."""
        log, height = self.activity.log_view, self.query_one("#body").size.height
        most = height // 2 - SPARE_EDGE - (0 if self._parts.spare else SPARE_STEP)
        spare = self._parts.width < WIDE and 0 < log.virtual_size.height <= most and not log.filter_text
        if spare != self._parts.spare:
            self._apply(replace(self._parts, spare=spare))
            self._request_detail()

    def _request_detail(self) -> None:
        """Update the detail at once where a person moves, less often while the log follows new rows."""
        self._detail.update(at_once=not self.activity.log_view.following)

    @on(EntryHighlighted)
    def _highlight(self, message: EntryHighlighted) -> None:
        self._detail.entry = message.entry
        self._request_detail()

    @on(EntryOpened)
    def _open_entry(self, message: EntryOpened) -> None:
        self._detail.entry = message.entry
        self._open(Overlay.DETAIL)
        self.detail_pane.focus()

    def fit(self, width: int) -> None:
        """Show the parts that fit into a screen of ``width`` columns."""
        if self._parts.width != width:
            self.splitter.lay_out(width < WIDE)
            for title in self.query(TitleRule):
                title.update(framed=width >= MIDDLE)
            self._apply(replace(self._parts, width=width))
            self._request_detail()

    def toggle_pane(self, pane: Pane) -> None:
        """Open a side pane, or close it if it is open over the log."""
        same = self._parts.overlay is Overlay.PANE and self.side_pane.pane is pane
        self.side_pane.pane = pane
        if same:
            self.back()
        else:
            self._open(Overlay.PANE)
            self.side_pane.focus()

    def open_detail(self, tab: str) -> None:
        """Open the detail on a tab."""
        self._open(Overlay.DETAIL)
        self.detail_pane.detail.action_open_tab(tab)

    def toggle_full(self, overlay: Overlay = Overlay.DETAIL) -> None:
        """Give the detail or the pane the full width, or take it back."""
        self._apply(replace(self._parts, overlay=overlay, full=not self._parts.full))

    @on(SidePane.ZoomRequested)
    def _zoom_pane(self) -> None:
        self.toggle_full(Overlay.PANE)

    @on(FileView.FileZoomRequested)
    def _zoom_file(self) -> None:
        self.toggle_full(Overlay.FILE)

    @on(FileView.FileEditRequested)
    def _edit_file(self, message: FileView.FileEditRequested) -> None:
        if state := self.session:
            external_actions.edit(self.app, Path(state.folder) / message.path, message.line)

    @on(FileView.HeadRequested)
    def _compare_with_head(self, message: FileView.HeadRequested) -> None:
        if state := self.session:
            self._head.compare(Path(state.folder), message.path)

    @on(TreeRead)
    def _note_tree(self, message: TreeRead) -> None:
        self._tree.update(message)

    @on(HeadCompared)
    def _show_head(self, message: HeadCompared) -> None:
        self.file_view.set_head(message.path, message.head)

    def show_file(self, path: str) -> None:
        """Show what the session did to a file."""
        if state := self.session:
            self.file_view.open(path, state)
            self._open(Overlay.FILE)
            self.file_view.focus()

    @on(PaneLines.Opened)
    def _open_row(self, message: PaneLines.Opened) -> None:
        open_row(self, message.row, message.action)

    def show_only(self, filter_text: str) -> None:
        """Show the rows of the log that a filter leaves, and go there."""
        self._apply(self._parts.with_overlay(None))
        self.activity.show_only(filter_text)
        self.activity.focus()

    def show_call(self, call: str) -> None:
        """Select a call of the log, and open it."""
        if self.activity.select_call(call):
            self._open(Overlay.DETAIL)
            self.detail_pane.focus()
        else:
            self.notify("The log does not hold this call any more.")

    def show_moment(self, at: int) -> None:
        """Select the row of the log at a time (epoch ms), and go there."""
        self._apply(self._parts.with_overlay(None))
        if not self.activity.select_moment(at):
            self.notify("The log does not reach back to that time.")
        self.activity.focus()

    def go_to(self, at: int, call: str) -> bool:
        """Select the row of a call, or without one the row at a time (epoch ms), and go there; return False if the log
        has none."""
        self._apply(self._parts.with_overlay(None))
        self.activity.focus()
        return self.activity.select_call(call) if call else self.activity.select_moment(at)

    def back(self) -> None:
        """Go back one level: from the full width, an overlay or a filter to the log."""
        parts = self._parts
        if parts.full:
            self._apply(replace(parts, full=False))
            return
        if parts.file:
            self._open(Overlay.PANE)
            self.side_pane.focus()
            return
        self._apply(parts.with_overlay(None))
        if parts.overlay is None and self.activity.log_view.has_focus:
            self.activity.show_all()
        self.activity.focus()

    @property
    def figures_in_view(self) -> FigureKind | None:
        """The figures that the visible pane shows; None if it needs none."""
        return self.side_pane.pane.figures if self._parts.pane else None

    @property
    def session(self) -> SessionState | None:
        """The session on the screen."""
        return self._session()

    @property
    def shows_detail(self) -> bool:
        """True if the detail is visible."""
        return self._parts.detail

    @property
    def can_go_back(self) -> bool:
        """False if the whole log is focused and nothing covers it."""
        log = self.activity.log_view
        return bool(self._parts.overlay or self._parts.full or not log.has_focus or log.filter_text or log.find_text)

    @property
    def can_toggle_full(self) -> bool:
        """True if the detail is focused and shares the screen with the log."""
        return self.detail_pane.has_focus_within and self._parts.width >= MIDDLE

    def _open(self, overlay: Overlay) -> None:
        self._apply(self._parts.with_overlay(overlay))
        self._detail.update(at_once=True)

    def _apply(self, parts: ScreenLayout) -> None:
        """Show and hide parts one by one: a class of the whole screen would have every style computed again."""
        self._parts = parts
        self.activity.display = parts.log
        self.detail_pane.display = parts.detail
        self.file_view.display = parts.file
        self.side_pane.display = parts.pane
        aside = self.query_one("#aside")
        aside.display = parts.detail or parts.pane or parts.file
        aside.set_class(parts.overlay is Overlay.PANE, "-pane")  # the larger part is for what was asked for
        self.refresh_bindings()
