"""``watch --line`` prints the live sessions in one line, from the last answer as long as nothing has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.following import append, following
from tests.cli.sessions import install, short_session
from tests.live.events_builder import SESSION, T0, started, state_after
from tui_monitor import __version__
from tui_monitor.cli import main
from tui_monitor.cli.line import age, line_of, plain_words
from tui_monitor.cli.line_answer import HORIZON_S, _growing, _with_parents
from tui_monitor.cli.line_cache import (
    environment_key,
    file_mark,
    load,
    load_published,
    process_marks,
    publish,
    save,
    scope_key,
)
from tui_monitor.cli.line_publisher import LinePublisher
from tui_monitor.events import Activity, SessionProcess, SessionUpdate, ToolKind
from tui_monitor.sources.processes.table import NoProcesses

if TYPE_CHECKING:
    from tui_monitor.cli.line_cache import Answer, Item, PublishedAnswer

HEAVY = ("cyclopts", "textual", "rich", "sqlite3", "orjson", "dataclasses", "typing", "pathlib")


@pytest.fixture(autouse=True)
def cache(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the answers; no process of this machine is looked at."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("tui_monitor.cli.line_answer.process_table", NoProcesses)
    return tmp_path / "cache" / "tui-monitor" / "line"


@pytest.fixture
def line(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Returns the line that is printed, without its end."""

    def printed(*words: str) -> str:
        assert main(["watch", "--line", *words]) == 0
        out, error = capsys.readouterr()
        assert error == ""
        return str(out).rstrip("\n")

    return printed


def item(name: str, word: str = "", glyph: str = "▶", facts: str = "") -> Item:
    """Return a session that began a minute before `NOW`."""
    return {"glyph": glyph, "plain_glyph": ">", "name": name, "word": word, "since": NOW - 60_000, "facts": facts}


NOW = 1_700_000_000_000


def test_nothing_is_printed_without_a_live_session(home: Path, line: Callable[..., str]) -> None:
    assert line() == ""


def test_session_that_waits_comes_first(home: Path, line: Callable[..., str]) -> None:
    waiting = short_session("/home/ada/cli", "waiting")
    waiting.calls("AskUserQuestion", "call_9", questions=[])
    install(waiting, home, "waiting")
    install(short_session("/home/ada/api", "done"), home, "done")
    first, second = line("--width", "200").split(" · ")
    assert first.startswith("? cli waits ")
    assert "api" in second


def test_change_of_a_file_is_seen(home: Path, line: Callable[..., str]) -> None:
    session = short_session("/home/ada/api", "api")
    path = install(session, home, "api")
    assert "waits" not in line()
    count = len(session.records)
    session.calls("AskUserQuestion", "call_9", questions=[])
    append(path, "".join(json.dumps(record) + "\n" for record in session.records[count:]))
    assert line().startswith("? api waits ")


def test_new_session_is_seen(home: Path, line: Callable[..., str]) -> None:
    install(short_session("/home/ada/api", "api"), home, "api")
    assert "cli" not in line()
    install(short_session("/home/ada/cli", "cli"), home, "cli")
    assert "cli" in line()


def test_second_answer_imports_nothing_heavy(home: Path, tmp_path: Path) -> None:
    install(short_session("/home/ada/api", "api"), home, "api")
    program = "import sys; from tui_monitor.cli import main; main(['watch', '--line']); print(*sys.modules)"
    command = [sys.executable, "-c", program]
    for expected in (True, False):
        answer = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True)
        text, modules = answer.stdout.splitlines()
        assert "api" in text
        assert ("sqlite3" in modules.split()) is expected
    assert not set(HEAVY) & set(modules.split())


@pytest.mark.parametrize("words", [["--line"], ["watch", "--line", "--width", "40"], ["--width=40", "--line"]])
def test_line_runs_as_a_program(words: list[str], home: Path) -> None:
    command = [sys.executable, "-m", "tui_monitor", *words]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.count("\n") <= 1


def test_unusable_store_leaves_the_processes(home: Path, data: Path, line: Callable[..., str]) -> None:
    data.mkdir()
    (data / "monitoring.db").mkdir()
    install(short_session("/home/ada/api", "api"), home, "api")
    assert line() == ""


