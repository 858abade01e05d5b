"""Windows of the models that a person has added to Pi."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.pi_builder import NAME, PiSession, counts, events_of
from tui_monitor.events import ContextUpdate

MODELS = """{ // Pi allows comments
  "providers": {
    "mine": {"models": [{"id": "bench", "contextWindow": 50000}, {"id": "spare"},]},
    "anthropic": {"modelOverrides": {"claude-sonnet-4-5": {"contextWindow": 90000}}}
  }
}"""


@pytest.mark.parametrize(
    ("model", "limit"),
    [
        ({"provider": "mine", "model": "bench"}, 50_000),
        ({"provider": "mine", "model": "bench", "responseModel": "bench-0001"}, 50_000),
        ({"provider": "mine", "model": "spare"}, 128_000),
        ({"provider": "mine", "model": "other"}, None),
        ({"provider": "anthropic", "model": "claude-sonnet-4-5"}, 90_000),
    ],
)
def test_window_is_that_of_the_configuration(tmp_path: Path, model: dict[str, str], limit: int | None) -> None:
    (tmp_path / "models.json").write_text(MODELS)
    session = PiSession().responds("Hm.", usage=counts(9, 9), **model)
    [update] = events_of(session, ContextUpdate, tmp_path / "sessions" / "--home-ada--" / NAME)
    assert update.limit == limit


@pytest.mark.parametrize("content", ["", "[]", '{"providers": [1]}', '{"providers": {"mine": {"models": {"a": 1}}}}'])
def test_configuration_that_cannot_be_read_has_no_window(tmp_path: Path, content: str) -> None:
    (tmp_path / "models.json").write_text(content)
    session = PiSession().responds("Hm.", usage=counts(9, 9))
    [update] = events_of(session, ContextUpdate, tmp_path / "sessions" / "--home-ada--" / NAME)
    assert update.limit is None
