"""The queries of the documents, on ClickHouse's engine and the Collector's tables: tokens and cost are the store's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tests.cli.test_forward import receiving
from tui_monitor.cli import main

chdb = pytest.importorskip("chdb", reason="ClickHouse's engine is not installed: pip install chdb")
pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otlp is not installed")

pytestmark = pytest.mark.e2e

DOCUMENT = Path(__file__).parents[2] / "docs" / "many-machines.md"
TABLE = """
    CREATE TABLE otel_traces (
        Timestamp DateTime64(9), TraceId String, SpanId String, ParentSpanId String, TraceState String,
        SpanName LowCardinality(String), SpanKind LowCardinality(String), ServiceName LowCardinality(String),
        ResourceAttributes Map(LowCardinality(String), String), ScopeName String, ScopeVersion String,
        SpanAttributes Map(LowCardinality(String), String), Duration UInt64,
        StatusCode LowCardinality(String), StatusMessage String
    ) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))
"""
"""What the exporter of the Collector makes, but for indexes, compression, events and links."""
STATUSES = {0: "Unset", 1: "Ok", 2: "Error"}


def text_of(value: dict[str, Any]) -> str:
    """Return an attribute's value as the Collector writes it to a map of texts."""
    ((kind, content),) = value.items()
    if kind == "arrayValue":
        return json.dumps([text_of(one) for one in content.get("values", ())])
    return json.dumps(content) if kind == "boolValue" else str(content)


def attributes(pairs: list[dict[str, Any]]) -> dict[str, str]:
    return {pair["key"]: text_of(pair["value"]) for pair in pairs}


def rows(spool: Path) -> Iterator[dict[str, object]]:
    """Yield the spans that were received as rows of the Collector's table."""
    for line in spool.read_text(encoding="utf-8").splitlines():
        for resource in json.loads(line).get("resourceSpans", ()):
            own = attributes(resource["resource"]["attributes"])
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    start, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
                    yield {
                        "Timestamp": f"{start // 10**9}.{start % 10**9:09d}",
                        "TraceId": span["traceId"],
                        "SpanId": span["spanId"],
                        "ParentSpanId": span.get("parentSpanId", ""),
                        "SpanName": span["name"],
                        "ServiceName": own["service.name"],
                        "ResourceAttributes": own,
                        "ScopeName": scope["scope"]["name"],
                        "SpanAttributes": attributes(span["attributes"]),
                        "Duration": end - start,
                        "StatusCode": STATUSES[span.get("status", {}).get("code", 0)],
                    }


def queries() -> list[str]:
    """Return the queries of the document."""
    return re.findall(r"^```sql\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_queries_of_the_document_have_the_totals_of_the_store(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TUI_MONITOR_FORWARD_TOKEN", "a token for tests")
    install(short_session("/work/shop"), home, "one")
    with receiving(tmp_path / "other") as url:
        assert main(["forward", "--otlp", url, "--once"]) == 0
        capsys.readouterr()
    assert main(["stats", "--json"]) == 0
    totals = json.loads(capsys.readouterr().out)["totals"]
    session = chdb.session.Session(str(tmp_path / "clickhouse"))
    try:
        session.query("CREATE DATABASE otel")
        session.query("USE otel")
        session.query(TABLE)
        lines = "\n".join(json.dumps(row) for row in rows(tmp_path / "other" / "otlp" / "2026-11-30.jsonl"))
        for _ in range(2):  # at least once
            session.query(f"INSERT INTO otel_traces FORMAT JSONEachRow {lines}")
        by_day, tools, sessions = (
            [json.loads(line) for line in str(session.query(query, "JSONEachRow")).splitlines()] for query in queries()
        )
    finally:
        session.close()
    assert sum(int(row["requests"]) for row in by_day) == totals["requests"]
    assert sum(int(row["output"]) for row in by_day) == totals["output_tokens"]
    cached = totals["cache_read_tokens"] + totals["cache_creation_tokens"]
    assert sum(int(row["input"]) for row in by_day) == totals["input_tokens"] + cached
    assert [(row["agent"], row["tool"], int(row["calls"]), int(row["failed"])) for row in tools] == [
        ("claude-code", "Bash", 1, 1),
        ("claude-code", "Edit", 1, 0),
    ]
    assert [row["folder"] for row in sessions] == ["/work/shop"]
    dollars = sum(row["dollars"] for row in by_day)
    assert sessions[0]["dollars"] == pytest.approx(totals["cost_usd"])
    assert dollars == pytest.approx(totals["cost_usd"])
