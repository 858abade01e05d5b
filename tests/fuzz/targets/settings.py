"""Settings files of the person and of a project, and variables: what is wrong is said in a line, and the rest holds."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

from tests.clean.sequences import EVIL
from tests.cli.sessions import short_session, write
from tests.fuzz.mutations import ODD_NUMBERS, ODD_TEXTS, mutate_file
from tests.fuzz.program import run_program
from tests.fuzz.target import Files, Target, must
from tui_monitor.config import ENV_PREFIX, SETTINGS

OWN, PROJECT, VARIABLES = "own", "project", "variables"
COMPLETE = """
stream = "/recordings/own.jsonl"
data_dir = "/recordings"
workspaces = ["/home/ada"]
[telemetry]
enabled = false
max_executions = 50
[display]
theme = "nord"
ascii = true
levels = [40, 60, 80, 95]
[prices."claude-*"]
input = 4
output = 20.5
[windows]
"gpt-5.5" = 400_000
[budgets]
daily = 10
session = 2.5
"""
_NOTICES = ("what is wrong", "prices that hold here only")
"""What a command says of settings, in a line each."""
_OPTIONS: tuple[list[str], ...] = ([], ["--json"], ["--since", "7d"])


def generate(random: Random) -> Files:
    """Return settings of which some are wrong, or the file as a whole."""
    own, project = (_settings(random) for _ in range(2))
    variables = {_variable(name): random.choice(ODD_TEXTS) for name in random.sample(sorted(SETTINGS), 2)}
    return {OWN: own, PROJECT: project, VARIABLES: json.dumps(variables).encode()}


def check(files: Files, folder: Path) -> None:
    """Check that a command does its work with any settings."""
    home, project = folder / "home", folder / "home" / "project"
    project.mkdir(parents=True)
    own = folder / "config.toml"
    own.write_bytes(files[OWN])
    (project / ".tui-monitor.toml").write_bytes(files[PROJECT])
    write(short_session("/home/ada/engine"), project / "session.jsonl")
    env = {ENV_PREFIX + "CONFIG": str(own), **_variables(files[VARIABLES])}
    with must("a command does its work with any settings"):
        for words in _OPTIONS:
            output = run_program(["stats", "session.jsonl", *words], home, project, env)
            output.check()
            assert output.status == 0, output.error
            assert b"claude-opus-4-6" in output.out or words[:1] == ["--since"]
            assert output.error.count(b"\n") <= len(_NOTICES), output.error
        run_program(["watch", "--once", "session.jsonl"], home, project, env).check()


def _settings(random: Random) -> bytes:
    lines = COMPLETE.splitlines()
    for _ in range(random.randint(0, 3)):
        at = random.randrange(len(lines))
        name = lines[at].partition("=")[0]
        lines[at] = f"{name} = {_odd_toml(random)}"
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    return mutate_file(content, random) if random.random() < 0.5 else content


def _odd_toml(random: Random) -> str:
    odd = (*map(repr, ODD_NUMBERS), *map(json.dumps, (*ODD_TEXTS, EVIL)), "true", "[]", "[1, 2]", "{ a = 1 }")
    return random.choice((*odd, "[" * 2000, "2026-03-01", '"""\n"""'))


def _variable(name: str) -> str:
    return ENV_PREFIX + name.replace(".", "_").replace("*", "ANY").upper()


def _variables(content: bytes) -> dict[str, str]:
    """Return the variables; those that no process can have are left out."""
    variables: dict[str, str] = json.loads(content)
    return {name: text for name, text in variables.items() if "\0" not in text and text.isascii()}


TARGET = Target("settings", generate, check)
