"""Agents and their telemetry in the monitor's store, with hooks and queries.

The only part of the recording library that uses `tui_monitor.store`.
"""
