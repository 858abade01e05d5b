"""Whatever a file is called, no editor takes its name for an option, a command or a position."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tui_monitor.tui.editors import DEFAULT_EDITOR, absolute, editor_command, editor_words

pytestmark = pytest.mark.skipif(os.sep != "/", reason="paths begin with a slash")

NAMES = [
    "-c:!touch PWNED",
    "+!touch PWNED",
    "+:!touch PWNED",
    "--cmd=!touch PWNED",
    "-",
    "--",
    "+7",
    "a\nb",
    " leading and trailing ",
    "x:5",
    "x:5:7",
    "x,5,6",
    "!touch PWNED",
    "`touch PWNED`",
    "$(touch PWNED)",
    "';touch PWNED;'",
    "a*b?[c]",
    "~",
    "%",
    "#",
    "\\x",
    "ftp:",
    "caf\u00e9",
    "\udcff",
]


@pytest.mark.parametrize(
    ("editor", "arguments"),
    [
        ("vi", ["-c", "7", "--", "/a/b"]),
        ("view", ["-c", "7", "--", "/a/b"]),
        ("nvi", ["-c", "7", "--", "/a/b"]),
        ("vim", ["+7", "--", "/a/b"]),
        ("vim.tiny", ["+7", "--", "/a/b"]),
        ("nvim", ["+7", "--", "/a/b"]),
        ("nano", ["+7", "--", "/a/b"]),
        ("kak", ["+7", "--", "/a/b"]),
        ("ne", ["+7", "--", "/a/b"]),
        ("mg", ["+7", "--", "/a/b"]),
        ("joe", ["+7", "--", "/a/b"]),
        ("emacs", ["+7", "--", "/a/b"]),
        ("emacs-28.2", ["+7", "--", "/a/b"]),
        ("emacsclient", ["+7", "--", "/a/b"]),
        ("vis", ["+7", "/a/b"]),
        ("micro", ["+7", "/a/b"]),
        ("hx", ["/a/b:7"]),
        ("helix", ["/a/b:7"]),
        ("subl", ["/a/b:7"]),
        ("zed", ["/a/b:7"]),
        ("code", ["-g", "/a/b:7"]),
        ("code-insiders", ["-g", "/a/b:7"]),
        ("cursor", ["-g", "/a/b:7"]),
        ("ed", ["/a/b"]),
        ("an-editor-of-my-own", ["/a/b"]),
    ],
)
def test_editor_is_called_as_it_expects(monkeypatch: pytest.MonkeyPatch, editor: str, arguments: list[str]) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert editor_command([editor, "--wait"], Path("/a/b"), 7) == [editor, "--wait", *arguments]
    assert editor_command([f"/usr/local/bin/{editor}"], Path("/a/b"), 7)[1:] == arguments
    first_line = [each for each in arguments if each not in ("+7", "-c", "7", "-g")]
    assert editor_command([editor], Path("/a/b"), 1)[1:] == [each.removesuffix(":7") for each in first_line]


EDITORS = [
    "vi",
    "vim",
    "nvim",
    "nano",
    "emacs",
    "emacsclient",
    "kak",
    "micro",
    "joe",
    "hx",
    "code",
    "subl",
    "ed",
    "my-own",
]


@pytest.mark.parametrize("cwd", ["", ".", "/srv/project", "-x", "+x"])
@pytest.mark.parametrize("editor", EDITORS)
def test_no_word_of_the_data_is_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: str, cwd: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        for line in (1, 7):
            _, *arguments = editor_command([editor], Path(cwd) / name, line)
            *options, path = arguments
            assert path.startswith("/"), name
            assert [each for each in options if not re.fullmatch(r"\+7|-c|7|--|-g", each)] == [], name


@pytest.mark.parametrize("editor", ["hx", "code", "subl", "zed"])
@pytest.mark.parametrize("name", ["x:5", "x:5:7", "a:", "a: /b"])
def test_colon_in_a_name_is_never_a_position(editor: str, name: str) -> None:
    assert editor_command([editor], Path("/srv") / name, 7) == [editor, f"/srv/{name}"]


@pytest.mark.parametrize("editor", ["hx", "code"])
def test_file_whose_name_looks_like_a_position_is_not_opened_instead(tmp_path: Path, editor: str) -> None:
    (tmp_path / "x:7").touch()
    assert editor_command([editor], tmp_path / "x", 7) == [editor, str(tmp_path / "x")]


def test_emacs_opens_no_file_over_the_network() -> None:
    assert editor_command(["emacs"], Path("/ssh:-oProxyCommand=x:/f"), 1)[-1] == "/:/ssh:-oProxyCommand=x:/f"
    assert editor_command(["emacs"], Path("/srv/ssh:host:/f"), 1)[-1] == "/srv/ssh:host:/f"


def test_joe_opens_whole_files() -> None:
    assert editor_command(["joe"], Path("/srv/x,0x5,\\6"), 1)[-1] == "/srv/x\\,0x5\\,\\\\6"


def test_vi_is_called_as_the_editor_that_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("vim.basic", "vis", "busybox", "something-else"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
        (tmp_path / "vi").unlink(missing_ok=True)
        (tmp_path / "vi").symlink_to(name)
        monkeypatch.setenv("PATH", str(tmp_path))
        expected = {"vim.basic": ["+7", "--"], "vis": ["+7"]}.get(name, ["-c", "7", "--"])
        assert editor_command(["vi"], Path("/a"), 7) == ["vi", *expected, "/a"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("//srv//a/b", "/srv/a/b"), ("/srv/./a", "/srv/a"), ("/srv/../a", "/srv/../a"), ("a", "{cwd}/a"), ("", "{cwd}")],
)
def test_path_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, expected: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute(Path(path)) == expected.format(cwd=tmp_path)


@pytest.mark.parametrize(
    ("visual", "editor", "words"),
    [
        ("nano -w", "vim", ["nano", "-w"]),
        ("", "vim", ["vim"]),
        (" ", "vim", ["vim"]),
        (" \t", " ", [DEFAULT_EDITOR]),
        ("'my editor' -x", "", ["my editor", "-x"]),
    ],
)
def test_blank_editor_variable_counts_as_unset(visual: str, editor: str, words: list[str]) -> None:
    assert editor_words({"VISUAL": visual, "EDITOR": editor}) == words
    assert editor_words({}) == [DEFAULT_EDITOR]
