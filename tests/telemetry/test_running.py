"""Sessions, agents and tools while they run: recorded at both ends, and linked by where they run."""

from __future__ import annotations

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from tests.telemetry.support import events, line, lines, of_type, only
from tui_monitor.events import (
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    ContextUpdate,
    LogLine,
    SessionUpdate,
    Tokens,
    Turn,
    TurnUpdate,
)
from tui_monitor.telemetry import (
    TOOL_EXECUTIONS,
    ApprovalType,
    FileChange,
    TokenCounts,
    ToolExecution,
    agent,
    configure,
    execution,
    operation,
    record_context,
    record_log,
    record_persistent,
    record_start,
    recorded,
    session,
)
from tui_monitor.telemetry.recorder import event_lines as event_lines
from tui_monitor.telemetry.recorder.scope import current_execution, current_scope, process_scope


def test_a_tool_is_recorded_when_it_begins_and_when_it_ends(stream: Path) -> None:
    with execution("bash", {"command": "ls"}) as run:
        assert only(events(stream), CallStarted).subject == "ls"
        assert not of_type(events(stream), CallFinished)
        run.output = "quay.py"
    finished = only(events(stream), CallFinished)
    assert (finished.state, finished.output, finished.call) == (CallState.OK, "quay.py", str(run.id))
    assert TOOL_EXECUTIONS.get(run.id) is run
    assert run.success


def test_everything_about_an_execution_comes_through(stream: Path) -> None:
    run = ToolExecution.start("edit", {"path": "quay.py"}).with_session("s1").with_model("m1").with_parent(7)
    run.add_file_change(FileChange.modify("quay.py", "a\n", "b\n", (1, 1)))
    run.tokens = TokenCounts(3, 4)
    run.metadata["exit_code"] = 2
    run.with_approval(True, ApprovalType.POLICY)
    record_persistent(run.complete_error("no berth", timedelta(milliseconds=1234, microseconds=900)))
    told = events(stream)
    started, finished = of_type(told, CallStarted)[-1], only(told, CallFinished)
    assert (started.session.id, started.model, started.parent, started.at) == ("s1", "m1", "7", run.started_at)
    assert started.input == '{"path":"quay.py"}'
    assert (finished.state, finished.error, finished.duration_ms) == (CallState.FAILED, "no berth", 1234)
    assert (finished.exit_code, finished.tokens) == (2, Tokens(input=3, output=4))
    assert (finished.approved, finished.approval) == (True, "policy")
    assert [(change.path, change.added, change.removed, change.lines) for change in finished.changes] == [
        ("quay.py", 1, 1, (1, 1))
    ]


def test_a_refused_tool_is_shown_as_refused(stream: Path) -> None:
    run = ToolExecution.start("bash").with_approval(False, ApprovalType.USER)
    record_persistent(run.complete_error("the person said no", timedelta()))
    assert only(events(stream), CallFinished).state == CallState.REJECTED


def test_the_pair_of_start_and_completion_is_one_call(stream: Path) -> None:
    run = ToolExecution.start("bash")
    record_start(run)
    record_persistent(run.complete_success(None, timedelta()))
    assert {call.call for call in of_type(events(stream), CallStarted)} == {str(run.id)}


def test_an_exception_fails_the_tool_and_goes_on_its_way(stream: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="by zero"), execution("divide"):
        1 / 0  # noqa: B018
    assert only(events(stream), CallFinished).error == "division by zero"


def test_an_exception_without_words_is_told_by_its_kind(stream: Path) -> None:
    with pytest.raises(KeyboardInterrupt), execution("wait"):
        raise KeyboardInterrupt
    assert only(events(stream), CallFinished).error == "KeyboardInterrupt"


def test_a_tool_that_says_so_has_failed(stream: Path) -> None:
    with execution("bash") as run:
        run.error, run.output = "exit 1", "what it said"
    finished = only(events(stream), CallFinished)
    assert (finished.state, finished.error, finished.output) == (CallState.FAILED, "exit 1", "what it said")


