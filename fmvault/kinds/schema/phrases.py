"""The phrases that faults are told in: values, counts, and what is wanted, without a word of JSON Schema's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from fmvault.kinds.schema.keywords import FORMATS

_SHOWN = 60
_TOLD = 200
_LISTED = 12

_TYPES: Mapping[str, str] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a group of names with values",
    "null": "nothing",
}
_PLURALS: Mapping[str, str] = {"entry": "entries", "property": "properties"}

# Demands that set a limit: how it is told, and what is counted if not the value itself.
LIMITS: Mapping[str, tuple[str, str]] = {
    "minimum": ("at least", ""),
    "maximum": ("at most", ""),
    "exclusiveMinimum": ("more than", ""),
    "exclusiveMaximum": ("less than", ""),
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
    "minItems": ("at least", "entry"),
    "maxItems": ("at most", "entry"),
    "minProperties": ("at least", "property"),
    "maxProperties": ("at most", "property"),
}

_SENTENCE = re.compile(r"\.(?:\s+(?=[A-Z])|\s*\Z)")


def one_line(text: str, length: int = _SHOWN) -> str:
    """A text on one line, with control characters escaped, and cut where it is too long."""
    # Twice the length is more than enough to fill it, and the rest need not be looked at.
    text = " ".join(text[: 2 * length + 1].split()) if len(text) > length else " ".join(text.split())
    if len(text) > length:
        text = text[: length - 1].rstrip() + "…"
    return _printable(text)


def exact(text: str) -> str:
    """A text as it is, with control characters escaped, and cut only where it is much too long."""
    return _printable(text if len(text) <= _TOLD else f"{text[: _TOLD - 1]}…")


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def shown(value: Any) -> str:
    """A value as a note's author knows it."""
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case str():
            return f"'{one_line(value)}'" if value.strip() else "empty"
        case int() | float():
            return one_line(str(int(value) if value == value // 1 and abs(value) < 1e15 else value))
        case list():
            return "a list"
    return "a group of names with values"


def counted(number: Any, noun: str) -> str:
    """A number of things: ``1 entry``, ``3 entries``; the number alone without a noun."""
    if not noun:
        return shown(number)
    return f"{shown(number)} {noun if number == 1 else _PLURALS.get(noun, noun + 's')}"


def either(options: Iterable[str]) -> str:
    """Alternatives: ``a, b or c``."""
    *most, last = list(dict.fromkeys(options))[:_LISTED]
    return f"{', '.join(most)} or {last}" if most else last


def described(schema: Any) -> str:
    """What a schema's description says: its first sentence, to be put after ``wanted is``; empty if it has none."""
    return _help(schema.get("description", "")) if isinstance(schema, dict) else ""


@lru_cache(maxsize=1024)
def _help(description: str) -> str:
    text = _SENTENCE.split(description.strip(), maxsplit=1)[0]
    if text[1:2].islower() or text[1:2] == " ":
        text = text[0].lower() + text[1:]
    return one_line(text, _TOLD)


def types(names: Iterable[str]) -> str:
    """What these types are called."""
    wanted = set(names)
    if len(wanted) > 1:
        wanted.discard("null")
    if "number" in wanted:
        wanted.discard("integer")
    return either(phrase for name, phrase in _TYPES.items() if name in wanted)


def limit(keyword: str, number: Any) -> str:
    """A limit with what is counted: ``at least 3 entries``."""
    words, noun = LIMITS[keyword]
    return f"{words} {counted(number, noun)}"


def phrase(keyword: str, value: Any) -> str:
    """What a demand asks for, as a noun; empty if it cannot be told in one."""
    match keyword:
        case "type":
            return types([value] if isinstance(value, str) else value)
        case "const":
            return shown(value)
        case "enum":
            return either(map(shown, value)) if value else ""
        case "pattern":
            return f"the form '{exact(value)}'"
        case "format":
            return FORMATS.get(value, "")
        case "multipleOf":
            return f"a multiple of {shown(value)}"
        case "uniqueItems":
            return "each entry once"
        case "required":
            return f"the property '{one_line(value)}'" if isinstance(value, str) else ""
    return limit(keyword, value) if keyword in LIMITS else ""


def asked(schema: Any) -> str:
    """What a schema asks for, as a noun; empty if it cannot be told in one."""
    if description := described(schema):
        return description
    keywords = ("const", "enum", "format", "pattern", "type", *LIMITS)
    found = (phrase(keyword, schema[keyword]) for keyword in keywords if isinstance(schema, dict) and keyword in schema)
    return next(filter(None, found), "")
