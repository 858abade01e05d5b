"""An agent that mends a small program, recorded for the monitor. Run it in one pane, and ``tui-monitor`` in the other:

    python assets/example_agent.py --pace 1

The loop, its tools and their effects are real (on files in a temporary folder); only the model is a script, so that no
network is needed. What makes it visible are the few calls of ``tui_monitor``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import tui_monitor
from tui_monitor import FileChange, ToolExecution

MODEL = "claude-sonnet-4-5"
WINDOW = 200_000
BROKEN = "def fee(tons):\n    return tons * 2\n\n\nassert fee(3) == 9, 'a ton costs 3'\n"
SYSTEM_PROMPT = 16_000


@dataclass(frozen=True)
class Turn:
    """What the model answers: words, and the tools that it calls. ``read`` tokens are new in its context since the
    last turn, ``output`` are its own."""

    words: str
    calls: tuple[tuple[str, Mapping[str, str]], ...] = ()
    read: int = 0
    output: int = 300


REVIEW = (
    Turn("I look at what was changed.", (("read", {"path": "fee.py"}),), 9_000, 120),
    Turn("It is right.", (), 1_200, 400),
)
MEND = (
    Turn("Let me see.", (("read", {"path": "fee.py"}), ("bash", {"command": "fee.py"})), 3_000, 240),
    Turn("It multiplies by the wrong number.", (("edit", {"path": "fee.py", "old": "2", "new": "3"}),), 62_000, 900),
    Turn("Does it hold?", (("bash", {"command": "fee.py"}),), 24_000, 150),
    Turn("Somebody else should look at it.", (("review", {"task": "Review the new fee"}),), 49_000, 500),
    Turn("I write down what was done.", (("write", {"path": "NOTES.md", "text": "A ton costs 3.\n"}),), 28_000, 700),
    Turn("", (("compact", {}),), 18_000, 2_000),
    Turn("The fee is right now.", (), 400, 350),
)


class Agent:
    """Asks its model, runs the tools that it calls, tells it the results, until it calls none."""

    def __init__(self, script: tuple[Turn, ...], workspace: Path, pace: float) -> None:
        self._script: Iterator[Turn] = iter(script)
        self._workspace = workspace
        self._pace = pace
        self._context = SYSTEM_PROMPT
        self._tools: dict[str, Callable[[ToolExecution, Mapping[str, str]], str]] = {
            "read": self._read,
            "bash": self._bash,
            "edit": self._edit,
            "write": self._write,
            "review": self._review,
            "compact": self._compact,
        }

    def run(self) -> str:
        """Work until there is nothing left to do; the last words."""
        while True:
            turn = self._ask()
            if not turn.calls:
                return turn.words
            for name, arguments in turn.calls:
                self._call(name, arguments)

    def _ask(self) -> Turn:
        time.sleep(self._pace)
        turn = next(self._script)
        tui_monitor.record_usage(MODEL, turn.read, turn.output, cache_read_tokens=self._context)
        self._context += turn.read
        tui_monitor.record_context(self._context, WINDOW, model=MODEL)
        return turn

    def _call(self, name: str, arguments: Mapping[str, str]) -> None:
        with tui_monitor.execution(name, dict(arguments)) as execution:
            time.sleep(self._pace)
            execution.output = self._tools[name](execution, arguments)

    def _read(self, execution: ToolExecution, arguments: Mapping[str, str]) -> str:
        text = (self._workspace / arguments["path"]).read_text(encoding="utf-8")
        execution.add_file_change(FileChange.read(arguments["path"], (1, text.count("\n"))))
        return text

    def _bash(self, execution: ToolExecution, arguments: Mapping[str, str]) -> str:
        command = [sys.executable, arguments["command"]]
        ran = subprocess.run(command, cwd=self._workspace, capture_output=True, text=True, check=False)
        execution.metadata["exit_code"] = ran.returncode
        if ran.returncode:
            execution.error = ran.stderr.strip().splitlines()[-1]
        return ran.stdout + ran.stderr

    def _edit(self, execution: ToolExecution, arguments: Mapping[str, str]) -> str:
        path = self._workspace / arguments["path"]
        before = path.read_text(encoding="utf-8")
        after = before.replace(arguments["old"], arguments["new"], 1)
        path.write_text(after, encoding="utf-8")
        execution.add_file_change(FileChange.modify(arguments["path"], before, after))
        return "replaced"

    def _write(self, execution: ToolExecution, arguments: Mapping[str, str]) -> str:
        (self._workspace / arguments["path"]).write_text(arguments["text"], encoding="utf-8")
        execution.add_file_change(FileChange.create(arguments["path"], arguments["text"]))
        return "written"

    def _review(self, execution: ToolExecution, arguments: Mapping[str, str]) -> str:
        with tui_monitor.agent("reviewer", description=arguments["task"]):
            return Agent(REVIEW, self._workspace, self._pace).run()

    def _compact(self, execution: ToolExecution, arguments: Mapping[str, str]) -> str:
        self._context = SYSTEM_PROMPT
        return "the conversation is summed up"


def main() -> None:
    """Mend a program in a temporary folder."""
    parser = argparse.ArgumentParser(description="A recorded agent, to be watched with tui-monitor.")
    parser.add_argument("--pace", type=float, default=1.0, help="seconds that each step takes (1)")
    pace = parser.parse_args().pace
    with tempfile.TemporaryDirectory() as folder, tui_monitor.session(title="Mend the fee", client="example agent"):
        workspace = Path(folder)
        (workspace / "fee.py").write_text(BROKEN, encoding="utf-8")
        sys.stdout.write(Agent(MEND, workspace, pace).run() + "\n")


if __name__ == "__main__":
    main()
