"""A made-up agent, whose tools read and edit the made-up project as real tools would."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui_monitor.demo.conversation import DemoConversation
from tui_monitor.demo.project import ROOT
from tui_monitor.demo.transcript_lines import patch, text_block

SUB_AGENT_MODEL = "claude-haiku-4-5"
_REJECTION = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the "
    "new_string was NOT written to the file)."
)


class DemoAgent:
    """The agent of a conversation. Times are in seconds: ``delay`` is the model's, ``duration`` the tool's."""

    def __init__(self, conversation: DemoConversation) -> None:
        self.conversation = conversation
        self._files = conversation.state.files

    def read(self, *paths: str, text: str = "", tokens: int = 0, delay: float | None = None) -> None:
        """Read files, all at once."""
        calls = self.conversation.calls([("Read", {"file_path": _absolute(path)}) for path in paths], text, delay)
        for call, path in zip(calls, paths, strict=True):
            lines = self._files[path].splitlines()
            numbered = "\n".join(f"{number:>6}→{line}" for number, line in enumerate(lines, 1))
            file = {
                "filePath": _absolute(path),
                "content": self._files[path],
                "numLines": len(lines),
                "startLine": 1,
                "totalLines": len(lines),
            }
            self.conversation.result(call, numbered, 0.12, {"type": "text", "file": file}, tokens)

    def grep(self, pattern: str, delay: float | None = None) -> None:
        """Search all files for a text."""
        call = self.conversation.call("Grep", {"pattern": pattern, "path": ROOT}, delay=delay)
        matches = [path for path, content in self._files.items() if pattern in content]
        listing = "\n".join([f"Found {len(matches)} files", *matches]) if matches else "No files found"
        structured = {"mode": "files_with_matches", "filenames": matches, "numFiles": len(matches)}
        self.conversation.result(call, listing, 0.3, structured)

    def glob(self, pattern: str, suffix: str, text: str = "") -> None:
        """List the files with this suffix."""
        call = self.conversation.call("Glob", {"pattern": pattern}, text)
        matches = [path for path in self._files if path.endswith(suffix)]
        structured = {"filenames": matches, "numFiles": len(matches), "durationMs": 90, "truncated": False}
        self.conversation.result(call, "\n".join(matches), 0.2, structured)

    def edit(self, path: str, old: str, new: str, text: str = "") -> None:
        """Replace a passage of a file."""
        before = self._files[path]
        if before.count(old) != 1:
            raise ValueError(f"the passage occurs {before.count(old)} times in {path}: {old!r}")
        self._files[path] = before.replace(old, new)
        arguments = {"file_path": _absolute(path), "old_string": old, "new_string": new}
        call = self.conversation.call("Edit", arguments, text)
        structured = {
            "filePath": _absolute(path),
            "oldString": old,
            "newString": new,
            "originalFile": before,
            "structuredPatch": patch(before, self._files[path]),
            "userModified": False,
            "replaceAll": False,
        }
        self.conversation.result(call, f"The file {_absolute(path)} has been updated successfully.", 0.2, structured)

    def write(self, path: str, content: str, text: str = "") -> None:
        """Create a file."""
        self._files[path] = content
        call = self.conversation.call("Write", {"file_path": _absolute(path), "content": content}, text)
        structured = {"type": "create", "filePath": _absolute(path), "content": content, "structuredPatch": []}
        self.conversation.result(call, f"File created successfully at: {_absolute(path)}", 0.2, structured)

    def shell(
        self,
        command: str,
        description: str,
        output: str,
        duration: float,
        status: int = 0,
        tokens: int = 0,
    ) -> None:
        """Run a command that prints ``output`` and exits with ``status``."""
        call = self.conversation.call("Bash", {"command": command, "description": description})
        remaining = duration
        for second in range(2, int(duration) + 1):
            wait = 2.0 if second == 2 else 1.0
            data = {"type": "bash_progress", "elapsedTimeSeconds": second, "totalLines": 0, "output": ""}
            self.conversation.write("progress", wait, parentToolUseID=call, toolUseID=f"bash-{second}", data=data)
            remaining -= wait
        if status:
            error = f"Exit code {status}\n{output}"
            self.conversation.result(call, error, remaining, f"Error: {error}", tokens, error=True)
        else:
            structured = {"stdout": output, "stderr": "", "interrupted": False, "isImage": False}
            self.conversation.result(call, output, remaining, structured, tokens)

    def shell_rejected(self, command: str, description: str, duration: float) -> None:
        """Ask to run a command that the user rejects."""
        call = self.conversation.call("Bash", {"command": command, "description": description})
        self.conversation.result(call, _REJECTION, duration, "User rejected tool use", error=True)

    def fetch(self, url: str, question: str, answer: str, duration: float, tokens: int) -> None:
        """Read a web page."""
        call = self.conversation.call("WebFetch", {"url": url, "prompt": question})
        structured = {"bytes": 9 * tokens, "code": 200, "codeText": "OK", "result": answer, "url": url}
        self.conversation.result(call, answer, duration, structured, tokens)

    def plan(self, steps: Sequence[tuple[str, str]], completed: int) -> None:
        """Write the plan. Steps are pairs of imperative and progressive form; the first ones are completed."""
        todos = [
            {"content": content, "activeForm": active_form, "status": _status(index - completed)}
            for index, (content, active_form) in enumerate(steps)
        ]
        call = self.conversation.call("TodoWrite", {"todos": todos}, delay=0.8)
        structured = {"oldTodos": [], "newTodos": todos}
        self.conversation.result(call, "Todos have been modified successfully.", 0.05, structured)

    def ask(self, question: str, options: Sequence[tuple[str, str]], answer: str, duration: float) -> None:
        """Ask the user a question with labelled options."""
        choices = [{"label": label, "description": description} for label, description in options]
        questions = [{"question": question, "header": "Undated", "options": choices, "multiSelect": False}]
        call = self.conversation.call("AskUserQuestion", {"questions": questions})
        structured = {"questions": questions, "answers": {question: answer}}
        content = f'User has answered your questions: "{question}"="{answer}".'
        self.conversation.result(call, content, duration, structured)

    def delegate(
        self, kind: str, description: str, prompt: str, work: Callable[[DemoAgent], None], answer: str
    ) -> None:
        """Delegate ``work`` to a sub-agent, which ends with ``answer``."""
        state = self.conversation.state
        arguments = {"subagent_type": kind, "description": description, "prompt": prompt}
        call = self.conversation.call("Task", arguments)
        agent = f"a{state.next_number():07x}"
        sub_agent = DemoAgent(DemoConversation(state, SUB_AGENT_MODEL, initial_tokens=9_800, agent=agent))
        started, first = state.at, len(state.steps)
        sub_agent.conversation.prompt(prompt, 0.3)
        meta = {"agentType": kind, "description": description, "toolUseId": call, "spawnDepth": 1}
        state.steps[first] = state.steps[first]._replace(meta=meta)
        work(sub_agent)
        sub_agent.conversation.conclude(answer)
        structured = {
            "status": "completed",
            "agentId": agent,
            "agentType": kind,
            "content": [text_block(answer)],
            "totalDurationMs": round(1000 * (state.at - started)),
        }
        self.conversation.result(call, answer, 0.2, structured)


def _absolute(path: str) -> str:
    return f"{ROOT}/{path}"


def _status(offset: int) -> str:
    if offset < 0:
        return "completed"
    return "pending" if offset else "in_progress"
