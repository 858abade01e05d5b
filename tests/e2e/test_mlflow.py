"""A real MLflow reads what is forwarded without a mapping: its tokens and its cost are those of the store."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tests.e2e.test_fleet import LIMIT_S, answer, command, environment
from tests.e2e.test_prometheus import free_port, running

MLFLOW = shutil.which("mlflow")
START_S = 180.0
EXPERIMENT = "0"
SEARCH = {"locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": EXPERIMENT}}]}

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otlp is not installed")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(2 * START_S),
    pytest.mark.skipif(sys.platform == "win32", reason="the programs are ended by signals"),
    pytest.mark.skipif(MLFLOW is None, reason="mlflow is not on the PATH: pip install mlflow"),
]


def server(folder: Path, port: int) -> Sequence[str]:
    """Return the command that serves MLflow on a port, all of it in a folder."""
    store = ("--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder))
    return [str(MLFLOW), "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", *store]


def traces(port: int) -> Any:
    """Return the traces of MLflow's first experiment; None while it does not answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/3.0/mlflow/traces/search",
        json.dumps(SEARCH).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.load(reply).get("traces", [])
    except (OSError, ValueError):
        return None


def test_tokens_and_cost_are_those_of_the_store(tmp_path: Path) -> None:
    env = environment(tmp_path / "home") | {"OTEL_EXPORTER_OTLP_HEADERS": f"x-mlflow-experiment-id={EXPERIMENT}"}
    install(short_session("/work/shop"), Path(env["HOME"]), "one")
    totals = answer(env, "stats")["totals"]
    port, until = free_port(), time.monotonic() + START_S
    own = environment(tmp_path / "mlflow") | {"MLFLOW_DISABLE_TELEMETRY": "true"}
    with running(list(server(tmp_path, port)), own, tmp_path):
        while traces(port) is None:
            assert time.monotonic() < until, "mlflow does not start"
            time.sleep(0.5)
        words = command("forward", "--otlp", f"http://127.0.0.1:{port}", "--once")
        sent = subprocess.run(words, env=env, timeout=LIMIT_S, check=True, capture_output=True, text=True)
        while not (shown := traces(port)):
            assert time.monotonic() < until, f"mlflow shows no trace: {sent.stdout}{sent.stderr}"
            time.sleep(0.5)
    (facts,) = [trace["trace_metadata"] for trace in shown]
    tokens, cost = json.loads(facts["mlflow.trace.tokenUsage"]), json.loads(facts["mlflow.trace.cost"])
    assert tokens["input_tokens"] == totals["total_tokens"] - totals["output_tokens"]
    assert tokens["output_tokens"] == totals["output_tokens"]
    assert tokens["cache_read_input_tokens"] == totals["cache_read_tokens"]
    assert tokens["cache_creation_input_tokens"] == totals["cache_creation_tokens"]
    assert cost["total_cost"] == pytest.approx(totals["cost_usd"])
    assert facts["mlflow.trace.session"]
