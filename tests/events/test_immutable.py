"""Values that are frozen for the type checker and hashed like frozen ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui_monitor.events import Tokens
from tui_monitor.events.immutable import immutable


def test_equal_values_have_one_hash() -> None:
    assert len({Tokens(input=1), Tokens(1), replace(Tokens(2), input=1)}) == 1


def test_value_has_only_its_fields() -> None:
    with pytest.raises(AttributeError):
        object.__setattr__(Tokens(), "other", 1)


def test_values_may_take_keywords_alone() -> None:
    @immutable(frozen=True, slots=True, kw_only=True)
    class Named:
        name: str

    assert Named(name="a") == Named(name="a")
    with pytest.raises(TypeError):
        Named("a")  # type: ignore[call-arg]
