"""Events get rates and windows from the price list unless the source reports them."""

from __future__ import annotations

from dataclasses import replace

from tests.store.builders import PRICE, batch
from tui_monitor.events import CompactionRule, ContextUpdate, Event, Prompt, SessionKey, Tokens, Usage
from tui_monitor.feed.enrich import enriched, with_windows
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.claude_code.adapter import ClaudeCode

PRICES = PriceBook()
SESSION = SessionKey("claude-code", "s")
PROMPT = Prompt(session=SESSION, text="hello")


def priced(event: Event) -> Event:
    """Return the event with its rates."""
    return enriched(batch([event]), PRICES).events[0]


def windowed(event: Event) -> Event:
    """Return the event with its window."""
    return with_windows(batch([event]), PRICES).events[0]


def test_usage_gets_the_rates_of_its_model() -> None:
    event = priced(Usage(session=SESSION, strong_ids=("a",), model="claude-opus-4-6", tokens=Tokens(input=1)))
    assert isinstance(event, Usage)
    assert event.rates is not None
    assert event.rates.input == 5_000_000


def test_existing_rates_are_kept() -> None:
    event = Usage(session=SESSION, strong_ids=("a",), model="claude-opus-4-6", rates=PRICE)
    assert priced(event) is event


def test_usage_of_an_unknown_model_stays_unpriced() -> None:
    event = Usage(session=SESSION, strong_ids=("a",), model="nobody-knows-1")
    assert priced(event) is event


def test_context_gets_the_window_of_its_model_with_its_source() -> None:
    event = windowed(ContextUpdate(session=SESSION, tokens=10, model="claude-opus-4-6"))
    assert isinstance(event, ContextUpdate)
    assert event.limit
    assert event.limit_source


def test_window_that_the_source_reports_is_kept() -> None:
    update = windowed(ContextUpdate(session=SESSION, tokens=10, limit=1234, model="claude-opus-4-6"))
    assert isinstance(update, ContextUpdate)
    assert (update.limit, update.limit_source) == (1234, "")


def test_context_gets_the_base_that_its_agent_leaves_out() -> None:
    for source, base in (("codex", 12_000), ("claude-code", 0)):
        update = windowed(ContextUpdate(session=SessionKey(source, "s"), tokens=10, limit=1000))
        assert isinstance(update, ContextUpdate)
        assert update.base == base


def test_context_gets_the_compaction_rule_of_its_agent() -> None:
    update = windowed(ContextUpdate(session=SESSION, tokens=10))
    assert isinstance(update, ContextUpdate)
    assert update.compaction_rule == ClaudeCode.traits.compaction_rule


def test_compaction_rule_that_the_source_reports_is_kept() -> None:
    rule = CompactionRule(reserve=1)
    update = windowed(ContextUpdate(session=SESSION, tokens=10, compaction_rule=rule))
    assert isinstance(update, ContextUpdate)
    assert update.compaction_rule == rule


def test_context_of_an_unknown_agent_gets_no_compaction_rule() -> None:
    update = ContextUpdate(session=SessionKey("nobody", "s"), tokens=10)
    assert windowed(update) is update


def test_usage_of_an_agent_engine_is_priced_by_the_agents_provider() -> None:
    usage = Usage(session=SessionKey("stream", "s"), strong_ids=("a",), model="gpt-5", engine="codex")
    expected = PRICES.rates(replace(usage, engine="", provider="openai"))
    event = priced(usage)
    assert isinstance(event, Usage)
    assert expected is not None
    assert (event.rates, event.engine) == (expected, "codex")


def test_other_events_are_unchanged() -> None:
    prompts = batch([PROMPT, PROMPT], before="a", after="b")
    assert enriched(prompts, PRICES) == prompts
