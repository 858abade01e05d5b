"""Masking of secrets, anonymizing of paths, and exclusion of content and arguments."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.telemetry.support import only, read_events, read_line
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
def test_issued_keys_are_masked_anywhere_in_text(stream: Path, secret: str, sentence: str) -> None:
    line = recorded_line(stream, input={"command": sentence.format(secret)})
    assert TAIL not in line
    assert secret not in line
    assert MASK in line


@pytest.mark.parametrize(("sentence", "secret"), SENTENCES.items())
def test_assigned_secrets_in_text_are_masked(stream: Path, sentence: str, secret: str) -> None:
    assert secret not in recorded_line(stream, output=sentence)


@pytest.mark.parametrize(
    "name",
    [
        *("password", "PASSWORD", "db_password", "passwd", "api_key", "apiKey", "API-KEY", "x-api-key", "secret"),
        *("token", "client_secret", "accessToken", "refresh_token", "auth_token", "Authorization", "cookie"),
        *("private_key", "credentials", "secretAccessKey"),
    ],
)
def test_value_of_a_secret_name_is_masked(stream: Path, name: str) -> None:
    assert is_secret_name(name)
    assert "hunter22" not in recorded_line(stream, input={"headers": [{name: "hunter22"}]})


@pytest.mark.parametrize("name", ["tokens", "max_tokens", "token_count", "key", "monkey", "author", "path"])
def test_ordinary_names_are_not_secret(name: str) -> None:
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
def test_ordinary_text_is_not_masked(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize("text", ["31 passed, 1 skipped in 0.53s; see src/harbour/berths.py", '{"max_tokens":4096}'])
def test_ordinary_text_passes_the_quick_test(text: str) -> None:
    assert not may_hold_secrets(text.encode())


def test_masking_can_be_disabled(stream: Path) -> None:
    configure(mask_secrets=False)
    assert "hunter22" in recorded_line(stream, output="password=hunter22")


def test_masking_keeps_the_rest_of_the_line(stream: Path) -> None:
    record_log("password=hunter22 for berth 5")
    assert read_line(stream, "log")["message"] == "password=*** for berth 5"


def edit() -> ToolExecution:
    run = ToolExecution.start("edit", {"file_path": "/home/ann/quay.py", "text": "new"})
    run.add_file_change(
        FileChange.modify_with_diff(
            "/home/ann/quay.py", "old", "new", "--- /home/ann/quay.py\n@@ -1 +1 @@\n-old\n+new\n"
        )
    )
    return run.complete_success("wrote /home/ann/quay.py and ~/notes/a.txt", timedelta())


def test_file_content_can_be_excluded(stream: Path) -> None:
    configure(include_file_content=False)
    record_persistent(edit())
    (change,) = read_line(stream, "tool")["files_affected"]
    assert (change["before"], change["after"], change["diff"], change["size_after"]) == (None, None, None, 3)


def test_arguments_can_be_excluded(stream: Path) -> None:
    configure(include_tool_args=False)
    record_persistent(edit())
    assert read_line(stream, "tool")["input"] is None


def test_paths_can_be_anonymized(stream: Path) -> None:
    configure(anonymize_paths=True)
    with session("s1", cwd="/home/ann"):
        record_persistent(edit())
    line = read_line(stream, "tool")
    assert "ann" not in stream.read_text()
    assert "notes" not in stream.read_text()
    assert line["files_affected"][0]["path"] == line["input"]["file_path"]
    assert line["input"]["file_path"].endswith(".py")
    assert only(read_events(stream), CallFinished).changes[0].added == 1


def test_settings_apply_from_the_next_line(stream: Path) -> None:
    record_log("one")
    configure(persist=False)
    record_log("two")
    configure(persist=True)
    record_log("three")
    assert stream.read_text().count('"type":"log"') == 2
    assert "two" not in stream.read_text()


@pytest.mark.parametrize("name", ["max_executions", "persist_executions", "rotate_bytes"])
@pytest.mark.parametrize("count", [0, -1, 10**10])
def test_counts_out_of_range_are_rejected(name: str, count: int) -> None:
    with pytest.raises(ValueError, match=name):
        configure(**{name: count})  # type: ignore[arg-type]
