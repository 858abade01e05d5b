"""The records of all files of Codex: each is parsed by the parser of its format."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from tui_monitor.events import Event, SourceRef
from tui_monitor.sources.base import Parser, Record
from tui_monitor.sources.codex.exec_output import EXEC_TYPES, ExecOutputParser
from tui_monitor.sources.codex.rollout import RolloutParser
from tui_monitor.sources.shared.fields import text


class CodexParser:
    """Reads a rollout or exec output; each line shows which."""

    def __init__(self, path: Path, state: str) -> None:
        saved: dict[str, Any] = orjson.loads(state) if state else {}
        self._rollout = RolloutParser(path, saved.get("rollout", ""))
        self._exec_output = ExecOutputParser(path, saved.get("exec_output", ""))

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        parser: Parser = self._exec_output if text(record.get("type")) in EXEC_TYPES else self._rollout
        return parser.parse(record, ref)

    def state(self) -> str:
        return orjson.dumps({"rollout": self._rollout.state(), "exec_output": self._exec_output.state()}).decode()
