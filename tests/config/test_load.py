"""Settings and their order, and the warnings about wrong ones."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.config.conftest import ConfigHome
from tui_monitor.config import (
    ENV_PREFIX,
    SETTINGS,
    AlertsConfig,
    Config,
    ConfigFile,
    DisplayConfig,
    TelemetryConfig,
    config_files,
    load_config,
)


def test_defaults_apply_without_settings(home: ConfigHome) -> None:
    assert home.load_config() == Config(
        TelemetryConfig(True, True, 1000, 500, True, True, False, True),
        DisplayConfig("", False, (50, 75, 90, 100)),
        AlertsConfig(5, 15, 30, 240, 60, 180, 4, 15, 5, (50, 80, 100), True, True, True, "auto", (), ""),
        {},
        {},
        {},
        "",
        (),
    )


def test_everything_can_be_set_in_the_users_own_file(home: ConfigHome) -> None:
    home.configure("""
        stream = "/recordings/own.jsonl"
        [telemetry]
        enabled = false
        persist = false
        max_executions = 50
        persist_executions = 20
        include_file_content = false
        include_tool_args = false
        anonymize_paths = true
        mask_secrets = false
        [display]
        theme = "nord"
        ascii = true
        levels = [40, 60, 80, 95]
        [alerts]
        waiting = 2
        held_in_hook = 600
        context_soon = 20
        bell = false
        notify = "osc777"
        command = ["notify-send", "-a", "tui-monitor"]
        [prices."claude-*"]
        input = 4
        output = 20.5
        [windows]
        "gpt-5.5" = 400_000
        [budgets]
        daily = 10
        session = 2.5
    """)
    assert home.load_config() == Config(
        TelemetryConfig(False, False, 50, 20, False, False, True, False),
        DisplayConfig("nord", True, (40, 60, 80, 95)),
        AlertsConfig(
            waiting=2,
            held_in_hook=600,
            context_soon=20,
            bell=False,
            notify="osc777",
            command=("notify-send", "-a", "tui-monitor"),
        ),
        {"claude-*": {"input": 4, "output": 20.5}},
        {"gpt-5.5": 400_000},
        {"daily": 10, "session": 2.5},
        "/recordings/own.jsonl",
    )


def test_project_file_environment_and_options_replace_one_another_in_this_order(home: ConfigHome) -> None:
    home.configure('[display]\ntheme = "own"\nascii = true\n[budgets]\ndaily = 1\nweekly = 1')
    home.share('[display]\ntheme = "project"\n[budgets]\ndaily = 2\nweekly = 2')
    assert home.load_config().display == DisplayConfig("project", ascii=True)
    assert home.load_config(DISPLAY_THEME="environment").display.theme == "environment"
    config = home.load_config({"display.theme": "option"}, DISPLAY_THEME="environment", BUDGETS_WEEKLY="3.5")
    assert config.display == DisplayConfig("option", ascii=True)
    assert config.budgets == {"daily": 2, "weekly": 3.5}


def test_prices_of_a_folder_complete_the_users_own_in_the_view_only(home: ConfigHome) -> None:
    home.configure('[prices."house-*"]\ninput = 1\noutput = 2\n[windows]\nhouse = 7')
    file = home.share('[prices."house-*"]\noutput = 3\n[prices.other]\ninput = 4\n[windows]\nother = 8')
    config = home.load_config()
    assert (config.prices, config.windows) == ({"house-*": {"input": 1, "output": 2}}, {"house": 7})
    assert config.view.prices == {"house-*": {"input": 1, "output": 3}, "other": {"input": 4}}
    assert config.view.windows == {"house": 7, "other": 8}
    assert config.notice.startswith(f"{file} sets prices or windows")


def test_folder_without_prices_has_the_users_own(home: ConfigHome) -> None:
    home.configure('[prices."house-*"]\ninput = 1')
    home.share("[display]\nascii = true")
    config = home.load_config()
    assert config.folder is None
    assert config.view is config
    assert config.notice == ""


def test_own_file_in_the_current_folder_is_the_users_own(home: ConfigHome) -> None:
    file = home.share("[windows]\nhouse = 7")
    config = load_config({"TUI_MONITOR_CONFIG": str(file)}, home.inside)
    assert (config.windows, config.folder) == ({"house": 7}, None)


def test_only_the_nearest_project_file_applies(home: ConfigHome) -> None:
    home.share("[display]\nascii = true")
    nearer = home.inside / ".tui-monitor.toml"
    nearer.write_text('[display]\ntheme = "nord"', encoding="utf-8")
    assert config_files(home.env, home.inside) == (ConfigFile(home.config, True, True), ConfigFile(nearer, False))
    assert home.load_config().display == DisplayConfig("nord", ascii=False)


def test_own_file_applies_without_a_project_file(home: ConfigHome) -> None:
    assert config_files(home.env, home.inside) == (ConfigFile(home.config, True, True),)


def test_own_file_is_in_the_platforms_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    own = config_files(os.environ, tmp_path)[0].path
    assert own.name == "config.toml"
    assert own.parent.name == "tui-monitor"
    assert own.is_relative_to(tmp_path)


def test_project_file_sets_display_budgets_prices_and_windows_only(home: ConfigHome) -> None:
    file = home.share("""
        stream = "/etc/passwd"
        data_dir = "/recordings"
        workspaces = ["/"]
        [telemetry]
        enabled = false
        [windows]
        house = 1000
    """)
    config = home.load_config()
    assert config.telemetry.enabled
    assert config.stream == ""
    assert config.view.windows == {"house": 1000}
    assert config.warnings == (
        f"{file}:2: only display, budgets, prices, windows may be set here; "
        "ignored: stream, data_dir, workspaces, telemetry.enabled",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("telemetry.enabled = 1", "telemetry.enabled must be true or false"),
        ("telemetry.max_executions = 0", "telemetry.max_executions must be a whole number from 1 to 1,000,000,000"),
        ("telemetry.max_executions = true", "telemetry.max_executions must be a whole number from 1 to 1,000,000,000"),
        ("telemetry.max_executions = 1.5", "telemetry.max_executions must be a whole number from 1 to 1,000,000,000"),
        (
            "telemetry.max_executions = 10_000_000_000",
            "telemetry.max_executions must be a whole number from 1 to 1,000,000,000",
        ),
        ("display.theme = 3", "display.theme must be text of one line"),
        (r'display.theme = "\u001b[31m"', "display.theme must be text of one line"),
        ("display.levels = [50, 75, 90]", "display.levels must be four rising whole numbers"),
        ("display.levels = [50, 90, 75, 100]", "display.levels must be four rising whole numbers"),
        ("display.levels = [50, 50, 75, 100]", "display.levels must be four rising whole numbers"),
        ('display.levels = "high"', "display.levels must be four rising whole numbers"),
        ("prices.house.input = -1", "prices.house.input must be dollars from 0 to 1,000,000"),
        ("prices.house.input = nan", "prices.house.input must be dollars from 0 to 1,000,000"),
        ("prices.house.input = inf", "prices.house.input must be dollars from 0 to 1,000,000"),
        ("prices.house.input = false", "prices.house.input must be dollars from 0 to 1,000,000"),
        ("prices.house.per_hour = 1", "unknown setting prices.house.per_hour"),
        ("prices.house = 1", "unknown setting prices.house"),
        ("windows.house = -5", "windows.house must be a whole number from 1 to 1,000,000,000"),
        ("windows.house.limit = 5", "unknown setting windows.house.limit"),
        ("budgets.hourly = 1", "unknown setting budgets.hourly"),
        ("workspaces = [1]", "workspaces must be a list of texts"),
        ("telemetry = 1", "unknown setting telemetry"),
        ('"telemetry.enabled" = false', "unknown setting telemetry.enabled"),
        (r'"\u001b[2J" = 1', r"unknown setting '\x1b[2J'"),
        ("a.b.c.d.e = 1", "unknown setting a.b.c"),
    ],
)
def test_wrong_setting_is_one_warning_and_the_rest_applies(home: ConfigHome, text: str, problem: str) -> None:
    home.configure(f"{text}\nbudgets.daily = 5")
    config = home.load_config()
    assert config.warnings == (f"{home.config}:1: {problem}",)
    assert config == Config(budgets={"daily": 5}, warnings=config.warnings)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[display\ntheme = 1", "Expected"),
        (b"display.theme = '\xff\xfe'", "codec can't decode"),
        (b"\x00\x01\x02", "Invalid"),
        (b"x = " + b"[" * 50_000, ""),
        (b"windows.house = " + b"9" * 5000, "digits"),
        (b"#" * (1 << 20) + b"\n", "larger than 1,024 KiB"),
    ],
    ids=["no TOML", "no UTF-8", "binary", "too deep", "too large a number", "too large a file"],
)
def test_unreadable_file_is_one_warning(home: ConfigHome, content: bytes, problem: str) -> None:
    home.config.write_bytes(content)
    config = home.load_config()
    (warning,) = config.warnings
    assert re.match(rf"{re.escape(str(home.config))}(:1)?: cannot be read, nothing in it applies \(", warning)
    assert problem in warning
    assert "\n" not in warning
    assert config == Config(warnings=config.warnings)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_named_pipe_in_place_of_the_file_does_not_block(home: ConfigHome) -> None:
    home.config.unlink()
    os.mkfifo(home.config)
    assert home.load_config().warnings == (f"{home.config}: cannot be read, nothing in it applies (is a named pipe)",)


def test_missing_file_is_a_warning_if_it_was_named(home: ConfigHome, monkeypatch: pytest.MonkeyPatch) -> None:
    home.config.unlink()
    assert home.load_config().warnings == (f"{home.config}: no such file, named by TUI_MONITOR_CONFIG",)
    assert load_config({"TUI_MONITOR_CONFIG": os.devnull}, home.inside) == Config()
    monkeypatch.setenv("HOME", str(home.project))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert load_config({}, home.inside).warnings == ()


def test_origins_are_the_places_of_a_section(home: ConfigHome) -> None:
    home.configure('[prices."house-*"]\ninput = 1\noutput = 2')
    file = home.share('[prices."house-*"]\noutput = 3\n[windows]\nhouse = 5')
    origins = home.load_config(BUDGETS_DAILY="1").origins
    assert origins == {
        "prices": (str(home.config), str(file)),
        "windows": (str(file),),
        "budgets": ("TUI_MONITOR_BUDGETS_DAILY",),
    }


def test_byte_order_mark_is_ignored(home: ConfigHome) -> None:
    home.config.write_bytes(b"\xef\xbb\xbf[display]\nascii = true")
    assert home.load_config() == Config(display=DisplayConfig(ascii=True))


@pytest.mark.parametrize(
    ("variable", "value", "read", "expected"),
    [
        ("TELEMETRY_ENABLED", "0", lambda config: config.telemetry.enabled, False),
        ("TELEMETRY_ANONYMIZE_PATHS", "Yes", lambda config: config.telemetry.anonymize_paths, True),
        ("TELEMETRY_MASK_SECRETS", "off", lambda config: config.telemetry.mask_secrets, False),
        ("TELEMETRY_MAX_EXECUTIONS", "12", lambda config: config.telemetry.max_executions, 12),
        ("DISPLAY_LEVELS", "10, 20, 30, 40", lambda config: config.display.levels, (10, 20, 30, 40)),
        ("BUDGETS_DAILY", "2.5", lambda config: config.budgets, {"daily": 2.5}),
        ("STREAM", "/recordings/own.jsonl", lambda config: config.stream, "/recordings/own.jsonl"),
        ("TELEMETRY_ENABLED", "", lambda config: config.telemetry.enabled, True),
    ],
)
def test_environment_variables_are_parsed(
    home: ConfigHome, variable: str, value: str, read: Callable[[Config], object], expected: object
) -> None:
    config = load_config({**home.env, ENV_PREFIX + variable: value}, home.inside)
    assert read(config) == expected
    assert config.warnings == ()


def test_wrong_variable_is_named(home: ConfigHome) -> None:
    config = home.load_config(TELEMETRY_ENABLED="perhaps", BUDGETS_DAILY="1e999")
    assert config == Config(warnings=config.warnings)
    assert config.warnings == (
        "TUI_MONITOR_TELEMETRY_ENABLED: telemetry.enabled must be true or false",
        "TUI_MONITOR_BUDGETS_DAILY: budgets.daily must be dollars from 0 to 1,000,000",
    )


TOML_VALUES = st.sampled_from(("1", "-1", "true", '"text"', "[1, 2]", "{}", "{ x = 1 }", "nan", "1979-05-27", "0.5"))
TOML_KEYS = st.sampled_from((*SETTINGS, "telemetry", "display", "prices", "prices.x", "x", "x.y.z")).map(
    lambda key: key.replace("*", '"*"')
)


@given(st.dictionaries(TOML_KEYS, TOML_VALUES), st.sampled_from(("config.toml", ".tui-monitor.toml")))
def test_settings_have_their_types_whatever_a_file_says(values: dict[str, str], name: str) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, name).write_text("\n".join(f"{key} = {value}" for key, value in values.items()), encoding="utf-8")
        config = load_config({"TUI_MONITOR_CONFIG": str(Path(folder, "config.toml"))}, Path(folder))
    if name != "config.toml":
        assert config.telemetry == TelemetryConfig()
    for setting in fields(TelemetryConfig):
        assert type(getattr(config.telemetry, setting.name)) is type(setting.default)
    assert len(config.display.levels) == 4
    assert all(window > 0 for window in config.windows.values())
    assert all(price >= 0 for table in config.prices.values() for price in table.values())
    assert all(budget >= 0 for budget in config.budgets.values())


def test_import_needs_no_parser_and_no_library() -> None:
    program = "import sys, tui_monitor.config; print(sys.modules.keys() & {'tomllib', 'platformdirs', 'datetime'})"
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert process.stdout == "set()\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (".".join(["a"] * 20_000) + " = 1", "more than 200 dots"),
        ("[" + ".".join(['"\u2028"'] * 5_000) + "]", "more than 200 dots"),
        ("# " + "x" * (64 << 10), "larger than 64 KiB"),
    ],
    ids=["dotted key", "dotted table", "large"],
)
def test_file_of_a_folder_that_would_take_long_is_not_parsed(
    home: ConfigHome, monkeypatch: pytest.MonkeyPatch, text: str, problem: str
) -> None:
    def refuse_long(content: str) -> dict[str, object]:
        assert not content
        return {}

    monkeypatch.setattr("tomllib.loads", refuse_long)
    home.share(text)
    (warning,) = home.load_config().warnings
    assert problem in warning


def test_command_for_alerts_is_the_users_own_and_never_a_folders(home: ConfigHome) -> None:
    file = home.share('[alerts]\ncommand = ["rm", "-r", "/"]\nbell = false')
    config = home.load_config()
    assert config.alerts == AlertsConfig()
    (warning,) = config.warnings
    assert str(file) in warning
    assert "ignored: alerts.command, alerts.bell" in warning
    assert home.load_config(ALERTS_COMMAND="say 'an agent calls'").alerts.command == ("say", "an agent calls")


@pytest.mark.parametrize("command", ["[]", '["say"]', '["say", ""]'])
def test_command_for_alerts_is_a_list_of_words(command: str, home: ConfigHome) -> None:
    home.configure(f"alerts.command = {command}")
    assert not home.load_config().warnings


@pytest.mark.parametrize(
    "line", ['command = "say"', 'command = [""]', 'command = ["a\\n"]', 'notify = "loud"', "notify = 1"]
)
def test_wrong_settings_of_alerts_are_reported(line: str, home: ConfigHome) -> None:
    home.configure(f"alerts.{line}")
    config = home.load_config()
    assert config.alerts == AlertsConfig()
    assert "config.toml:1: alerts." in config.warnings[0]
    assert home.load_config(ALERTS_COMMAND="say 'an").warnings[-1].startswith("TUI_MONITOR_ALERTS_COMMAND: ")


@pytest.mark.parametrize(
    "address", ["hook", "ftp://h", "http://", "http://a b", "http://[h", "http://h:x", "http://h:0"]
)
def test_webhook_is_an_address(address: str, home: ConfigHome) -> None:
    home.configure(f'alerts.webhook = "{address}"')
    config = home.load_config()
    assert config.alerts == AlertsConfig()
    assert "config.toml:1: alerts.webhook must be an address" in config.warnings[0]
