"""Recording: each event becomes one line, appended to the stream of its session.

Imports neither `tui_monitor.telemetry.statistics` nor `tui_monitor.telemetry.service`, and loads no library until an
event is recorded.
"""
