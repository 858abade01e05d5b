"""Where things are kept, what is set, and what is said when something is set wrong."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.config import (
    ENV_PREFIX,
    SETTINGS,
    Config,
    ConfigFile,
    DisplayConfig,
    TelemetryConfig,
    config_files,
    data_folder,
    load_config,
)


class Home:
    """A person's home: a configuration file, the environment that names it, and a project below."""

    def __init__(self, root: Path) -> None:
        self.config = root / "config.toml"
        self.project = root / "work" / "shop"
        self.inside = self.project / "src"
        self.inside.mkdir(parents=True)
        self.env = {"TUI_MONITOR_CONFIG": str(self.config)}

    def configure(self, text: str) -> None:
        self.config.write_text(text, encoding="utf-8")

    def share(self, text: str) -> Path:
        file = self.project / ".tui-monitor.toml"
        file.write_text(text, encoding="utf-8")
        return file

    def load_config(self, options: Mapping[str, object] | None = None, /, **variables: str) -> Config:
        named = {ENV_PREFIX + name: value for name, value in variables.items()}
        return load_config({**self.env, **named}, self.inside, options)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_nothing_set_means_the_defaults_and_no_warning(home: Home) -> None:
    assert home.load_config() == Config(
        TelemetryConfig(True, True, 1000, 500, True, True, False, True),
        DisplayConfig("", False, (50, 75, 90, 100)),
        {},
        {},
        {},
        "",
        (),
    )


def test_everything_can_be_set_in_the_users_own_file(home: Home) -> None:
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
        {"claude-*": {"input": 4, "output": 20.5}},
        {"gpt-5.5": 400_000},
        {"daily": 10, "session": 2.5},
        "/recordings/own.jsonl",
    )


def test_the_project_wins_over_the_user_the_environment_over_both_and_an_option_over_all(home: Home) -> None:
    home.configure('[display]\ntheme = "own"\nascii = true\n[budgets]\ndaily = 1\nweekly = 1')
    home.share('[display]\ntheme = "project"\n[budgets]\ndaily = 2\nweekly = 2')
    assert home.load_config().display == DisplayConfig("project", ascii=True)
    assert home.load_config(DISPLAY_THEME="environment").display.theme == "environment"
    settings = home.load_config({"display.theme": "option"}, DISPLAY_THEME="environment", BUDGETS_WEEKLY="3.5")
    assert settings.display == DisplayConfig("option", ascii=True)
    assert settings.budgets == {"daily": 2, "weekly": 3.5}


def test_prices_of_one_model_from_two_files_are_put_together(home: Home) -> None:
    home.configure('[prices."house-*"]\ninput = 1\noutput = 2')
    home.share('[prices."house-*"]\noutput = 3\n[prices.other]\ninput = 4')
    assert home.load_config().prices == {"house-*": {"input": 1, "output": 3}, "other": {"input": 4}}


def test_the_nearest_project_file_counts_alone(home: Home) -> None:
    home.share("[display]\nascii = true")
    nearer = home.inside / ".tui-monitor.toml"
    nearer.write_text('[display]\ntheme = "nord"', encoding="utf-8")
    assert config_files(home.env, home.inside) == (ConfigFile(home.config, True), ConfigFile(nearer, False))
    assert home.load_config().display == DisplayConfig("nord", ascii=False)


def test_without_a_project_file_there_is_the_users_own(home: Home) -> None:
    assert config_files(home.env, home.inside) == (ConfigFile(home.config, True),)


def test_the_users_own_file_is_in_the_platforms_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    own = config_files(os.environ, tmp_path)[0].path
    assert own.name == "config.toml"
    assert own.parent.name == "tui-monitor"
    assert own.is_relative_to(tmp_path)


