"""Agents and their telemetry in the monitor's store, with hooks."""
