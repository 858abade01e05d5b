"""Times are read as people write them."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from tui_monitor.cli.ending import Failure
from tui_monitor.cli.times import moment, zone

NOW = 1_760_000_000.0
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("text", "hours"), [("0m", 0.0), ("90m", 1.5), ("12h", 12), ("7d", 168), ("2w", 336), (" 1h ", 1)]
)
def test_so_long_ago(text: str, hours: float) -> None:
    assert moment(text, UTC, NOW) == NOW * 1000 - hours * HOUR


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-01", 1_793_491_200_000),
        ("2026-11-01T09:30", 1_793_491_200_000 + 9 * HOUR + HOUR // 2),
        ("2026-11-01 09:30:15", 1_793_491_200_000 + 9 * HOUR + HOUR // 2 + 15_000),
        ("2026-11-01T09:30+02:00", 1_793_491_200_000 + 7 * HOUR + HOUR // 2),
    ],
)
def test_a_day_or_a_time(text: str, at: int) -> None:
    assert moment(text, UTC) == at


def test_a_time_is_of_the_zone() -> None:
    assert moment("2026-11-01", ZoneInfo("Asia/Tokyo")) == 1_793_491_200_000 - 9 * HOUR


def test_no_text_is_no_time() -> None:
    assert moment("", UTC) is None


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "7y", "99999999999d", "-3d"])
def test_what_is_no_time_says_how_to_write_one(text: str) -> None:
    with pytest.raises(Failure, match="write 2026-11-01") as failed:
        moment(text, ZoneInfo("Asia/Tokyo"), NOW)
    assert failed.value.status == 2


def test_a_zone_has_a_name() -> None:
    assert zone("Europe/Berlin") == ZoneInfo("Europe/Berlin")
    assert zone("") is None


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "/etc/hosts", "nul\0"])
def test_what_is_no_zone_says_how_to_write_one(name: str) -> None:
    with pytest.raises(Failure, match="Europe/Berlin"):
        zone(name)
