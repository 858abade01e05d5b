"""The sum of a turn, beside its prompt and beside the words that end it."""

from __future__ import annotations

from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import AgentMessage
from tui_monitor.figures import PromptTotal, SessionFigures, Spending
from tui_monitor.ledger import Amount
from tui_monitor.live.entries import Entry, Mark, MarkKind
from tui_monitor.tui.detail.turn import turn_sum
from tui_monitor.tui.header.view import StatusView, turn_spans
from tui_monitor.tui.panes.content import PaneContext, Section
from tui_monitor.tui.panes.cost import cost_content
from tui_monitor.tui.rows.context import row_context
from tui_monitor.tui.rows.items import Tally
from tui_monitor.tui.rows.mark_rows import mark_row


def afternoon() -> LiveBuilder:
    live = LiveBuilder()
    live.prompt("Mend the crane")
    live.shell("ls", seconds=10)
    live.edit("crane.py", 12, 3)
    live.failed_shell("make test", "no", seconds=70)
    live.apply(AgentMessage(session=live.state.key, at=live.now, text="It is mended"))
    live.wait(600)
    live.prompt("Thanks")
    return live


def text_of(entry: Entry | None, live: LiveBuilder) -> str:
    return "".join(span.text for span in turn_sum(entry, live.state, row_context(live.state, live.now)))


def mark(live: LiveBuilder, kind: MarkKind, number: int = 0) -> Mark:
    return [entry for entry in live.state.log.entries if isinstance(entry, Mark) and entry.kind is kind][number]


def test_words_and_prompt_have_the_sum_of_their_turn() -> None:
    live = afternoon()
    assert text_of(mark(live, MarkKind.SAID), live) == "3 calls · 1 ✗ · +12 −3 · 1m20s"
    assert text_of(mark(live, MarkKind.PROMPT), live) == "3 calls · 1 ✗ · +12 −3 · 1m20s"


def test_prompt_took_the_same_time_in_every_view() -> None:
    live = LiveBuilder()
    live.prompt("Mend the crane")
    live.shell("make test", seconds=70)
    live.apply(AgentMessage(session=live.state.key, at=live.now + 5_000, text="Mended", final_after_ms=1))
    live.wait(20)
    first = mark(live, MarkKind.PROMPT)
    context = row_context(live.state, live.now)
    spending = Spending(prompts=(PromptTotal(first.at, first.text),))
    live.state.figures = SessionFigures(spending=spending)
    assert mark_row(first, 1, Tally(), context).duration[0] == "1m15s"
    assert text_of(first, live).endswith("1m15s")
    assert "turn 1m15s" in "".join(span.text for span in turn_spans(StatusView(live.state, live.now)))
    section = cost_content(PaneContext(live.state, live.now))[-1]
    assert isinstance(section, Section)
    assert section.rows[0].cells[-1][0].text == "1m15s"


def test_turn_without_a_call_and_other_entries_have_none() -> None:
    live = afternoon()
    assert text_of(mark(live, MarkKind.PROMPT, 1), live) == ""
    assert text_of(next(live.state.log.calls()), live) == ""
    assert text_of(None, live) == ""


def test_cost_of_a_turn_stands_beside_its_prompt_and_its_last_words_only() -> None:
    live = LiveBuilder()
    live.prompt("Mend the crane")
    live.shell("ls", seconds=10)
    live.apply(AgentMessage(session=live.state.key, at=live.now, text="Now the test"))
    live.shell("make test", seconds=20)
    live.apply(AgentMessage(session=live.state.key, at=live.now, text="It is mended"))
    amount = Amount(requests=2, cost=45 * 10**10, lower_bound=1)
    live.state.figures = SessionFigures(prompt_amounts={mark(live, MarkKind.PROMPT).at: amount})
    assert text_of(mark(live, MarkKind.PROMPT), live) == "2 calls · ≥$0.45 · 30s"
    assert text_of(mark(live, MarkKind.SAID), live) == "1 call · 10s"
    assert text_of(mark(live, MarkKind.SAID, 1), live) == "2 calls · ≥$0.45 · 30s"
