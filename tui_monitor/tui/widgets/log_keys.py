"""The keys of the activity log; help and the command palette are made of them."""

from __future__ import annotations

from textual.binding import Binding

from tui_monitor.tui.rows.filter import CHANGES, ERRORS


def _key(keys: str, action: str, what: str, tooltip: str, show: bool = False) -> Binding:
    name = "log." + what.lower().replace(" ", "-")
    return Binding(keys, action, what, show=show, tooltip=tooltip, id=name)


KEYS = [
    _key("up,k", "move(-1)", "Up", "Select the row above, and stop following"),
    _key("down,j", "move(1)", "Down", "Select the row below"),
    _key("pageup,ctrl+u", "page(-1)", "Page up", "Go back one page, and stop following"),
    _key("pagedown,ctrl+d", "page(1)", "Page down", "Go on one page"),
    _key("home", "oldest", "Oldest", "Go to the oldest row (gg too), and stop following"),
    _key("g", "first_g", "Oldest by gg", "Pressed twice: go to the oldest row"),
    _key("end,G", "newest", "Newest", "Go to the newest row, and follow"),
    _key("space", "pause", "Pause", "Stop following what is new", show=True),
    _key("space", "follow", "Follow", "Follow what is new again", show=True),
    _key("enter", "open", "Open", "Open the selected call", show=True),
    _key("right,l", "unfold", "Unfold", "Show what the selected row hides"),
    _key("left,h", "fold", "FoldState", "Hide it again"),
    _key("z", "toggle_folding", "Fold runs", "Tell runs of look-ups and of edits in one row each, or one by one"),
    _key("n", "seek('alarming', 1)", "Next failure", "Go to the next call that failed or was refused", show=True),
    _key("N", "seek('alarming', -1)", "Previous failure", "Go to the previous call that failed or was refused"),
    _key("right_square_bracket", "seek('prompt', 1)", "Next prompt", "Go to the next thing that you asked for"),
    _key("left_square_bracket", "seek('prompt', -1)", "Previous prompt", "Go to the previous thing that you asked for"),
    _key(
        "right_curly_bracket", "seek('compaction', 1)", "Next compaction", "Go to where the context was next compacted"
    ),
    _key("left_curly_bracket", "seek('compaction', -1)", "Previous compaction", "Go to where it was last compacted"),
    _key("E", f"toggle_condition('{ERRORS}')", "Only errors", "Show only what failed, or all again"),
    _key("x", f"toggle_condition('{CHANGES}')", "Only changes", "Show only what changed files, or all again"),
]
