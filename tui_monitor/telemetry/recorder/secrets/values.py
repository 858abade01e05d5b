"""Judgement of values: is what stands under a secret's name a secret, or code, a type, a placeholder, a reference?"""

from __future__ import annotations

import itertools
import re

_PLACEHOLDER = re.compile(
    r"""
      \*+ | \.{2,}.* | (.)\1* | …                                            # masked, or left out
    | <[^>]*>? | \[[A-Za-z _|-]*\]? | \{.* | \$.* | %[\w({].* | @[\w{(].* | &\w+ | !\w+.*     # templates, variables
    | <\|[^|]*\|> | f?["'`].* | \.[a-z_]{2,}                                        # … , a name in this package
    | (?:your|my|the|a|an|some|test|example|sample|dummy|fake|mock|placeholder|insert|enter|change|replace|todo)
      (?:[-_. ]?(?:me|this|here|it|in|with))?(?:[-_. ][a-z]++)*+
    | .*(?:redacted|placeholder|changeme|your[-_].*|<.*>|\$\{.*|\{\{.*|goes[-_ ]?here|[-_]here|x{4,}).*
    | (?:vault|op|env|file|ref\+\w+|secret|ssm|keyring|sm|arn:\w+|aws-sm|azkv|gcpsm)(?::|/).*   # elsewhere
    | .*(?:%[sdr(]|\{\w*\}).* | projects/.*/secrets/.* | ENC\[.* | https?://.* | sha\d{1,3}[:-].*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TYPE_WORDS = frozenset(
    word
    for words in (
        "string str text number int integer int64 float double bool boolean any none null nil undefined true false",
        "void never unknown object bytes bytestring char varchar uuid date datetime optional required secret secretstr",
        "password passwd passphrase token key bearer basic auth hidden masked default value values name type yes no on",
        "off enabled disabled empty unset missing invalid valid expired self this await async lambda function input",
        "output prompt stdin file env environment readonly write read admin user username email plain plaintext",
        "encrypted hashed always auto manual include omit same-origin",
    )
    for word in words.split()
)
_CODE = re.compile(
    r"""
      [A-Za-z_$][\w$]*+[!?]?(?:(?:\.|->|::|\?\.)[A-Za-z_$][\w$]*+[!?]?)*+\s?[(\[<{] .*       # a call, an index
    | [A-Za-z_$]++\d{0,2}(?:(?:\.|->|::|\?\.)[A-Za-z_$]++\d{0,2})++ [;,)\]}]*                # an attribute
    | \( .*                                                                              # a tuple, a group
    | (?:new|await|not|lambda|function|async|return|if|typeof|const|let|var)\b .*
    | [-+]?[\d_.,]+(?:[eE][-+]?\d+)?[a-zA-Z%]{0,2} | 0x[\da-fA-F]{1,8}                     # a number
    | .*(?:\|\||&&|=>|->|\s[|?+]\s).*                                                     # an expression
    """,
    re.VERBOSE,
)
_WORDS = re.compile(r"[A-Za-z]++(?:[-_. /:+'][A-Za-z]++)*+[.!?:…]*")
_IDENTIFIER = re.compile(r"[A-Za-z_]+\d{0,3}")
_SECRET_WORD = re.compile(r"pass|secret|token|key|cred|auth|pwd|value|param|arg|var|str|field|name", re.IGNORECASE)
_TYPE_NAME = re.compile(r"[A-Za-z_][\w.]*(?:Key|Token|Secret|Credential|Type|Auth|Provider|Config)s?")
_PATH = re.compile(r"(?:~|\.{1,2})?/[a-z0-9_.~/-]*(?:\.[a-z]{2,5})?|(?:[\w.-]++/)++[\w-]+\.[a-z]{2,5}|[A-Za-z]:\\.*")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX = re.compile(r"(?:0x)?(?:[0-9a-f]+|[0-9A-F]+)")
_OPAQUE = re.compile(r"[A-Za-z0-9+/=_.~-]+")
_MIN_OPAQUE = 16
_MIN_LENGTH = 4
_LONG = 20


def is_placeholder(value: str) -> bool:
    """Return True for a template, a variable, a reference to a secret elsewhere, or words in place of a secret."""
    return len(value) < _MIN_LENGTH or value.lower() in _TYPE_WORDS or _PLACEHOLDER.fullmatch(value) is not None


def is_code(value: str) -> bool:
    """Return True if a value without quotes is a name, an attribute, a call or a number of a program."""
    return _CODE.fullmatch(value) is not None or value[-1:] in tuple("([{")


def is_password(value: str, *, quoted: bool, assigned: bool = False) -> bool:
    """Return True if the value of a password's name is one that a person has chosen.

    ``quoted``: it is a literal. ``assigned``: it follows ``=`` at once, as in a file of settings.
    """
    if is_placeholder(value) or _PATH.fullmatch(value):
        return False
    if value.isdigit():
        return quoted or len(value) >= 6
    if any(character.isspace() for character in value):
        return any(character.isdigit() for character in value) and "=" not in value and "\n" not in value
    if _WORDS.fullmatch(value):
        return _is_chosen_word(value, quoted=quoted, assigned=assigned)
    return quoted or not (_IDENTIFIER.fullmatch(value) and _SECRET_WORD.search(value))


def is_token(value: str) -> bool:
    """Return True if the value of a token's or key's name is one that a machine has made."""
    if is_placeholder(value) or _PATH.fullmatch(value):
        return False
    if any(character.isspace() for character in value) or (value.isdigit() and len(value) < _MIN_OPAQUE):
        return False
    if _WORDS.fullmatch(value):
        return len(value) >= _LONG and _is_random_case(value)
    if _TYPE_NAME.fullmatch(value) or (_IDENTIFIER.fullmatch(value) and _SECRET_WORD.search(value)):
        return False
    return any(character.isdigit() for character in value)


def is_uuid(value: str) -> bool:
    """Return True if the value has the form of a UUID."""
    return _UUID.fullmatch(value) is not None


def is_opaque(value: str, *, may_be_digest: bool = False) -> bool:
    """Return True if the value of any key's name looks random: long, of letters and digits, no id and no digest."""
    if len(value) < _MIN_OPAQUE or not _OPAQUE.fullmatch(value) or is_placeholder(value) or _PATH.fullmatch(value):
        return False
    longest = max(re.split(r"[^A-Za-z0-9]", value), key=len)
    if _UUID.fullmatch(value) or (_HEX.fullmatch(longest) and not (may_be_digest and longest == value)):
        return False
    kinds = sum(any(test(each) for each in longest) for test in (str.isdigit, str.isupper, str.islower))
    return len(longest) >= 12 and kinds >= 2 and any(each.isdigit() for each in longest) and _changes(longest) >= 4


def is_issued(value: str) -> bool:
    """Return True if a credential looks made by a machine rather than like a word of a sentence or of code."""
    if is_placeholder(value) or _WORDS.fullmatch(value):
        return len(value) >= _LONG and _is_random_case(value)
    return any(character.isdigit() for character in value) or value.endswith("=")


def _is_chosen_word(value: str, *, quoted: bool, assigned: bool) -> bool:
    """Return True if a value of letters alone is a password, not a label, an identifier or the name of a secret."""
    if len(value) >= _LONG and _is_random_case(value):
        return True
    is_lower_word = value.islower() and value.isalpha()
    return (quoted or assigned) and is_lower_word and not _SECRET_WORD.search(value)


def _is_random_case(value: str) -> bool:
    """Return True if upper and lower case change so often as in no name."""
    letters = [character for character in value if character.isalpha()]
    return len(letters) >= _LONG and _changes("".join(letters)) > len(letters) / 3


def _changes(value: str) -> int:
    kinds = ["d" if each.isdigit() else "u" if each.isupper() else "l" for each in value]
    return sum(first != second for first, second in itertools.pairwise(kinds))
