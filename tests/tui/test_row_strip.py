"""Rows are drawn as any other strip, and freed as soon as they are not drawn any more."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from tests.tui.log_bench import bench, commands
from tui_monitor.tui.drawable import DrawableOnly
from tui_monitor.tui.widgets.row_strip import RowStrip

SEGMENTS = [Segment("make tests", Style(bold=True)), Segment(" o\x07k"), Segment(" 港", Style(dim=True))]
WIDTH = Strip(SEGMENTS).cell_length
BLACK = Color(0, 0, 0)


@contextmanager
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def strips_in_memory(text: str) -> int:
    return sum(text in value.text for value in gc.get_objects() if isinstance(value, Strip))


async def test_rows_that_were_drawn_are_freed_without_the_garbage_collector() -> None:
    async with bench(commands(3)) as at:
        with without_collector():
            assert any("make 2 " in line for line in at.drawn())
            assert strips_in_memory("make 2 ")
            for _ in range(80):  # more rows than are cached
                for number in range(10, 20):
                    at.live.shell(f"make {number}", seconds=1)
                await at.show()
            assert any("make 19" in line for line in at.drawn())
            assert strips_in_memory("make 2 ") == 0


@given(st.lists(st.integers(1, WIDTH + 3), unique=True).map(sorted))
def test_pieces_of_a_row_are_those_of_a_strip(cuts: list[int]) -> None:
    assert list(RowStrip(SEGMENTS).divide(cuts)) == list(Strip(SEGMENTS).divide(cuts))
    assert list(RowStrip(SEGMENTS).divide(iter(cuts))) == list(Strip(SEGMENTS).divide(cuts))


def test_filtered_row_is_that_of_a_strip_and_made_once() -> None:
    row, line_filter = RowStrip(SEGMENTS), DrawableOnly()
    filtered = row.apply_filter(line_filter, BLACK)
    assert filtered == Strip(SEGMENTS).apply_filter(line_filter, BLACK)
    assert isinstance(filtered, RowStrip)
    assert row.apply_filter(line_filter, BLACK) is filtered
