"""Statistics in memory: executions, tokens, costs, requests and metrics, by instance and for the whole process.

May use `tui_monitor.telemetry.recorder`, but not `tui_monitor.telemetry.service`.
"""
