"""The bytes by which a terminal rings, is titled and shows a notice; no text ends or extends them."""

from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.tui.alerts.sequences import notice_kind, notice_sequence, title_sequence

KINDS = ("osc9", "osc777", "osc99")


@pytest.mark.parametrize(
    ("kind", "sequence"),
    [
        ("osc9", "\x1b]9;tui-monitor: shop waits\x07"),
        ("osc777", "\x1b]777;notify;tui-monitor;shop waits\x07"),
        ("osc99", "\x1b]99;i=tui-monitor:d=0;tui-monitor\x1b\\\x1b]99;i=tui-monitor:p=body;shop waits\x1b\\"),
        ("", ""),
    ],
)
def test_notice_by_kind(kind: str, sequence: str) -> None:
    assert notice_sequence(kind, "shop waits", {}) == sequence


def test_notice_in_tmux_is_passed_on() -> None:
    assert notice_sequence("osc9", "x", {"TMUX": "/tmp/s"}) == "\x1bPtmux;\x1b\x1b]9;tui-monitor: x\x07\x1b\\"


def controls_of(sequence: str) -> list[str]:
    return [character for character in sequence if category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@given(st.text(st.characters(), max_size=300), st.sampled_from(KINDS))
def test_text_neither_ends_nor_extends_a_sequence(text: str, kind: str) -> None:
    sequence, empty = notice_sequence(kind, text, {}), notice_sequence(kind, "", {})
    assert controls_of(sequence) == controls_of(empty)
    assert len(sequence) < len(empty) + 250


def test_title_counts_the_sessions() -> None:
    assert title_sequence(2) == "\x1b]2;(2) tui-monitor\x07"
    assert title_sequence(0) == "\x1b]2;tui-monitor\x07"


@pytest.mark.parametrize(
    ("setting", "environment", "kind"),
    [
        ("auto", {"TERM": "xterm-256color"}, ""),
        ("auto", {"TERM": "xterm-kitty"}, "osc99"),
        ("auto", {"TERM": "foot-extra"}, "osc777"),
        ("auto", {"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "osc9"),
        ("auto", {"TERM_PROGRAM": "WezTerm", "TMUX": "/tmp/s"}, ""),
        ("auto", {}, ""),
        ("off", {"TERM": "xterm-kitty"}, ""),
        ("osc777", {"TMUX": "/tmp/s"}, "osc777"),
    ],
)
def test_kind_is_chosen_by_the_terminal_unless_it_is_set(setting: str, environment: dict[str, str], kind: str) -> None:
    assert notice_kind(setting, environment) == kind
