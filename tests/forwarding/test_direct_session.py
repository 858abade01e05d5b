"""What an answer says beyond its status: how long to wait, and what was rejected."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otlp is not installed")

from tests.net.wire import data, number
from tui_monitor.forwarding.delivery import NOTHING_REJECTED, Rejection
from tui_monitor.forwarding.direct_session import read_json_rejection, read_rejection, retry_after

NOW = 1_772_359_200.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        ("0.5", 0.5),
        (formatdate(NOW + 90, usegmt=True), 90),
        (formatdate(NOW - 90, usegmt=True), 0),
        ("999999", 3600),
        ("1e999", 0),
        ("-5", 0),
        ("soon", 0),
        ("", 0),
    ],
)
def test_wish_to_be_left_alone_is_at_most_an_hour(header: str, seconds: float) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.text(max_size=40))
def test_wish_may_be_any_text(header: str) -> None:
    assert 0 <= retry_after(header, NOW) <= 3600


@pytest.mark.parametrize(
    ("content", "rejection"),
    [
        (b"", NOTHING_REJECTED),
        (data(1, number(1, 3), data(2, "too old")), Rejection(3, "too old")),
        (data(1, data(2, "use gzip")), Rejection(0, "use gzip")),
        (data(1, number(1, -3)), NOTHING_REJECTED),
        (data(9, b"something of a newer protocol"), NOTHING_REJECTED),
        (b"OK\n", NOTHING_REJECTED),
    ],
)
def test_partial_success_in_protobuf(content: bytes, rejection: Rejection) -> None:
    assert read_rejection(content) == rejection


@pytest.mark.parametrize(
    ("content", "rejection"),
    [
        (b"{}", NOTHING_REJECTED),
        (b'{"partialSuccess":{}}', NOTHING_REJECTED),
        (b'{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}', Rejection(2, "too old")),
        (b'{"partialSuccess":{"rejectedLogRecords":1}}', Rejection(1)),
        (b'{"partialSuccess":{"rejectedDataPoints":"many"}}', NOTHING_REJECTED),
        (b'{"partialSuccess":{"rejectedDataPoints":[]}}', NOTHING_REJECTED),
        (b'{"partialSuccess":7}', NOTHING_REJECTED),
        (b"[]", NOTHING_REJECTED),
        (b"{", NOTHING_REJECTED),
    ],
)
def test_partial_success_in_json(content: bytes, rejection: Rejection) -> None:
    assert read_json_rejection(content) == rejection


@given(st.binary(max_size=60))
def test_answer_may_be_anything(content: bytes) -> None:
    assert read_rejection(content).number >= 0
    assert read_json_rejection(content).number >= 0
