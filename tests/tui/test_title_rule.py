"""The line with the title of a pane."""

from __future__ import annotations

import pytest

from tui_monitor.tui.widgets.title_rule import rule


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Change  tui/quay.py  +1 −1  2/4", "Change  tui/quay.py  +1 −1  2/4"),
        ("Change  lib/spotter/services/quay.py  +1 −1  2/4", "Change  …vices/quay.py  +1 −1  2/4"),
        ("File  lib/spotter/services/slice_builder.ex", "File  …r/services/slice_builder.ex"),
        ("Bash  git add lib/spotter/services/quay.py", "Bash  git add lib/spotter/service…"),
        ("A title of words without a path that is long", "A title of words without a path t…"),
    ],
)
def test_long_title_keeps_the_end_of_a_path_and_what_follows(title: str, text: str) -> None:
    line = "".join(span.text for span in rule(title, "", False, 42))
    assert len(line) == 42
    assert line.strip("─ ") == text
