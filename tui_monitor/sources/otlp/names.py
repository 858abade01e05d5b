"""Names of exported telemetry."""

SOURCE = "otlp"
"""The source of sessions whose agent is unknown."""

SPOOL = "otlp"
"""Name of the receiver's folder in the data folder."""
