"""Times and time zones are read as people write them."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from tui_monitor.cli.exit_status import CommandError
from tui_monitor.cli.times import parse_time, parse_zone

NOW = 1_760_000_000.0
"""2025-10-09T08:53:20Z."""
NOVEMBER = 1_793_491_200_000
"""2026-11-01T00:00:00Z."""
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("0m", 0.0),
        ("90m", 1.5),
        ("12h", 12),
        ("7d", 168),
        ("-7d", 168),
        ("2w", 336),
        (" 1h ", 1),
        ("1h30m", 1.5),
        ("1d12h", 36),
        ("36s", 0.01),
        ("2h ago", 2),
    ],
)
def test_duration_is_so_long_ago(text: str, hours: float) -> None:
    assert parse_time(text, UTC, NOW) == NOW * 1000 - hours * HOUR


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-01", NOVEMBER),
        ("2026-11", NOVEMBER),
        ("2026-11-01T09:30", NOVEMBER + 9 * HOUR + HOUR // 2),
        ("2026-11-01 09:30:15", NOVEMBER + 9 * HOUR + HOUR // 2 + 15_000),
        ("2026-11-01T09:30+02:00", NOVEMBER + 7 * HOUR + HOUR // 2),
        ("2026-11-01T09:30Z", NOVEMBER + 9 * HOUR + HOUR // 2),
        ("today", 1_759_968_000_000),
        ("Yesterday", 1_759_968_000_000 - 24 * HOUR),
        ("8:30", 1_759_968_000_000 + 8 * HOUR + HOUR // 2),
        ("08:53:20", 1_760_000_000_000),
        ("14:05", 1_759_968_000_000 - 10 * HOUR + HOUR // 12),
    ],
)
def test_days_months_and_times_are_read(text: str, at: int) -> None:
    assert parse_time(text, UTC, NOW) == at


def test_time_is_in_the_zone() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    assert parse_time("2026-11-01", tokyo) == NOVEMBER - 9 * HOUR
    assert parse_time("today", tokyo, NOW) == 1_759_968_000_000 - 9 * HOUR


def test_empty_text_is_no_time() -> None:
    assert parse_time("", UTC) is None


@pytest.mark.parametrize(
    "text", ["soon", "25:00", "14:5", "2026-13-01", "2026-13", "7y", "99999999999d", "1h30", "h", "--json"]
)
def test_invalid_time_says_how_to_write_one(text: str) -> None:
    with pytest.raises(CommandError, match="write 2026-11-01") as error:
        parse_time(text, ZoneInfo("Asia/Tokyo"), NOW)
    assert str(error.value).startswith(f'invalid time "{text}"')
    assert error.value.status == 2


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("", None),
        ("Europe/Berlin", ZoneInfo("Europe/Berlin")),
        ("europe/berlin", ZoneInfo("Europe/Berlin")),
        ("utc", UTC),
        ("Z", UTC),
        ("+02:00", timezone(timedelta(hours=2))),
        ("-0530", timezone(timedelta(hours=-5, minutes=-30))),
        ("UTC+2", timezone(timedelta(hours=2))),
    ],
)
def test_zone_has_a_name_or_an_offset(name: str, zone: object) -> None:
    assert parse_zone(name) == zone


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "/etc/hosts", "nul\0", "+99:00"])
def test_invalid_zone_says_how_to_write_one(name: str) -> None:
    with pytest.raises(CommandError, match="Europe/Berlin"):
        parse_zone(name)
