"""The name somebody meant: the one most like what was written, found without comparing it with all of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

# Up to here every name is compared: it takes a fifth of a millisecond and sees the most.
_FEW = 1000
# More names than this with a half or a word in common make that half or word no clue.
_CROWD = 200
_BRACKETED = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")
_WORD = re.compile(r"\w+")
_NO_DIGIT = re.compile(r"\D+")


class Nearest:
    """An index over names for "did you mean"; a question costs the same whatever their number.

    One edit leaves one half of a word as it was, so names are filed under both their halves; names that share a rare
    word are candidates too. What is filed together in a crowd is left out. Other digits make another name: a chapter, a
    day or a version is not mistaken for the next one.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._keys: dict[str, str] = {}
        for name in sorted(set(names)):
            for key in {_key(name), _key(_BRACKETED.sub(" ", name))}:
                if key:
                    self._keys.setdefault(key, name)
        self._filed: dict[tuple[str, int | str], list[str]] | None = None
        if len(self._keys) > _FEW:
            filed: defaultdict[tuple[str, int | str], list[str]] = defaultdict(list)
            for key, name in self._keys.items():
                half = len(key) // 2
                filed[key[:half], len(key)].append(key)
                filed[key[half:], -len(key)].append(key)
                for word in {word.lower() for word in _WORD.findall(name)}:
                    filed[word, "word"].append(key)
            self._filed = filed

    def find(self, name: str) -> str | None:
        """The most similar name if it is like enough to be meant, the first in code-point order among equals."""
        from rapidfuzz.distance.OSA import normalized_similarity
        from rapidfuzz.process import extract

        key = _key(name)
        if not key:
            return None
        if (exact := self._keys.get(key) or self._keys.get(_key(_BRACKETED.sub(" ", name)))) and exact != name:
            return exact
        alike = extract(
            key, self._candidates(key, name), scorer=normalized_similarity, score_cutoff=_enough(key), limit=None
        )
        digits = _digits(key)
        ranked = (
            (-score, self._keys[other])
            for other, score, _ in alike
            if self._keys[other] != name and _digits(other) == digits
        )
        return min(ranked, default=(0, None))[1]

    def _candidates(self, key: str, name: str) -> Sequence[str]:
        if self._filed is None:
            return list(self._keys)
        found: set[str] = set()
        for length in (len(key) - 1, len(key), len(key) + 1):
            half = length // 2
            for file in ((key[:half], length), (key[len(key) - (length - half) :], -length)):
                filed = self._filed.get(file, ())
                if len(filed) <= _CROWD:
                    found.update(filed)
        for word in {word.lower() for word in _WORD.findall(name)}:
            filed = self._filed.get((word, "word"), ())
            if len(filed) <= _CROWD:
                found.update(filed)
        return list(found)


def _key(name: str) -> str:
    """What is compared: letters and digits alone, in lower case."""
    return "".join(_WORD.findall(name)).replace("_", "").lower()


def _digits(key: str) -> str:
    return _NO_DIGIT.sub("", key)


def _enough(key: str) -> float:
    """One edit in a short word, one in five characters of a longer one."""
    # A little less than four in five, which no float is exactly.
    return 0.799 if len(key) >= 5 else 0.7
