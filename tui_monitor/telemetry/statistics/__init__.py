"""Counters of the process: executions, tokens, costs, requests and metrics."""
