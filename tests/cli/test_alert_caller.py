"""``watch --plain`` calls by the command and the webhook of the configuration about what begins while it runs."""

from __future__ import annotations

import json
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.cli.following import append, following
from tests.cli.sessions import short_session, write
from tests.sources.claude_builder import Transcript
from tests.tui.alerts.conftest import address, web, web_server

__all__ = ["address", "web", "web_server"]

ERROR = {
    "model": "<synthetic>",
    "id": "synthetic",
    "role": "assistant",
    "type": "message",
    "content": [{"type": "text", "text": "API Error: 500 the harbour is closed"}],
    "usage": {"input_tokens": 0, "output_tokens": 0},
    "stop_reason": "stop_sequence",
}


def at(transcript: Transcript, start: datetime) -> Transcript:
    """Return the transcript with its lines from this time on, a second each."""
    for number, record in enumerate(transcript.records):
        record["timestamp"] = (start + timedelta(seconds=number)).isoformat().replace("+00:00", "Z")
    return transcript


def test_error_while_it_runs_is_posted_and_runs_the_command_once(
    home: Path, config: Path, address: str, web: list[dict[str, object]], tmp_path: Path
) -> None:
    record = tmp_path / "record"
    code = f"import sys; open({str(record)!r}, 'a').write(sys.argv[2] + chr(10))"
    command = json.dumps([sys.executable, "-c", code])
    config.write_text(f"[alerts]\nwebhook = {json.dumps(address)}\ncommand = {command}\n")
    now = datetime.now(UTC)
    transcript = at(short_session("/home/ada/engine"), now - timedelta(seconds=30))
    session = write(transcript, home / "session.jsonl")
    with following("watch", "--plain", str(session)) as run:
        run.wait_for(lambda line: "DONE" in line)
        transcript.user("Try again.", cwd="/home/ada/engine")
        transcript.line("assistant", message=ERROR, isApiErrorMessage=True, error="server_error", apiErrorStatus=500)
        later = datetime.now(UTC) + timedelta(seconds=1)
        added = transcript.records[-2:]
        for one in added:
            one["timestamp"] = later.isoformat().replace("+00:00", "Z")
        append(session, "".join(json.dumps(one) + "\n" for one in added))
        run.wait_for(lambda line: "API ERROR" in line)
        assert run.signal(signal.SIGTERM) == 143
    assert [(body["kind"], body["folder"]) for body in web] == [("api_error", "/home/ada/engine")]
    assert "the harbour is closed" in str(web[0]["text"])
    assert record.read_text(encoding="utf-8").count("\n") == 1
