"""A shell command in the few words that distinguish it: wrappers, folders and assignments are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tui_monitor.tui.spans import MAX_TEXT, one_line

_SHELL = re.compile(r"""(?:\S*/)?(?:ba|da|k|z)?sh\s+-[il]*c\s+(['"])(?P<script>.*)\1\s*""", re.DOTALL)
_CONTINUATION = re.compile(r"\\\r?\n[ \t]*")
_COMMIT = re.compile(
    r"""
    (?P<commit>\bgit\s+commit\b(?:\s+-{1,2}(?!m\b|am\b|message\b)[\w=-]+)*)
    \s+(?:-a?m|--message)[ =]?
    (?: "\$\(cat\s+<<-?[ \t]*['"\\]?(?P<end>\w+)['"]?[^\n]*\n(?P<heredoc>.*?)(?:\n[ \t]*(?P=end)\s*\)"|\Z)
      | (?P<quote>["'])(?P<quoted>.*?)(?:(?<!\\)(?P=quote)|\Z)
    )
    (?:\s+(?:-m|--message)[ =]?(?:"(?:[^"\\]|\\.)*"|'[^']*'))*
    """,
    re.VERBOSE | re.DOTALL,
)
_HEREDOC = re.compile(
    r"(?<!<)<<(?!<)-?[ \t]*['\"\\]?(?P<end>\w+)['\"]?(?P<rest>[^\n]*)\n.*?(?:^[ \t]*(?P=end)\b|\Z)",
    re.DOTALL | re.MULTILINE,
)
_CD = re.compile(r"""\s*cd\s+(?P<folder>"[^"\n]*"|'[^'\n]*'|[^\s;&|]+)\s*(?:&&|;|\n)\s*""")
_ASSIGNMENTS = re.compile(
    r"""
    (?: (?:export[ \t]+)? [A-Za-z_]\w*=
        (?: "(?:[^"\\$]|\\.|\$\([^()]*\)|\$(?!\())*" | '[^']*' | \$\([^()]*\) | [^\s;&|"'`()] )*
        (?: [ \t]*(?:&&|;|\n)\s* | [ \t]+(?![;&|]) )
    )+
    """,
    re.VERBOSE | re.DOTALL,
)
_PIECE = re.compile(
    r"""(?P<end>&&|;(?!;)) | "(?:[^"\\]|\\.)*" | '[^']*' | “[^”]*” | \$\([^()]*\) | \\. | [^"'“$\\&;]+ | .""",
    re.VERBOSE | re.DOTALL,
)
_PREPARING = re.compile(
    r"(?:git add|mkdir|cd|source|\.|sleep|echo|export|set|touch|chmod|pushd|popd|true|clear)\b(?![^|]*\|)"
)
"""Commands that only prepare those that follow them."""
_FOLLOWING = re.compile(r"(?:git (?:push|status|log|diff)|echo|ls|true)\b")
"""Commands that only report on those before them, or hand their result on."""
_COMPOUND = ("for ", "while ", "until ", "if ", "case ", "function ", "{", "(", "[", "!")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters of control sequences, in which a semicolon ends no command."""
_LONG = 48
"""Characters of a chain of commands above which only the last one is shown."""
_CUT_OUTPUT = re.compile(r"(?<!\|)\|[ \t]*(?:tail|head)(?:[ \t]+[\w=+-]+)*[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """A command as it is shown. ``cut``: only the head or tail of its output was requested; ``folder``: where it runs
    if not in the session's folder; ``more``: number of lines left out."""

    text: str
    cut: bool = False
    folder: str = ""
    more: int = 0


def shorten(command: str, cwd: str) -> ShellCommand:
    """Return the essential part of ``command``, run by a session that works in ``cwd``."""
    return _shorten(command[:MAX_TEXT], cwd)


@lru_cache(maxsize=64)
def _shorten(command: str, cwd: str) -> ShellCommand:
    script = command.strip()
    wrapped = _SHELL.fullmatch(script)
    if wrapped:
        script = wrapped["script"].replace(r"'\''", "'")
    script = _COMMIT.sub(_commit, _CONTINUATION.sub(" ", script))
    script = _HEREDOC.sub(r"<<…\g<rest>", script)
    script, folder = _leave_folder(script, cwd)
    script = _ASSIGNMENTS.sub("", script, count=1) if _ASSIGNMENTS.match(script) else script
    script = script.replace("2>&1", "")
    visible = _CUT_OUTPUT.sub("", script)
    lines = _significant(visible)
    text = one_line(_in_folder(_of_chain(lines[0]), cwd)) if lines else one_line(command)
    return ShellCommand(text, visible != script, folder, max(0, len(lines) - 1))


def _of_chain(line: str) -> str:
    """Return the commands of a line that it is about: without those that only prepare, and the last of a long chain."""
    begins = _beginnings(line)
    while len(begins) > 1 and _PREPARING.match(line, begins[0], begins[1]):
        del begins[0]
    text = line[begins[0] :]
    if len(begins) == 1 or len(text) <= _LONG:
        return text
    ends = [*begins[1:], len(line)]
    while len(begins) > 1 and _FOLLOWING.match(line, begins[-1]):
        del begins[-1], ends[-1]
    last = line[begins[-1] : ends[-1]].rstrip(" ;&")
    return f"{'… ' if len(begins) > 1 else ''}{last}{' …' if ends[-1] < len(line) else ''}"


def _beginnings(line: str) -> list[int]:
    """Return where the commands of a line begin that are run one after another; only the first where the line has a
    syntax of its own, or a quotation without an end."""
    begins = [0]
    if line.startswith(_COMPOUND) or _CONTROL.search(line):
        return begins
    for piece in _PIECE.finditer(line):
        if piece[0] in ("'", '"', "“"):
            return [0]
        if piece["end"] and line[piece.end() :].strip():
            begins.append(piece.end() + len(line[piece.end() :]) - len(line[piece.end() :].lstrip()))
    return begins


def _commit(match: re.Match[str]) -> str:
    message = (match["heredoc"] or match["quoted"] or "").strip()
    return f"{match['commit']} “{message.partition(chr(10))[0].strip()}”"


def _leave_folder(script: str, cwd: str) -> tuple[str, str]:
    match = _CD.match(script)
    if not match or match.end() == len(script):
        return script, ""
    folder = match["folder"].strip("\"'").rstrip("/")
    return script[match.end() :], "" if folder == cwd.rstrip("/") else one_line(_in_folder(folder, cwd))


def _significant(script: str) -> list[str]:
    """Return the lines that are neither blank nor comments. An argument that begins with a line break stays in the
    first line."""
    lines = [line.strip() for line in script.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if len(lines) > 1 and lines[0].endswith(("'", '"')):
        lines[:2] = [lines[0] + lines[1]]
    return lines


def _in_folder(text: str, cwd: str) -> str:
    return _prefix(cwd).sub(lambda match: "" if match["into"] else ".", text) if len(cwd) > 1 else text


@lru_cache(maxsize=64)
def _prefix(cwd: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w./-]){re.escape(cwd.rstrip('/'))}(?:(?P<into>/(?=[\w.]))|/?(?=[\s\"';:&|)]|\Z))")
