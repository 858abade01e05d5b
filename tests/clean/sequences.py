"""Control sequences and control characters, in their 7-bit and 8-bit forms, and what of them is left in an output."""

import unicodedata

SEQUENCES = [
    "\x1b[31m",
    "\x1b[2K",
    "\x1b[38;5;196m",
    "\x1b[?25l",
    "\x9b1;2H",
    "\x1b]0;a title\x07",
    "\x1b]8;;https://example.org\x1b\\",
    "\x9d0;title\x9c",
    "\x1bPq#0;2;0;0;0\x1b\\",
    "\x1b_private\x1b\\",
    "\x1b^message\x1b\\",
    "\x1bXstring\x1b\\",
    "\x90data\x9c",
    "\x1b(B",
    "\x1bc",
    "\x1b#8",
    "\x84",
    "\x07",
    "\x00",
    "\x7f",
]

INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Categories of characters that no terminal draws."""


def hidden_characters(output: bytes) -> str:
    """Return the characters of an output that a terminal obeys or hides instead of drawing them; line ends are none."""
    text = output.decode("utf-8", "surrogateescape").replace("\n", "")
    return "".join(char for char in text if unicodedata.category(char) in INVISIBLE or char == "\u3164")
