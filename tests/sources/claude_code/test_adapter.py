from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.sources.claude_builder import ID, PATH, Transcript, only, ref, text_block
from tests.sources.claude_payloads import Printed, hook, statusline
from tui_monitor.events import AgentMessage, Usage
from tui_monitor.sources.base import Head, Record
from tui_monitor.sources.claude_code.adapter import ClaudeCode
from tui_monitor.sources.files.decode import decode

ADAPTER = ClaudeCode()


def recognised(*records: Record) -> bool:
    return ADAPTER.recognises(Head(Path("any.jsonl"), b"", records))


@pytest.mark.parametrize(
    "record",
    [
        Transcript().user("go"),
        Transcript().assistant(text_block("Hm.")),
        Transcript(agent="a0b1").user("look"),
        Transcript().system("turn_duration", durationMs=1),
        Transcript().progress(type="bash_progress"),
        Transcript().line("attachment", attachment={}),
        {"type": "summary", "summary": "Oiling", "leafUuid": "u"},
        {"type": "file-history-snapshot", "messageId": "m", "snapshot": {}},
        {"type": "queue-operation", "operation": "enqueue", "sessionId": ID},
        {"type": "permission-mode", "permissionMode": "plan", "sessionId": ID},
        Printed().assistant(text_block("Hm.")),
        Printed().init(),
        Printed().result(0.01),
        hook("Stop"),
        statusline(0.01),
    ],
)
def test_file_is_recognised_by_any_line(record: Record) -> None:
    assert recognised({"something": "else"}, record)


@pytest.mark.parametrize(
    "records",
    [
        [],
        [{"type": "user", "message": {"role": "user", "content": "go"}, "session_id": ID}],
        [{"type": "result", "subtype": "success", "session_id": ID, "request_id": "r", "result": "done"}],
        [{"type": "result", "session_id": ID, "stats": {"total_tokens": 5}}],
        [{"type": "user", "uuid": "u", "parentUuid": None, "sessionId": ID, "message": {"role": "user", "parts": []}}],
        [{"timestamp": "2026-03-01T10:00:00Z", "type": "session_meta", "payload": {"id": ID}}],
        [{"type": "session.start", "data": {}, "id": "i", "timestamp": "…", "parentId": None}],
        [{"v": 1, "type": "usage", "session_id": ID}],
        [{"type": "message", "id": "i", "parentId": None, "message": {"role": "user"}}],
        [{"hook_event_name": "Stop"}],
        [{"type": "usage", "session_id": ID, "cost": {"total_cost_usd": 1}}],
    ],
)
def test_lines_of_other_programs_are_not_recognised(records: Sequence[Record]) -> None:
    assert not recognised(*records)


def test_lines_of_a_file_are_parsed_in_order() -> None:
    parser = ADAPTER.parser(PATH, "")
    line = (
        b'{"parentUuid":null,"isSidechain":false,"cwd":"/home/ada","sessionId":"s1","version":"2.1.39",'
        b'"type":"assistant","uuid":"u1","timestamp":"2026-03-01T10:00:00.250Z","requestId":"req_1","message":'
        b'{"id":"msg_1","model":"claude-opus-4-6","role":"assistant","content":[{"type":"text","text":"Hm."}],'
        b'"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":1}}}'
    )
    events = [event for record in decode(line) for event in parser.parse(record, ref(0))]
    (spent,), (words,) = only(Usage, events), only(AgentMessage, events)
    assert (spent.session.id, spent.at, spent.tokens.prompt, spent.tokens.output) == ("s1", 1_772_359_200_250, 3, 1)
    assert words.text == "Hm."
