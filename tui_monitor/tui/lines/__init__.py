"""Long text as lines that can be shown: what a document is, how it wraps, its colours. No widget is made here."""
