"""OpenTelemetry: OTLP exports as JSON lines."""
