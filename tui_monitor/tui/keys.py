"""Key bindings of the monitor and its log, and the actions of active bindings (for help and the command palette)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from textual.binding import ActiveBinding, Binding
from textual.dom import DOMNode

from tui_monitor.tui.panes.registry import PANES
from tui_monitor.tui.rows.filter import CHANGES, ERRORS

_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "dollar_sign": "$",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "at": "@",
    "comma": ",",
    "full_stop": ".",
    "enter": "⏎",
    "escape": "Esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "⇧Tab",
}


@dataclass(slots=True)
class Action:
    """One action: the node that runs it, its name, a sentence about it, and its keys."""

    node: DOMNode
    action: str
    name: str
    description: str
    keys: list[str] = field(default_factory=list)


def actions_of(bindings: Mapping[str, ActiveBinding]) -> list[Action]:
    """Return the actions of ``bindings`` (by key) that have a tooltip, in their order."""
    actions: dict[tuple[DOMNode, str], Action] = {}
    for node, binding, enabled, tooltip in bindings.values():
        description = binding.tooltip or tooltip
        if enabled and description and not binding.system:
            action = Action(node, binding.action, binding.description, description)
            actions.setdefault((node, binding.action), action).keys.append(key_name(binding.key))
    return list(actions.values())


def key_name(key: str) -> str:
    """Return a key as it is printed on a keyboard."""
    return _NAMES.get(key) or key.replace("ctrl+", "^")


def _monitor(keys: str, action: str, name: str, tooltip: str, show: bool = False) -> Binding:
    return _binding("monitor", keys, action, name, tooltip, show)


def _log(keys: str, action: str, name: str, tooltip: str, show: bool = False) -> Binding:
    return _binding("log", keys, action, name, tooltip, show)


def _pane(keys: str, action: str, name: str, tooltip: str, show: bool = False) -> Binding:
    return _binding("pane", keys, action, name, tooltip, show)


def _file(keys: str, action: str, name: str, tooltip: str, show: bool = False) -> Binding:
    return _binding("file", keys, action, name, tooltip, show)


def _binding(owner: str, keys: str, action: str, name: str, tooltip: str, show: bool) -> Binding:
    identifier = f"{owner}.{name.lower().replace(' ', '-')}"
    return Binding(keys, action, name, show=show, tooltip=tooltip, id=identifier)


MONITOR_KEYS = [
    _monitor("escape", "back", "Back", "Go back one level: from the detail, a pane or a filter to the log", show=True),
    _monitor("question_mark", "help", "Keys", "Show the keys for the focused pane, and the signs", show=True),
    _monitor("slash", "filter", "Filter", "Show only matching rows; Esc shows all again", show=True),
    _monitor("ctrl+f", "find", "Find", "Search: mark matching rows; n and N go from one to the next, Esc ends it"),
    _monitor("at", "write_time", "Time", "Go to a time of day, a date, or so long before the newest row"),
    _monitor("s", "sessions", "Sessions", "Choose another session", show=True),
    _monitor("F", "search", "Search all", "Search all sessions: prompts, words, commands, paths, outputs"),
    *(_monitor(pane.key, f"pane('{pane.name}')", pane.name, pane.description, pane.is_main) for pane in PANES),
    _monitor("q", "app.quit", "Quit", "Quit (the agent keeps running)", show=True),
    _monitor(
        "a",
        "attend",
        "Who needs you",
        "Go to the session that needs you most, then to the next one or its terminal",
    ),
    _monitor("A", "terminal", "Its terminal", "Go to the terminal pane in which the agent of this session runs"),
    _monitor("i", "reason", "Why this state", "Show the evidence for the state of the agent"),
    _monitor("enter", "full", "Full width", "Give the detail the full width, or only its share"),
    _monitor("1", "detail('diff')", "Diff", "Show the file changes of the selected call"),
    _monitor("2", "detail('output')", "Output", "Show the output of the selected call"),
    _monitor("3", "detail('input')", "Input", "Show the arguments of the selected call"),
    _monitor("4", "detail('raw')", "Raw", "Show everything recorded about the selected call"),
    _monitor("5", "detail('calls')", "Calls", "Show the calls of the selected agent"),
    _monitor("u", "on_view('toggle_split')", "Side by side", "Show the diff in one column or side by side"),
    _monitor("w", "on_view('toggle_blanks')", "White space", "Show spaces and tabs in the diff"),
    _monitor("W", "on_view('toggle_wrap')", "Wrap", "Wrap long lines of the detail, or scroll sideways"),
    _monitor("e", "on_detail('edit')", "Edit", "Open the file of the selected call in your editor"),
    _monitor("y", "on_detail('copy')", "Copy", "Copy the text of the detail"),
    _monitor("o", "on_detail('save')", "Save", "Save the text of the detail to a file"),
    _monitor("plus", "resize(1)", "Larger log", "Give the log more of the screen (also by dragging the edge)"),
    _monitor("minus", "resize(-1)", "Smaller log", "Give the panes beside or below the log more of the screen"),
    _monitor("equals_sign", "resize(0)", "Usual sizes", "Give log and panes their usual sizes"),
    _monitor("tab", "app.focus_next", "Next pane", "Go to the next pane"),
    _monitor("shift+tab", "app.focus_previous", "Previous pane", "Go to the previous pane"),
]

LOG_KEYS = [
    _log("up,k", "move(-1)", "Up", "Select the row above, and stop following"),
    _log("down,j", "move(1)", "Down", "Select the row below"),
    _log("pageup,ctrl+u", "page(-1)", "Page up", "Go back one page, and stop following"),
    _log("pagedown,ctrl+d", "page(1)", "Page down", "Go forward one page"),
    _log("home", "oldest", "Oldest", "Go to the oldest row (also gg), and stop following"),
    _log("g", "first_g", "Oldest by gg", "Press twice: go to the oldest row"),
    _log("end,G", "newest", "Newest", "Go to the newest row, and follow"),
    _log("space", "pause", "Pause", "Stop following new rows", show=True),
    _log("space", "follow", "Follow", "Follow new rows again", show=True),
    _log("enter", "open", "Open", "Open the selected call", show=True),
    _log("right,l", "unfold", "Unfold", "Show the rows under the selected one"),
    _log("left,h", "fold", "Fold", "Hide the rows under the selected one"),
    _log("z", "toggle_folding", "Fold runs", "Fold runs of look-ups and edits into one row each, or show every call"),
    _log("v", "toggle_words", "Words", "List all that the agent said, or only the last words of each turn"),
    _log("n", "seek('hit', 1)", "Next match", "Go to the next match of the search", show=True),
    _log("N", "seek('hit', -1)", "Previous match", "Go to the previous match of the search"),
    _log("n", "seek('problem', 1)", "Next failure", "Go to the next call that failed, also of a sub-agent", show=True),
    _log("N", "seek('problem', -1)", "Previous failure", "Go to the previous call that failed"),
    _log("d", "seek('change', 1)", "Next change", "Go to the next call that changed a file"),
    _log("D", "seek('change', -1)", "Previous change", "Go to the previous call that changed a file"),
    _log("right_square_bracket", "seek('prompt', 1)", "Next prompt", "Go to your next prompt"),
    _log("left_square_bracket", "seek('prompt', -1)", "Previous prompt", "Go to your previous prompt"),
    _log("right_curly_bracket", "seek('compaction', 1)", "Next compaction", "Go to the next compaction"),
    _log("left_curly_bracket", "seek('compaction', -1)", "Previous compaction", "Go to the previous compaction"),
    _log("E", f"toggle_condition('{ERRORS}')", "Only errors", "Show only failures, or everything again"),
    _log("x", f"toggle_condition('{CHANGES}')", "Only changes", "Show only file changes, or everything again"),
]

PANE_KEYS = [
    _pane("enter", "open('open')", "Open row", "Open what the selected row stands for", show=True),
    _pane("up,k", "move(-1)", "Row above", "Select the row above"),
    _pane("down,j", "move(1)", "Row below", "Select the row below"),
    _pane("pageup,ctrl+u", "page(-1)", "Page back", "Go back one page"),
    _pane("pagedown,ctrl+d", "page(1)", "Page forward", "Go forward one page"),
    _pane("home,g", "edge(False)", "First row", "Select the first row"),
    _pane("end,G", "edge(True)", "Last row", "Select the last row"),
    _pane("right,l", "shift(1)", "Columns right", "Show the columns further right"),
    _pane("left,h", "shift(-1)", "Columns left", "Show the columns further left"),
    _pane("e", "open('edit')", "Edit file", "Open the file of the selected row in your editor"),
    _pane("y", "open('copy')", "Copy row", "Copy what the selected row stands for"),
]
"""Keys of the rows of a side pane."""

SIDE_KEYS = [
    _pane("z", "zoom", "Zoom", "Give the pane the whole screen, or only its place", show=True),
    _pane("o", "order", "Order", "Show the rows in another order"),
    _pane("greater_than_sign", "turn(1)", "Pane after", "Show the pane after this one in its place"),
    _pane("less_than_sign", "turn(-1)", "Pane before", "Show the pane before this one in its place"),
    *(
        _pane(str(number), f"choose({number})", f"Pane {number}", f"Show the pane {pane.name} here")
        for number, pane in enumerate(PANES[:9], 1)
    ),
]
"""Keys of a side pane as a whole."""

FILE_KEYS = [
    _file("1", "mode('session')", "Whole session", "Show the file's first content in the session against its last"),
    _file("2", "mode('changes')", "Single changes", "Show one change of the file at a time"),
    _file("3", "mode('git HEAD')", "git HEAD", "Show the file as it is against the last commit"),
    _file("greater_than_sign", "step(1)", "Change after", "Show the next single change of the file", show=True),
    _file("less_than_sign", "step(-1)", "Change before", "Show the single change of the file before this one"),
    _file("e", "edit", "Edit this file", "Open the file in your editor, at this line"),
    _file("y", "copy", "Copy diff", "Copy the diff"),
    _file("enter,z", "zoom", "Zoom file", "Give the file the whole screen, or only its place", show=True),
]
"""Keys of the view of a file."""
