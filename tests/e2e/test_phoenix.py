"""A real Phoenix reads what is forwarded without a mapping: its tokens and its cost are those of the store."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tests.e2e.test_fleet import LIMIT_S, answer, command, environment
from tests.e2e.test_prometheus import free_port, running

PHOENIX = shutil.which("phoenix")
START_S = 180.0
QUERY = "{projects{edges{node{traceCount tokenCountPrompt tokenCountCompletion costSummary{total{cost}}}}}}"

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otlp is not installed")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(2 * START_S),
    pytest.mark.skipif(sys.platform == "win32", reason="the programs are ended by signals"),
    pytest.mark.skipif(PHOENIX is None, reason="phoenix is not on the PATH: pip install arize-phoenix"),
]


def project(port: int) -> Any:
    """Return the figures of Phoenix's project; None while it does not answer, or has none."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        json.dumps({"query": QUERY}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            edges = json.load(reply)["data"]["projects"]["edges"]
    except (OSError, ValueError):
        return None
    return edges[0]["node"] if edges else None


def test_tokens_and_cost_are_those_of_the_store(tmp_path: Path) -> None:
    env = environment(tmp_path / "home")
    install(short_session("/work/shop"), Path(env["HOME"]), "one")
    totals = answer(env, "stats")["totals"]
    port = free_port()
    own = {
        **environment(tmp_path / "phoenix"),
        "PHOENIX_WORKING_DIR": str(tmp_path / "phoenix"),
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(free_port()),
    }
    with running([str(PHOENIX), "serve"], own, tmp_path):
        until = time.monotonic() + START_S
        while project(port) is None:
            assert time.monotonic() < until, "phoenix does not start"
            time.sleep(0.5)
        words = command("forward", "--otlp", f"http://127.0.0.1:{port}", "--once")
        subprocess.run(words, env=env, timeout=LIMIT_S, check=True, capture_output=True)
        while (shown := project(port))["traceCount"] < 1 or shown["costSummary"]["total"]["cost"] is None:
            assert time.monotonic() < until, f"phoenix shows {shown}"
            time.sleep(0.5)
    assert shown["tokenCountPrompt"] == totals["total_tokens"] - totals["output_tokens"]
    assert shown["tokenCountCompletion"] == totals["output_tokens"]
    assert shown["costSummary"]["total"]["cost"] == pytest.approx(totals["cost_usd"])
