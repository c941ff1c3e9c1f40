"""Write a vault of any size, and beside it what is wrong with it.

    python -m benchmarks.generate OUT --notes 6571 --seed 1

The same arguments give the same bytes. What a note is called, where it lies, and which headings and block ids it has
follow from its number alone, so a link can be made to a note that is not written yet, and no more than one note is held
in memory. Names are unique whatever their case and punctuation, and nothing is wrong but what is counted in
``OUT.json``: links to notes, headings, blocks and attachments that are not there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import count
from math import exp, gcd
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import NamedTuple, TypeVar
from urllib.parse import quote

from benchmarks.words import (
    ADJECTIVES,
    CALLOUTS,
    CODE,
    FOLDERS,
    FOREIGN,
    HEADINGS,
    KINDS,
    LINKING_SENTENCES,
    NOUNS,
    PROCESSES,
    SENTENCES,
    TAGS,
    VERBS,
)

RULES = ("broken-note", "broken-heading", "broken-block", "broken-attachment")
SYNTAXES = ("wikilink", "markdown", "property")
MOST_NOTES = 1_000_000
EXTENSIONS = frozenset({"jpg", "mp3", "pdf", "png", "svg"})

# How often each kind of broken link is met, in the order of RULES.
_FAULT_SHARES = (0.50, 0.75, 0.87, 1.0)
_WORDS_PER_SENTENCE = 12.6
_MARKDOWN_SHARE = 0.04
_MOST_FOLDERS = 4_000
_LARGE = 4096
_FIRST_DAY = date(2014, 1, 1)
_DAYS = 3652
# Names that are nobody's: none of these words is in the lists that names are made of.
_UNWRITTEN = ("Aether", "Phlogiston", "Ouija", "Zeppelin", "Yurt")
_EXTENSION_SHARES = ("png", "png", "png", "jpg", "svg", "pdf", "mp3")
# Each starts at level 2 and never skips one on the way down.
_LEVELS = ((2, 3, 3, 2, 3, 4, 4, 2), (2, 2, 2, 3, 2, 2, 2, 2), (2, 3, 4, 3, 4, 2, 3, 3), (2, 2, 3, 3, 2, 3, 2, 3))
_UNSAID_IN_SUBPATHS = str.maketrans(dict.fromkeys('!"#$%&()*+,.:;<=>?@^`{|}~/[]\\\n', " "))


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


class Fault(NamedTuple):
    """A link that leads nowhere: the line it stands on (from 1) and the rule that is to report it there."""

    path: str
    line: int
    rule: str
    syntax: str


class GeneratedNote(NamedTuple):
    """A note's text, the attachments that come with it (empty files), and the faults in it."""

    path: str
    text: str
    attachments: tuple[str, ...]
    faults: tuple[Fault, ...]
    links: Counter[str]


@dataclass
class Truth:
    """What a generated vault holds. ``links`` counts internal links and embeds; ``broken`` is by rule."""

    notes: int = 0
    attachments: int = 0
    folders: int = 0
    bytes: int = 0
    links: int = 0
    links_by_syntax: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SYNTAXES, 0))
    embeds: int = 0
    broken: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RULES, 0))
    broken_by_syntax: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SYNTAXES, 0))

    def add(self, note: GeneratedNote, size: int) -> None:
        """Count one more note."""
        self.notes += 1
        self.attachments += len(note.attachments)
        self.bytes += size
        for syntax, number in note.links.items():
            if syntax == "embed":
                self.embeds += number
            else:
                self.links += number
                self.links_by_syntax[syntax] += number
        for fault in note.faults:
            self.broken[fault.rule] += 1
            self.broken_by_syntax[fault.syntax] += 1


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
            place, layer = self._scrambled(turn * 2 + kind - 24, _DAYS)
            name = (_FIRST_DAY + timedelta(place)).isoformat()
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
        # A stride that shares no factor with the list's length does not come back before it has been everywhere.
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

    # -- notes -------------------------------------------------------------------------------------------------------

    def write(self, out: Path) -> Iterator[GeneratedNote]:
        """Write the vault into ``out``, which must not be there or be empty, giving each note once it is written."""
        if out.exists() and any(out.iterdir()):
            raise FileExistsError(f"{out} is not empty")
        (out / ".obsidian").mkdir(parents=True)
        (out / ".obsidian/app.json").write_text("{}\n", encoding="utf-8")
        made = {""}
        root = f"{out}/"
        for note in self:
            for path in (note.path, *note.attachments):
                folder = path.rpartition("/")[0]
                if folder not in made:
                    os.makedirs(root + folder, exist_ok=True)
                    made.add(folder)
            with open(root + note.path, "wb", buffering=0) as file:
                file.write(note.text.encode())
            for path in note.attachments:
                open(root + path, "wb").close()
            yield note

    def __iter__(self) -> Iterator[GeneratedNote]:
        for index in range(self.notes):
            yield _Writing(self, index).note()


