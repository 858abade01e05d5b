"""The pane of an agent is found by its terminal, process or folder; nothing from outside becomes an argument."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.events import SessionKey, SessionProcess
from tui_monitor.tui.terminals import PaneProgram, pane_programs

EVERYWHERE = {"TMUX": "/tmp/s,1,0", "ZELLIJ": "0", "ZELLIJ_PANE_ID": "1", "KITTY_WINDOW_ID": "1", "WEZTERM_PANE": "0"}
TMUX, ZELLIJ, KITTY, WEZTERM = pane_programs(EVERYWHERE)
KITTY_WINDOWS = [
    {"tabs": [{"windows": [{"id": 3, "pid": 70, "foreground_processes": [{"pid": 77, "cmdline": ["agent"]}]}]}]}
]
ZELLIJ_PANES = [
    {"id": 0, "is_plugin": True, "pane_cwd": "/srv/shop"},
    {"id": 1, "is_plugin": False, "pane_cwd": "/srv/shop"},
    {"id": 4, "is_plugin": False, "pane_cwd": "/srv/shop"},
    {"id": 5, "is_plugin": False, "pane_cwd": "/srv/docs"},
]
WEZTERM_PANES = [{"pane_id": 8, "tty_name": "/dev/pts/2"}, {"pane_id": 9, "tty_name": "/dev/pts/3"}]


def process(pid: int = 77, terminal: str = "/dev/pts/3", pane: str = "", cwd: str = "/srv/shop") -> SessionProcess:
    return SessionProcess(session=SessionKey("agent", "s"), pid=pid, terminal=terminal, pane=pane, cwd=cwd)


def focus(program: PaneProgram, output: object, of: SessionProcess) -> str:
    text = output if isinstance(output, str) else json.dumps(output)
    return " ".join(program.focus(text, of, EVERYWHERE))


def test_programs_are_those_that_the_environment_names() -> None:
    assert pane_programs({}) == []
    assert pane_programs({"TMUX": "", "WEZTERM_PANE": "0"}) == [WEZTERM]
    assert [program.name for program in (TMUX, ZELLIJ, KITTY, WEZTERM)] == ["tmux", "zellij", "kitty", "WezTerm"]


def test_tmux_pane_is_found_by_its_terminal() -> None:
    command = "tmux select-window -t %4 ; select-pane -t %4 ; switch-client -t %4"
    assert focus(TMUX, "%0 /dev/pts/2\n%4 /dev/pts/3\n", process(pane="%0")) == command


def test_tmux_pane_that_the_agent_reports_counts_where_its_terminal_is_unknown() -> None:
    listing = "%0 /dev/pts/2\n%4 /dev/pts/3\n"
    assert "-t %0 ;" in focus(TMUX, listing, process(terminal="", pane="%0"))
    assert focus(TMUX, listing, process(terminal="", pane="%9")) == ""
    assert focus(TMUX, listing, process(terminal="/dev/pts/9", pane="%0")) == ""
    assert focus(TMUX, listing, process(terminal="")) == ""


def test_kitty_window_is_found_by_the_process_in_its_foreground() -> None:
    for pid in (70, 77):
        assert focus(KITTY, KITTY_WINDOWS, process(pid)) == "kitten @ focus-window --match id:3"
    assert focus(KITTY, KITTY_WINDOWS, process(78)) == ""


def test_wezterm_pane_is_found_by_its_terminal() -> None:
    assert focus(WEZTERM, WEZTERM_PANES, process()) == "wezterm cli activate-pane --pane-id 9"
    assert focus(WEZTERM, WEZTERM_PANES, process(terminal="")) == ""


def test_zellij_pane_is_found_by_its_folder_if_no_other_is_there() -> None:
    assert focus(ZELLIJ, ZELLIJ_PANES, process()) == "zellij action focus-pane-id terminal_4"
    assert focus(ZELLIJ, [*ZELLIJ_PANES, {"id": 6, "pane_cwd": "/srv/shop"}], process()) == ""
    assert focus(ZELLIJ, ZELLIJ_PANES, process(cwd="")) == ""


@pytest.mark.parametrize("program", [TMUX, ZELLIJ, KITTY, WEZTERM])
@pytest.mark.parametrize(
    "output", ["", "{", "[" * 10_000, "null", '[{"id": 1}]', '[[1], "a", {"tabs": 3}]', "%1", "% a"]
)
def test_unexpected_output_finds_no_pane(program: PaneProgram, output: str) -> None:
    assert program.focus(output, process(), EVERYWHERE) == []


@given(st.text(), st.text(), st.one_of(st.text(), st.integers(max_value=-1), st.booleans(), st.none()))
def test_what_comes_from_outside_never_becomes_an_argument(terminal: str, pane: str, number: object) -> None:
    agent = process(terminal=terminal, pane=pane)
    outputs = {
        TMUX.name: f"{pane} {terminal}\n",
        ZELLIJ.name: json.dumps([{"id": number, "pane_cwd": agent.cwd}]),
        KITTY.name: json.dumps([{"tabs": [{"windows": [{"id": number, "pid": agent.pid}]}]}]),
        WEZTERM.name: json.dumps([{"pane_id": number, "tty_name": terminal}]),
    }
    for program in (TMUX, ZELLIJ, KITTY, WEZTERM):
        command = program.focus(outputs[program.name], agent, EVERYWHERE)
        assert command == [] or (program is TMUX and command[3].removeprefix("%").isdigit())
