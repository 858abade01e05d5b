"""Long text as lines: documents, wrapping and syntax colours. No widget is made here."""
