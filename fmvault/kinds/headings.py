"""Which section of a kind a heading stands for, however its author wrote it.

Two headings are the same if nothing is left that tells them apart once their wording is folded: case, emoji,
punctuation, markup, numbering and bracketed remarks go, and so do articles, "and", spaces, the plural and the spelling
of one side of the Atlantic. Nothing is known here of other languages, whose headings are equal to themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache

from fmvault import mojibake

# A heading that goes on after this is told by its beginning.
_LONGEST = 300
_REMEMBERED = 2**14

# -- what a reader sees -----------------------------------------------------------------------------------------------

_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
_MARKUP = re.compile(r"[\\*`=~_<%!\[#&]|:\w|\s\^")
_MARKERS = str.maketrans({"*": None, "`": None, "=": None, "~": None, "\\": None, "_": " "})
_HIDDEN = re.compile(
    r"<!--.*?-->|%%.*?%%|</?[a-z][^<>]*>"  # comments and tags of HTML
    r"|!\[\[[^\[\]]*\]\]|!\[[^\[\]]*\]\([^()]*\)"  # pictures
    r"|(?<!\S):[\w+-]+:(?!\S)|&#?\w+;"  # emoji and entities by name
    r"|\s\^[\w-]+\s*$|\s#(?=\S*[^\W\d])\S+",  # a block's id and tags
    re.IGNORECASE,
)
_WIKILINK = re.compile(r"\[\[([^\[\]|]*)(?:\|([^\[\]]*))?\]\]")
_LINK = re.compile(r"\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])")
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^【】]*】")
_NUMBER = re.compile(
    r"""[\W_]*(?:
    \d{1,3}(?:\.\d{1,3})*(?:\s*[-–—:.)]+(?=\s)|[.)、](?=[^\W\d_]))  # 1. 2) 1.2: 3 - 1、
    |(?:0\d|\d{1,3}(?:\.\d{1,3})+)(?=\s)  # 01, 1.2.3; but "5 whys" are five
    |(?:[ivx]+|[a-z])[.)](?=\s)  # IV. a)
    |[一二三四五六七八九十]+[、.)]
    )(?=.*\w)""",
    re.IGNORECASE | re.VERBOSE,
)


class _Pictures(dict[int, str | None]):
    """For ``str.translate``: emoji and other signs become spaces, what joins and selects them and quotes nothing."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        kind = unicodedata.category(char)
        dropped = kind == "Cf" or char in "’‘ʼ´" or "VARIATION SELECTOR" in unicodedata.name(char, "")
        # Letters and figures in a circle would lose it; ℹ is a letter by its category.
        sign = (kind in ("So", "Sk") and code > 0x7F) or char == "ℹ" or "CIRCLED" in unicodedata.name(char, "")
        self[code] = None if dropped else " " if sign else char
        return self[code]


class _Words(dict[int, str]):
    """For ``str.translate``: what is no letter, figure or mark on a letter becomes a space."""

    def __missing__(self, code: int) -> str:
        kind = unicodedata.category(chr(code))
        self[code] = chr(code) if kind[0] in "LMN" and kind != "Me" else " "
        return self[code]


_PICTURES, _WORDS = _Pictures(), _Words()


def _shown(text: str) -> str:
    """The heading as it is read: characters as they were meant, markup gone, links by what they show."""
    if not text.isascii():
        text = _KEYCAP.sub(" ", mojibake.repair(text))
        text = unicodedata.normalize("NFKC", text.translate(_PICTURES))
    if _MARKUP.search(text):
        text = _HIDDEN.sub(" ", text).translate(_MARKERS)
        text = _WIKILINK.sub(lambda link: link[2] or link[1].rpartition("/")[2], text)
        text = _LINK.sub(r"\1", text)
    return text.replace("'", "")


def _without_number(text: str) -> str:
    while number := _NUMBER.match(text):
        text = text[number.end() :]
    return text


def _without_remarks(text: str) -> str:
    while (shorter := _REMARK.sub(" ", text)) != text:
        text = shorter
    return text


# -- what is compared -------------------------------------------------------------------------------------------------

