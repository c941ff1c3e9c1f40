"""The words that a text is found by.

What is said here, `site/src/search/words.ts` says in the same words: a text is cut the same way when it is published
and when it is asked for, and `tests/search/words.json` holds both to it. Case, accents, points and the ways of writing
one letter make no difference. Where words are written without spaces, every two neighbouring characters are a word,
and the last one alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

# What stands on letters and is taken off: in Latin, Greek, Cyrillic, Hebrew, Arabic and Syriac. Elsewhere signs like
# these are vowels, and stay.
_MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
_MARKS += (
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
)
# What nobody sees: soft hyphens, joiners, directions, selectors of a character's form; and what stretches Arabic words.
_UNSEEN = "\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufe20-\ufe2f\ufeff"
# Vowels and other signs that are a part of words though they are no letters.
_SIGNS = "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u09e2\u09e3\u0a01-\u0a03"
_SIGNS += "\u0a3c-\u0a4d\u0a51\u0a70\u0a71\u0a75\u0a81-\u0a83\u0abc-\u0acd\u0ae2\u0ae3\u0b01-\u0b03\u0b3c-\u0b4d"
_SIGNS += "\u0b55-\u0b57\u0b62\u0b63\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04\u0c3c-\u0c4d\u0c55\u0c56\u0c62\u0c63"
_SIGNS += "\u0c81-\u0c83\u0cbc-\u0ccd\u0cd5\u0cd6\u0ce2\u0ce3\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0d62\u0d63\u0d81-\u0d83"
_SIGNS += "\u0dca-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f18\u0f19\u0f35\u0f37\u0f39"
_SIGNS += "\u0f3e\u0f3f\u0f71-\u0f84\u0f86\u0f87\u0f8d-\u0fbc\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064"
_SIGNS += "\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd\u3099\u309a"
# Scripts whose words no spaces part: Thai, Lao, Burmese, Khmer, kana, Bopomofo, Han; and Hangul, whose words grow.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3031-\u3035\u3041-\u30ff\u3105-\u312f"
_UNSPACED += "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff"
# Letters that are read as others, beside those that Unicode itself takes apart.
_LIKE = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
    "ı": "i",
    "ŧ": "t",
    "ς": "σ",
    # Alef with wasla, alef maksura and Persian ya, ta marbuta, Persian and Urdu kaf and ha.
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ة": "ه",
    "ک": "ك",
    "ہ": "ه",
    "ە": "ه",
    **{chr(zero + digit): str(digit) for zero in (0x0660, 0x06F0) for digit in range(10)},
}
# No word is longer, in characters; the rest of it makes no difference.
LONGEST = 32
# A word of three letters or more is looked for within others, behind their first letter.
_WITHIN = 4

# What stands between two texts where they are read as one; nobody sees it where a text has it.
_BETWEEN = "\0"
_RAW = re.compile(f"[\\w{_MARKS}{_UNSEEN}{_SIGNS}]+|{_BETWEEN}")
_ASCII = re.compile(f"[a-z0-9_]+|{_BETWEEN}")
_TAKEN_OFF = re.compile(f"[{_MARKS}{_UNSEEN}]+")
_PART = re.compile(f"[{_UNSPACED}]+|(?:(?![_{_UNSPACED}])[\\w{_SIGNS}])+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_TRANSLATED = str.maketrans(_LIKE)


def counted(text: str) -> dict[str, int]:
    """The words of a text, and how often each stands in it."""
    found: dict[str, int] = Counter(_stretches(text))
    found.pop(_BETWEEN, None)
    # Most words are as they stand.
    others = [raw for raw in found if not _is_word(raw)]
    for raw, count in [(raw, found.pop(raw)) for raw in others]:
        for word in _parts(raw):
            found[word] = found.get(word, 0) + count
    return found


def placed(texts: Iterable[str]) -> Mapping[str, list[int]]:
    """The words of texts, and at which places each stands: words that follow one another have neighbouring places.

    Between two texts a place is empty, so that nothing follows from one to the next.
    """
    found: defaultdict[str, list[int]] = defaultdict(list)
    cut = _stretches(_BETWEEN.join(texts))
    if parts := {raw: _parts(raw) for raw in set(cut) if not _is_word(raw) and raw != _BETWEEN}:
        cut = [word for raw in cut for word in parts.get(raw, (raw,))]
    for place, word in enumerate(cut):
        found[word].append(place)
    found.pop(_BETWEEN, None)
    return found


def _stretches(text: str) -> Sequence[str]:
    """The stretches of letters, digits and signs of a text, in lower case, and what stands between two texts."""
    lower = text.lower()
    found: Sequence[str] = (_ASCII if lower.isascii() else _RAW).findall(lower)
    return found


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return [word for raw in _stretches(text) for word in _parts(raw)]


def beginning(word: str) -> str:
    """What of a word decides in which file it is filed: two characters, or one where words have but two."""
    return word[:1] if _IS_UNSPACED.match(word) else word[:2]


def is_long(word: str) -> bool:
    """Whether others may stand within a word: it is neither short, nor a number, nor one of two characters."""
    return len(word) >= _WITHIN and not word.isdigit() and not _IS_UNSPACED.match(word)


def _is_word(raw: str) -> bool:
    """Whether a stretch is a word as it stands."""
    return raw.isascii() and len(raw) <= LONGEST and "_" not in raw


def _parts(raw: str) -> Sequence[str]:
    """The words of a stretch of letters, digits and signs in lower case."""
    # Where no spaces part words, stretches are long, and none comes again.
    return _known(raw) if len(raw) <= LONGEST else _cut(raw)


def _cut(raw: str) -> Sequence[str]:
    text = unicodedata.normalize("NFKD", raw).lower()
    text = unicodedata.normalize("NFC", _TAKEN_OFF.sub("", text).translate(_TRANSLATED))
    found: list[str] = []
    for part in _PART.findall(text):
        if _IS_UNSPACED.match(part):
            found += [part[at : at + 2] for at in range(len(part))]
        else:
            found.append(part[:LONGEST])
    return found


_known = lru_cache(maxsize=1 << 15)(_cut)
