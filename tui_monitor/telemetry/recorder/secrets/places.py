"""Secrets that are recognised by the place where they stand: headers, addresses, command lines, key blocks.

Names with values (``password=…``) are judged by `names`.
"""

from __future__ import annotations

from tui_monitor.telemetry.recorder.secrets.pattern import SecretPattern as Row

_GAP = r"[\s\0]"
"""Between the words of a command line; the items of a list of arguments are joined by NUL."""
_WORD = r"""(?:\\*"(?P<{0}>[^"\\]+) | \\*'(?P<{0}_>[^'\\]+) | (?P<{0}__>[^\s\0"'\\`|;&<>]+))"""
_ARGUMENT = _WORD.format("secret")
_PAIR = r"""(?:\\*["'])?[^\s\0"':\\=/]{0,64}:(?P<secret>[^\s\0"'\\`|<>]+)"""

PLACES: tuple[Row, ...] = (
    Row(
        "private key",
        "-----BEGIN␣",
        r"-----BEGIN\ [A-Z0-9\ ]{0,40}PRIVATE\ KEY(?:\ BLOCK)?-----"
        r"(?P<block>(?:[A-Za-z0-9+/=\s\\:,.\"'`|>()]|-(?!-))*+)",
    ),
    Row("PuTTY key", "Private-Lines:", r"Private-Lines:\s*\d+(?P<block>(?:[A-Za-z0-9+/=\s\\]|-(?!-))*+)"),
    Row(
        "bearer token",
        "Bearer␣ Bearer%20 BEARER␣",
        r"B(?i:earer)(?:\s|%20|\+)+(?P<secret>[A-Za-z0-9._~+/=:-]{8,})",
        inside_words=True,
        looks_issued=True,
    ),
    Row(
        "basic credentials",
        "Basic␣ BASIC␣",
        r"B(?i:asic)\s+(?P<secret>[A-Za-z0-9+/_-]{8,}={0,2})",
        inside_words=True,
        looks_issued=True,
    ),
    Row(
        "authorization",
        "uthorization UTHORIZATION",
        r"(?i:uthorization)\\*[\"']?\s*[:=,]\s*\\*[\"']?"
        r"(?:AWS4-HMAC-SHA256[^\r\n]{0,400}?Signature=|(?!AWS4)[A-Za-z][\w-]{2,24}(?:\s+|%20))?(?P<secret>[^\s\"'\\,;]{8,})",
        inside_words=True,
        looks_issued=True,
    ),
    Row(
        "cookie",
        'ookie: OOKIE: ookie\\": ookie": ookie\':',
        r"(?i:ookie)\\*[\"']?:\s*\\*[\"']?(?P<secret>[\w.-]{1,64}=[^\r\n\"'\\]{4,})",
        inside_words=True,
    ),
    Row("address with a password", "@", r"://(?P<address>[^\s\"'<>\\`]{1,512})", back=512, inside_words=True),
    Row(
        "signature in an address",
        "ig= ignature= IGNATURE=",
        r"(?<=[?&;\-_,\s])(?:X-\w{1,8}-)?(?i:s)(?i:ig(?:nature)?)=(?P<secret>[A-Za-z0-9%+/=_~-]{16,})",
        back=10,
        inside_words=True,
        looks_issued=True,
    ),
    Row(
        "curl",
        "curl",
        rf"{_GAP}(?:-[a-zA-Z]{{0,6}}u{_GAP}*|--(?:proxy-)?user(?:=|{_GAP}+)|-U{_GAP}+){_PAIR}",
        window=4000,
    ),
    Row("curl cookie", "curl", rf"{_GAP}(?:-b{_GAP}*|--cookie(?:=|{_GAP}+)){_ARGUMENT}", window=4000),
    Row("MySQL", "mysql", rf"{_GAP}-p(?!rotocol|lugin|ort|ipe|rint){_ARGUMENT}", window=1000),
    Row("sshpass", "sshpass", rf"{_GAP}-p{_GAP}*{_ARGUMENT}", window=200),
    Row("Redis", "redis-cli", rf"{_GAP}(?:-a|--pass){_GAP}+{_ARGUMENT}", window=1000),
    Row(
        "registry login",
        "docker podman skopeo az␣",
        rf"login{_GAP}[^\n|;]{{0,300}}?(?<=[\s\0])-p{_GAP}*{_ARGUMENT}",
        window=1000,
    ),
    Row("LDAP", "ldapsearch ldapmodify ldapwhoami", rf"{_GAP}-w{_GAP}*{_ARGUMENT}", window=1000),
    Row("archive password", "zip␣ 7z␣ 7za␣", rf"{_GAP}-[pP]{_GAP}*{_ARGUMENT}", window=400),
    Row("HTTPie", "http␣ https␣ httpie", rf"{_GAP}(?:-a|--auth)(?:=|{_GAP}+){_PAIR}", window=1000),
    Row("Samba", "smbclient", rf"{_GAP}-U{_GAP}*[^\s%]{{1,64}}%(?P<secret>[^\s\0\"']+)", window=1000),
    Row("Vault login", "vault", rf"login{_GAP}+(?P<secret>(?!-)[\w.-]{{8,}})", window=200),
    Row("OpenSSL", "pass:", r"pass:(?P<secret>[^\s\0\"'\\]{4,})"),
    Row(
        "netrc",
        "machine␣",
        r"machine\s+\S{1,200}(?:[\s+-]|\\n)+login\s+\S{1,200}(?:[\s+-]|\\n)+password\s+(?P<secret>[^\s\\\"']+)",
    ),
    Row("SQL", "IDENTIFIED␣BY", r"IDENTIFIED\ BY\s+\\*[\"'](?P<secret>[^\"'\\]+)"),
    Row(
        "personal access token",
        "_PAT= _PAT: _PAT\\",
        r"_PAT\\*[\"']?\s*[:=]\s*\\*[\"']?(?P<secret>[\w.~-]{20,})",
        inside_words=True,
        looks_issued=True,
    ),
    Row(
        "function's address",
        ".azurewebsites.net/",
        r"\.azurewebsites\.net/[^\s\"'?]{1,200}\?(?:[^\s\"']{1,200}&)?code=(?P<secret>[\w%=+/-]{20,})",
        inside_words=True,
    ),
    Row(
        "node's address",
        ".alchemy.com/v2/ .alchemyapi.io/v2/ .infura.io/v3/ .infura.io/ws/v3/",
        r"\.(?:alchemy\.com|alchemyapi\.io|infura\.io)/(?:ws/)?v\d/(?P<secret>[\w-]{20,})",
        inside_words=True,
    ),
    Row(
        "Kaggle's file",
        "username",
        r"username\\*\"\s*:\s*\\*\"[^\"]{1,64}\",\s*\\*\"key\\*\"\s*:\s*\\*\"(?P<secret>[a-f0-9]{32})",
    ),
)
"""All kinds of places. A new one is one row here, and one sample in the tests."""