_FILLER = re.compile(r"(?<![\w.])(?:an?\s+|(?:the|and)[\s-]+)(?=[^\w\s]?\w)")
# A number's end and the next one's beginning are the only words that a space has to keep apart.
_SPACE = re.compile(r"(?<!\d) | (?!\d)")
# Each word with those that are compared as it is.
_FORMS = """
is are | was were | have has | do does | whatis whats | whois whos | thatis thats | whereis wheres | howis hows
person people | child children | criterion criteria | phenomenon phenomena | corpus corpora | formula formulae
axis axes | index indices | matrix matrices | vertex vertices | appendix appendices | cache caches | niche niches
alias aliases | atlas atlases | bias biases | bonus bonuses | canvas canvases | focus focuses | lens lenses
status statuses | virus viruses | shoe shoes | quiz quizzes | news | https
aging ageing | artifact artefact | enroll enrol | fulfill fulfil | gray grey | learned learnt | maneuver manoeuvre
mold mould
"""
_IRREGULAR = {
    form: forms[0] for line in _FORMS.splitlines() for forms in map(str.split, line.split("|")) for form in forms
}
# Harman, "How effective is suffixing?" (1991), its S stemmer, and what that leaves of "processes" and of "analysis".
_PLURAL = (
    (re.compile(r"(?<![ea])ies?$"), "y"),
    (re.compile(r"(?<=...s)is$"), "e"),
    (re.compile(r"(?<=ss|sh|ch|.x|.o)es$|(?<!s)s$"), ""),
)
_SPELLING = tuple(
    (re.compile(spelling), one_spelling)
    for spelling, one_spelling in (
        (r"([aeiou][a-z]*[b-df-np-tv-z])our", r"\1or"),  # behaviour
        (r"(calib|cent|fib|lit|lust|meag|met|och|sab|somb|spect|theat)(?:re|ere?)(d?)$", r"\1er\2"),
        (r"([iy])z(?=[aeio])", r"\1s"),  # organise, analyse
        (r"([aeiou][a-z]*[aeiou])ll+(?=(?:ed|ing|er|or|ous?)$)", r"\1l"),  # modelling
        (r"ll(?=ment|ful)", "l"),
        (r"ogu(?:e$|(?=ed$|ing$))", "og"),
        (r"gramme$", "gram"),
        (r"(def|lic|off|pret)enc(?=e|ing)", r"\1ens"),
        (r"practis(?=e|ing)", "practic"),
        (r"dgement", "dgment"),
        (r"([kvz]|us)eable", r"\1able"),
        (r"(^an|arch|encyclop|gyn|^h|leuk|medi|orthop|^p|pal)ae", r"\1e"),  # but a daemon is no demon
        (r"^scept", "skept"),
        (r"^enquir", "inquir"),
    )
)


