"""The table of docs/keys.md: ``python -m tests.tui.keys_document`` writes it."""

from __future__ import annotations

from pathlib import Path

from tui_monitor.tui.keymap import all_bindings, name_of
from tui_monitor.tui.keys import key_name

DOCUMENT = Path(__file__).parents[2] / "docs" / "keys.md"
HEADING = "| action | keys | does |\n|---|---|---|\n"


def table() -> str:
    """Return the actions with their keys."""
    bindings = {name_of(binding): binding for binding in reversed(list(all_bindings()))}
    rows = [
        f"| `{name}` | {' '.join(f'`{key_name(key)}`' for key in binding.key.split(','))} | {binding.tooltip} |\n"
        for name, binding in reversed(bindings.items())
    ]
    return HEADING + "".join(rows)


if __name__ == "__main__":
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(text[: text.index(HEADING)] + table(), encoding="utf-8")