def write(shape: Shape, out: Path, each: Callable[[Fault], None] = lambda fault: None) -> Truth:
    """Write the vault into ``out``, and what it holds into ``out`` + ``.json``. ``each`` is handed every fault."""
    truth = Truth(folders=len(shape.folders))
    for note in shape.write(out):
        truth.add(note, len(note.text.encode()))
        for fault in note.faults:
            each(fault)
    described = {"version": 1, "arguments": asdict(shape), **asdict(truth)}
    out.with_name(f"{out.name}.json").write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    return truth


class _Writing:
    """One note being written: its links as they are made, and the faults among them."""

    def __init__(self, shape: Shape, index: int) -> None:
        self.shape = shape
        self.index = index
        self.rng = Random(shape.seed << 32 | index)
        self.links: Counter[str] = Counter()
        # Each fault with the text by which its line is found once the note is whole.
        self.faults: list[tuple[str, str, str]] = []

    def note(self) -> GeneratedNote:
        shape, index, rng = self.shape, self.index, self.rng
        multiplier = shape.multiplier(index)
        sentence_count = max(2, round(shape.words * multiplier / _WORDS_PER_SENTENCE))
        wanted = shape.links_per_note * (multiplier + 0.6) / 1.6
        link_count = int(wanted) + (rng.random() < wanted % 1)
        attachment = shape.attachment(index)

        lines = self.properties(link_count)
        link_count -= self.links["property"]
        if attachment is not None:
            link_count -= 1

        # A line of its own for embeds, at most one link a sentence in the text, the rest in a list at the end.
        embeds = sum(rng.random() < 0.03 for _ in range(link_count))
        in_text = min(link_count - embeds, sentence_count)
        sentences, left = [], in_text
        for number in range(sentence_count):
            linking = rng.random() * (sentence_count - number) < left
            sentences.append(self.linking_sentence() if linking else _one(rng, _PLAIN))
            left -= linking
        listed = link_count - embeds - in_text

        lines += self.sections(sentences, attachment, embeds)
        if listed > 0:
            lines += [f"- {self.wikilink()}" for _ in range(listed)]
            lines.append("")
        if rng.random() < 0.08:
            lines[-2:] = self.footnoted(lines[-2:])
        text = "\n".join(lines)
        path = f"{shape.path(index)}.md"
        return GeneratedNote(
            path, text, () if attachment is None else (attachment,), tuple(self.located(path, text)), self.links
        )

    def located(self, path: str, text: str) -> Iterator[Fault]:
        """The faults with their lines. In a table the bar is escaped, so a link is looked for up to there."""
        after: dict[str, int] = {}
        for rule, syntax, needle in self.faults:
            start = after.get(needle, 0)
            at = min(place for end in ("]]", "|", "\\|", ")") if (place := text.find(needle + end, start)) >= 0)
            after[needle] = at + 1
            yield Fault(path, text.count("\n", 0, at) + 1, rule, syntax)

    def properties(self, link_count: int) -> list[str]:
        shape, rng = self.shape, self.rng
        if rng.random() < 0.12:
            return []
        lines = ["---", f"type: {_one(rng, KINDS)}"]
        if rng.random() < 0.8:
            tags = sorted({_one(rng, TAGS) for _ in range(1 + int(rng.random() * 3))})
            lines += (
                [f"tags: [{', '.join(tags)}]"] if rng.random() < 0.4 else ["tags:", *(f"  - {tag}" for tag in tags)]
            )
        if rng.random() < 0.25:
            # An alias holds the note's number, so that it is no other note's name or alias.
            lines += ["aliases:", f"  - {_one(rng, NOUNS)} no. {self.index + 1}"]
            if rng.random() < 0.3:
                lines.append(f'  - "{_one(rng, ADJECTIVES)[0]}{_one(rng, NOUNS)[0]}-{self.index + 1}"')
        lines.append(f"created: {(_FIRST_DAY + timedelta(int(rng.random() * _DAYS))).isoformat()}")
        if link_count > 1 and rng.random() < 0.3:
            lines.append(f'up: "{self.wikilink("property")}"')
        if link_count > 4 and rng.random() < 0.15:
            lines += ["related:", *(f'  - "{self.wikilink("property")}"' for _ in range(1 + int(rng.random() * 3)))]
        if rng.random() < 0.1:
            lines += [f"rating: {int(rng.random() * 10)}", f"source: https://example.org/{shape.seed}/{self.index}"]
        return [*lines, "---", ""]

    def sections(self, sentences: list[str], attachment: str | None, embeds: int) -> list[str]:
        """The note's headings, each with its share of the sentences, in paragraphs, lists, quotes and tables."""
        shape, index, rng = self.shape, self.index, self.rng
        heading_count, block_count = shape.heading_count(index), shape.block_count(index)
        lines = [f"# {shape.name(index)}", ""] if heading_count and rng.random() < 0.3 else []
        embed_lines = [self.wikilink("embed") for _ in range(embeds)]
        if attachment is not None:
            embed_lines.append(self.attachment_embed(attachment))
        used = 0
        for number in range(heading_count + 1):
            if number:
                level = shape.level(index, number - 1)
                lines += [f"{'#' * level} {shape.heading(index, number - 1)}", ""]
            until = len(sentences) * (number + 1) // (heading_count + 1)
            share, used = sentences[used:until], until
            if number < block_count:
                share = share or [_one(rng, _PLAIN)]
                first, share = share[:3], share[3:]
                identifier = shape.block(index, number)
                if len(first) > 1 and rng.random() < 0.3:
                    lines += [*(f"- {sentence}" for sentence in first[:-1]), f"- {first[-1]} ^{identifier}", ""]
                else:
                    lines += [f"{' '.join(first)} ^{identifier}", ""]
            start = 0
            while start < len(share):
                size = 2 + int(rng.random() * 4)
                lines += self.element(share[start : start + size])
                start += size
            if embed_lines and (rng.random() < 0.4 or number == heading_count):
                for embed in embed_lines:
                    lines += [embed, ""]
                embed_lines = []
        return lines

    def element(self, sentences: list[str]) -> list[str]:
        """A piece of text made of these sentences."""
        rng = self.rng
        chance = rng.random()
        if chance < 0.70:
            tag = f" #{_one(rng, TAGS)}" if chance < 0.05 else ""
            return [" ".join(sentences) + tag, ""]
        if chance < 0.82:
            return [*(f"- {sentence}" for sentence in sentences), ""]
        if chance < 0.86:
            return [*(f"- [{_one(rng, '  x')}] {sentence}" for sentence in sentences), ""]
        if chance < 0.89:
            return [*(f"{number}. {sentence}" for number, sentence in enumerate(sentences, 1)), ""]
        if chance < 0.92:
            fold, title = _one(rng, ("", "", "-", "+")), _one(rng, ("", "", f" {_one(rng, NOUNS)}"))
            return [f"> [!{_one(rng, CALLOUTS)}]{fold}{title}", *(f"> {sentence}" for sentence in sentences), ""]
        if chance < 0.94:
            return [*(f"> {sentence}" for sentence in sentences), ""]
        if chance < 0.96:
            # Obsidian asks for a backslash before a link's bar in a table.
            cells = [sentence.replace("|", "\\|") for sentence in sentences]
            rows = [f"| {_one(rng, NOUNS)} | {cell} | {int(rng.random() * 1000)} |" for cell in cells]
            return ["| what | remark | count |", "| :--- | --- | ---: |", *rows, ""]
        text = [" ".join(sentences), ""]
        if chance < 0.98:
            language, code = _one(rng, CODE)
            return [*text, f"```{language}", *code.split("\n"), "```", ""]
        if chance < 0.99:
            return [*text, f"%% look at the {_one(rng, NOUNS).lower()} again %%", ""]
        return [*text, "$$", f"\\sum_{{i=1}}^{{{1 + int(rng.random() * 99)}}} x_i^2", "$$", ""]

    def footnoted(self, ending: list[str]) -> list[str]:
        """The note's last lines, the last that is not empty with a footnote."""
        if not ending or not ending[0].endswith("."):
            return ending
        return [f"{ending[0]}[^1]", "", f"[^1]: {_one(self.rng, _PLAIN)}", ""]

    def linking_sentence(self) -> str:
        """A sentence with a wikilink, and now and then a Markdown link beside it."""
        rng = self.rng
        before, after = _one(rng, _LINKING)
        also = f" and {self.markdown_link()}" if rng.random() < _MARKDOWN_SHARE else ""
        return f"{before}{self.wikilink()}{also}{after}"

    # -- links -------------------------------------------------------------------------------------------------------

    def target(self) -> int:
        """A note to link to: often one with a near number, else one as popular as it is; never this note."""
        rng, shape = self.rng, self.shape
        chosen = (
            (self.index + 1 + int(rng.random() ** 2 * 30)) % shape.notes if rng.random() < 0.3 else shape.popular(rng)
        )
        return chosen if chosen != self.index else (chosen + 1) % shape.notes

    def wikilink(self, place: str = "wikilink") -> str:
        """A wikilink for the text, for a property or, with ``embed``, one of its own line."""
        rng, shape = self.rng, self.shape
        syntax = "property" if place == "property" else "wikilink"
        self.links[syntax] += 1
        mark = ""
        if place == "embed":
            self.links["embed"] += 1
            mark = "!"
        if rng.random() < shape.broken:
            return mark + self.broken_wikilink(syntax, place)
        chosen = self.target()
        chance = rng.random()
        if place == "property" or chance < 0.60:
            return f"{mark}[[{shape.name(chosen)}]]"
        if chance < 0.78:
            return f"{mark}[[{shape.name(chosen)}|{_one(rng, _LABELS)}]]"
        if chance < 0.87:
            path = shape.path(chosen)
            return f"{mark}[[{path}|{path.rpartition('/')[2]}]]"
        if chance < 0.97:
            own = place != "embed" and chance < 0.885
            subpath = self.subpath(self.index if own else chosen)
            return f"{mark}[[{'' if own and subpath else shape.name(chosen)}{subpath}]]"
        blocks = shape.block_count(chosen)
        block = f"#^{shape.block(chosen, int(rng.random() * blocks))}" if blocks else ""
        return f"{mark}[[{shape.name(chosen)}{block}]]"

    def subpath(self, index: int) -> str:
        """``#`` and one of the note's headings, now and then under the one before; empty if it has none."""
        rng, shape = self.rng, self.shape
        headings = shape.heading_count(index)
        if not headings:
            return ""
        number = int(rng.random() * headings)
        subpath = _subpath(shape.heading(index, number))
        if number and shape.level(index, number) > shape.level(index, number - 1) and rng.random() < 0.4:
            subpath = f"{_subpath(shape.heading(index, number - 1))}#{subpath}"
        return f"#{subpath}"

    def broken_wikilink(self, syntax: str, place: str) -> str:
        """A wikilink that leads nowhere."""
        rng, shape = self.rng, self.shape
        chance = rng.random()
        rule = next(rule for rule, share in zip(RULES, _FAULT_SHARES, strict=True) if chance < share)
        chosen = self.target()
        match rule:
            case "broken-note":
                target = self.missing_name(chosen)
            case "broken-heading":
                target = f"{shape.name(chosen)}#{_subpath(shape.heading(chosen, shape.heading_count(chosen)))}"
            case "broken-block":
                target = f"{shape.name(chosen)}#^{shape.block(chosen, shape.block_count(chosen))}"
            case _:
                target = self.missing_attachment(chosen)
        self.faults.append((rule, syntax, f"[[{target}"))
        label = f"|{_one(rng, _LABELS)}" if place == "wikilink" and rng.random() < 0.25 else ""
        return f"[[{target}{label}]]"

    def missing_name(self, index: int) -> str:
        """No note's name: half are a note's name misspelt, half were never written."""
        rng, shape = self.rng, self.shape
        if rng.random() < 0.5:
            words = shape.name(index).split(" ")
            place = max(range(len(words)), key=lambda number: (words[number] in _VOCABULARY, len(words[number])))
            word = words[place]
            # A word of the lists, misspelt so that it is another's no more, makes the name nobody's.
            at = 1 + int(rng.random() * (len(word) - 2))
            misspelt = (word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:])[int(rng.random() * 2)]
            # After a dot in the name, what follows would be read as an extension.
            if word in _VOCABULARY and "." not in words[-1] and misspelt.lower() not in _LOWERED_VOCABULARY:
                words[place] = misspelt
                return " ".join(words)
        return f"{_one(rng, _UNWRITTEN)} {_one(rng, NOUNS)}"

    def missing_attachment(self, index: int) -> str:
        # Those that are there have two hyphens in their names.
        stem, _, extension = self.shape.attachment_name(index).rpartition(".")
        return f"{stem}-old.{extension}"

    def attachment_embed(self, attachment: str) -> str:
        rng = self.rng
        name = attachment.rpartition("/")[2]
        self.links["wikilink"] += 1
        self.links["embed"] += 1
        if name.endswith(".pdf"):
            return f"![[{name}#page={1 + int(rng.random() * 30)}]]"
        return f"![[{name}|{200 + 50 * int(rng.random() * 9)}]]" if name[-3:] in {"png", "jpg"} else f"![[{name}]]"

    def markdown_link(self) -> str:
        """A Markdown link with the path from this note's folder, which leads there on any site and in Obsidian."""
        rng, shape = self.rng, self.shape
        self.links["markdown"] += 1
        chosen = self.target()
        here, folder = shape.folder(self.index), shape.folder(chosen)
        broken = rng.random() < shape.broken
        name = self.missing_name(chosen) if broken else shape.name(chosen)
        destination = quote(f"{_upwards(here, folder)}{name}.md")
        if broken:
            self.faults.append(("broken-note", "markdown", f"]({destination}"))
        return f"[{_one(rng, _LABELS)}]({destination})"


