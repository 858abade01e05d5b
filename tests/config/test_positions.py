"""The line of a setting in a TOML text."""

from __future__ import annotations

import pytest

from tui_monitor.config.positions import SettingLines

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
    assert SettingLines(TEXT).find(key) == line


def test_inline_table_has_the_line_of_its_name() -> None:
    assert SettingLines("\ntelemetry = { enabled = 1 }").find(("telemetry", "enabled")) == 2


def test_names_beyond_the_longest_setting_are_not_parsed() -> None:
    text = ".".join(["a"] * 50_000) + " = 1\nb = 2"
    assert SettingLines(text).find(("b",)) == 2
    assert SettingLines(text).find(("a", "a", "a")) == 1


def test_text_is_parsed_once_for_all_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def record(text: str) -> dict[str, object]:
        parsed.append(text)
        return {text.split(" ")[0]: 0}

    monkeypatch.setattr("tomllib.loads", record)
    lines = SettingLines("\n".join(f"x{n} = 1" for n in range(100)))
    assert [lines.find((f"x{n}",)) for n in range(100)] == list(range(1, 101))
    assert len(parsed) == 100
