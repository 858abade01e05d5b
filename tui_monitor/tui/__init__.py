"""The screen: Textual app, screens and widgets. It draws what `live` holds, and sends intents upward."""