def test_somebody_elses_file_sets_display_budgets_prices_and_windows_only(home: Home) -> None:
    file = home.share("""
        stream = "/etc/passwd"
        data_dir = "/recordings"
        workspaces = ["/"]
        [telemetry]
        enabled = false
        [windows]
        house = 1000
    """)
    settings = home.load_config()
    assert settings.telemetry.enabled
    assert settings.stream == ""
    assert settings.windows == {"house": 1000}
    assert settings.warnings == (
        f"{file}: only display, budgets, prices, windows may be set here; "
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
        ("prices.house.per_hour = 1", "there is no setting prices.house.per_hour"),
        ("prices.house = 1", "there is no setting prices.house"),
        ("windows.house = -5", "windows.house must be a whole number from 1 to 1,000,000,000"),
        ("windows.house.limit = 5", "there is no setting windows.house.limit"),
        ("budgets.hourly = 1", "there is no setting budgets.hourly"),
        ("workspaces = [1]", "workspaces must be a list of texts"),
        ("telemetry = 1", "there is no setting telemetry"),
        ('"telemetry.enabled" = false', "there is no setting telemetry.enabled"),
        (r'"\u001b[2J" = 1', r"there is no setting '\x1b[2J'"),
        ("a.b.c.d.e = 1", "there is no setting a.b.c"),
    ],
)
def test_a_wrong_setting_is_one_line_of_warning_and_as_if_not_set(home: Home, text: str, problem: str) -> None:
    home.configure(f"{text}\nbudgets.daily = 5")
    settings = home.load_config()
    assert settings.warnings == (f"{home.config}: {problem}",)
    assert settings == Config(budgets={"daily": 5}, warnings=settings.warnings)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[display\ntheme = 1", "at line 1"),
        (b"display.theme = '\xff\xfe'", "codec can't decode"),
        (b"\x00\x01\x02", "Invalid"),
        (b"x = " + b"[" * 50_000, ""),
        (b"windows.house = " + b"9" * 5000, "digits"),
        (b"#" * (1 << 20) + b"\n", "larger than a megabyte"),
    ],
    ids=["no TOML", "no UTF-8", "binary", "too deep", "too large a number", "too large a file"],
)
def test_a_file_that_cannot_be_read_is_one_line_of_warning_and_as_if_not_there(
    home: Home, content: bytes, problem: str
) -> None:
    home.config.write_bytes(content)
    settings = home.load_config()
    (warning,) = settings.warnings
    assert warning.startswith(f"{home.config}: cannot be read, nothing in it counts (")
    assert problem in warning
    assert "\n" not in warning
    assert settings == Config(warnings=settings.warnings)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_in_place_of_the_file_does_not_hold_us_up(home: Home) -> None:
    os.mkfifo(home.config)
    assert home.load_config().warnings == (f"{home.config}: cannot be read, nothing in it counts (it is not a file)",)


def test_a_byte_order_mark_is_no_trouble(home: Home) -> None:
    home.config.write_bytes(b"\xef\xbb\xbf[display]\nascii = true")
    assert home.load_config() == Config(display=DisplayConfig(ascii=True))


@pytest.mark.parametrize(
    ("variable", "value", "read", "expected"),
    [
        ("TELEMETRY_ENABLED", "0", lambda settings: settings.telemetry.enabled, False),
        ("TELEMETRY_ANONYMIZE_PATHS", "Yes", lambda settings: settings.telemetry.anonymize_paths, True),
        ("TELEMETRY_MASK_SECRETS", "off", lambda settings: settings.telemetry.mask_secrets, False),
        ("TELEMETRY_MAX_EXECUTIONS", "12", lambda settings: settings.telemetry.max_executions, 12),
        ("DISPLAY_LEVELS", "10, 20, 30, 40", lambda settings: settings.display.levels, (10, 20, 30, 40)),
        ("BUDGETS_DAILY", "2.5", lambda settings: settings.budgets, {"daily": 2.5}),
        ("STREAM", "/recordings/own.jsonl", lambda settings: settings.stream, "/recordings/own.jsonl"),
        ("TELEMETRY_ENABLED", "", lambda settings: settings.telemetry.enabled, True),
    ],
)
def test_the_environment_says_it_in_text(
    home: Home, variable: str, value: str, read: Callable[[Config], object], expected: object
) -> None:
    settings = load_config({**home.env, ENV_PREFIX + variable: value}, home.inside)
    assert read(settings) == expected
    assert settings.warnings == ()


def test_a_wrong_variable_is_named(home: Home) -> None:
    settings = home.load_config(TELEMETRY_ENABLED="perhaps", BUDGETS_DAILY="1e999")
    assert settings == Config(warnings=settings.warnings)
    assert settings.warnings == (
        "TUI_MONITOR_TELEMETRY_ENABLED: telemetry.enabled must be true or false",
        "TUI_MONITOR_BUDGETS_DAILY: budgets.daily must be dollars from 0 to 1,000,000",
    )


