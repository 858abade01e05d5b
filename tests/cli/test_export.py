"""Exports are complete, safe in a spreadsheet, a browser and a scraper, and one file."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.sessions import install, short_session, write
from tests.sources.claude_builder import ID, START_MS, text_block
from tui_monitor.cli import main
from tui_monitor.pages.charts import HEIGHT, Bar, bar_chart, share_bar
from tui_monitor.reports.csv_text import csv_text
from tui_monitor.reports.datasets import DatasetName

SAMPLE = re.compile(r'^[a-zA-Z_]+(?:\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+\})? [0-9.e+-]+$')
HOSTILE = '=HYPERLINK("http://evil","<script>alert(1)</script>")\x1b[31m'


@pytest.fixture
def session(home: Path) -> Path:
    """A home with a session that committed, and whose prompt and commands are hostile."""
    transcript = short_session("/work/<b>shop", ID, HOSTILE)
    transcript.calls("Bash", "call_3", command=f"{HOSTILE}; git commit -am x")
    transcript.result("[main 1234567] Mend", "ok", "call_3")
    transcript.assistant(text_block("Done."), stop="end_turn")
    install(transcript, home, ID)
    return home


def exported(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what an export prints."""
    assert main(["export", *words]) == 0
    out, error = capsys.readouterr()
    assert error == ""
    assert "\x1b" not in out
    return out


