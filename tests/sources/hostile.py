"""Values that a hostile or broken writer may put anywhere."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

UNHURRIED = settings(deadline=None, max_examples=60)
"""A slow machine is no failure, and all tests together are to be quick."""

_PLAIN: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.just(2**70) | st.floats(allow_nan=False) | st.text(max_size=9)
)

JSON: st.SearchStrategy[Any] = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
"""Any JSON value, small."""
