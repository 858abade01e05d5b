"""Masking: every kind of secret in every place, nothing else, and no text that takes long."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.telemetry.recorder.harmless_lines import LINES
from tests.telemetry.recorder.secret_samples import ISSUED, NAMED, PLACES, build
from tests.telemetry.support import read_line
from tui_monitor.telemetry import FileChange, ToolExecution, configure, get_collector, record_persistent, session
from tui_monitor.telemetry.recorder.masking import MASK, mask_text, may_hold_secrets
from tui_monitor.telemetry.recorder.secrets import issued_keys, names, places, scanner, values

FORMS = [form for kinds in (ISSUED, PLACES) for forms in kinds.values() for form in forms] + NAMED
SAMPLES = [build(form) for form in FORMS]


def contexts(secret: str) -> dict[str, str]:
    """Return texts with this secret: as it stands, at the start of a line, in code, a diff, JSON, a message."""
    return {
        "alone": secret,
        "after a line feed": f"Logged in\n{secret}\n",
        "after a tab": f"quay\t{secret}\tberth",
        "in a diff": "@@ -1 +1 @@\n" + "\n".join(f"+{line}" for line in secret.split("\n")),
        "removed in a diff": "\n".join(f"-{line}" for line in secret.split("\n")),
        "in JSON": json.dumps({"outer": {"text": f"a\n{secret}\n"}}),
        "in JSON within JSON": json.dumps({"outer": json.dumps([f"a\t{secret}\nb"])}),
        "in a representation": repr(f"a\n{secret}\n"),
        "coloured": f"\x1b[32m{secret}\x1b[0m",
        "in a message": f"401 Unauthorized for {secret}: try again",
    }


def leaks(text: str, parts: list[str]) -> list[str]:
    """Return the secret parts that stand in a text, as they are or escaped."""
    return [part for part in parts if part in text or json.dumps(part)[1:-1] in text]


def test_every_secret_is_masked_in_every_context() -> None:
    failures = []
    for text, parts in SAMPLES:
        assert parts
        for context, sentence in contexts(text).items():
            masked = mask_text(sentence)
            assert masked.count("\n") == sentence.count("\n")
            if leaks(masked, parts) or not may_hold_secrets(orjson.dumps({"output": sentence})):
                failures.append((context, sentence, masked))
    assert failures == []


@pytest.mark.parametrize("frame", ["X={}", "export HARBOUR='{}'", "f('{}', 5)", '<a b="{}"/>', "berth:{},", "({})"])
def test_every_issued_key_is_masked_under_any_name(frame: str) -> None:
    samples = [build(form) for forms in ISSUED.values() for form in forms]
    masked = [(mask_text(frame.format(text)), parts) for text, parts in samples]
    assert [text for text, parts in masked if leaks(text, parts)] == []


def record_everywhere(secret: str) -> None:
    """Record a secret in each field that a tool's line has."""
    run = ToolExecution.start(
        "bash", {"command": f"echo {secret}", "deep": [{"note": [secret, 5]}], "words": ["x", secret]}
    )
    run.metadata["note"] = json.dumps({"text": f"a\n{secret}"})
    run.add_file_change(FileChange.create("/quay/.env", f"X=1\n{secret}\n"))
    run.add_file_change(FileChange.modify("/quay/a.txt", f"one\n{secret}\n", "one\ntwo\n"))
    run.add_file_change(FileChange.modify_with_diff("/quay/b.txt", "old\n", "new\n", contexts(secret)["in a diff"]))
    run.output = f"begin\n{secret}\n"
    record_persistent(run.complete_error(f"401 for {secret}", timedelta()))


def test_every_secret_is_masked_in_every_field_of_a_line(stream: Path) -> None:
    for text, _ in SAMPLES:
        record_everywhere(text)
    lines = [json.loads(line) for line in stream.read_text().splitlines()]
    lines = [line for line in lines if line["type"] == "tool"]
    for (text, parts), line in zip(SAMPLES, lines, strict=True):
        assert leaks(json.dumps(line), parts) == [], text
        assert line["masked"] == ["input", "output", "error", "metadata", "files_affected"]
        assert [change["masked"] for change in line["files_affected"]] == [True] * 3


def test_each_row_of_the_tables_finds_its_samples() -> None:
    for row in (*issued_keys.ISSUED_KEYS, *places.PLACES):
        samples = [build(form)[0] for form in {**ISSUED, **PLACES}[row.kind]]
        assert all(any(literal in text for literal in row.literals()) for text in samples), row.kind
        assert any(row.compiled().search(text) for text in samples), row.kind