@lru_cache(_REMEMBERED)
def _folded(word: str) -> str:
    """One form for singular and plural, British and American."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if 3 < len(word) < 40:
        for ending, singular in _PLURAL:
            word = ending.sub(singular, word)
        for spelling, one_spelling in _SPELLING:
            word = spelling.sub(one_spelling, word)
    return _IRREGULAR.get(word, word)


def _words(shown: str) -> str:
    text = shown.lower() if shown.isascii() else unicodedata.normalize("NFKC", shown.casefold())
    return " ".join(map(_folded, _FILLER.sub("", text).translate(_WORDS).split()))


def compared(text: str) -> str:
    """The words of a heading that count, each in the one form it is compared in; empty where there are none."""
    shown = _shown(text[:_LONGEST])
    # In brackets altogether, it is no remark on anything.
    return _words(_without_number(_without_remarks(shown))) or _words(_without_number(shown))


@lru_cache(_REMEMBERED)
def _key(text: str) -> str:
    return _SPACE.sub("", compared(text))


# -- names ------------------------------------------------------------------------------------------------------------

_NAME = "{name}"
# A letter that is no word of anyone's stands for the name while a pattern is compared.
_STAND_IN = "\ua66e"
_ABBREVIATED = re.compile(r"(.*\S)\s*\(([^()]+)\)\W*")
_ABBREVIATION = re.compile(r"\S*[A-Z]\S*[A-Z]\S*")
# A Zettelkasten's number, or a day, before or behind the name.
_ID = r"(?:\d{4}-\d\d-\d\d(?:[T-]\d{4}(?:\d\d)?)?|\d{8}T?\d{0,6})"
_ID_BEFORE = re.compile(rf"\s*{_ID}[\s.:–—-]+(?=.*[^\W\d_])")
_ID_BEHIND = re.compile(rf"(.*[^\W\d_].*?)[\s–—-]+{_ID}\s*")
_FILLER_AT_END = re.compile(r" (?:an?|the|and)$")


@lru_cache(_REMEMBERED)
def _name_keys(name: str) -> frozenset[str]:
    """What a heading may call it: "Recurrent Neural Network (RNN)" goes by its long and its short form.

    "202401020300 Estoppel" goes by its name alone, too.
    """
    shown = _shown(name[:_LONGEST])
    readings = {_without_remarks(shown)}
    if match := _ABBREVIATED.fullmatch(shown):
        one, other = match.groups()
        if _ABBREVIATION.fullmatch(other) or (_ABBREVIATION.fullmatch(one) and other[0].upper() == one[0]):
            readings.add(other)
    readings |= {_without_id(reading) for reading in readings}
    # Amid a heading a number that leads the name counts, and an article that ends it does not.
    words = {_words(reading) for whole in readings for reading in (whole, _without_number(whole))}
    words |= {_FILLER_AT_END.sub("", name) for name in words}
    return frozenset(_SPACE.sub("", name) for name in words if name)


@lru_cache(_REMEMBERED)
def compared_with(heading: str, name: str) -> str:
    """A heading of a schema, ``{name}`` in it being ``name``, as ``compared`` has it."""
    if _NAME not in heading:
        return compared(heading)
    return compared_with(heading.replace(_NAME, _STAND_IN), "").replace(_STAND_IN, compared_with(name, ""))


def _without_id(name: str) -> str:
    if before := _ID_BEFORE.match(name):
        return name[before.end() :]
    behind = _ID_BEHIND.fullmatch(name)
    return behind[1] if behind else name


class Headings:
    """The headings by which a kind's sections are known: for each section its ``x-headings``, in the schema's order.

    ``{name}`` in a heading stands for any name of the note. What two sections claim belongs to the first of them.
    """

    def __init__(self, table: Mapping[str, Sequence[str]]) -> None:
        claimed: dict[tuple[str, ...], str] = {}
        self._clashes: list[tuple[str, str, str]] = []
        for section, headings in table.items():
            for heading in headings:
                parts = tuple(_key(heading.replace(_NAME, _STAND_IN)).split(_STAND_IN))
                if parts == ("",):
                    continue
                first = claimed.setdefault(parts, section)
                if first != section:
                    self._clashes.append((first, section, heading))
        self._plain = {parts[0]: section for parts, section in claimed.items() if len(parts) == 1}
        self._named = [(parts, section) for parts, section in claimed.items() if len(parts) > 1]
        self._beginnings = tuple(parts[0] for parts, _ in self._named)

    def section(self, text: str, names: Callable[[], Collection[str]]) -> str | None:
        """The section that a heading with the raw text ``text`` stands for; None for one that the kind does not know.

        ``names`` is asked for the note's names only if they decide. A heading without ``{name}`` comes before one with.
        """
        key = _key(text[:_LONGEST])
        section = self._plain.get(key)
        if section is not None or not key.startswith(self._beginnings):
            return section
        for parts, section in self._named:
            if key.startswith(parts[0]) and key.endswith(parts[-1]) and len(key) > sum(map(len, parts)):
                for name in names():
                    if any(form.join(parts) == key for form in _name_keys(name[:_LONGEST])):
                        return section
        return None

    def clashes(self) -> list[tuple[str, str, str]]:
        """Headings that two sections claim: the section each counts as, the other one, and the heading as it has it."""
        return list(self._clashes)
