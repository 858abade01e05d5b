"""Configuration: the user's settings, where they come from, and the folders they name.

Settings come from the user's configuration file, from ``.tui-monitor.toml`` found upwards from the current directory,
from the environment (``telemetry.enabled`` is ``TUI_MONITOR_TELEMETRY_ENABLED``) and from options; the later wins.
"""

from tui_monitor.config.files import (
    APP,
    ENV_PREFIX,
    STORE_NAME,
    ConfigFile,
    config_files,
    current_folder,
    expand_path,
    home_folder,
)
from tui_monitor.config.load import data_folder, load_config
from tui_monitor.config.model import AlertsConfig, Config, DisplayConfig, FolderPrices, TelemetryConfig
from tui_monitor.config.settings import SETTINGS, SHARED_SECTIONS

__all__ = [
    "APP",
    "ENV_PREFIX",
    "SETTINGS",
    "SHARED_SECTIONS",
    "STORE_NAME",
    "AlertsConfig",
    "Config",
    "ConfigFile",
    "DisplayConfig",
    "FolderPrices",
    "TelemetryConfig",
    "config_files",
    "current_folder",
    "data_folder",
    "expand_path",
    "home_folder",
    "load_config",
]
