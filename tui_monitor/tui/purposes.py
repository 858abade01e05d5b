"""Actions by their purpose, for help and command palette: those of the focused pane come first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tui_monitor.tui.keys import Action

MOVE, JUMP, FIND, ROWS = "Move", "Jump", "Find", "Rows"
CALL, PANES, SESSIONS = "The selected call", "Panes", "Sessions and their state"
REPLAY, PROGRAM, HERE = "Replay", "Program", "Here"

_ACTIONS = {
    MOVE: ("move", "page", "edge", "shift", "oldest", "first_g", "newest", "pause", "follow", "scroll"),
    JUMP: ("seek", "change", "file", "write_time"),
    FIND: ("filter", "find", "search", "write", "toggle_condition", "earlier", "drop", "submit", "complete"),
    ROWS: ("open", "unfold", "fold", "toggle_folding", "toggle_words", "order"),
    CALL: (
        "detail",
        "mode",
        "open_tab",
        "on_view",
        "on_detail",
        "edit",
        "copy",
        "save",
        "toggle_wrap",
        "toggle_split",
        "toggle_blanks",
    ),
    PANES: ("pane", "focus_next", "focus_previous", "full", "back", "zoom", "turn", "choose", "resize"),
    SESSIONS: ("sessions", "attend", "terminal", "reason", "select"),
    REPLAY: ("toggle_playing", "change_speed", "step", "landmark", "to_begin", "to_end"),
    PROGRAM: ("help", "quit", "command_palette", "demo", "dismiss"),
}
_PURPOSES: Mapping[str, str] = {action: purpose for purpose, actions in _ACTIONS.items() for action in actions}


def purpose_of(action: str) -> str:
    """Return the purpose of an action as a binding names it: ``app.quit``, ``move(-1)``."""
    return _PURPOSES.get(action.partition("(")[0].rpartition(".")[2], HERE)


def by_purpose(actions: Iterable[Action]) -> Mapping[str, Sequence[Action]]:
    """Return the actions by purpose, in the order in which purposes first occur; those of the program last."""
    groups: dict[str, list[Action]] = {}
    for action in actions:
        groups.setdefault(purpose_of(action.action), []).append(action)
    last = groups.pop(PROGRAM, [])
    return {**groups, PROGRAM: last} if last else groups
