"""Names that all modules of Copilot CLI share."""

from __future__ import annotations

SOURCE = "copilot"
PROVIDER = "github-copilot"
