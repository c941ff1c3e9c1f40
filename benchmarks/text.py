"""The text of a generated note, and the faults put into it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import NamedTuple, TypeVar
from urllib.parse import quote

from benchmarks.shape import DAYS, FIRST_DAY, Shape
from benchmarks.words import (
    ADJECTIVES,
    CALLOUTS,
    CODE,
    FOREIGN,
    KINDS,
    LINKING_SENTENCES,
    NOUNS,
    PROCESSES,
    SENTENCES,
    TAGS,
    VERBS,
)

RULES = ("broken-note", "broken-heading", "broken-block", "broken-attachment")

# How often each kind of broken link is met, in the order of RULES, added up.
_FAULT_SHARES = (0.50, 0.75, 0.87, 1.0)
_WORDS_PER_SENTENCE = 12.6
_MARKDOWN_SHARE = 0.04
# Names that are nobody's: none of these words is in the lists that names are made of.
_UNWRITTEN = ("Aether", "Phlogiston", "Ouija", "Zeppelin", "Yurt")
_UNSAID_IN_SUBPATHS = str.maketrans(dict.fromkeys('!"#$%&()*+,.:;<=>?@^`{|}~/[]\\\n', " "))


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


def written(shape: Shape) -> Iterator[GeneratedNote]:
    """The notes of a vault, each made as it is asked for."""
    return (_Writing(shape, index).note() for index in range(shape.notes))


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
        lines.append(f"created: {(FIRST_DAY + timedelta(int(rng.random() * DAYS))).isoformat()}")
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