def test_tables_have_one_row_a_kind() -> None:
    kinds = [row.kind for row in (*issued_keys.ISSUED_KEYS, *places.PLACES)]
    assert sorted(kinds) == sorted({*ISSUED, *PLACES})


def test_harmless_lines_are_unchanged() -> None:
    for line in LINES:
        for text in (line, f"+{line}", f"    {line}", f"x\n{line}\ny", json.dumps({"text": line}), repr([line])):
            assert mask_text(text) == text


def test_harmless_lines_are_enough_and_unchanged_together() -> None:
    assert len(LINES) >= 200
    text = "\n".join(LINES)
    assert mask_text(text) == text


@pytest.mark.parametrize(
    "name",
    [
        *("password", "PASSWORD", "db_password", "passwd", "api_key", "apiKey", "API-KEY", "x-api-key", "secret"),
        *("token", "client_secret", "accessToken", "refresh_token", "auth_token", "private_key", "secretAccessKey"),
        *("userPwd", "passphrase", "DB_PASS", "pass", "signingKey", "sessionToken", "APIKey", "password1"),
    ],
)
def test_field_of_a_secret_name_is_masked(stream: Path, name: str) -> None:
    run = ToolExecution.start("bash", {"headers": [{name: "hunter22abc"}]})
    record_persistent(run.complete_success("", timedelta()))
    assert read_line(stream, "tool")["input"] == {"headers": [{name: MASK}]}


def test_fields_below_credentials_are_masked_except_harmless_ones(stream: Path) -> None:
    arguments = {"credentials": {"user": "ann7", "pass": "p4ss;w(r)d", "value": "x7y8z9w0", "port": "5432"}}
    record_persistent(ToolExecution.start("bash", arguments).complete_success("", timedelta()))
    credentials = read_line(stream, "tool")["input"]["credentials"]
    assert credentials == {"user": "ann7", "pass": MASK, "value": MASK, "port": "5432"}


@pytest.mark.parametrize("name", ["tokens", "max_tokens", "token_count", "key", "monkey", "author", "path", "compass"])
def test_field_of_an_ordinary_name_is_unchanged(stream: Path, name: str) -> None:
    record_persistent(ToolExecution.start("bash", {name: "hunter22abc"}).complete_success("", timedelta()))
    line = read_line(stream, "tool")
    assert line["input"] == {name: "hunter22abc"}
    assert "masked" not in line


@pytest.mark.parametrize(
    ("words", "secret"),
    [
        (["curl", "-u", "ann:hunter22", "https://quay.invalid"], "hunter22"),
        (["mysql", "-uroot", "-phunter22"], "hunter22"),
        (["deploy", "--token", "hunter22"], "hunter22"),
        (["docker", "login", "-u", "ann", "-p", "hunter22"], "hunter22"),
    ],
)
def test_words_of_a_command_are_masked_together(stream: Path, words: list[str], secret: str) -> None:
    record_persistent(ToolExecution.start("bash", {"command": words}).complete_success("", timedelta()))
    masked = read_line(stream, "tool")["input"]["command"]
    assert len(masked) == len(words)
    assert secret not in str(masked)


def test_names_are_masked_too(stream: Path) -> None:
    key, _ = build("ghp_{A36}")
    with session("s1"):
        get_collector().record_request(f"https://quay.invalid/v1?api_key={key}", "GET", 0.1, 200)
        get_collector().record_metric(f"berths of {key}", 1.0, {"by": key})
        record_persistent(ToolExecution.start(f"tool {key}").complete_success("", timedelta()))
    assert key not in stream.read_text()
    assert read_line(stream, "request")["masked"] == ["endpoint"]


def test_diff_of_a_changed_secret_still_shows_the_change(stream: Path) -> None:
    old, new = (build(f"DB_PASS={{A12}}{end}")[0] for end in "xy")
    run = ToolExecution.start("edit")
    run.add_file_change(FileChange.modify("/quay/.env", f"A=1\n{old}\nB=2\n", f"A=1\n{new}\nB=2\n"))
    record_persistent(run.complete_success("", timedelta()))
    (change,) = read_line(stream, "tool")["files_affected"]
    assert change["diff"].splitlines()[3:] == [" A=1", "-DB_PASS=***", "+DB_PASS=***", " B=2"]


