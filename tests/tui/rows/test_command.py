"""Shell commands are shortened to their essential part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.clean import clean_line
from tui_monitor.tui.rows.command import ShellCommand, shorten

CWD = "/home/ada/harbour"
HEREDOC_COMMIT = """git add -A && git commit -m "$(cat <<'EOF'
Keep tides in UTC

Fixes HARB-221
EOF
)" && git push"""


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("pytest -q", "pytest -q"),
        ("cd /home/ada/harbour && make check", "make check"),
        ("cd /home/ada/harbour; make", "make"),
        ('cd "/home/ada/harbour"\nmake', "make"),
        ("cd /tmp", "cd /tmp"),
        ("TZ=Europe/Oslo PYTHONPATH='a b' pytest", "pytest"),
        ("TZ=UTC", "TZ=UTC"),
        ('number=7 && name="a b"; export TZ=UTC\nmake', "make"),
        ('here=$(git rev-parse HEAD) there="$(pwd)/x" make $here', "make $here"),
        ('here="$(dirname "$0")" && make', "make"),
        ("here=$(pwd $(ls)) && make", "here=$(pwd $(ls)) && make"),
        ("HOST=a | make", "HOST=a | make"),
        ("make 2>&1 | tee log", "make | tee log"),
        ("bash -lc 'ls -la'", "ls -la"),
        ('/bin/zsh -c "make check"', "make check"),
        ("bash -c 'echo '\\''hi'\\'''", "echo 'hi'"),
        ("bash run.sh -c x", "bash run.sh -c x"),
        ("pytest \\\n  -q \\\n  -x", "pytest -q -x"),
        ("ls /home/ada/harbour/docs /home/ada/harbour /home/ada/harbours", "ls docs . /home/ada/harbours"),
        ('grep -r x "/home/ada/harbour/docs"', 'grep -r x "docs"'),
        ("git commit -m 'Keep tides'", "git commit “Keep tides”"),
        ('git commit -am "Keep tides\n\nbody" -m "more"', "git commit “Keep tides”"),
        ("git commit --amend --no-verify -m x", "git commit --amend --no-verify -m x"),
        ("git commit --amend --no-verify -m 'Keep'", "git commit --amend --no-verify “Keep”"),
        (HEREDOC_COMMIT, "git commit “Keep tides in UTC” && git push"),
        (HEREDOC_COMMIT.partition("\n\n")[0], "git commit “Keep tides in UTC”"),
        ("python3 - <<'PY' | tee out\nimport this\nPY", "python3 - <<… | tee out"),
        ("cat > notes.md << EOF\nhello\nEOF", "cat > notes.md <<…"),
        ("cat <<EOF\nnever ends", "cat <<…"),
        ("wc <<<word", "wc <<<word"),
        ('python -c "\nimport this\n"', 'python -c "import this'),
        ("# first\n\nmake", "make"),
        ("# nothing else", "# nothing else"),
        ("", ""),
    ],
)
def test_shortened_command(command: str, text: str) -> None:
    assert shorten(command, CWD).text == text


@pytest.mark.parametrize("end", ["| tail -5", "| head -n 20", "|tail", "2>&1 | tail -n +3"])
def test_cut_output_is_marked(end: str) -> None:
    assert shorten(f"make check {end}", CWD) == ShellCommand("make check", cut=True)


@pytest.mark.parametrize("command", ["make || tail log", "make | grep tail", "tail -5 log", "make | tail -5 && rm log"])
def test_other_pipes_are_kept(command: str) -> None:
    assert shorten(command, CWD) == ShellCommand(command)


def test_another_folder_is_shown() -> None:
    assert shorten("cd web && npm test", CWD) == ShellCommand("npm test", folder="web")
    assert shorten("cd /home/ada/harbour/web/ && npm test", CWD) == ShellCommand("npm test", folder="web")


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("make; ls", "make; ls"),
        (
            "git add a.py b.py c.py && git commit -m 'Round the totals' && git push",
            "git commit “Round the totals” && git push",
        ),
        (
            "git add a && git commit -m 'Round the totals of each harbour to one tenth' && git push",
            "git commit “Round the totals of each harbour to one tenth” …",
        ),
        ("make compile | tail -3 && make lint --strict --format short && make test", "… make test"),
        ("mkdir -p out && cp a.py out", "cp a.py out"),
        ("sleep 5 && curl -s localhost:80 | jq .", "curl -s localhost:80 | jq ."),
        ("echo 'a && b' && make", "make"),
        ("echo 'no end && make", "echo 'no end && make"),
        ("for f in *; do echo $f; done", "for f in *; do echo $f; done"),
        ("ls; sleep 3", "ls; sleep 3"),
    ],
)
def test_chain_is_about_its_last_command(command: str, text: str) -> None:
    assert shorten(command, CWD).text == text


def test_omitted_lines_are_counted() -> None:
    assert shorten("for f in *; do\n  echo $f\ndone", CWD) == ShellCommand("for f in *; do", more=2)
    assert shorten("cat <<A\nx\nA\nls", CWD) == ShellCommand("cat <<…", more=1)


PIECES = st.sampled_from(
    [
        "git commit -m ",
        '"',
        "'",
        "$(cat <<EOF\n",
        "EOF",
        "\n",
        ")",
        " ",
        "\\",
        "| tail ",
        "&& ",
        "cd a",
        "A=1 ",
        "#",
        "<<",
        "x",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(), st.sampled_from([CWD, "", "/", "[a"]))
def test_any_command_becomes_one_clean_line(command: str, cwd: str) -> None:
    short = shorten(command, cwd)
    assert clean_line(short.text) == short.text
    assert bool(short.text) or not clean_line(command[:4096].strip())
