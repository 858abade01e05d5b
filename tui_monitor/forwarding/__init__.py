"""What is handed on to other systems: sessions as traces, logs and metrics of OpenTelemetry, at least once."""