@pytest.mark.parametrize(
    "words",
    [
        ("--line", "--json"),
        ("--line", "--plain"),
        ("--line", "--once"),
        ("--line", "--width", "2"),
        ("--line", "--width", "wide"),
        ("--line", "."),
        ("--line", "--interval", "1"),
        ("--line", "--no-store"),
        ("--line", "--store", "other.db"),
        ("--width", "40"),
    ],
)
def test_wrong_usage_is_one_line(words: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", *words]) == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)


def test_line_is_as_it_is_documented() -> None:
    items = [item("cli", "waits", "?"), item("api", facts="36% $0.80")]
    assert line_of(items, NOW + 160_000, 80) == "? cli waits 3m40 · ▶ api 36% $0.80"


def test_sessions_without_room_are_counted() -> None:
    items = [item(name) for name in ("one", "two", "three", "four")]
    assert line_of(items, NOW, 80) == "▶ one · ▶ two · ▶ three · ▶ four"
    assert line_of(items, NOW, 20) == "▶ one · ▶ two · +2"
    assert line_of(items, NOW, 10) == "▶ one · +3"


@pytest.mark.parametrize("name", ["a-very-long-name-of-a-folder", "港町の長い名前のフォルダ"])
def test_line_is_never_wider_than_asked(name: str) -> None:
    text = line_of([item(name), item("b")], NOW, 12)
    assert text.endswith("…")
    assert sum(2 if ord(character) > 0x3000 else 1 for character in text) <= 12


def test_ascii_line_has_ascii_alone() -> None:
    items = [item("café", "held", "◆"), item("b", facts="8% ≥$1.20")]
    assert line_of(items, NOW, 80, is_ascii=True) == "> caf? held 1m00 | > b 8% >=$1.20"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (59, "59s"), (220, "3m40"), (7_500, "2h05"), (260_000, "3d"), (-5, "0s")]
)
def test_age_is_short(seconds: int, text: str) -> None:
    assert age(NOW - seconds * 1000, NOW) == text


@pytest.mark.parametrize(
    ("words", "width"),
    [
        (["--line"], 80),
        (["watch", "--line", "--width", "30"], 30),
        (["--line", "--width", "x"], None),
        (["--line", "--once"], None),
        (["--line", "path"], None),
        (["--once"], None),
    ],
)
def test_only_plain_words_go_the_fast_way(words: list[str], width: int | None) -> None:
    assert plain_words(words) == width


@pytest.fixture
def answer(tmp_path: Path) -> Answer:
    """An answer that holds for a second after `NOW`, and depends on one file and this process."""
    file = tmp_path / "file"
    file.touch()
    return {
        "version": __version__,
        "environment": 7,
        "items": [item("api")],
        "ascii": False,
        "until": NOW + 1000,
        "files": {str(file): file_mark(str(file)), str(tmp_path / "none"): []},
        "growing": {str(tmp_path / "growing"): []},
        "until_figures": NOW + 500,
        "processes": process_marks([os.getpid()]),
    }


def test_answer_holds_until_its_time(answer: Answer) -> None:
    save(7, answer)
    assert load(7, NOW + 1000) == answer
    assert load(7, NOW + 1001) is None
    assert load(8, NOW) is None


def test_answer_ends_with_a_change_of_a_file(answer: Answer, tmp_path: Path) -> None:
    save(7, answer)
    (tmp_path / "file").write_text("more")
    assert load(7, NOW) is None


def test_answer_ends_with_a_new_file(answer: Answer, tmp_path: Path) -> None:
    save(7, answer)
    (tmp_path / "none").touch()
    assert load(7, NOW) is None


def test_answer_outlives_the_growth_of_a_file_that_changes_figures_alone(answer: Answer, tmp_path: Path) -> None:
    save(7, answer)
    (tmp_path / "growing").touch()
    assert load(7, NOW + 500) == answer
    assert load(7, NOW + 501) is None


def test_files_of_a_session_whose_process_states_what_it_does_change_figures_alone() -> None:
    says, silent = (
        state_after(SessionUpdate(session=SESSION, at=T0, path=f"/x/{name}.jsonl"), started("a", 0)) for name in "ab"
    )
    says.process = SessionProcess(session=SESSION, pid=7, activity=Activity.BUSY)
    files = ["/x/a.jsonl", "/x/a/agents/1.jsonl", "/x/ab.jsonl", "/x/b.jsonl", "/x"]
    assert _growing([says, silent], dict.fromkeys(files, 0)) == files[:2]


def test_answer_depends_on_the_folders_above_those_of_sessions() -> None:
    folders = [Path("/home/ada/.codex/sessions/2026/11/30"), Path("/srv/elsewhere")]
    expected = [*folders, *map(Path, ("/home/ada/.codex/sessions/2026/11", "/home/ada/.codex/sessions/2026"))]
    assert _with_parents(folders, {Path("/home/ada/.codex/sessions")}) == set(expected)