def test_part_of_a_key_block_in_a_given_diff_is_masked_by_the_texts(stream: Path) -> None:
    block, parts = build("-----BEGIN PRIVATE KEY-----\n{b64}\n{b64}\n{b64}\n-----END PRIVATE KEY-----\n")
    changed = block.replace(parts[1], parts[1][::-1])
    diff = f"@@ -3 +3 @@\n-{parts[1]}\n+{parts[1][::-1]}\n"
    run = ToolExecution.start("edit")
    run.add_file_change(FileChange.modify_with_diff("/quay/key.pem", block, changed, diff))
    record_persistent(run.complete_success("", timedelta()))
    assert read_line(stream, "tool")["files_affected"][0]["diff"] == "@@ -3 +3 @@\n-***\n+***\n"


def test_masking_keeps_the_rest_of_the_text() -> None:
    key, _ = build("ghp_{A36}")
    assert mask_text(f"a {key}, password=hunter22 for berth 5") == f"a {MASK}, password={MASK} for berth 5"


@given(
    st.lists(st.sampled_from([*LINES, *(build(form)[0] for form in FORMS), "\n", " ", "=", '"', "token=", "://", "@"]))
)
def test_masked_text_holds_nothing_to_mask(pieces: list[str]) -> None:
    masked = mask_text("".join(pieces))
    assert mask_text(masked).count(MASK) >= masked.count(MASK)


@settings(max_examples=40)
@given(st.text(max_size=40), st.sampled_from(FORMS))
def test_secret_after_any_line_is_masked(before: str, form: str) -> None:
    text, parts = build(form)
    if re.search(r"[\"'`\\<{$]", before) or "PRIVATE" in before:
        return
    masked = mask_text(f"{before}\n{text}\n")
    assert not any(part in masked for part in parts)


def test_masking_can_be_switched_off(stream: Path) -> None:
    configure(mask_secrets=False)
    record_everywhere("password=hunter22")
    assert "masked" not in read_line(stream, "tool")


HOSTILE = [
    *(
        "sk-",
        "eyJ",
        "eyJa.",
        "token=",
        "token: ",
        'password="',
        "password='",
        "://",
        "://a:b@",
        "@",
        "curl ",
        "curl -u a:",
    ),
    *(
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "Bearer ",
        "Authorization: ",
        "AKIA",
        "mysql -p",
        "key=key=",
        "a-",
        "A",
    ),
    *(
        "Set-Cookie: a=",
        "machine a login ",
        "\\",
        '\\"',
        "[0m",
        "%41",
        "login ",
        "docker login -p ",
        "secret:(",
        "key.key.",
    ),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_work_grows_as_the_text_does(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Count the looks around anchors and names, and how far each may reach: none depends on the text's length."""
    looks: list[int] = []
    find = names.NameFinder.find

    def counted_find(finder: names.NameFinder, start: int) -> Iterator[tuple[int, int]]:
        looks.append(start)
        return find(finder, start)

    monkeypatch.setattr(names.NameFinder, "find", counted_find)
    counts = []
    for repeats in (50, 100):
        looks.clear()
        mask_text(piece * repeats)
        counts.append(len(looks))
    assert counts[1] <= 2 * counts[0] + 2


def test_no_expression_can_backtrack_without_bound() -> None:
    expressions = [row.compiled() for row in (*issued_keys.ISSUED_KEYS, *places.PLACES)]
    for module in (names, values, scanner):
        expressions += [value for value in vars(module).values() if isinstance(value, re.Pattern)]
    for expression in expressions:
        if isinstance(expression.pattern, str):
            assert nested_repeats(expression) == [], expression.pattern


def nested_repeats(expression: re.Pattern[str]) -> list[object]:
    """Return the repeats without an end in other such repeats, unless the inner one gives nothing back."""
    from re import _constants, _parser  # type: ignore[attr-defined]  # the only way to look at an expression

    found: list[object] = []

    def walk(item: object, is_within: bool) -> None:
        if isinstance(item, _parser.SubPattern):
            for each in item:
                walk(each, is_within)
        elif isinstance(item, list | tuple):
            is_open = len(item) == 2 and item[0] in (_constants.MAX_REPEAT, _constants.MIN_REPEAT)
            is_open = is_open and item[1][1] is _constants.MAXREPEAT
            if is_open and is_within:
                found.append(item)
            is_possessive = len(item) == 2 and item[0] is _constants.POSSESSIVE_REPEAT
            unbounded = is_open or (is_possessive and item[1][1] is _constants.MAXREPEAT)
            for each in item:
                walk(each, is_within or unbounded)

    walk(_parser.parse(expression.pattern, expression.flags), False)
    return found


def test_value_of_the_next_line_is_not_that_of_a_name() -> None:
    text = 'TOKEN = "a-token"\nHOST = "127.0.0.1:8017"\n'
    assert mask_text(text) == text