def test_what_is_executed_inside_is_a_part(stream: Path) -> None:
    with execution("task") as outer, execution("bash") as inner:
        pass
    with execution("bash") as after:
        pass
    assert (inner.parent_id, after.parent_id, current_execution()) == (outer.id, None, None)
    parents = {call.call: call.parent for call in of_type(events(stream), CallStarted)}
    assert parents[str(inner.id)] == str(outer.id)


async def test_tasks_do_not_mix_up_their_parents() -> None:
    async def work(name: str) -> tuple[int, int | None]:
        with execution(name) as outer:
            await asyncio.sleep(0)
            with execution(f"{name} inside") as inner:
                await asyncio.sleep(0)
            return outer.id, inner.parent_id

    for outer, parent in await asyncio.gather(*(work(f"task {number}") for number in range(20))):
        assert parent == outer


def test_a_thread_goes_on_where_its_context_is_copied() -> None:
    found: list[int | None] = []
    with session("s1"), execution("task") as outer:
        for run in (contextvars.copy_context().run, lambda tool: tool()):
            thread = Thread(target=run, args=(lambda: found.append(current_execution()),))
            thread.start()
            thread.join()
    assert found == [outer.id, None]


def test_a_thread_without_a_context_records_in_the_only_open_session(stream: Path) -> None:
    with session("s1"), ThreadPoolExecutor(1) as pool:
        pool.submit(record_log, "one open").result()
        with session("s2"):
            pool.submit(record_log, "two open").result()
        pool.submit(record_log, "one again").result()
    record_log("none")
    told = {line["message"]: line["session_id"] for line in lines(stream) if line["type"] == "log"}
    process = process_scope().session_id
    assert told == {"one open": "s1", "two open": process, "one again": "s1", "none": process}


def test_a_session_is_told_with_its_facts_and_its_end(tmp_path: Path, stream: Path) -> None:
    with session("s1", title="Mend the login", cwd=tmp_path, version="2.1", client="ide") as name:
        record_log("well begun")
    told = events(stream)
    assert name == "s1"
    assert {event.session.id for event in told} == {"s1"}
    seen = of_type(told, SessionUpdate)[0]
    assert (seen.title, seen.cwd, seen.version, seen.client) == ("Mend the login", str(tmp_path), "2.1", "ide")
    assert [turn.turn for turn in of_type(told, TurnUpdate)] == [Turn.STARTED, Turn.DONE]
    assert only(told, LogLine).text == "well begun"


def test_a_session_that_raises_has_failed(stream: Path) -> None:
    with pytest.raises(ValueError, match="aground"), session("s1"):
        raise ValueError("aground")
    end = of_type(events(stream), TurnUpdate)[-1]
    assert (end.turn, end.reason) == (Turn.FAILED, "aground")


def test_sessions_without_a_name_get_one_each(stream: Path) -> None:
    with session() as one:
        pass
    with session() as other:
        pass
    assert one != other


def test_agents_are_children_of_the_agent_in_force(stream: Path) -> None:
    with session("s1"), agent("lead", "a1", plan_id="p1"), agent("scout", "a2", description="looks", model="m1"):
        with execution("read"):
            pass
        record_context(500, 1000)
    told = events(stream)
    agents = {seen.agent: seen for seen in of_type(told, AgentUpdate)}
    assert (agents["a1"].parent, agents["a2"].parent) == ("", "a1")
    assert (agents["a2"].type, agents["a2"].plan) == ("scout", "p1")
    assert [seen.status for seen in of_type(told, AgentUpdate) if seen.agent == "a2"] == [
        AgentStatus.RUNNING,
        AgentStatus.COMPLETED,
    ]
    assert only(told, CallFinished).agent == "a2"
    context = only(told, ContextUpdate)
    assert (context.agent, context.tokens, context.limit, context.model) == ("a2", 500, 1000, "m1")


