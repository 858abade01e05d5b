"""Why the agent is in its state, in a card that is kept up to date."""

from __future__ import annotations

from datetime import tzinfo

from tui_monitor.live.status import status
from tui_monitor.sources.discovery.registry import agent_traits
from tui_monitor.tui.header.reasons import reasons
from tui_monitor.tui.screens.card import CardScreen, explanations
from tui_monitor.tui.screens.model import MonitorModel
from tui_monitor.tui.spans import Spans


class ReasonScreen(CardScreen):
    """The facts that the state of the displayed session is judged by."""

    def __init__(self, model: MonitorModel, tz: tzinfo | None) -> None:
        super().__init__("Why this state", self._facts, live=True)
        self._model, self._tz = model, tz

    def _facts(self, width: int) -> list[Spans]:
        state, now = self._model.state, self._model.now()
        if state is None:
            return []
        advice, current = agent_traits(state.key.source).exact_states, status(state, now, self._model.lag())
        return explanations(reasons(state, current, now, advice, self._tz), width)
