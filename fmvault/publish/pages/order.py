"""The order of names in lists, and the letters they stand under; the same everywhere, whatever the locale."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias, TypeVar

_DIGITS = re.compile(r"(\d+)")
# A number of more digits than this is compared by its beginning.
_LONGEST = 18

Key: TypeAlias = tuple[tuple[tuple[int, int, str], ...], str]
T = TypeVar("T")

# What does not begin with a letter stands under this.
OTHERS = "#"


def _folded(name: str) -> str:
    """``name`` without case and accents, from its first letter or digit on."""
    if name.isascii():
        text = name.lower()
    else:
        taken_apart = unicodedata.normalize("NFKD", name.casefold())
        text = "".join(letter for letter in taken_apart if not unicodedata.combining(letter))
    for index, letter in enumerate(text):
        if letter.isalnum():
            return text[index:]
    return text


@lru_cache(maxsize=2**16)
def key(name: str) -> Key:
    """What names are sorted by: without case and accents, numbers by their value, then as they are written."""
    parts = _DIGITS.split(_folded(name))
    return tuple(
        (0, int(part[:_LONGEST]), "") if index % 2 else (1, 0, part) for index, part in enumerate(parts) if part
    ), name


def letter(name: str) -> str:
    """The letter that ``name`` stands under: its first, without accents, in upper case; ``#`` where it has none."""
    first = _folded(name)[:1]
    return first.upper()[:1] if first.isalpha() else OTHERS


def by_letter(items: Iterable[T], name: Callable[[T], str]) -> Mapping[str, list[T]]:
    """The items sorted by their names, under their letters; those under none come last."""
    found: dict[str, list[T]] = {}
    others: list[T] = []
    for item in sorted(items, key=lambda item: key(name(item))):
        under = letter(name(item))
        (others if under == OTHERS else found.setdefault(under, [])).append(item)
    ordered = {each: found[each] for each in sorted(found)}
    return {**ordered, OTHERS: others} if others else ordered
