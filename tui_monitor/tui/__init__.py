"""The screen: Textual app, screens and widgets. It draws what `live` holds, and sends intents upward."""

import os

# Textual waits for its next tick before it paints; its usual 60 a second would cost 8 ms of every row's way to the eye,
# more under load, where a tick that is missed is another wait.
# What is drawn is paced by the screen itself, and an idle one has no ticks. It must be told before it is imported.
os.environ.setdefault("TEXTUAL_FPS", "250")
