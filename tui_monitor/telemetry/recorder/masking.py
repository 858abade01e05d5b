"""Masking of keys, tokens and passwords in text.

They are recognised by the formats of their issuers, by the names of their fields, and by assignments in text
(``password=…``, ``--token …``, ``Authorization: …``). A secret that looks like any other word, under another name, is
not found.
"""

from __future__ import annotations

import re

MASK = "***"

_QUICK_TEST = re.compile(
    rb"""
      -(?:(?<=[^a-z]sk-)|(?<=glpat-)|(?<=pypi-))
    | _(?:(?<=[^a-z][spr]k_)|(?<=gsk_)|(?<=[^a-z]gh[a-z]_)|(?<=_pat_)|(?<=[^a-z]hf_)|(?<=npm_))
    | k(?:ia(?<=[^a-z]akia)|en(?:["'=:\\](?<=token.)|\ (?<=-token\ ))
         |ey(?:["'=:\\](?:(?<=[_.-]key.)|(?<=apikey.)|(?<=tekey.)|(?<=sskey.))|\ (?<=-key\ )|(?<=private\ key)))
    | w(?<=passw) | x(?:ox(?<=[^a-z]xox)) | j(?<=[^a-z]eyj) | z(?:a(?<=aiza)|(?<=authoriz))
    | b(?:earer\ |asic\ ) | c(?:ret(?<=secret)|redential|ookie["'=:\\]) | @(?<=[^\s/"'\\]@)
    """,
    re.VERBOSE,
)
"""Matches near every secret, and rarely elsewhere; searched in lower case.

It looks for rare characters first and then around them, which makes it fast enough for every line.
"""

_SECRET_NAME = re.compile(
    r"""
      (?:^|[-_.\s]) (?: password | passwd | secret | credentials? | authorization | cookie
      | (?:api|access|private|secret|signing|encryption|client|auth|account)[-_ ]?key | apikey
      | token | (?:access|auth|refresh|bearer|id|session|api|client)[-_ ]?token | client[-_ ]?secret ) $
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CAMEL_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_ISSUED_KEY = re.compile(
    r"""
      (?<![\w-]) (?:
        (?:sk|rk|pk|gsk)[-_](?=[A-Za-z_-]{0,40}\d)[A-Za-z0-9_-]{16,}                # OpenAI, Anthropic, Stripe, Groq
      | gh[a-z]_[A-Za-z0-9]{20,} | github_pat_\w{20,} | glpat-[\w-]{15,}           # GitHub, GitLab
      | xox[a-z]-[\w-]{10,} | AKIA[0-9A-Z]{16}\b | AIza[\w-]{30,}                  # Slack, AWS, Google
      | hf_[A-Za-z0-9]{20,} | npm_[A-Za-z0-9]{20,} | pypi-[\w-]{20,}               # Hugging Face, npm, PyPI
      | eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?                                    # JSON web tokens
      )
    | -----BEGIN\ [A-Z ]{0,40}PRIVATE\ KEY-----[\s\S]*?(?:-----END\ [A-Z ]{0,40}PRIVATE\ KEY-----|\Z)
    """,
    re.VERBOSE,
)
_WORD = r"(?:password|passwd|secret|api[-_]?key|access[-_]?key|private[-_]?key|token)"
_VALUE = r"[^\s\"'\\,;&(){}\[\]<>]{4,}"
_ASSIGNMENT = re.compile(rf"({_WORD}(?:\\?[\"'])?\s?[:=]\s?(?:\\?[\"'])?){_VALUE}", re.IGNORECASE)
_OPTION = re.compile(rf"(-{_WORD}\s[\"']?){_VALUE}", re.IGNORECASE)
_HEADER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_COOKIE = re.compile(r"\b((?:set-)?cookie\s*:\s*)[^\r\n\"']+", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(\w://[^\s/:@]*:)[^\s/@]+(?=@)")


def may_hold_secrets(encoded: bytes) -> bool:
    """Return True if JSON text may hold secrets. Quick, with some false positives."""
    return _QUICK_TEST.search(encoded.lower()) is not None


def is_secret_name(name: str) -> bool:
    """Return True if a field of this name holds a secret."""
    return _SECRET_NAME.search(_CAMEL_BOUNDARY.sub("_", name)) is not None


def mask_text(text: str) -> str:
    """Return the text with `MASK` in place of each secret."""
    text = _ISSUED_KEY.sub(MASK, text)
    text = _HEADER.sub(rf"\1 {MASK}", text)
    for pattern in (_COOKIE, _ASSIGNMENT, _OPTION, _URL_PASSWORD):
        text = pattern.sub(rf"\1{MASK}", text)
    return text
