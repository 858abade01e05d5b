"""CloudWatch has what models have used, however often it is sent; CloudWatch itself is moto's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tests.sources.claude_builder import Transcript, text_block
from tui_monitor.cli import main
from tui_monitor.cli.reading import read_paths
from tui_monitor.cli.run_context import current_context
from tui_monitor.forwarding.delivery_log import DeliveryLog
from tui_monitor.store import Store, private_store

boto3 = pytest.importorskip("boto3", reason="the extra cloudwatch is not installed")
moto = pytest.importorskip("moto", reason="moto is not installed: pip install 'moto[cloudwatch]'")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

NOW = datetime.now(UTC)
MODEL = "claude-opus-4-6"


@pytest.fixture
def client(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of a CloudWatch in memory."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with moto.mock_aws():
        yield boto3.client("cloudwatch")


def recent(transcript: Transcript) -> Transcript:
    """Return a transcript of now."""
    for number, record in enumerate(transcript.records):
        at = NOW - timedelta(seconds=len(transcript.records) - number)
        record["timestamp"] = at.isoformat().replace("+00:00", "Z")
    return transcript


def sum_of(client: Any, name: str) -> float:
    """Return the sum of a metric of the model in CloudWatch."""
    points = client.get_metric_statistics(
        Namespace="agents",
        MetricName=name,
        Dimensions=[{"Name": "Model", "Value": MODEL}],
        StartTime=NOW - timedelta(days=1),
        EndTime=NOW + timedelta(hours=1),
        Period=86_400,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(float(point["Sum"]) for point in points)


def forward(store: Store, folder: Path) -> int:
    """Send what is new; return the number of values."""
    from tui_monitor.forwarding.cloudwatch import CloudWatchForwarder

    with closing(DeliveryLog(folder, "cloudwatch:agents")) as log:
        delivery = CloudWatchForwarder(log, "agents").run(store, int(NOW.timestamp() * 1000))
    assert delivery.fault == ""
    return delivery.count.metrics


def test_sums_are_those_of_the_store_and_grow_with_them(client: Any, home: Path, tmp_path: Path) -> None:
    transcript = recent(short_session("/work/shop"))
    with closing(private_store()) as store:
        read_paths(store, current_context(), [str(install(transcript, home, "one"))])
        assert forward(store, tmp_path) > 0
        assert forward(store, tmp_path) == 0
        transcript.assistant(text_block("And more."), stop="end_turn")
        read_paths(store, current_context(), [str(install(recent(transcript), home, "one"))])
        forward(store, tmp_path)
        amount = store.overall().amount
    assert sum_of(client, "Requests") == amount.requests
    assert sum_of(client, "OutputTokens") == amount.output
    assert sum_of(client, "CacheReadTokens") == amount.cache_read
    assert sum_of(client, "Cost") == pytest.approx(amount.cost_usd)


@pytest.mark.usefixtures("client")
def test_command_sends_and_says_how_much(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(recent(short_session("/work/shop")), home, "one")
    assert main(["forward", "--cloudwatch", "agents", "--once"]) == 0
    assert "sent 6 metrics to CloudWatch (agents)" in capsys.readouterr().out


@pytest.mark.usefixtures("home")
def test_without_a_region_it_is_a_line_and_a_status(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    install(recent(short_session("/work/shop")), home, "one")
    assert main(["forward", "--cloudwatch", "agents", "--once"]) == 1
    assert "must specify a region" in capsys.readouterr().err.lower()


@pytest.mark.usefixtures("home")
def test_two_ways_at_once_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forward", "--cloudwatch", "agents", "--otlp", "http://127.0.0.1:1"]) == 2
    assert "exclude each other" in capsys.readouterr().err
