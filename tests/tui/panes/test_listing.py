"""The lines of a pane: headings, columns, places of rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.pane_text import content_text
from tui_monitor.tui.panes.content import PaneRow, RecordRows, Section, text_section
from tui_monitor.tui.panes.listing import MEASURED, PaneListing
from tui_monitor.tui.spans import TextSpan, width_of


def row(key: str, *cells: str) -> PaneRow:
    return PaneRow(key, tuple((TextSpan(cell),) for cell in (key, *cells)))


TABLE = Section([row("tides", "12", "$3"), row("zones", "7", "$0.20")], ("name", "calls", "cost"), "Modules")
WORDS = text_section([(TextSpan("all is well"),)], "Health")


class TestLines:
    """Sections one below the other."""

    def test_row_of_one_cell_has_the_whole_line(self) -> None:
        rows = [row("tide", "9"), PaneRow(None, ((TextSpan("x" * 18),),))]
        assert content_text([Section(rows, ("name", "n"))], 20) == [f"name{'n':>16}", f"tide{'9':>16}", "x" * 18]

    def test_title_names_of_columns_and_rows(self) -> None:
        assert content_text([TABLE, WORDS], 24) == [
            "Modules",
            "name        calls   cost",
            "tides          12     $3",
            "zones           7  $0.20",
            "",
            "Health",
            "all is well",
        ]

    def test_names_of_columns_are_not_shown_without_rows(self) -> None:
        assert content_text([Section([], ("name", "calls"), empty="No module.")], 24) == ["No module."]

    @given(st.integers(1, 120), st.integers(0, 5), st.lists(st.lists(st.text(max_size=9), max_size=6), max_size=9))
    def test_each_line_fills_the_width(self, width: int, shift: int, rows: list[list[str]]) -> None:
        listing = PaneListing([Section([row(*cells, "end") for cells in rows], ("a", "b"), "Title")], width, shift)
        assert {width_of(listing.spans(line)) for line in range(listing.height)} <= {width}


class TestColumns:
    """Which columns there is room for."""

    def test_last_columns_are_left_out_first_and_counted(self) -> None:
        listing = PaneListing([TABLE], 14)
        assert content_text([TABLE], 14)[1] == "name     calls"
        assert listing.hidden_columns == (0, 1)

    def test_shift_leaves_columns_out_at_the_left(self) -> None:
        listing = PaneListing([TABLE], 14, shift=1)
        assert [span.text for span in listing.spans(1) if span.text.strip()] == ["name", "cost"]
        assert listing.hidden_columns == (1, 0)

    def test_cells_without_a_column_follow_their_names(self) -> None:
        table = Section(
            [row("tides", "12", "$3", "", "—", "8"), row("zones")], ("name", "calls", "cost", "by", "p50", "files")
        )
        listing = PaneListing([table], 14)
        assert ["".join(span.text for span in line).strip() for line in listing.rest(1)] == ["cost $3", "files 8"]
        assert len(PaneListing([table], 20).rest(1)) == 1
        assert [PaneListing([table], 80).rest(line) for line in range(4)] == [[], [], [], []]

    def test_first_cell_that_is_cut_is_there_in_full(self) -> None:
        listing = PaneListing([Section([row("harbour/tides.py", "12")], ("file", "lines"))], 20)
        assert ["".join(span.text for span in line).strip() for line in listing.rest(1)] == ["harbour/tides.py"]

    def test_column_widens_for_a_row_that_comes_into_view(self) -> None:
        rows = [row("a", "1") for _ in range(MEASURED + 50)] + [row("b", "123,456,789")]
        listing = PaneListing([Section(rows)], 30)
        last = len(rows) - 1
        assert "…" in "".join(span.text for span in listing.spans(last))
        listing.measure([last])
        assert "".join(span.text for span in listing.spans(last)).endswith("123,456,789")


class TestPlaces:
    """Where rows are, and where the cursor can be."""

    def test_cursor_passes_over_headings_and_text(self) -> None:
        listing = PaneListing([TABLE, WORDS, Section([row("lamps")])], 24)
        places = [line for line in range(listing.height) if listing.is_walkable(line)]
        assert [(line, listing.ordinal(line)) for line in places] == [(2, 1), (3, 2), (8, 3)]
        assert (listing.walkable, listing.step(3, 1), listing.step(8, -1), listing.step(8, 1)) == (3, 8, 3, None)

    def test_row_is_found_where_it_went(self) -> None:
        listing = PaneListing([Section(list(reversed(TABLE.rows)), TABLE.columns)], 24)
        assert (listing.find("tides", 1), listing.find("zones", 1), listing.find("lamps", 1)) == (2, 1, None)

    def test_heading_stays_above_the_rows_of_its_section(self) -> None:
        listing = PaneListing([TABLE, Section([row("lamps")], title="Others")], 24)
        heads = ["".join(span.text for span in listing.heading_above(line)).split() for line in range(listing.height)]
        assert heads == [[], [], *[["name", "calls", "cost"]] * 2, [], [], ["Others"]]

    def test_ten_thousand_rows_are_made_as_they_come_into_view(self) -> None:
        made: list[int] = []

        def counted(number: int) -> PaneRow:
            made.append(number)
            return row(str(number))

        listing = PaneListing([Section(RecordRows(range(10_000), counted), ("number",))], 40)
        listing.measure(range(5_000, 5_040))
        for line in range(5_000, 5_040):
            listing.spans(line)
            listing.ordinal(line)
        assert listing.height == 10_001
        assert len(made) < 3 * MEASURED
