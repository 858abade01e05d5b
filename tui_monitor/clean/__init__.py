"""Text from outside → plain text: the only way in for anything that reaches a terminal, a table, a page or a log.

Agents, tools and files write hostile text: escape sequences, control characters, right-to-left overrides, characters
that nobody can see. After `clean_text` or `clean_line` a string holds only characters that a terminal draws. It is
plain text, never markup. `ControlSequenceStripper` does the same for output that arrives in pieces and is stored as it
is.
"""

from tui_monitor.clean.stripper import ControlSequenceStripper
from tui_monitor.clean.text import TAB_WIDTH, clean_line, clean_text, escape_invisible, final_states

__all__ = ["TAB_WIDTH", "ControlSequenceStripper", "clean_line", "clean_text", "escape_invisible", "final_states"]
