"""What is told of one entry of the log in full: its facts, and the texts of its tabs. No widget is made here."""
