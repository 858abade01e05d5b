"""The page that plays a session back: what it shows in the end is what stats has, and nothing in it can run."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.sessions import short_session, write
from tests.sources.claude_builder import Transcript, text_block
from tui_monitor.cli import main
from tui_monitor.events import CallFinished, CallStarted, CallState, Event, Prompt, SessionKey, ToolKind
from tui_monitor.feed.replay.recording import Recording, TimedUpdate
from tui_monitor.reports.replay import page
from tui_monitor.reports.replay.rows import ReplayLimits, ReplayRows

SECRET = "sk-ant-api03-" + "A1b2C3d4E5f6G7h8" * 5
HOSTILE = f"</script><script>alert(1)</script><!-- \x1b[31mred\x1b[0m \u2028 \u202e & {SECRET}"


@pytest.fixture(autouse=True)
def _home(home: Path) -> None:
    """A machine of the test's own."""


def page_of(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["export", "html-replay", str(path)]) == 0
    return capsys.readouterr().out


def data_of(html: str) -> Any:
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    return json.loads(data)


def session(home: Path, transcript: Transcript) -> Path:
    return write(transcript, home / "one.jsonl")


def test_page_ends_with_the_figures_of_stats(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = session(home, short_session(home / "engine"))
    data = data_of(page_of(path, capsys))
    assert main(["stats", "--json", str(path)]) == 0
    totals = json.loads(capsys.readouterr().out)["totals"]
    calls = [row for row in data["rows"] if row["k"] == "call"]
    assert len(calls) == totals["tools"]
    assert sum(row["s"] == "failed" for row in calls) == totals["tools_failed"]
    _, tokens, millionths = data["spent"][-1]
    assert tokens == totals["total_tokens"]
    assert millionths == int(totals["cost_usd"] * 10**6 + 1e-6)
    assert data["isLowerBound"] == totals["cost_is_lower_bound"]


def test_rows_are_in_order_with_results_and_diffs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = data_of(page_of(session(home, short_session(home / "engine")), capsys))
    rows = data["rows"]
    assert [(row["k"], row["x"]) for row in rows] == [
        ("prompt", "Mend the valve."),
        ("call", "/home/ada/engine/valve.py"),
        ("call", "make test"),
        ("said", "It still leaks."),
    ]
    edit, test = rows[1], rows[2]
    assert edit["r"][-1][0] == "/home/ada/engine/valve.py +1 −1"
    assert "+shut" in edit["r"][-1][1]
    assert dict(test["d"])["input"] == "command: make test"
    assert [row["p"] for row in rows] == sorted(row["p"] for row in rows)
    assert data["steps"] == sorted({*data["steps"]})
    assert {"prompt", "failure", "change"} <= {kind for _, kind in data["marks"]}


def test_nothing_in_a_session_can_run_and_no_secret_is_in_the_page(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    transcript = short_session(home / "engine", prompt=HOSTILE)
    transcript.calls("Bash", "call_9", command=f"deploy --token {SECRET} {HOSTILE}")
    transcript.result(HOSTILE, HOSTILE, "call_9", error=True)
    transcript.assistant(text_block(HOSTILE))
    html = page_of(session(home, transcript), capsys)
    assert html.count("<script") == html.count("</script>") == 2
    assert "<!--" not in html
    assert SECRET not in html
    assert SECRET[20:] not in html
    assert not {"\x1b", "\u2028", "\u202e"} & set(html)
    texts = [row["x"] for row in data_of(html)["rows"]]
    assert any("</script><script>alert(1)" in text for text in texts)


def test_page_runs_its_own_script_and_loads_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    html = page_of(session(home, short_session(home / "engine")), capsys)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy.startswith("default-src 'none'; ")
    for name in ("style", "script"):
        (content,) = re.findall(rf"<{name}>(.*?)</{name}>", html, re.DOTALL)
        assert f"{name}-src 'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in policy
    assert not re.search(r"https?:|\b(?:src|href|url)\s*[=(]|\bon\w+=|innerHTML|eval\(", html)


def test_long_session_is_cut_and_says_so(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript = short_session(home / "engine")
    for number in range(30):
        transcript.calls("Bash", f"long_{number}", command="make")
        transcript.result("word " * 5000, "", f"long_{number}")
    path = session(home, transcript)
    whole = page_of(path, capsys)
    assert data_of(whole)["leftOut"] == ""
    assert "characters left out" in whole
    monkeypatch.setattr(page, "MAX_BYTES", 60_000)
    shorter = data_of(page_of(path, capsys))
    assert "1,000 characters" in shorter["leftOut"]
    assert len(shorter["rows"]) == len(data_of(whole)["rows"])
    monkeypatch.setattr(page, "MAX_BYTES", 1)
    monkeypatch.setattr(page, "_LIMITS", (ReplayLimits(0, 0, 5),))
    least = data_of(page_of(path, capsys))
    assert least["leftOut"].startswith("Left out, so that the page stays small: the first 29 rows")
    assert len(least["rows"]) == 5


def test_secret_at_a_cut_is_masked_as_a_whole(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    transcript = short_session(home / "engine")
    limit = ReplayLimits().text
    for number, before in enumerate((limit - limit // 4 - 20, limit - limit // 4 - 60)):
        transcript.calls("Bash", f"cut_{number}", command="env")
        transcript.result("x " * (before // 2) + SECRET + " y" * 3000, "", f"cut_{number}")
    assert "sk-ant" not in page_of(session(home, transcript), capsys)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "takes one session"),
        (("a", "b"), "takes one session"),
        (("nothing",), "no session is named"),
        (("latest",), "there is no session yet"),
        (("latest", "--project", "shop"), "it takes -o alone"),
        (("latest", "--every", "5", "-o", "page.html"), "it takes -o alone"),
    ],
)
def test_one_session_must_be_named(words: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "html-replay", *words]) in (2, 3)
    assert reason in capsys.readouterr().err


SESSION = SessionKey("demo", "apple")


@st.composite
def events(draw: st.DrawFn) -> Event:
    at, call = draw(st.integers(0, 10**6)), f"c{draw(st.integers(0, 3))}"
    text = draw(st.text(max_size=40))
    return draw(
        st.sampled_from(
            [
                Prompt(session=SESSION, at=at, text=text),
                CallStarted(session=SESSION, at=at, call=call, uid="", tool=text, kind=ToolKind.SHELL, input=text),
                CallFinished(session=SESSION, at=at, call=call, state=CallState.FAILED, output=text),
                CallFinished(session=SESSION, at=at, call=call, state=CallState.OK, output=text, exact=False),
            ]
        )
    )


@settings(deadline=None, max_examples=60)
@given(st.lists(events(), max_size=12))
def test_any_events_make_rows_in_order(some: list[Event]) -> None:
    recording = Recording(TimedUpdate(event.at, Path("one"), event) for event in some)
    rows = ReplayRows(recording, ReplayLimits()).rows()
    places = [row.place for row in rows]
    assert places == sorted(places)
    assert all(0 <= row.place <= recording.length for row in rows)
    assert len([row for row in rows if row.kind == "call"]) == len(
        {event.call for event in some if isinstance(event, CallStarted)}
    )
    json.dumps([row.document() for row in rows])