def test_an_agent_that_raises_has_failed_and_one_that_is_stopped_is_terminated(stream: Path) -> None:
    with pytest.raises(ValueError, match="aground"), agent("lead", "a1"):
        raise ValueError("aground")
    with pytest.raises(KeyboardInterrupt), agent("lead", "a2"):
        raise KeyboardInterrupt
    ends = {seen.agent: seen for seen in of_type(events(stream), AgentUpdate)}
    assert (ends["a1"].status, ends["a1"].error) == (AgentStatus.FAILED, "aground")
    assert ends["a2"].status == AgentStatus.TERMINATED


@pytest.mark.parametrize(
    ("code", "status"), [(None, AgentStatus.COMPLETED), (0, AgentStatus.COMPLETED), (3, AgentStatus.FAILED)]
)
def test_an_agent_that_leaves_the_program_ends_as_its_exit_code_says(
    stream: Path, code: int | None, status: AgentStatus
) -> None:
    with pytest.raises(SystemExit), agent("lead", "a1"):
        raise SystemExit(code)
    assert of_type(events(stream), AgentUpdate)[-1].status == status


def test_an_operation_changes_only_what_it_tells(stream: Path) -> None:
    with operation("review", task_id="t1"), operation(model="m1"):
        record_log("x")
    told = line(stream, "log")
    assert (told["operation"], told["task_id"], told["model"]) == ("review", "t1", "m1")
    assert current_scope() is process_scope()


def test_an_agent_without_a_session_is_found_by_its_folder(stream: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_lines, "_announced", {})
    with agent("lead", "a1"):
        record_log("one")
    first, *others = lines(stream)
    assert first["agent_id"] == first["session_id"] == process_scope().session_id
    assert (first["type"], first["cwd"], first["status"]) == ("agent", str(Path.cwd()), "running")
    assert [other["type"] for other in others] == ["agent", "log", "agent"]


def test_the_session_of_the_process_can_be_named(stream: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_monitor.telemetry.recorder.scope._process_scope", process_scope())
    configure(session_id="harbour")
    record_log("x")
    assert line(stream, "log")["session_id"] == "harbour"


@recorded("add")
def add(one: int, other: int = 2) -> int:
    """Adds."""
    return one + other


@recorded()
async def add_slowly(one: int, other: int) -> int:
    await asyncio.sleep(0)
    return one + other


async def test_a_decorated_tool_is_recorded_with_arguments_and_result(stream: Path) -> None:
    assert add(1, other=4) == 5
    assert await add_slowly(1, 2) == 3
    assert (add.__name__, add.__doc__) == ("add", "Adds.")
    told = events(stream)
    assert [call.tool for call in of_type(told, CallStarted)][::2] == ["add", "add_slowly"]
    assert of_type(told, CallStarted)[0].input == '{"one":1,"other":4}'
    assert [call.output for call in of_type(told, CallFinished)] == ["5", "3"]


@pytest.mark.parametrize(("result", "output"), [(None, ""), ("tide " * 2000, "tide " * 2000), (["a"], "['a']")])
def test_the_whole_of_a_decorated_tools_text_is_its_output(stream: Path, result: object, output: str) -> None:
    @recorded("chart")
    def chart() -> object:
        return result

    assert chart() is result
    assert only(events(stream), CallFinished).output == output


class Crane:
    """A tool that is an object's."""

    @recorded
    def lift(self, tons: int) -> str:
        return f"lifted {tons}"


def test_a_method_is_recorded_under_its_name_without_its_object(stream: Path) -> None:
    assert Crane().lift(3) == "lifted 3"
    begun = of_type(events(stream), CallStarted)[0]
    assert (begun.tool, begun.input) == ("lift", '{"tons":3}')


def test_a_decorated_tool_that_is_called_wrongly_says_so_itself(stream: Path) -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        add()  # type: ignore[call-arg]
    assert only(events(stream), CallFinished).state == CallState.FAILED