@pytest.mark.parametrize("name", DatasetName)
def test_rows_are_the_same_in_every_format(name: str, session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = list(csv.DictReader(StringIO(exported(capsys, "csv", "--of", name))))
    lines = [json.loads(line) for line in exported(capsys, "jsonl", "--of", name).splitlines()]
    document = json.loads(exported(capsys, "json", "--of", name))
    assert (document["schema"], document["of"], document["rows"]) == (1, name, lines)
    assert [list(row) for row in table] == [list(row) for row in lines]
    assert len(table) == {"responses": 5, "calls": 3}.get(name, 1)
    if name != "calls":
        assert sum(int(row["requests"]) for row in table) == 5
        assert sum(float(row["cost_usd"]) for row in table) == pytest.approx(sum(row["cost_usd"] for row in lines))


def test_no_cell_is_a_formula(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(StringIO(exported(capsys, "csv", "--of", "calls"))))
    assert rows[2]["subject"].startswith("'=HYPERLINK")
    texts = ["=1", "+1", "-1", "@a", "\t=1", " =1", "＝1", "a=1", "a,b", 'say "x"', "two\nlines"]
    (_, *cells) = csv.reader(StringIO(csv_text([{"text": text} for text in texts])))
    assert [cell[0][0] == "'" for cell in cells] == [True] * 7 + [False] * 4
    assert csv_text([{"a": -1, "b": 0.5, "c": None, "d": True}]) == "a,b,c,d\n-1,0.5,,true\n"
    assert csv_text([]) == "\n"


class _Page(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page_marks_tokens_that_are_a_lower_bound_wherever_they_stand(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    html = exported(capsys, "html")
    assert html.count("≥77k") == html.count("77k") > 2


def test_page_is_one_file_without_scripts_and_links(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = _Page()
    html = exported(capsys, "html")
    page.feed(html)
    names = {tag for tag, _ in page.tags}
    assert names.isdisjoint({"script", "link", "img", "iframe", "a", "b", "object", "form"})
    assert not {"src", "href", "onload", "style"} & {name for _, attributes in page.tags for name in attributes}
    assert "://" not in html
    assert "url(" not in html
    metas = [attributes for tag, attributes in page.tags if tag == "meta"]
    assert {"http-equiv": "refresh", "content": "30"} in metas
    assert any("default-src 'none'" in str(meta.get("content")) for meta in metas)
    assert any("width=device-width" in str(meta.get("content")) for meta in metas)
    assert "prefers-color-scheme: dark" in html
    assert "svg" in names
    for words in ("claude-opus-4-6", "/work/<b>shop", "Sessions", "Bash"):
        assert words in page.text


def test_page_shows_budgets(
    session: Path, config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_monitor.cli.export.now_ms", lambda: START_MS + 60_000)
    config.write_text("[budgets]\ndaily = 0.001\n")
    assert 'class="bar bad"' in exported(capsys, "html")


def test_file_is_written_again_until_it_is_interrupted(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, waits = session / "page.html", []

    def sleep(seconds: float) -> None:
        waits.append((seconds, path.exists()))
        path.unlink()
        if len(waits) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("tui_monitor.cli.export.time.sleep", sleep)
    assert main(["export", "html", "-o", str(path), "--every", "7"]) == 130
    assert waits == [(7, True)] * 3


def test_metrics_are_what_prometheus_reads(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = exported(capsys, "prometheus")
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in samples if not SAMPLE.match(line)] == []
    assert len({line.rpartition(" ")[0] for line in samples}) == len(samples)
    families = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert families == {line.partition("{")[0].partition(" ")[0] for line in samples}
    assert 'tui_monitor_requests_total{source="claude-code",model="claude-opus-4-6",provider="anthropic"} 5' in samples
    assert 'tui_monitor_tool_calls_total{source="claude-code",tool="Bash",outcome="failed"} 1' in samples


def test_metrics_have_the_names_that_dashboards_query(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = exported(capsys, "prometheus", "--names", "claude-code")
    stats = json.loads(exported_stats(capsys))["totals"]
    for kind, key in (("input", "input"), ("output", "output"), ("cacheRead", "cache_read")):
        value = stats[f"{key}_tokens"]
        assert f'claude_code_token_usage_tokens_total{{type="{kind}",model="claude-opus-4-6"}} {value}' in text
    assert f'claude_code_cost_usage_USD_total{{model="claude-opus-4-6"}} {stats["cost_usd"]!r}' in text
    assert 'claude_code_lines_of_code_count_total{type="added"} 1' in text
    assert "claude_code_session_count_total 1\n" in text
    assert "claude_code_commit_count_total 1\n" in text


def exported_stats(capsys: pytest.CaptureFixture[str]) -> str:
    """Return the totals as ``stats`` prints them."""
    assert main(["stats", "--json"]) == 0
    return capsys.readouterr().out


def test_wrong_usage_is_one_line(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, expected in (
        (["xml"], 2),
        ([], 2),
        (["csv", "--of", "cats"], 2),
        (["prometheus", "--names", "claude"], 2),
        (["html", "--every", "3"], 2),
        (["csv", "--project", "nowhere"], 3),
        (["html", "--session", "none-such"], 3),
    ):
        assert main(["export", *words]) == expected
        out, error = capsys.readouterr()
        assert (out, error.count("\n")) == ("", 1)


def test_file_that_cannot_be_written_is_named_as_it_was_asked_for(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["export", "csv", "-o", str(tmp_path / "file" / "out.csv")]) != 0
    assert f"{tmp_path}/file/out.csv: " in capsys.readouterr().err


def test_file_of_paths_alone(home: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(short_session("/x"), home / "session.jsonl")
    assert exported(capsys, "jsonl", str(path)).count("\n") == 3
    assert not (data / "monitoring.db").exists()


def test_chart_scales_to_its_highest_bar() -> None:
    chart = bar_chart([Bar("Mon", 1, "$1"), Bar("<Tue>", 2, "$2"), Bar("Wed", 0, "none")], "Cost")
    heights = [int(height) for height in re.findall(r'class="bar".*? height="(\d+)"', chart)]
    assert heights == [HEIGHT // 2 - 19, HEIGHT - 38, 0]
    assert "&lt;Tue&gt;: $2" in chart
    assert "<Tue>" not in chart
    assert 'aria-label="Cost: at most $2 (&lt;Tue&gt;)"' in chart
    assert "<rect" not in bar_chart([], "Cost")
    assert 'width="100.00%"' in share_bar(150, "bad")
