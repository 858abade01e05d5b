"""The line of a setting in a TOML text."""

from __future__ import annotations

import pytest

from tui_monitor.config.positions import line_of

TEXT = """\
# display.theme = "not this"
stream = "x"

[display]
theme = "nord"
levels = [
  1, 2,
]

[ prices . "house-*" ]
"input" = 1
output = -1

[prices.'other.model']
input = 2

[windows]
house = 5
telemetry.enabled = 1
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("stream",), 2),
        (("display", "theme"), 5),
        (("display", "levels"), 6),
        (("prices", "house-*", "input"), 11),
        (("prices", "house-*", "output"), 12),
        (("prices", "other.model", "input"), 15),
        (("windows", "house"), 18),
        (("windows", "telemetry", "enabled"), 19),
        (("display", "missing"), 4),
        (("nothing",), None),
    ],
)
def test_line_of_a_setting(key: tuple[str, ...], line: int | None) -> None:
    assert line_of(TEXT, key) == line


def test_inline_table_has_the_line_of_its_name() -> None:
    assert line_of("\ntelemetry = { enabled = 1 }", ("telemetry", "enabled")) == 2
