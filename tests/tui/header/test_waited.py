"""How long a session waited for a person, in the header of a wide screen."""

from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import ToolKind
from tui_monitor.ledger import Amount
from tui_monitor.totals import SessionTotals
from tui_monitor.tui.header.lines import header_lines
from tui_monitor.tui.header.view import StatusView


def cost_line(live: LiveBuilder) -> str:
    return "".join(span.text for span in header_lines(StatusView(live.state, live.now), 160)[3])


def test_time_waited_is_shown_from_a_minute_on_and_as_a_lower_bound_without_older_calls() -> None:
    live = LiveBuilder()
    live.finish(live.start("AskUserQuestion", ToolKind.ASK, "Which?"), seconds=50)
    assert "waited" not in cost_line(live)
    live.finish(live.start("AskUserQuestion", ToolKind.ASK, "Which?"), seconds=130)
    assert "waited for you 3m" in cost_line(live)
    live.state.totals = SessionTotals(live.state.key, Amount(3, 10, 10), calls=9)
    assert "waited for you ≥3m" in cost_line(live)
