"""What may be written: secrets and paths, contents and arguments, as the settings say."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.telemetry.support import events, line, only
from tui_monitor.events import CallFinished
from tui_monitor.telemetry import FileChange, ToolExecution, configure, record_log, record_persistent, session
from tui_monitor.telemetry.recorder.masking import MASK, is_secret_name, mask_text, may_hold_secrets

TAIL = "Zx9" * 14
SECRETS = {
    "an OpenAI key": f"sk-proj-{TAIL}",
    "an Anthropic key": f"sk-ant-api03-{TAIL}",
    "a Stripe key": f"sk_live_{TAIL}",
    "a Groq key": f"gsk_{TAIL}",
    "a GitHub token": f"ghp_{TAIL}",
    "a fine-grained GitHub token": f"github_pat_{TAIL}",
    "a GitLab token": f"glpat-{TAIL}",
    "a Slack token": f"xoxb-1234567890-{TAIL}",
    "an AWS key": "AKIA" + "Z9" * 8,
    "a Google key": f"AIza{TAIL}",
    "a Hugging Face token": f"hf_{TAIL}",
    "an npm token": f"npm_{TAIL}",
    "a PyPI token": f"pypi-{TAIL}",
    "a JSON web token": f"eyJhbGciOiJI.eyJzdWIiOiIx.{TAIL}",
}
SENTENCES = {
    "password=hunter22": "hunter22",
    'password: "hunter22"': "hunter22",
    '{"api_key": "hunter22"}': "hunter22",
    "export OPENAI_API_KEY=hunter22": "hunter22",
    "mysql --password hunter22 harbour": "hunter22",
    "deploy --token hunter22": "hunter22",
    "curl -H 'Authorization: Bearer hunter22abc'": "hunter22abc",
    "Authorization: Basic aHVudGVyMjI=": "aHVudGVyMjI=",
    "Set-Cookie: id=hunter22; Path=/": "hunter22",
    "postgres://me:hunter22@db.invalid/harbour": "hunter22",
    "AWS_SECRET_ACCESS_KEY=hunter22/abc": "hunter22/abc",
    "run --api-key 'hunter22'": "hunter22",
    "-----BEGIN RSA PRIVATE KEY-----\nhunter22\n-----END RSA PRIVATE KEY-----": "hunter22",
}


def recorded_line(stream: Path, **fields: object) -> str:
    run = ToolExecution.start("bash", fields.pop("input", None))
    run.metadata.update(fields)
    record_persistent(run.complete_success(str(fields.get("output", "")), timedelta()))
    return stream.read_text()


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("sentence", ["{}", "the key is {}, keep it", "X={}", "'{}'"])
def test_issued_keys_are_masked_wherever_they_stand(stream: Path, secret: str, sentence: str) -> None:
    told = recorded_line(stream, input={"command": sentence.format(secret)})
    assert TAIL not in told
    assert secret not in told
    assert MASK in told


@pytest.mark.parametrize(("sentence", "secret"), SENTENCES.items())
def test_what_is_called_a_secret_in_text_is_masked(stream: Path, sentence: str, secret: str) -> None:
    assert secret not in recorded_line(stream, output=sentence)


@pytest.mark.parametrize(
    "name",
    [
        *("password", "PASSWORD", "db_password", "passwd", "api_key", "apiKey", "API-KEY", "x-api-key", "secret"),
        *("token", "client_secret", "accessToken", "refresh_token", "auth_token", "Authorization", "cookie"),
        *("private_key", "credentials", "secretAccessKey"),
    ],
)
def test_what_stands_under_the_name_of_a_secret_is_masked(stream: Path, name: str) -> None:
    assert is_secret_name(name)
    assert "hunter22" not in recorded_line(stream, input={"headers": [{name: "hunter22"}]})


@pytest.mark.parametrize("name", ["tokens", "max_tokens", "token_count", "key", "monkey", "author", "path"])
def test_other_names_are_left_alone(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "31 passed, 1 skipped in 0.53s",
        "the token count is 5, and the password reset mail is on its way: no secret of ours",
        "pk_of_the_table_of_berths and PWD=/harbour",
        "max_tokens=4096, keyboard: none",
        "def get_password(self): return self.ask()",
        "the risk-free task_id of desk-1",
        "see https://docs.invalid/a@b and mail me@harbour.invalid",
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize("text", ["31 passed, 1 skipped in 0.53s; see src/harbour/berths.py", '{"max_tokens":4096}'])
def test_ordinary_text_is_not_even_looked_through(text: str) -> None:
    assert not may_hold_secrets(text.encode())


def test_masking_can_be_switched_off(stream: Path) -> None:
    configure(mask_secrets=False)
    assert "hunter22" in recorded_line(stream, output="password=hunter22")


def test_a_masked_line_tells_all_else(stream: Path) -> None:
    record_log("password=hunter22 for berth 5")
    assert line(stream, "log")["message"] == "password=*** for berth 5"


def change() -> ToolExecution:
    run = ToolExecution.start("edit", {"file_path": "/home/ann/quay.py", "text": "new"})
    run.add_file_change(
        FileChange.modify_with_diff(
            "/home/ann/quay.py", "old", "new", "--- /home/ann/quay.py\n@@ -1 +1 @@\n-old\n+new\n"
        )
    )
    return run.complete_success("wrote /home/ann/quay.py and ~/notes/a.txt", timedelta())


def test_contents_can_be_left_out(stream: Path) -> None:
    configure(include_file_content=False)
    record_persistent(change())
    (told,) = line(stream, "tool")["files_affected"]
    assert (told["before"], told["after"], told["diff"], told["size_after"]) == (None, None, None, 3)


def test_arguments_can_be_left_out(stream: Path) -> None:
    configure(include_tool_args=False)
    record_persistent(change())
    assert line(stream, "tool")["input"] is None


def test_paths_can_be_digests_of_themselves(stream: Path) -> None:
    configure(anonymize_paths=True)
    with session("s1", cwd="/home/ann"):
        record_persistent(change())
    told = line(stream, "tool")
    assert "ann" not in stream.read_text()
    assert "notes" not in stream.read_text()
    assert told["files_affected"][0]["path"] == told["input"]["file_path"]
    assert told["input"]["file_path"].endswith(".py")
    assert only(events(stream), CallFinished).changes[0].added == 1


def test_settings_hold_from_the_next_line_on(stream: Path) -> None:
    record_log("one")
    configure(persist=False)
    record_log("two")
    configure(persist=True)
    record_log("three")
    assert stream.read_text().count('"type":"log"') == 2
    assert "two" not in stream.read_text()


@pytest.mark.parametrize("name", ["max_executions", "persist_executions", "rotate_bytes"])
@pytest.mark.parametrize("count", [0, -1, 10**10])
def test_impossible_counts_are_refused(name: str, count: int) -> None:
    with pytest.raises(ValueError, match=name):
        configure(**{name: count})  # type: ignore[arg-type]