def test_answer_ends_with_a_process(answer: Answer) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    answer["processes"] = process_marks([process.pid])
    save(7, answer)
    assert load(7, NOW) == answer
    process.communicate()
    assert load(7, NOW) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"version": 1}', "\xff", "[" * 100_000])
def test_file_of_somebody_else_is_no_answer(text: str, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "00000007.json").write_text(text, encoding="latin-1")
    assert load(7, NOW) is None


def test_answers_are_for_their_owner_and_few(answer: Answer, cache: Path) -> None:
    for key in range(80):
        save(key, answer)
    files = list(cache.iterdir())
    assert len(files) == 64
    assert {file.stat().st_mode & 0o77 for file in (*files, cache)} == {0}


def test_answer_without_a_place_is_not_kept(answer: Answer, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    save(7, answer)
    assert load(7, NOW) is None


def test_other_environment_has_an_answer_of_its_own() -> None:
    key = environment_key({"A": "1", "_": "x"}, "/home")
    assert key == environment_key({"A": "1", "_": "y"}, "/home")
    assert key != environment_key({"A": "2"}, "/home")
    assert key != environment_key({"A": "1"}, "/")


def test_hostile_names_are_harmless(home: Path, line: Callable[..., str]) -> None:
    install(short_session("/home/ada/\x1b]0;owned\x07\x1b[2J\n港", "evil"), home, "evil")
    text = line()
    assert text.isprintable()
    assert "港" in text


def test_state_that_time_changes_is_looked_at_again(home: Path, line: Callable[..., str], cache: Path) -> None:
    install(short_session("/home/ada/api", "api"), home, "api")
    line()
    (file,) = cache.iterdir()
    until = json.loads(file.read_text())["until"]
    assert time.time() * 1000 < until <= (time.time() + HORIZON_S[-1]) * 1000


@pytest.fixture
def published() -> PublishedAnswer:
    """What this process says."""
    return {"version": __version__, "pid": os.getpid(), "items": [item("api")], "ascii": False}


def test_answer_of_a_running_monitor_comes_first(published: PublishedAnswer, line: Callable[..., str]) -> None:
    publish(scope_key(os.environ), published)
    assert line() == "▶ api"


def test_answer_of_a_monitor_that_has_ended_is_none(published: PublishedAnswer) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    published["pid"] = process.pid
    publish(7, published)
    assert load_published(7) is None


def test_answer_that_is_not_kept_up_to_date_is_none(published: PublishedAnswer, cache: Path) -> None:
    publish(7, published)
    assert load_published(7) == published
    (file,) = cache.iterdir()
    os.utime(file, (time.time() - 10, time.time() - 10))
    assert load_published(7) is None


def test_monitor_publishes_changes_and_says_that_the_rest_still_holds(cache: Path) -> None:
    state = state_after(SessionUpdate(session=SESSION, at=T0, cwd="/home/ada/api"), started("a", 0, ToolKind.ASK))
    publisher = LinePublisher({}, is_ascii=False)
    publisher([state], T0 + 1_000)
    (file,) = cache.iterdir()
    content, identity = file.read_text(), file.stat().st_ino
    os.utime(file, (1, 1))
    publisher([state], T0 + 1_500)
    assert file.stat().st_mtime == 1, "that is too soon"
    publisher([state], T0 + 2_000)
    assert file.stat().st_mtime > 1
    assert (file.read_text(), file.stat().st_ino) == (content, identity)
    publisher([], T0 + 3_000)
    assert json.loads(file.read_text())["items"] == []


def test_following_program_publishes(home: Path, cache: Path) -> None:
    install(short_session("/home/ada/api", "api"), home, "api")
    with following("watch", "--plain") as run:
        run.wait_for(lambda line: "api" in line)
        names = [path.name for path in cache.iterdir()]
    assert names == [f"monitor-{scope_key(os.environ):08x}.json"]


def test_sessions_are_others_where_they_are_elsewhere() -> None:
    key = scope_key({"HOME": "/home/ada", "TERM": "xterm"})
    assert key == scope_key({"HOME": "/home/ada", "TERM": "tmux"})
    assert key != scope_key({"HOME": "/home/eve"})
    assert key != scope_key({"HOME": "/home/ada", "TUI_MONITOR_DATA_DIR": "/data"})
