"""What a generated vault is like: everything about a note that follows from its number alone.

A link can so be made to a note that is not written yet, and to a heading or block in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import count
from math import exp, gcd
from random import Random
from statistics import NormalDist

from benchmarks.words import ADJECTIVES, FOLDERS, HEADINGS, NOUNS, PROCESSES

MOST_NOTES = 1_000_000
EXTENSIONS = frozenset({"jpg", "mp3", "pdf", "png", "svg"})
FIRST_DAY = date(2014, 1, 1)
DAYS = 3652

_MOST_FOLDERS = 4_000
_LARGE = 4096
_EXTENSION_SHARES = ("png", "png", "png", "jpg", "svg", "pdf", "mp3")
# Each starts at level 2 and never skips one on the way down.
_LEVELS = ((2, 3, 3, 2, 3, 4, 4, 2), (2, 2, 2, 3, 2, 2, 2, 2), (2, 3, 4, 3, 4, 2, 3, 3), (2, 2, 3, 3, 2, 3, 2, 3))
# A stride that shares no factor with the list's length does not come back before it has been everywhere.
_STRIDES = [stride for stride in range(1, len(HEADINGS)) if gcd(stride, len(HEADINGS)) == 1]
# Names made of a noun and a process: the forms that take turns, and which of 40 notes have them.
_OF_TWO_WORDS = (
    (("{process} of the {noun}",), range(27, 32)),
    (("{noun} and {process}",), range(32, 34)),
    (("notes on {noun} {process}",), range(34, 36)),
    (("{noun} {process} ({n}{p})",), range(36, 37)),
    (("Théorie de {noun}, {process}", "Über {noun}, {process}"), range(37, 38)),
    (("{noun} – by way of {process}", "学習 {noun} {process}", "🧠 What {noun} is to {process}"), range(38, 39)),
    (("{noun}'s {process}", "{noun} & its {process}"), range(39, 40)),
)


@dataclass(frozen=True)
class Shape:
    """A vault yet to be written.

    ``links_per_note`` is the mean number of wikilinks, those in properties and embeds included; Markdown links come on
    top, one to 25. ``broken`` is the share of links that lead nowhere, ``words`` the mean length of a note.
    """

    notes: int = 6571
    seed: int = 1
    links_per_note: float = 6.4
    broken: float = 0.01
    words: int = 300

    def __post_init__(self) -> None:
        if not 2 <= self.notes <= MOST_NOTES:
            raise ValueError(f"a vault has 2 to {MOST_NOTES:,} notes, not {self.notes:,}")
        if not 0 <= self.broken <= 1:
            raise ValueError(f"the share of broken links is 0 to 1, not {self.broken}")
        if self.links_per_note < 0 or self.words < 1:
            raise ValueError("a note has no fewer than 0 links and 1 word")

    # -- what follows from a note's number ---------------------------------------------------------------------------

    def _bits(self, index: int, salt: int) -> int:
        """64 bits that belong to a note: SplitMix64."""
        bits = (index * 0x9E3779B97F4A7C15 + (self.seed * 64 + salt + 1) * 0xD1342543DE82EF95) & 0xFFFFFFFFFFFFFFFF
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return bits ^ (bits >> 31)

    def name(self, index: int) -> str:
        """The note's name; no other note has it, whatever the case and without punctuation."""
        turn, kind = divmod(index, 40)
        if kind < 16:
            place, layer = self._scrambled(turn * 16 + kind, len(ADJECTIVES) * len(NOUNS))
            name = f"{ADJECTIVES[place % len(ADJECTIVES)]} {NOUNS[place // len(ADJECTIVES)]}"
        elif kind < 24:
            place, layer = self._scrambled(turn * 8 + kind - 16, len(ADJECTIVES) * len(NOUNS) * len(PROCESSES))
            place, last = divmod(place, len(PROCESSES))
            name = f"{ADJECTIVES[place % len(ADJECTIVES)]} {NOUNS[place // len(ADJECTIVES)]} {PROCESSES[last]}"
        elif kind < 26:
            place, layer = self._scrambled(turn * 2 + kind - 24, DAYS)
            name = (FIRST_DAY + timedelta(place)).isoformat()
        elif kind < 27:
            place, layer = self._scrambled(turn, len(NOUNS) * 90)
            number, place = divmod(place, len(NOUNS))
            name = (
                f"{NOUNS[place]} {1930 + number}" if turn % 2 else f"{NOUNS[place]} v{number // 10 + 1}.{number % 10}"
            )
        else:
            first, numbers = next(group for group in _OF_TWO_WORDS if kind in group[1])
            place, layer = self._scrambled(turn * len(numbers) + kind - numbers[0], len(NOUNS) * len(PROCESSES))
            noun, process = NOUNS[place % len(NOUNS)], PROCESSES[place // len(NOUNS)]
            name = first[turn % len(first)].format(noun=noun, process=process, n=noun[0], p=process[0])
        return f"{name} for {PROCESSES[layer - 1]}" if layer else name

    def _scrambled(self, index: int, size: int) -> tuple[int, int]:
        """A place below ``size``, another for each index; and how often they were used up before."""
        layer, index = divmod(index, size)
        stride = 7919
        while gcd(stride, size) > 1:
            stride += 2
        return (index * stride + self.seed * 31) % size, layer

    @cached_property
    def folders(self) -> Sequence[str]:
        """The folders, each with a slash at its end; the first is the vault itself. None is more than 4 deep."""
        rng = Random(self.seed)
        wanted = max(1, min(_MOST_FOLDERS, self.notes // 25))
        folders, seen, names = [""], {""}, FOLDERS + NOUNS
        while len(folders) < wanted:
            # The square makes the early folders the parents of most.
            parent = folders[int(rng.random() ** 2 * len(folders))]
            folder = f"{parent}{names[int(rng.random() * len(names))]}/"
            if parent.count("/") < 4 and folder.lower() not in seen:
                seen.add(folder.lower())
                folders.append(folder)
        return folders

    def folder(self, index: int) -> str:
        """Where the note lies; notes with near numbers tend to lie together, and some folders are far fuller."""
        folders = self.folders
        return folders[_zipf(self._bits(index // 5, 1) / 2**64, len(folders), 4.0)]

    def path(self, index: int) -> str:
        """The note's path, without its extension."""
        return self.folder(index) + self.name(index)

    def multiplier(self, index: int) -> float:
        """How much longer than the mean the note is: log-normal, so few are many times as long."""
        return _MULTIPLIERS[self._bits(index, 2) % _LARGE]

    def heading_count(self, index: int) -> int:
        bits = self._bits(index, 3)
        return 0 if bits % 12 == 0 else min(20, 1 + (bits >> 8) % 4 + int(self.multiplier(index) * 1.6))

    def heading(self, index: int, number: int) -> str:
        """The raw text of the note's heading ``number``; for a number past the last, of one that is not there."""
        bits = self._bits(index, 4)
        stride = _STRIDES[(bits >> 20) % len(_STRIDES)]
        return HEADINGS[(bits % len(HEADINGS) + number * stride) % len(HEADINGS)]

    def level(self, index: int, number: int) -> int:
        return _LEVELS[self._bits(index, 5) % len(_LEVELS)][number % 8]

    def block_count(self, index: int) -> int:
        return min((0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3)[self._bits(index, 6) % 12], self.heading_count(index) + 1)

    def block(self, index: int, number: int) -> str:
        """The note's block id ``number``; for a number past the last, one that is not there."""
        return f"{self._bits(index, 7) % 0x100000:05x}{number:x}"

    def attachment(self, index: int) -> str | None:
        """The path of the attachment that comes with the note, if one does."""
        bits = self._bits(index, 8)
        if bits % 8:
            return None
        folder = "Attachments/" if bits & 8 else f"{self.folder(index)}assets/"
        return folder + self.attachment_name(index)

    def attachment_name(self, index: int) -> str:
        bits = self._bits(index, 9)
        noun, process = NOUNS[bits % len(NOUNS)].lower(), PROCESSES[(bits >> 16) % len(PROCESSES)].lower()
        return f"{noun}-{process}-{index}.{_EXTENSION_SHARES[(bits >> 32) % len(_EXTENSION_SHARES)]}"

    def popular(self, rng: Random) -> int:
        """The number of a note, drawn so that few are drawn very often and most seldom."""
        rank = _zipf(rng.random(), self.notes, 12.0)
        return (rank * self._stride + self.seed) % self.notes

    @cached_property
    def _stride(self) -> int:
        return next(stride for stride in count(self.notes * 5 // 8 + 1) if gcd(stride, self.notes) == 1)


def _zipf(chance: float, size: int, flat: float) -> int:
    """A rank below ``size``, by Zipf's law but for the first ``flat``, which are met about as often as each other."""
    return min(size - 1, int(flat * ((size + flat) / flat) ** chance - flat))


def _log_normal() -> list[float]:
    """Quantiles of a log-normal distribution with mean 1."""
    normal = NormalDist()
    quantiles = [exp(normal.inv_cdf((number + 0.5) / _LARGE)) for number in range(_LARGE)]
    mean = sum(quantiles) / _LARGE
    return [round(quantile / mean, 6) for quantile in quantiles]


_MULTIPLIERS = _log_normal()
