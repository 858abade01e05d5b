from __future__ import annotations

from tests.sources.claude_builder import Transcript
from tui_monitor.events import PlanUpdate

TODOS = [
    {"content": "Open valve", "status": "completed", "activeForm": "Opening valve"},
    {"content": "Oil pump", "status": "in_progress", "activeForm": "Oiling pump"},
    {"content": "Close valve", "status": "pending"},
]


def plans(transcript: Transcript) -> list[tuple[int, int, str]]:
    return [(plan.completed, plan.total, plan.now) for plan in transcript.of(PlanUpdate)]


def test_whole_list_is_counted() -> None:
    transcript = Transcript()
    transcript.calls("TodoWrite", todos=[])
    transcript.result("Todos have been modified", {"oldTodos": [], "newTodos": TODOS})
    assert plans(transcript) == [(1, 3, "Oiling pump")]


def test_list_is_read_from_the_arguments_without_a_structured_result() -> None:
    transcript = Transcript(agent="a0b1")
    transcript.calls("TodoWrite", todos=TODOS)
    transcript.result("Todos have been modified")
    plan = transcript.one(PlanUpdate)
    assert (plan.agent, plan.completed, plan.total) == ("a0b1", 1, 3)


def test_failed_call_does_not_change_the_plan() -> None:
    transcript = Transcript()
    transcript.calls("TodoWrite", todos=TODOS)
    transcript.result("<tool_use_error>InputValidationError</tool_use_error>", error=True)
    assert plans(transcript) == []


def step(transcript: Transcript, number: int, tool: str, structured: object, **arguments: object) -> None:
    transcript.calls(tool, f"call_{number}", **arguments)
    transcript.result("done", structured, call=f"call_{number}")


def test_single_steps_are_collected() -> None:
    transcript = Transcript()
    step(transcript, 1, "TaskCreate", {"task": {"id": "1", "subject": "Oil pump"}}, activeForm="Oiling pump")
    step(transcript, 2, "TaskCreate", {"task": {"id": "2", "subject": "Close valve"}})
    step(transcript, 3, "TaskUpdate", {"success": True}, taskId="1", status="in_progress")
    step(transcript, 4, "TaskUpdate", {"success": True}, taskId="1", status="completed")
    step(transcript, 5, "TaskUpdate", {"success": True}, taskId="2", status="deleted")
    step(transcript, 6, "TaskUpdate", {"success": False}, taskId="1", status="pending")
    step(transcript, 7, "TaskUpdate", {"success": True}, taskId="9", status="completed")
    assert plans(transcript) == [
        (0, 1, ""),
        (0, 2, ""),
        (0, 2, "Oiling pump"),
        (1, 2, ""),
        (1, 1, ""),
    ]


def test_listed_steps_replace_earlier_ones() -> None:
    transcript = Transcript()
    step(transcript, 1, "TaskCreate", {"task": {"id": "1", "subject": "Oil pump"}}, activeForm="Oiling pump")
    tasks = [
        {"id": "1", "subject": "Oil pump", "status": "in_progress"},
        {"id": "7", "subject": "Rest", "status": "completed"},
    ]
    step(transcript, 2, "TaskList", {"tasks": tasks})
    assert plans(transcript)[-1] == (1, 2, "Oiling pump")
