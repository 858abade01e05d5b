"""Context managers of sessions, agents and tools, and the `recorded` decorator."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from tests.telemetry.support import of_type, only, read_events, read_line, read_lines
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
    tool,
)
from tui_monitor.telemetry.recorder import event_lines as event_lines
from tui_monitor.telemetry.recorder.scope import current_execution, current_scope, process_scope


def test_tool_is_recorded_at_start_and_end(stream: Path) -> None:
    with execution("bash", {"command": "ls"}) as run:
        assert only(read_events(stream), CallStarted).subject == "ls"
        assert not of_type(read_events(stream), CallFinished)
        run.output = "quay.py"
    finished = only(read_events(stream), CallFinished)
    assert (finished.state, finished.output, finished.call) == (CallState.OK, "quay.py", str(run.id))
    assert TOOL_EXECUTIONS.get(run.id) is run
    assert run.success


def test_all_fields_of_an_execution_reach_the_monitor(stream: Path) -> None:
    run = ToolExecution.start("edit", {"path": "quay.py"}).with_session("s1").with_model("m1").with_parent(7)
    run.add_file_change(FileChange.modify("quay.py", "a\n", "b\n", (1, 1)))
    run.tokens = TokenCounts(3, 4)
    run.metadata["exit_code"] = 2
    run.with_approval(True, ApprovalType.POLICY)
    record_persistent(run.complete_error("no berth", timedelta(milliseconds=1234, microseconds=900)))
    events = read_events(stream)
    started, finished = of_type(events, CallStarted)[-1], only(events, CallFinished)
    assert (started.session.id, started.model, started.parent, started.at) == ("s1", "m1", "7", run.started_at)
    assert started.input == '{"path":"quay.py"}'
    assert (finished.state, finished.error, finished.duration_ms) == (CallState.FAILED, "no berth", 1234)
    assert (finished.exit_code, finished.tokens) == (2, Tokens(input=3, output=4))
    assert (finished.approved, finished.approval) == (True, "policy")
    assert [(change.path, change.added, change.removed, change.lines) for change in finished.changes] == [
        ("quay.py", 1, 1, (1, 1))
    ]


def test_declined_tool_is_rejected(stream: Path) -> None:
    run = ToolExecution.start("bash").with_approval(False, ApprovalType.USER)
    record_persistent(run.complete_error("the person said no", timedelta()))
    assert only(read_events(stream), CallFinished).state == CallState.REJECTED


def test_start_and_completion_are_one_call(stream: Path) -> None:
    run = ToolExecution.start("bash")
    record_start(run)
    record_persistent(run.complete_success(None, timedelta()))
    assert {call.call for call in of_type(read_events(stream), CallStarted)} == {str(run.id)}


def test_exception_fails_the_tool_and_propagates(stream: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="by zero"), execution("divide"):
        1 / 0  # noqa: B018
    assert only(read_events(stream), CallFinished).error == "division by zero"


def test_exception_without_message_is_recorded_by_type(stream: Path) -> None:
    with pytest.raises(KeyboardInterrupt), execution("wait"):
        raise KeyboardInterrupt
    assert only(read_events(stream), CallFinished).error == "KeyboardInterrupt"


def test_execution_with_error_set_is_failed(stream: Path) -> None:
    with execution("bash") as run:
        run.error, run.output = "exit 1", "what it said"
    finished = only(read_events(stream), CallFinished)
    assert (finished.state, finished.error, finished.output) == (CallState.FAILED, "exit 1", "what it said")


def test_nested_execution_is_a_child(stream: Path) -> None:
    with execution("task") as outer, execution("bash") as inner:
        pass
    with execution("bash") as after:
        pass
    assert (inner.parent_id, after.parent_id, current_execution()) == (outer.id, None, None)
    parents = {call.call: call.parent for call in of_type(read_events(stream), CallStarted)}
    assert parents[str(inner.id)] == str(outer.id)


async def test_concurrent_tasks_keep_their_own_parents() -> None:
    async def work(name: str) -> tuple[int, int | None]:
        with execution(name) as outer:
            await asyncio.sleep(0)
            with execution(f"{name} inside") as inner:
                await asyncio.sleep(0)
            return outer.id, inner.parent_id

    for outer, parent in await asyncio.gather(*(work(f"task {number}") for number in range(20))):
        assert parent == outer


def test_thread_with_copied_context_keeps_the_execution() -> None:
    parents: list[int | None] = []
    with session("s1"), execution("task") as outer:
        for run in (contextvars.copy_context().run, lambda tool: tool()):
            thread = Thread(target=run, args=(lambda: parents.append(current_execution()),))
            thread.start()
            thread.join()
    assert parents == [outer.id, None]


def test_session_is_recorded_with_facts_and_end(tmp_path: Path, stream: Path) -> None:
    with session("s1", title="Fix the login", cwd=tmp_path, version="2.1", client="ide") as name:
        record_log("starting")
    events = read_events(stream)
    assert name == "s1"
    assert {event.session.id for event in events} == {"s1"}
    update = of_type(events, SessionUpdate)[0]
    assert (update.title, update.cwd, update.version, update.client) == ("Fix the login", str(tmp_path), "2.1", "ide")
    assert [turn.turn for turn in of_type(events, TurnUpdate)] == [Turn.STARTED, Turn.DONE]
    assert only(events, LogLine).text == "starting"


def test_raising_session_is_failed(stream: Path) -> None:
    with pytest.raises(ValueError, match="aground"), session("s1"):
        raise ValueError("aground")
    end = of_type(read_events(stream), TurnUpdate)[-1]
    assert (end.turn, end.reason) == (Turn.FAILED, "aground")


def test_sessions_without_an_id_get_unique_ones(stream: Path) -> None:
    with session() as one:
        pass
    with session() as other:
        pass
    assert one != other


def test_agents_are_children_of_the_current_agent(stream: Path) -> None:
    with session("s1"), agent("lead", "a1", plan_id="p1"), agent("scout", "a2", description="looks", model="m1"):
        with execution("read"):
            pass
        record_context(500, 1000)
    events = read_events(stream)
    agents = {update.agent: update for update in of_type(events, AgentUpdate)}
    assert (agents["a1"].parent, agents["a2"].parent) == ("", "a1")
    assert (agents["a2"].type, agents["a2"].plan) == ("scout", "p1")
    assert [update.status for update in of_type(events, AgentUpdate) if update.agent == "a2"] == [
        AgentStatus.RUNNING,
        AgentStatus.COMPLETED,
    ]
    assert only(events, CallFinished).agent == "a2"
    context = only(events, ContextUpdate)
    assert (context.agent, context.tokens, context.limit, context.model) == ("a2", 500, 1000, "m1")


def test_raising_agent_is_failed_and_interrupted_agent_terminated(stream: Path) -> None:
    with pytest.raises(ValueError, match="aground"), agent("lead", "a1"):
        raise ValueError("aground")
    with pytest.raises(KeyboardInterrupt), agent("lead", "a2"):
        raise KeyboardInterrupt
    ends = {update.agent: update for update in of_type(read_events(stream), AgentUpdate)}
    assert (ends["a1"].status, ends["a1"].error) == (AgentStatus.FAILED, "aground")
    assert ends["a2"].status == AgentStatus.TERMINATED


@pytest.mark.parametrize(
    ("code", "status"), [(None, AgentStatus.COMPLETED), (0, AgentStatus.COMPLETED), (3, AgentStatus.FAILED)]
)
def test_exit_code_decides_the_status_of_an_agent(stream: Path, code: int | None, status: AgentStatus) -> None:
    with pytest.raises(SystemExit), agent("lead", "a1"):
        raise SystemExit(code)
    assert of_type(read_events(stream), AgentUpdate)[-1].status == status


def test_operation_keeps_the_fields_it_does_not_set(stream: Path) -> None:
    with operation("review", task_id="t1"), operation(model="m1"):
        record_log("x")
    line = read_line(stream, "log")
    assert (line["operation"], line["task_id"], line["model"]) == ("review", "t1", "m1")
    assert current_scope() is process_scope()


def test_process_session_is_announced_with_its_directory(stream: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_lines, "_announced", {})
    with agent("lead", "a1"):
        record_log("one")
    first, *others = read_lines(stream)
    assert first["agent_id"] == first["session_id"] == process_scope().session_id
    assert (first["type"], first["cwd"], first["status"]) == ("agent", str(Path.cwd()), "running")
    assert [other["type"] for other in others] == ["agent", "log", "agent"]


def test_configure_sets_the_process_session(stream: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_monitor.telemetry.recorder.scope._process_scope", process_scope())
    configure(session_id="harbour")
    record_log("x")
    assert read_line(stream, "log")["session_id"] == "harbour"


@recorded("add")
def add(one: int, other: int = 2) -> int:
    """Return the sum."""
    return one + other


@recorded()
async def add_slowly(one: int, other: int) -> int:
    await asyncio.sleep(0)
    return one + other


async def test_decorated_tool_is_recorded_with_arguments_and_result(stream: Path) -> None:
    assert add(1, other=4) == 5
    assert await add_slowly(1, 2) == 3
    assert (add.__name__, add.__doc__) == ("add", "Return the sum.")
    events = read_events(stream)
    assert [call.tool for call in of_type(events, CallStarted)][::2] == ["add", "add_slowly"]
    assert of_type(events, CallStarted)[0].input == '{"one":1,"other":4}'
    assert [call.output for call in of_type(events, CallFinished)] == ["5", "3"]


@pytest.mark.parametrize(("result", "output"), [(None, ""), ("tide " * 2000, "tide " * 2000), (["a"], "['a']")])
def test_decorated_tool_output_is_the_whole_text(stream: Path, result: object, output: str) -> None:
    @recorded("chart")
    def chart() -> object:
        return result

    assert chart() is result
    assert only(read_events(stream), CallFinished).output == output


class Crane:
    """An object with a recorded method."""

    @recorded
    def lift(self, tons: int) -> str:
        return f"lifted {tons}"


def test_decorated_method_is_recorded_without_self(stream: Path) -> None:
    assert Crane().lift(3) == "lifted 3"
    started = of_type(read_events(stream), CallStarted)[0]
    assert (started.tool, started.input) == ("lift", '{"tons":3}')


def test_decorated_tool_called_with_wrong_arguments_raises_its_own_error(stream: Path) -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        add()  # type: ignore[call-arg]
    assert only(read_events(stream), CallFinished).state == CallState.FAILED


def test_decorated_generator_runs_to_its_end_with_its_items_as_output(stream: Path) -> None:
    @recorded
    def chart(days: int) -> Iterator[str]:
        for day in range(days):
            with execution("look"):
                yield f"day {day} "

    with execution("outer") as outer:
        for _ in chart(2):
            assert current_execution() == outer.id
    events = read_events(stream)
    parents = {call.tool: call.parent for call in of_type(events, CallStarted)}
    ends = {call.call: call for call in of_type(events, CallFinished)}
    charted = next(call.call for call in of_type(events, CallStarted) if call.tool == "chart")
    assert ends[charted].output == "day 0 day 1 "
    assert (parents["chart"], parents["look"]) == (str(outer.id), charted)


async def test_decorated_asynchronous_generator_fails_where_it_raises(stream: Path) -> None:
    @recorded
    async def chart() -> AsyncIterator[str]:
        yield "day 0"
        raise ValueError("aground")

    with pytest.raises(ValueError, match="aground"):
        [day async for day in chart()]
    finished = only(read_events(stream), CallFinished)
    assert (finished.state, finished.error) == (CallState.FAILED, "aground")


def test_tool_is_a_block_and_a_decorator(stream: Path) -> None:
    @tool
    def bare(berth: int) -> int:
        return berth

    @tool("crane")
    def named(berth: int) -> int:
        return berth

    assert (bare(1), named(2)) == (1, 2)
    with tool("bash", {"command": "ls"}) as run:
        run.output = "quay.py"
    started = of_type(read_events(stream), CallStarted)[::2]
    assert [(call.tool, call.input) for call in started] == [
        ("bare", '{"berth":1}'),
        ("crane", '{"berth":2}'),
        ("bash", '{"command":"ls"}'),
    ]
