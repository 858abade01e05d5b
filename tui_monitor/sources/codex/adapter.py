"""Codex: its rollouts (files of lines, versions 0.60 to 0.171) and the output of ``codex exec --json``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from tui_monitor.events import CompactionRule, ProcessScan
from tui_monitor.sources.base import AgentTraits, Head, Parser, ProcessTable, SearchContext
from tui_monitor.sources.codex import processes
from tui_monitor.sources.codex.agents import parent_thread
from tui_monitor.sources.codex.lines import SOURCE
from tui_monitor.sources.codex.rollout_files import SUFFIXES, RolloutName, first_record, related_rollouts, stem_of
from tui_monitor.sources.codex.thread_database import is_database
from tui_monitor.sources.files.folder_listing import files_below
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.shared.fields import table, text

_HEAD_LENGTH = 4096


class Codex(LineAdapter):
    """Sessions of the Codex command line and of programs built on it."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 8
    # It compacts at nine tenths of the model's window, of which it reports 95 %: inferred from real compactions.
    traits: ClassVar[AgentTraits] = AgentTraits(
        title="Codex",
        provider="openai",
        compaction_rule=CompactionRule(numerator=18, denominator=19),
        context_base=12_000,
        exact_states=(
            "Rollouts do not record that an approval is asked for. While the process of the session is found on this "
            "machine, it shows whether a command runs."
        ),
        resume="codex resume {}",
    )

    def recognises(self, head: Head) -> bool:
        from tui_monitor.sources.codex.rollout import is_rollout

        if any(is_rollout(record) or record.get("type") == "thread.started" for record in head.records):
            return True
        return not head.records and b'"session_meta"' in head.raw[:_HEAD_LENGTH]

    def parser(self, path: Path, state: str) -> Parser:
        from tui_monitor.sources.codex.records import CodexParser

        return CodexParser(path, state)

    def roots(self, context: SearchContext) -> list[Path]:
        home = Path(context.env.get("CODEX_HOME") or context.home / ".codex")
        return [home / "sessions", home / "archived_sessions"]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        for root in self.roots(context):
            for suffix in SUFFIXES:
                yield from files_below(root, "", suffix)

    def superseded(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Return the exec outputs of threads whose rollouts are among ``paths``, and compressed copies of others."""
        paths = list(paths)
        exec_threads: dict[Path, str] = {}
        rollout_threads: set[str] = set()
        for path in paths:
            if path.name.startswith("rollout-") and (name := RolloutName.parse(path)):
                rollout_threads.add(name.thread)
                continue
            first = first_record(path)
            rollout_threads.add(text(table(first.get("payload")).get("id")))
            exec_threads[path] = text(first.get("thread_id"))
        redundant = [path for path, thread in exec_threads.items() if thread and thread in rollout_threads]
        plain = {path for path in paths if path.name.endswith(SUFFIXES[0])}
        return redundant + [path for path in paths if path not in plain and path.with_name(_plain_name(path)) in plain]

    def is_sidecar(self, path: Path) -> bool:
        """Return True for the database of all threads, which is read along with the rollouts."""
        return is_database(path)

    def related_files(self, path: Path) -> Iterable[Path]:
        """Return the other rollouts of the thread, and those of its sub-agents."""
        name = RolloutName.parse(path)
        return related_rollouts(path, name.thread) if name else ()

    def scan_processes(self, context: SearchContext, table: ProcessTable) -> ProcessScan | None:
        """Return the sessions of all Codex processes."""
        return processes.scan(table, context, [root.resolve() for root in self.roots(context)])

    def start_directory(self, path: Path) -> str | None:
        """Return the folder in which a person started the thread; None for a sub-agent."""
        meta = table(first_record(path).get("payload"))
        return None if parent_thread(meta) else text(meta.get("cwd")) or None

    def session_named(self, path: Path) -> str:
        """Return the thread that a rollout is named after."""
        name = RolloutName.parse(path)
        return name.thread if name else ""

    def session_id_of(self, path: Path) -> str:
        """Return the id of the thread; that of an exec output too."""
        first = first_record(path)
        return text(table(first.get("payload")).get("id")) or text(first.get("thread_id"))


def _plain_name(path: Path) -> str:
    """Return the name that a rollout has when it is not compressed."""
    return stem_of(path.name) + SUFFIXES[0]
