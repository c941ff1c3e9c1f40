"""YAML's scalars: what one without quotes stands for, and a text in quotes."""

from __future__ import annotations

import re
from functools import lru_cache

from fmvault.model import Json


def quoted(text: str) -> str:
    """The text as a YAML string in quotes: double ones, or single where those would need an escape."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


@lru_cache(maxsize=8192)
def plain(text: str) -> Json:
    """The value of a scalar without quotes, by YAML 1.2's core schema.

    What has no place in JSON, infinity and what is no number, stays text; an integer that 64 bits do not hold is a
    float, so that the tree can be written in any format.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or not _NUMBER.fullmatch(text):
        return text
    if text[:2] in ("0o", "0x"):
        number = int(text[2:], 8 if text[1] == "o" else 16)
        return number if number < 1 << 63 else text
    real = float(text)
    if abs(real) < 1e19 and text.lstrip("+-").isdigit():
        # Leading zeros may be as many as they like, digits that count are twenty at most.
        number = int(text.lstrip("+-").lstrip("0") or "0")
        return (-number if text[0] == "-" else number) if number < 1 << 63 else real
    return text if abs(real) == float("inf") else real


_WORDS: dict[str, Json] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