T = TypeVar("T")


def _one(rng: Random, choices: Sequence[T]) -> T:
    # The same in every version of Python, which random.choice does not promise to be.
    return choices[int(rng.random() * len(choices))]


def _zipf(chance: float, size: int, flat: float) -> int:
    """A rank below ``size``, by Zipf's law but for the first ``flat``, which are met about as often as each other."""
    return min(size - 1, int(flat * ((size + flat) / flat) ** chance - flat))


def _subpath(heading: str) -> str:
    """The heading as Obsidian writes it into a link."""
    return " ".join(heading.translate(_UNSAID_IN_SUBPATHS).split())


def _upwards(here: str, there: str) -> str:
    """The way from one folder to another; each has a slash at its end."""
    ours, theirs = here.split("/")[:-1], there.split("/")[:-1]
    while ours and theirs and ours[0] == theirs[0]:
        del ours[0], theirs[0]
    return "../" * len(ours) + "".join(f"{folder}/" for folder in theirs)


def _filled(template: str, rng: Random) -> str:
    """The template with a word in each place, each place with a word of its own."""
    text = []
    for piece in re.split(r"({[a-z]+})", template):
        match piece:
            case "{adj}":
                text.append(_one(rng, ADJECTIVES).lower())
            case "{noun}":
                text.append(_one(rng, NOUNS).lower())
            case "{process}":
                text.append(_one(rng, PROCESSES).lower())
            case "{verb}":
                text.append(_one(rng, VERBS))
            case "{foreign}":
                text.append(_one(rng, FOREIGN))
            case "{number}":
                text.append(str(2 + int(rng.random() * 98)))
            case "{year}":
                text.append(str(1850 + int(rng.random() * 174)))
            case _:
                text.append(piece)
    return "".join(text)


