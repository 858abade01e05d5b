"""The keys of the monitor screen; help and the command palette are made of them."""

from __future__ import annotations

from textual.binding import Binding


def _key(keys: str, action: str, what: str, tooltip: str, show: bool = False) -> Binding:
    return Binding(keys, action, what, show=show, tooltip=tooltip, id="monitor." + what.lower().replace(" ", "-"))


KEYS = [
    _key("escape", "back", "Back", "One level back: from the detail, a pane or a filter to the log", show=True),
    _key("question_mark", "help", "Keys", "The keys of what has the focus, and the signs", show=True),
    _key("slash", "filter", "Filter", "Show only the rows that match; Esc shows all again", show=True),
    _key("s", "sessions", "Sessions", "Show another of the sessions that are followed", show=True),
    _key("f", "pane('FILES')", "Files", "The files that the session changed", show=True),
    _key("m", "pane('MODELS')", "Models", "What each model cost", show=True),
    _key("t", "pane('AGENTS')", "Agents", "The agents of the session", show=True),
    _key("q", "app.quit", "Quit", "Leave the monitor; the agent goes on", show=True),
    _key("i", "reason", "Why this state", "What the state of the agent is judged by"),
    _key("enter", "full", "Full width", "Give the detail the whole width, or only its share"),
    _key("1", "detail('diff')", "Diff", "What the selected call changed in files"),
    _key("2", "detail('output')", "Output", "What the selected call brought"),
    _key("3", "detail('input')", "Input", "What the selected call was asked"),
    _key("4", "detail('raw')", "Raw", "Everything that was told of the selected call"),
    _key("u", "on_view('toggle_split')", "Side by side", "The diff in one column, or old and new side by side"),
    _key("w", "on_view('toggle_blanks')", "White space", "Show spaces and tabs of the diff"),
    _key("W", "on_view('toggle_wrap')", "Wrap", "Wrap long lines of the detail, or scroll sideways"),
    _key("e", "on_detail('edit')", "Edit", "Open the file of the selected call in your editor"),
    _key("y", "on_detail('copy')", "Copy", "Copy the text of the detail"),
    _key("o", "on_detail('save')", "Save", "Keep the text of the detail in a file"),
    _key("tab", "app.focus_next", "Next pane", "Go to the next pane"),
    _key("shift+tab", "app.focus_previous", "Previous pane", "Go to the pane before"),
]
