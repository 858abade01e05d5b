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


EVIL = "\x1b]2;PWNED\x1b\\\x1b]52;c;UFdO\x07\x9b66;66H\x90q\x9c\r\x7f\x08\u202e\u200b\u200c\u2066\u3164\U000e0041"
"""Sets the title and the clipboard, moves the cursor, turns text round, hides some. It may stand in a file name."""


def hidden_characters(text: str) -> str:
    """Return the characters that a terminal obeys or hides instead of drawing them."""
    return "".join(char for char in text if unicodedata.category(char) in INVISIBLE or char == "\u3164")