def _sentences() -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """Sentences without a link, the two sides of sentences with one, and labels."""
    rng = Random(0)
    plain = [_filled(template, rng) for _ in range(200) for template in SENTENCES]
    linking = [(_filled(before, rng), _filled(after, rng)) for _ in range(100) for before, after in LINKING_SENTENCES]
    labels = [
        _filled(template, rng) for _ in range(100) for template in ("{noun}", "{adj} {noun}", "the {noun}", "{process}")
    ]
    return plain, linking, labels


_PLAIN, _LINKING, _LABELS = _sentences()
_VOCABULARY = frozenset(ADJECTIVES) | frozenset(NOUNS) | frozenset(PROCESSES)
_LOWERED_VOCABULARY = frozenset(word.lower() for word in _VOCABULARY)
_STRIDES = [stride for stride in range(1, len(HEADINGS)) if gcd(stride, len(HEADINGS)) == 1]


def _log_normal() -> list[float]:
    """Quantiles of a log-normal distribution with mean 1."""
    normal = NormalDist()
    quantiles = [exp(normal.inv_cdf((number + 0.5) / _LARGE)) for number in range(_LARGE)]
    mean = sum(quantiles) / _LARGE
    return [round(quantile / mean, 6) for quantile in quantiles]


_MULTIPLIERS = _log_normal()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a vault as the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description="Write a vault of any size.")
    parser.add_argument(
        "out", type=Path, help="the folder to write, not there yet or empty; OUT.json says what it holds"
    )
    parser.add_argument("--notes", type=int, default=Shape.notes, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=Shape.seed, help="default: %(default)s")
    parser.add_argument(
        "--links-per-note", type=float, default=Shape.links_per_note, help="mean number of wikilinks (%(default)s)"
    )
    parser.add_argument(
        "--broken", type=float, default=Shape.broken, help="share of links that are broken (%(default)s)"
    )
    parser.add_argument("--words", type=int, default=Shape.words, help="mean length of a note (%(default)s)")
    options = vars(parser.parse_args(arguments))
    out: Path = options.pop("out")
    try:
        shape = Shape(**options)
        truth = write(shape, out)
    except (ValueError, FileExistsError) as error:
        parser.error(str(error))
    broken = ", ".join(f"{number} {rule}" for rule, number in truth.broken.items())
    print(f"{out}: {truth.notes:,} notes, {truth.bytes / 1e6:.1f} MB, {truth.links:,} links; {broken}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
