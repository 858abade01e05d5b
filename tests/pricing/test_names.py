"""Models are found in the price list under any spelling, with the right provider or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pricing.builders import NOW, usage
from tui_monitor.pricing import PriceBook
from tui_monitor.pricing.names import lookups

BOOK = PriceBook(clock=lambda: NOW)
PARTS = ("claude", "gpt", "glm", "kimi", "us.anthropic.", "models/", "-", "/", ".", ":", "@", "[1m]", "5", " ")
ANY_NAME = st.lists(st.sampled_from(PARTS) | st.text(max_size=3), max_size=6).map("".join)


def listed(model: str, provider: str = "") -> str:
    card = BOOK.explain(model, provider)
    return f"{card.provider}/{card.listed_as}" if card else ""


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("claude-opus-4-5-20251101", "anthropic/claude-opus-4-5"),
        ("claude-3-5-sonnet-latest", "anthropic/claude-3-5-sonnet"),
        ("claude-opus-4-8[1m]", "anthropic/claude-opus-4-8"),
        ("anthropic/claude-sonnet-4.5", "anthropic/claude-sonnet-4-5"),
        ("openrouter/anthropic/claude-sonnet-4.5", "openrouter/anthropic/claude-sonnet-4.5"),
        ("publishers/anthropic/models/claude-opus-4-5@20251101", "anthropic/claude-opus-4-5"),
        ("claude-sonnet-4-5@20250929", "anthropic/claude-sonnet-4-5"),
        ("vertex_ai/claude-sonnet-4-5@20250929", "google/claude-sonnet-4-5"),
        (
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "aws/regional.anthropic.claude-sonnet-4-5-20250929-v1:0",
        ),
        ("global.anthropic.claude-opus-4-5-20251101-v1:0", "aws/global.anthropic.claude-opus-4-5-v1:0"),
        (
            "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "aws/regional.anthropic.claude-sonnet-4-5-20250929-v1:0",
        ),
        ("bedrock/anthropic.claude-3-haiku-20240307-v1:0", "aws/regional.anthropic.claude-3-haiku-20240307-v1:0"),
        ("openai/gpt-5.5", "openai/gpt-5.5"),
        ("gpt-5.2-20251211", "openai/gpt-5.2"),
        ("GPT-5-Codex", "openai/gpt-5"),
        ("codex-mini-latest", "openai/codex-mini"),
        ("models/gemini-2.5-pro", "google/gemini-2.5-pro"),
        ("glm-4.6", "zai/GLM-4.6"),
        ("glm-5", "zhipuai/GLM-5"),
        ("z-ai/glm-4.6", "zai/GLM-4.6"),
        ("GLM-4-Plus", "zhipuai/GLM-4-Plus"),
        ("some-gateway/claude-haiku-4-5", "anthropic/claude-haiku-4-5"),
    ],
)
def test_model_is_found_by_its_name_alone(model: str, expected: str) -> None:
    assert listed(model) == expected


@pytest.mark.parametrize(
    ("model", "provider", "expected"),
    [
        ("claude-sonnet-4-5", "google-vertex", "google/claude-sonnet-4-5"),
        ("anthropic/claude-sonnet-4.5", "openrouter", "openrouter/anthropic/claude-sonnet-4.5"),
        ("claude-3-sonnet", "claude", "anthropic/claude-3-sonnet"),
        ("gpt-5", "azure", "azure/gpt-5"),
        ("openai/gpt-5", "azure", "azure/gpt-5"),
        ("grok-4", "x_ai", "x-ai/grok-4-0709"),
        ("gpt-5.5", "team-gateway", "openai/gpt-5.5"),
        ("gpt-5.5", "anthropic", "openai/gpt-5.5"),
        ("kimi-k2.5", "kimi", "moonshotai/kimi-k2.5"),
    ],
)
def test_known_provider_decides_and_an_unknown_one_is_ignored(model: str, provider: str, expected: str) -> None:
    assert listed(model, provider) == expected


def test_provider_comes_before_the_engine_and_both_before_the_maker() -> None:
    owners = [lookup.provider for lookup in lookups("claude-sonnet-4-5", "openrouter", "claude")]
    assert owners == ["openrouter", "anthropic", ""]


def test_string_too_long_for_a_name_is_not_looked_up() -> None:
    assert list(lookups("claude-" + "x" * 200)) == []


@given(ANY_NAME, ANY_NAME, ANY_NAME)
def test_any_text_can_be_looked_up(model: str, provider: str, engine: str) -> None:
    assert all(lookup.model for lookup in lookups(model, provider, engine))
    BOOK.rates(usage(model, provider, engine=engine))