TOML_VALUES = st.sampled_from(("1", "-1", "true", '"text"', "[1, 2]", "{}", "{ x = 1 }", "nan", "1979-05-27", "0.5"))
TOML_KEYS = st.sampled_from((*SETTINGS, "telemetry", "display", "prices", "prices.x", "x", "x.y.z")).map(
    lambda key: key.replace("*", '"*"')
)


@given(st.dictionaries(TOML_KEYS, TOML_VALUES), st.sampled_from(("config.toml", ".tui-monitor.toml")))
def test_whatever_a_file_says_settings_are_of_their_kinds(told: dict[str, str], name: str) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, name).write_text("\n".join(f"{key} = {value}" for key, value in told.items()), encoding="utf-8")
        settings = load_config({"TUI_MONITOR_CONFIG": str(Path(folder, "config.toml"))}, Path(folder))
    if name != "config.toml":
        assert settings.telemetry == TelemetryConfig()
    for setting in fields(TelemetryConfig):
        assert type(getattr(settings.telemetry, setting.name)) is type(setting.default)
    assert len(settings.display.levels) == 4
    assert all(window > 0 for window in settings.windows.values())
    assert all(price >= 0 for table in settings.prices.values() for price in table.values())
    assert all(budget >= 0 for budget in settings.budgets.values())


class TestDataFolder:
    def test_the_environment_names_it(self, home: Home) -> None:
        folder = home.project / "kept" / "here"
        assert data_folder({**home.env, "TUI_MONITOR_DATA_DIR": str(folder)}, home.inside) == folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_a_relative_name_is_below_the_current_directory(self, home: Home) -> None:
        assert data_folder({**home.env, "TUI_MONITOR_DATA_DIR": "kept"}, home.inside) == home.inside / "kept"

    def test_a_name_in_the_environment_stands_even_if_it_cannot_be_made(self, home: Home) -> None:
        home.configure("")
        impossible = home.config / "below-a-file"
        assert data_folder({**home.env, "TUI_MONITOR_DATA_DIR": str(impossible)}, home.inside) == impossible

    @pytest.mark.parametrize("listed", ["work/shop", "work/shop/.tui-monitor"])
    def test_a_listed_workspace_has_its_own(self, home: Home, listed: str) -> None:
        workspace = home.project / ".tui-monitor"
        workspace.mkdir()
        home.configure(f"workspaces = ['/elsewhere', '{home.config.parent / listed}']")
        assert data_folder(home.env, home.inside) == workspace

    def test_the_nearest_listed_workspace_counts(self, home: Home) -> None:
        for folder in (home.project, home.inside):
            (folder / ".tui-monitor").mkdir()
        home.configure(f"workspaces = ['{home.project}', '{home.inside}']")
        assert data_folder(home.env, home.inside) == home.inside / ".tui-monitor"

    @pytest.mark.parametrize("listed", ["'/elsewhere'", "'.'", "'.tui-monitor'", ""])
    def test_a_workspace_that_is_not_listed_is_left_alone(
        self, home: Home, listed: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(home.project)
        (home.project / ".tui-monitor").mkdir()
        home.share(f"workspaces = ['{home.project}']")
        usual = home.config.parent / "usual"
        home.configure(f"workspaces = [{listed}]\ndata_dir = '{usual}'")
        assert data_folder(home.env, home.project) == usual

    def test_a_listed_workspace_without_its_folder_is_none(self, home: Home) -> None:
        usual = home.config.parent / "usual"
        home.configure(f"workspaces = ['{home.project}']\ndata_dir = '{usual}'")
        assert data_folder(home.env, home.inside) == usual
        assert not (home.project / ".tui-monitor").exists()

    def test_without_all_that_it_is_in_the_platforms_place(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(home.config.parent))
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
        folder = data_folder(home.env, home.inside)
        assert folder.name == "tui-monitor"
        assert folder.is_relative_to(home.config.parent)
        assert folder.is_dir()

    def test_when_that_cannot_be_made_it_is_in_the_current_directory(self, home: Home) -> None:
        home.configure(f"data_dir = '{home.config}/below-a-file'")
        assert data_folder(home.env, home.inside) == home.inside / ".tui-monitor"
        assert stat.S_IMODE((home.inside / ".tui-monitor").stat().st_mode) == 0o700


def test_importing_it_costs_no_parser_and_no_library() -> None:
    program = "import sys, tui_monitor.config; print(sys.modules.keys() & {'tomllib', 'platformdirs', 'datetime'})"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout == "set()\n"
