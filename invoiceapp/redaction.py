"""The last wall before a log: what looks like a secret is blotted out of every line.

Nothing logs secrets on purpose. But an exception quotes what it met, and a library may
write down the address that it was called with.
"""

import re

_BLOT = "…"
_RULES = (
    # Our own credentials, by their prefixes: the prefix tells which kind it was.
    (re.compile(r"\b(sk_live_|sk_test_|ak_|cs_|ivk_|aps_|oac_|oat_|ort_|whsec_)[\w+/=-]{12,}"), 1),
    (re.compile(r"\b(AGE-SECRET-KEY-)\w+"), 1),
    # The collector's bearers and tokens have none, and are longer than anything else.
    (re.compile(r"(?<![\w+/])()[A-Za-z0-9+/]{120,}={0,2}"), 1),
    (re.compile(r"(?i)\b((?:bearer|basic|token)\s+)[\w.~+/=-]{8,}"), 1),
    # user:password@ in URLs.
    (re.compile(r"(://[^/\s:@'\"]*:)[^/\s@'\"]+(?=@)"), 1),
    # token=… in queries and forms, "password": "…" in bodies and dictionaries.
    (
        re.compile(
            r"(?i)([\w-]*(?:password|passwd|secret|token|api[_-]?key|authorization|signature)"
            r"['\"]?\s*[=:]\s*['\"]?)(?!None\b|Bearer\b|Basic\b)[^\s&'\",;)}\]]{4,}"
        ),
        1,
    ),
    # Who knows the address of a public page may see and pay the document.
    (re.compile(r"(/(?:i|q|pay|enter)/)[A-Za-z0-9_-]{16,}"), 1),
)


def redacted(text: str) -> str:
    """The text without whatever looks like a secret."""
    for pattern, kept in _RULES:
        text = pattern.sub(rf"\g<{kept}>{_BLOT}", text)
    return text
