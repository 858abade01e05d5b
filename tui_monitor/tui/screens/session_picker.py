"""Opens the list of sessions over the monitor screen: when it is asked for, and when there is nothing else to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from textual.screen import Screen

from tui_monitor.tui.header.labels import history_text
from tui_monitor.tui.screens.model import MonitorModel

if TYPE_CHECKING:
    from tui_monitor.tui.screens.sessions import SessionsScreen
    from tui_monitor.tui.session_list.entries import SessionChoice, SessionEntry


class SessionPicker:
    """The list over ``screen``; ``choose`` is called with the session that was chosen in it, ``search`` opens the
    search over all of them."""

    def __init__(
        self,
        screen: Screen[None],
        tz: tzinfo | None,
        choose: Callable[[SessionChoice], None],
        search: Callable[[], None],
    ) -> None:
        self._screen, self._tz, self._choose, self._search = screen, tz, choose, search
        self._list: SessionsScreen | None = None
        self._has_offered = False
        self._tenth = 0
        """Tenths of the history that were read when the sessions were last asked for."""

    @property
    def is_open(self) -> bool:
        """True while the list is shown."""
        return self._list is not None

    def open(self, model: MonitorModel) -> None:
        """Show the list."""
        from tui_monitor.tui.screens.sessions import SessionsScreen
        from tui_monitor.tui.session_list.listing import PastEntries, list_entries

        past = PastEntries(self._tz)

        def entries() -> Sequence[SessionEntry]:
            now = model.now()
            entries, reading = past.of(model.past_sessions, now), model.feed_status.catching_up
            sessions = model.live.sessions.values()
            return list_entries(sessions, entries, now, model.started, reading=reading, tz=self._tz)

        model.request_sessions()
        self._list = SessionsScreen(
            entries, model.session, model.now, lambda: history_text(model.feed_status), self._search
        )
        self._screen.app.push_screen(self._list, self._close)

    def offer(self, model: MonitorModel) -> None:
        """Show the list, once, where no session can be displayed without being asked; close it when there is one and
        nobody has touched it."""
        if model.has_only_others and not self._has_offered:
            self._has_offered = True
            self.open(model)
        elif self._list and self._has_offered and self._list.is_offer and model.session:
            self._list.dismiss(None)

    def close(self) -> None:
        """Close the list, if it is open: a session was chosen elsewhere."""
        if self._list:
            self._list.dismiss(None)

    def refresh(self) -> None:
        """Show what is new in the list."""
        if self._list and self._list.is_current:
            self._list.relist()

    def follow_history(self, model: MonitorModel) -> None:
        """Show what was read of the history, and ask for the sessions again with each tenth of it."""
        history = model.feed_status.history
        tenth = history.percentage // 10 if history else 0
        if self._list and tenth != self._tenth:
            model.request_sessions()
        self._tenth = tenth
        self.refresh()

    def _close(self, choice: SessionChoice | None) -> None:
        self._list = None
        if choice:
            self._choose(choice)
