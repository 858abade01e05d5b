"""An agent at work: each of its tools does to the invented project what a real one would do to a real one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui_monitor.demo import lines
from tui_monitor.demo.chain import Chain
from tui_monitor.demo.project import ROOT

HELPER = "claude-haiku-4-5"
_REJECTION = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the "
    "new_string was NOT written to the file)."
)


class Worker:
    """Works as the agent of a chain. Times are in seconds: ``after`` is what the model takes, ``seconds`` the tool."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._files = chain.stage.files

    def read(self, *paths: str, words: str = "", fills: int = 0, after: float | None = None) -> None:
        """Read files, all at once."""
        calls = self.chain.calls([("Read", {"file_path": _absolute(path)}) for path in paths], words, after)
        for call, path in zip(calls, paths, strict=True):
            content = self._files[path].splitlines()
            numbered = "\n".join(f"{number:>6}→{line}" for number, line in enumerate(content, 1))
            file = {
                "filePath": _absolute(path),
                "content": self._files[path],
                "numLines": len(content),
                "startLine": 1,
                "totalLines": len(content),
            }
            self.chain.result(call, numbered, 0.12, {"type": "text", "file": file}, fills)

    def grep(self, pattern: str, after: float | None = None) -> None:
        """Search all files for a text."""
        call = self.chain.call("Grep", {"pattern": pattern, "path": ROOT}, after=after)
        found = [path for path, content in self._files.items() if pattern in content]
        listing = "\n".join([f"Found {len(found)} files", *found]) if found else "No files found"
        structured = {"mode": "files_with_matches", "filenames": found, "numFiles": len(found)}
        self.chain.result(call, listing, 0.3, structured)

    def glob(self, pattern: str, ending: str, words: str = "") -> None:
        """List the files whose path ends so."""
        call = self.chain.call("Glob", {"pattern": pattern}, words)
        found = [path for path in self._files if path.endswith(ending)]
        structured = {"filenames": found, "numFiles": len(found), "durationMs": 90, "truncated": False}
        self.chain.result(call, "\n".join(found), 0.2, structured)

    def edit(self, path: str, old: str, new: str, words: str = "") -> None:
        """Replace a passage of a file."""
        before = self._files[path]
        if before.count(old) != 1:
            raise ValueError(f"the passage stands {before.count(old)} times in {path}: {old!r}")
        self._files[path] = before.replace(old, new)
        given = {"file_path": _absolute(path), "old_string": old, "new_string": new}
        call = self.chain.call("Edit", given, words)
        structured = {
            "filePath": _absolute(path),
            "oldString": old,
            "newString": new,
            "originalFile": before,
            "structuredPatch": lines.patch(before, self._files[path]),
            "userModified": False,
            "replaceAll": False,
        }
        self.chain.result(call, f"The file {_absolute(path)} has been updated successfully.", 0.2, structured)

    def write(self, path: str, content: str, words: str = "") -> None:
        """Make a file."""
        self._files[path] = content
        call = self.chain.call("Write", {"file_path": _absolute(path), "content": content}, words)
        structured = {"type": "create", "filePath": _absolute(path), "content": content, "structuredPatch": []}
        self.chain.result(call, f"File created successfully at: {_absolute(path)}", 0.2, structured)

    def shell(
        self,
        command: str,
        description: str,
        output: str,
        seconds: float,
        status: int = 0,
        fills: int = 0,
    ) -> None:
        """Run a command that prints ``output`` and ends with an exit ``status``."""
        call = self.chain.call("Bash", {"command": command, "description": description})
        left = seconds
        for second in range(2, int(seconds) + 1):
            wait = 2.0 if second == 2 else 1.0
            data = {"type": "bash_progress", "elapsedTimeSeconds": second, "totalLines": 0, "output": ""}
            self.chain.write("progress", wait, parentToolUseID=call, toolUseID=f"bash-{second}", data=data)
            left -= wait
        if status:
            error = f"Exit code {status}\n{output}"
            self.chain.result(call, error, left, f"Error: {error}", fills, error=True)
        else:
            structured = {"stdout": output, "stderr": "", "interrupted": False, "isImage": False}
            self.chain.result(call, output, left, structured, fills)

    def refused(self, command: str, description: str, seconds: float) -> None:
        """Ask to run a command that the person refuses."""
        call = self.chain.call("Bash", {"command": command, "description": description})
        self.chain.result(call, _REJECTION, seconds, "User rejected tool use", error=True)

    def fetch(self, url: str, question: str, answer: str, seconds: float, fills: int) -> None:
        """Read a page of the web."""
        call = self.chain.call("WebFetch", {"url": url, "prompt": question})
        structured = {"bytes": 9 * fills, "code": 200, "codeText": "OK", "result": answer, "url": url}
        self.chain.result(call, answer, seconds, structured, fills)

    def plan(self, steps: Sequence[tuple[str, str]], done: int) -> None:
        """Write down what is to be done, as pairs of what and doing it: so much of it is ``done``."""
        todos = [
            {"content": what, "activeForm": doing, "status": _status(index - done)}
            for index, (what, doing) in enumerate(steps)
        ]
        call = self.chain.call("TodoWrite", {"todos": todos}, after=0.8)
        self.chain.result(call, "Todos have been modified successfully.", 0.05, {"oldTodos": [], "newTodos": todos})

    def ask(self, question: str, options: Sequence[tuple[str, str]], answer: str, seconds: float) -> None:
        """Ask the person, who takes so many seconds."""
        offered = [{"label": label, "description": description} for label, description in options]
        asked = {"question": question, "header": "Undated", "options": offered, "multiSelect": False}
        call = self.chain.call("AskUserQuestion", {"questions": [asked]})
        structured = {"questions": [asked], "answers": {question: answer}}
        self.chain.result(call, f'User has answered your questions: "{question}"="{answer}".', seconds, structured)

    def delegate(self, kind: str, description: str, prompt: str, work: Callable[[Worker], None], answer: str) -> None:
        """Have another agent do some ``work``; it ends with ``answer``."""
        stage = self.chain.stage
        given = {"subagent_type": kind, "description": description, "prompt": prompt}
        call = self.chain.call("Task", given)
        helper = Worker(Chain(stage, HELPER, begins_with=9_800, agent=f"a{stage.number():07x}"))
        began, first = stage.at, len(stage.steps)
        helper.chain.prompt(prompt, 0.3)
        meta = {"agentType": kind, "description": description, "toolUseId": call, "spawnDepth": 1}
        stage.steps[first] = stage.steps[first]._replace(meta=meta)
        work(helper)
        helper.chain.conclude(answer)
        structured = {
            "status": "completed",
            "agentId": helper.chain.agent,
            "agentType": kind,
            "content": [lines.text(answer)],
            "totalDurationMs": round(1000 * (stage.at - began)),
        }
        self.chain.result(call, answer, 0.2, structured)


def _absolute(path: str) -> str:
    return f"{ROOT}/{path}"


def _status(place: int) -> str:
    if place < 0:
        return "completed"
    return "pending" if place else "in_progress"
