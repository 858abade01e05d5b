"""The screen: a Textual app that draws the live state and sends the user's intents upward."""

import os

# Textual waits for its next tick before it paints. At its usual 60 ticks per second a row would appear 8 ms later on
# average, more under load, where a missed tick is another wait. The screen limits its own drawing, and an idle one has
# no ticks. Textual reads the variable when it is imported.
os.environ.setdefault("TEXTUAL_FPS", "250")
