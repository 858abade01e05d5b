"""OpenTelemetry: the exports of agents as OTLP JSON, one export request a line."""
