"""The form of a row in the tables of secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class SecretPattern:
    """One kind of secret that is recognised by its own form.

    Attributes:
        kind: Name of the kind, as an issuer or a person calls it.
        anchors: Literals, separated by spaces; one of them stands in every text of this kind. Spaces
            within a literal are written as ``␣``.
        regex: The text from an anchor on; group ``secret``, if it has one, is the secret, else all of it is.
        ahead: What must follow the anchor, for anchors that other words have, too.
        back: Characters before the anchor in which the text may begin; 0 if it begins with the anchor.
        window: Characters after the anchor in which the secret may stand; 0 if the text begins at the anchor.
        looks_issued: True if the secret must also look like one made by a machine.
        inside_words: True if the characters before do not matter, because nothing else looks like this.
    """

    kind: str
    anchors: str
    regex: str
    ahead: str = ""
    back: int = 0
    window: int = 0
    inside_words: bool = False
    looks_issued: bool = False

    def literals(self) -> list[str]:
        """Return the anchors, as they stand in text."""
        return [literal.replace("␣", " ") for literal in self.anchors.split()]

    def compiled(self) -> re.Pattern[str]:
        """Return the regular expression, compiled on first use."""
        return _compile(self.regex)


@cache
def _compile(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.VERBOSE)
