"""Sizes of context windows, and their origins."""

from __future__ import annotations

import pytest

from tui_monitor.events import NO_WINDOW_POLICY, WindowPolicy
from tui_monitor.pricing import Overrides, PriceBook, Window

BOOK = PriceBook()
POLICY = WindowPolicy(assumed=200_000, sizes=(200_000, 1_000_000))


@pytest.mark.parametrize(
    ("model", "limit"),
    [
        ("gemini-2.5-pro", 1_048_576),
        ("gemini-3-pro", 1_048_576),
        ("gemini-3-pro-preview", 1_048_576),
        ("gemini-3.1-pro-preview", 1_048_576),
        ("gemini-1.5-pro", 2_000_000),
        ("gpt-4o", 128_000),
        ("gpt-5", 272_000),
        ("openai/gpt-5-codex", 272_000),
        ("gpt-5-2-codex", 272_000),
        ("gpt-5-pro", 400_000),
        ("gpt-5-chat-latest", 128_000),
        ("gpt-5.5", 1_000_000),
        ("kimi-k2", 131_072),
        ("kimi-k1.5", 200_000),
        ("mistral-large", 131_072),
        ("GLM-4.5", 131_072),
        ("glm-4.5-air", 131_072),
        ("GLM-4.6", 200_000),
        ("claude-3-5-sonnet-20241022", 200_000),
    ],
)
def test_window_from_the_price_list_and_our_own_entries(model: str, limit: int) -> None:
    assert BOOK.window(model) == Window(limit, "price list")


@pytest.mark.parametrize("model", ["", "claude-opus-99", "devstral-small"])
def test_window_stays_unknown_however_large_the_context_is(model: str) -> None:
    assert BOOK.window(model) is None
    assert BOOK.window(model, largest_context=500_000) is None


@pytest.mark.parametrize("model", ["claude-opus-5", "claude-sonnet-4-5-20250929", "glm-4.6", ""])
def test_window_that_an_agent_is_assumed_to_use_counts_more_than_the_price_list(model: str) -> None:
    assert BOOK.window(model, "anthropic", POLICY, largest_context=200_000) == Window(200_000, "assumed")


def test_long_window_in_the_model_id_counts_more_than_the_assumed_one() -> None:
    assert BOOK.window("claude-opus-5[1m]", policy=POLICY) == Window(1_000_000, "reported")


@pytest.mark.parametrize(
    ("model", "policy", "largest", "limit"),
    [
        ("claude-opus-5", POLICY, 200_001, 1_000_000),
        ("claude-sonnet-4-5", NO_WINDOW_POLICY, 200_001, 1_000_000),
        ("claude-opus-5", POLICY, 1_200_000, 1_200_000),
        ("gpt-5", NO_WINDOW_POLICY, 272_001, 400_000),
        ("gpt-4o", NO_WINDOW_POLICY, 128_001, 200_000),
        ("gemini-2.5-pro", NO_WINDOW_POLICY, 3_000_000, 3_000_000),
    ],
)
def test_larger_context_implies_the_next_size(model: str, policy: WindowPolicy, largest: int, limit: int) -> None:
    assert BOOK.window(model, policy=policy, largest_context=largest) == Window(limit, "seen")


def test_configured_window_comes_before_the_id_and_every_rule() -> None:
    book = PriceBook(Overrides.from_tables({}, {"claude-*": 500_000}))
    assert book.window("claude-opus-5[1m]", policy=POLICY) == Window(500_000, "configured")
    assert book.window("claude-opus-5", policy=POLICY, largest_context=600_000) == Window(1_000_000, "seen")


def test_local_model_has_no_listed_window() -> None:
    assert BOOK.window("glm-4.6", "ollama") is None
