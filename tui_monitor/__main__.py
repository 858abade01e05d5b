"""``python -m tui_monitor`` is ``tui-monitor``."""

import sys

from tui_monitor.cli import main

if __name__ == "__main__":
    sys.exit(main())
