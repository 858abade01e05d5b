"""A real Prometheus scrapes ``metrics``, and its queries answer with the totals of the store."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tests.e2e.test_fleet import answer, command, environment

PROMETHEUS = shutil.which("prometheus")
PATIENCE_S = 60.0

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform == "win32", reason="the programs are ended by signals"),
    pytest.mark.skipif(PROMETHEUS is None, reason="prometheus is not installed: apt install prometheus"),
]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(words: Sequence[str], env: dict[str, str], folder: Path) -> Iterator[None]:
    """Run a program; its output goes to a file."""
    with (folder / f"{Path(words[0]).name}.log").open("wb") as log:
        process = subprocess.Popen(words, env=env, cwd=folder, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.kill()
            process.wait()


def value_of(port: int, query: str) -> float:
    """Return the answer to a query with one value, as soon as there is one."""
    url = f"http://127.0.0.1:{port}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    until = time.monotonic() + PATIENCE_S
    result: list[Any] = []
    while not result:
        assert time.monotonic() < until, f"no answer to {query}"
        try:
            with urllib.request.urlopen(url, timeout=10) as reply:
                result = json.load(reply)["data"]["result"]
        except OSError:
            pass
        time.sleep(0.2)
    return float(result[0]["value"][1])


@pytest.mark.parametrize(
    ("names", "tokens", "cost"),
    [
        ((), 'sum(tui_monitor_tokens_total{type!="reasoning"})', "sum(tui_monitor_cost_dollars_total)"),
        (
            ("--names", "claude-code"),
            "sum(claude_code_token_usage_tokens_total)",
            "sum(claude_code_cost_usage_USD_total)",
        ),
    ],
    ids=["our names", "names of dashboards"],
)
def test_queries_answer_with_the_totals(names: tuple[str, ...], tokens: str, cost: str, tmp_path: Path) -> None:
    env = environment(tmp_path / "home")
    install(short_session("/work/shop"), Path(env["HOME"]), "one")
    totals = answer(env, "stats")["totals"]
    metrics, prometheus = free_port(), free_port()
    config = tmp_path / "prometheus.yml"
    config.write_text(
        "scrape_configs: [{job_name: agents, scrape_interval: 1s,"
        f' static_configs: [{{targets: ["127.0.0.1:{metrics}"]}}]}}]\n'
    )
    options = (
        f"--config.file={config}",
        f"--storage.tsdb.path={tmp_path / 'series'}",
        f"--web.listen-address=127.0.0.1:{prometheus}",
    )
    with (
        running(command("metrics", "--port", str(metrics), *names), env, tmp_path),
        running([str(PROMETHEUS), *options], env, tmp_path),
    ):
        assert value_of(prometheus, tokens) == totals["total_tokens"]
        assert value_of(prometheus, cost) == pytest.approx(totals["cost_usd"])
