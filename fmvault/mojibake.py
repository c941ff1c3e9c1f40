"""Text that was decoded in the wrong encoding, and what it was before.

UTF-8 writes every character beyond ASCII as a lead byte and one to three continuation bytes. Read in a single-byte
encoding, these bytes become a run of two or more characters of two small sets (``Ã©``, ``‚úÖ``). A run that is also
something people write (``—á``, ``É”``, ``√π``) is told from a wrongly decoded one by two signs: in the run, or at its
edges, characters meet that no language puts side by side, and what it decodes to is common, or a word of one script.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from fmvault.model import Defect, Edit, Fix, Span

# The letters beyond ASCII of languages. Two of them side by side are natural only where one language has both.
_ALPHABETS = tuple(
    frozenset(alphabet + alphabet.upper())
    for alphabet in (
        "äöüßõåæøéšž",  # German, Nordic, Baltic Finnic
        "àâæçéèêëîïôœùûüÿ",  # French
        "áàâãçéêíóôõúüñìòï",  # Portuguese, Spanish, Catalan
        "áčďéěíňóřšťúůýžľĺŕôćđ",  # Czech, Slovak, Croatian
        "áéíóöőúü\u0171",  # Hungarian
        "áéíóúýþæöðåøäâ",  # Icelandic, Faroese, Irish, Sámi
        "ăâîșțşţ",  # Romanian
        "çğıöşüâîûə",  # Turkish, Azeri
        "àèéìíîòóùú",  # Italian
        "àáâãèéêìíòóôõùúýăđĩũơư",  # Vietnamese
        "ąćęłńóśźż",  # Polish
        "âêîôûŵŷ",  # Welsh
        "āēīōūąčęėįšųūžģķļņ",  # Baltic, Māori
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё",  # Russian, Bulgarian
        "абвгдежзийклмнопрстуфхцчшщьюяіїєґўыэё",  # Ukrainian, Belarusian
        "абвгдежзиклмнопрстуфхцчшђјљњћџѓѕќ",  # Serbian, Macedonian
    )
)
_CLOSING = frozenset("”“’‘»«›‹…®©™•²³¹°\xb7")
_PLAIN = frozenset("\xa0\xad–—-'")
_LOW = frozenset("‚„¿¡")
_MATH = frozenset("√≈∆≠∞±≤≥µ∂∑∏π∫Ω\u2126÷×¬◊⁄·")
_LETTER = frozenset({"lower", "upper"})
_SIGN = frozenset({"symbol", "math"})


@lru_cache(maxsize=4096)
def _kind(char: str) -> str:
    """One of ``lower upper ordinal closing plain low math box wrong symbol other``."""
    if char in "ªº":
        return "ordinal"
    if char in _MATH:
        return "math"
    if char in _CLOSING:
        return "closing"
    if char in _PLAIN or char.isspace():
        return "plain"
    if char in _LOW:
        return "low"
    if "\u2500" <= char <= "\u259f" or char in "⌐⌠":
        return "box"
    if "\x7f" <= char <= "\x9f" or char == "\uf8ff":
        return "wrong"
    if char.isalpha():
        return "lower" if char.islower() else "upper" if char.isupper() else "other"
    return "other" if char.isascii() else "symbol"


def _unwritten(a: str, b: str) -> bool:
    """No one writes ``b`` right after ``a``."""
    if a.isascii() and b.isascii():
        return False
    kinds = before, after = _kind(a), _kind(b)
    if "wrong" in kinds:
        return True
    if "plain" in kinds or "other" in kinds:
        return False
    if before in _LETTER and after in _LETTER:
        if before == "lower" and after == "upper":
            return True
        if a.isascii() or b.isascii():
            return False
        return not any(a in alphabet and b in alphabet for alphabet in _ALPHABETS)
    if after == "ordinal":
        return not a.isascii()
    if before in _LETTER and after in _SIGN:
        return not a.isascii()
    if before in _LETTER and after == "low":
        return True
    if before in _SIGN and after in _LETTER:
        return not b.isascii()
    if before == "math" and after == "math":
        return (a in "√≈" and b in "≠≤≥±") or (a == "¬" and b in "·∑≤≥±")
    if before in _SIGN and after in _SIGN:
        return True
    return (before == "math" and after == "closing") or (before == "low" and after == "symbol")


class _Encoding:
    """A single-byte encoding that UTF-8 is taken for; bytes it leaves undefined stand for themselves.

    No run is worth a look in a text that has none of the ``signals``, or none of the ``companions`` if there are any.
    """

    def __init__(self, name: str, signals: str, companions: str = "") -> None:
        self.name = name
        self.signals = frozenset(signals)
        self.companions = frozenset(companions)
        if name == "cp1252":
            self.signals |= {chr(byte) for byte in range(0x80, 0xA0)}

    @cached_property
    def table(self) -> dict[int, list[str]]:
        """The characters that each byte beyond ASCII is read as. Few texts have reason to ask for any of this."""
        table = {byte: [bytes([byte]).decode(self.name, "ignore") or chr(byte)] for byte in range(0x80, 0x100)}
        if self.name == "cp1252":
            # Latin-1 differs only in these, and is told apart by nobody.
            for byte in range(0x80, 0xA0):
                table[byte].append(chr(byte))
        return table

    @cached_property
    def bytes(self) -> dict[int, str]:
        """For each of these characters its byte, as a character of Latin-1."""
        return {ord(char): chr(byte) for byte, chars in self.table.items() for char in chars}

    @cached_property
    def run(self) -> re.Pattern[str]:
        """What well-formed UTF-8 is read as: the table in the Unicode Standard, D92."""

        def read(first: int, last: int) -> str:
            return "[" + re.escape("".join(char for byte in range(first, last + 1) for char in self.table[byte])) + "]"

        rest = read(0x80, 0xBF)
        return re.compile(
            f"(?:{read(0xC2, 0xDF)}{rest}"
            f"|{read(0xE0, 0xE0)}{read(0xA0, 0xBF)}{rest}"
            f"|{read(0xE1, 0xEC)}{rest}{{2}}"
            f"|{read(0xED, 0xED)}{read(0x80, 0x9F)}{rest}"
            f"|{read(0xEE, 0xEF)}{rest}{{2}}"
            f"|{read(0xF0, 0xF0)}{read(0x90, 0xBF)}{rest}{{2}}"
            f"|{read(0xF1, 0xF3)}{rest}{{3}}"
            f"|{read(0xF4, 0xF4)}{read(0x80, 0x8F)}{rest}{{2}})+"
        )

    def undo(self, run: str) -> str:
        """What the run was, its characters turned back into bytes."""
        return run.translate(self.bytes).encode("latin-1").decode("utf-8")


_ENCODINGS = (
    _Encoding("cp1252", "ÂÃÅðïœžš€ƒ†‡ˆ‰˜™¢£¤¥¦¨¬¯±´µ¶¸¼½¾"),
    _Encoding("mac_roman", "√¬ƒ≈∆Ã‚\uf8ff‡‰≠∞±≤≥¥µ∂∑∏∫ºªÔ÷◊⁄ﬁﬂŸ"),
    _Encoding("cp1251", "ѕµ‚Ѕ±ЂѓЃЏџ€†‡‰"),
    _Encoding("cp1250", "ĂĹ"),
    # Greek has the first of these in every text.
    _Encoding("cp437", "Γ≡├┬", "Çüéâäàåçêëïîìôöòûùÿ£ƒóúñÑªº"),
    _Encoding("cp850", "Ô├┬ƒ"),
)
_SIGNAL = re.compile("[" + "".join(sorted(frozenset[str]().union(*(e.signals for e in _ENCODINGS)))) + "]")
_QUOTES = {"“": "”", "„": "“", "‘": "’", "‚": "‘", "«": "»", "»": "«", "「": "」"}
# The letters that begin a run of three in the two encodings of DOS. Among letters alone they prove nothing.
_DOS_LETTERS = frozenset("ÓßÔÒõÕµþÞÚÛÙýÝαΓπΣσΤτΦΘΩδφε")
_UNITS = frozenset({"Å²", "Å³"})
# Quotation marks, dashes, arrows, ticks: what most runs were, and none of them has a double among what people write.
_COMMON = re.compile(
    "[\u2010-\u2015\u2018\u2019\u201c-\u201e\u2020-\u2022\u2026\u2122"
    "\u2190-\u2195\u21d2\u21d4\u2705\u2713-\u2718\u274c]"
)
# What needs no neighbour of its own script: Latin letters, punctuation, signs and emoji.
_FAMILIAR = re.compile(
    "[\xa0-\u017f\u01a0\u01a1\u01af\u01b0\u0218-\u021b\u1ea0-\u1ef9\u2009-\u27bf\u2900-\u297f\u2b00-\u2b5f"
    "\ufe0f\ufeff\ufffd\U0001d400-\U0001d7ff\U0001f000-\U0001fbff]*"
)


class _Run(NamedTuple):
    """Characters that are UTF-8 in some encoding, with up to two characters before and four after them."""

    start: int
    end: int
    text: str
    original: str
    before: str
    after: str


def _quoted(before: str, run: str, after: str) -> bool:
    """The run stands alone in quotation marks: somebody writes about it."""
    before, after = before.rstrip("\xa0\u202f")[-1:], after.lstrip("\xa0\u202f")[:1]
    # Straight ones are also the marks of a value in YAML, `icon: "‚úÖ"`.
    return bool(after) and (_QUOTES.get(before) == after or (before == after and after in "\"'" and len(run) == 2))


def _meant(char: str) -> bool:
    """A character beyond ASCII that belongs to what is beside it; with it, that was probably meant too."""
    kind = "" if char.isascii() else _kind(char)
    return kind == "low" or kind in _LETTER or kind in _SIGN


def _meaningless(text: str) -> bool:
    return any(unicodedata.category(char) in ("Cn", "Co", "Cc") for char in text)


def _scripts(text: str) -> set[str]:
    """The scripts of the characters that are not common to all."""
    scripts = {unicodedata.name(char, "").partition(" ")[0] for char in text if not _FAMILIAR.fullmatch(char)}
    east_asian = {"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "FULLWIDTH", "IDEOGRAPHIC"}
    return scripts - east_asian | {"CJK"} if scripts & east_asian else scripts


def _strange(before: str, run: str, after: str) -> int:
    """How many signs there are that no one wrote the run as it stands."""
    strange = sum(_unwritten(a, b) for a, b in pairwise(before[-1:] + run + after[:1]))
    first, second, last = run[0], run[1], run[-1]
    previous, following = before[-1:], after[:1]
    if previous.isalpha() and before.isascii() and following.islower():
        # A word goes on after what ends one.
        strange += last == "\xad" or (_kind(last) in ("closing", "box", "math") and last not in "’‘")
    if first in "√¬ƒ≈":
        # A sign of mathematics within a word, or before a long one.
        if (len(before) > 1 and before.isascii() and before.isalpha()) or (len(after) > 3 and after.islower()):
            strange += after.isalpha() or before.isalpha()
        elif first == "¬":
            strange += previous.isalnum() or (run == "¬∞" and following in ("C", "F"))
    if run in ("Â\xa0", "¬†") and previous.isascii():
        strange += bool(previous) and not previous.isupper() and not previous.isspace()
    # Neither letter is a word of its own.
    strange += first in "ÂÃ" and not previous.isalpha() and second in "–—™©®°²³¹•‘“«‹"
    strange += first == "â" and second == "œ"
    return strange


def _wrong(before: str, run: str, after: str, original: str) -> bool:
    """The run is ``original`` decoded wrongly, and not what somebody meant to write."""
    if _quoted(before, run, after) or _meaningless(original):
        return False
    strange = _strange(before, run, after)
    if len(original) == 1:
        if len(run) == 3 and _COMMON.match(original):
            return True
        if _meant(before[-1:]) or _meant(after[:1]):
            return False
        if "\u0300" <= original <= "\u036f":
            return before[-1:].isascii() and before[-1:].isalpha() and strange > 1
        if run in _UNITS and not after[:1].isalpha():
            return False
        if original == "\ufeff":
            return True
    if run.isalpha() and not _DOS_LETTERS.isdisjoint(run) and not _COMMON.search(original):
        return False
    if _FAMILIAR.fullmatch(original):
        # A Cyrillic letter after a Latin one may be a slip of the keyboard.
        return strange > ("А" <= run[0] <= "я")
    if len(original) == 1 or len(_scripts(original)) > 1:
        return False
    if run[0] in "–—" and len(original) > 2:
        # Cyrillic in Mac Roman is a dash before every letter: with a sign among the letters it is no list of vowels.
        return not all(char.isalpha() or char in "–—" for char in run)
    return strange >= 2 or (len(original) > 3 and strange > 0)


def _original(encoding: _Encoding, before: str, run: str, after: str) -> str:
    """What stood there, also where it was decoded wrongly more than once."""
    original = encoding.undo(run)
    while len(original) > 1:
        for other in _ENCODINGS:
            if other.run.fullmatch(original):
                deeper = other.undo(original)
                if _wrong(before, original, after, deeper):
                    original = deeper
                    break
        else:
            break
    return original


def _candidates(text: str, encoding: _Encoding) -> Iterator[_Run]:
    for match in encoding.run.finditer(text):
        start, end = match.span()
        before, after = text[max(start - 2, 0) : start], text[end : end + 4]
        yield _Run(start, end, match[0], _original(encoding, before, match[0], after), before, after)


def _supported(run: _Run, scripts: set[str]) -> bool:
    """Nothing speaks against the run, in a text that has others, which decode to letters of these scripts."""
    before, after = run.before[-1:], run.after[:1]
    if (
        _quoted(run.before, run.text, run.after)
        or run.text in _UNITS
        or before.isupper()
        or _meant(before)
        or _meant(after)
    ):
        return False
    return not _meaningless(run.original) and _scripts(run.original) <= scripts


def _runs(text: str, beyond_ascii: str) -> list[_Run]:
    """Return the wrongly decoded runs, first to last."""
    # Most texts are told clean by the few characters they have beyond ASCII.
    if not _SIGNAL.search(beyond_ascii):
        return []
    present = set(beyond_ascii)
    found: list[_Run] = []
    for encoding in _ENCODINGS:
        if present.isdisjoint(encoding.signals) or (encoding.companions and present.isdisjoint(encoding.companions)):
            continue
        sure: list[_Run] = []
        doubtful: list[_Run] = []
        for run in _candidates(text, encoding):
            (sure if _wrong(run.before, run.text, run.after, run.original) else doubtful).append(run)
        if sure:
            scripts = set[str]().union(*(_scripts(run.original) for run in sure))
            found += sure
            found += [run for run in doubtful if _supported(run, scripts)]
    found.sort(key=lambda run: (run.start, -run.end))
    # Two encodings that share characters both find a run: the first and longest is meant.
    apart: list[_Run] = []
    for run in found:
        if not apart or run.start >= apart[-1].end:
            apart.append(run)
    return apart


# Every byte beyond ASCII became a character beyond ASCII, so that two of them stand side by side in a run.
_SIDE_BY_SIDE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+(?:[\xc2-\xf4][\x80-\xbf]+)+")


def find(source: bytes, opaque: Sequence[tuple[int, int]] = ()) -> list[Defect]:
    """Return a ``mojibake`` defect for each run of wrongly decoded characters outside the ``opaque`` byte ranges.

    ``opaque`` is sorted: code, where such text is likely to be an example of it.
    """
    if source.isascii() or not (runs := _SIDE_BY_SIDE.findall(source)):
        return []
    text = source.decode("utf-8", "surrogateescape")
    beyond_ascii = b"".join(runs).decode("utf-8", "surrogateescape")
    found: list[Defect] = []
    chars, offset = 0, 0
    for run in _runs(text, beyond_ascii):
        offset += len(text[chars : run.start].encode("utf-8", "surrogateescape"))
        span = Span(offset, offset + len(run.text.encode("utf-8")))
        chars, offset = run.end, span.end
        index = bisect_right(opaque, span.start, key=itemgetter(0))
        if index and opaque[index - 1][1] > span.start:
            continue
        found.append(_defect(span, run))
    return found


_ADJACENT = re.compile("[^\x00-\x7f]{2,}")


def repair(text: str) -> str:
    """The text with all that ``find`` would report turned back; what is lost stays as it is."""
    if text.isascii() or not (runs := _ADJACENT.findall(text)):
        return text
    parts: list[str] = []
    end = 0
    for run in _runs(text, "".join(runs)):
        if "\ufffd" not in run.original:
            parts += text[end : run.start], run.original.replace("\ufeff", "")
            end = run.end
    return "".join((*parts, text[end:]))


def _defect(span: Span, run: _Run) -> Defect:
    wrong = f"'{_shortened(run.text)}' is text decoded in the wrong encoding"
    if "\ufffd" in run.original:
        return Defect("mojibake", span, f"{wrong}; what it was is lost")
    original = run.original.replace("\ufeff", "")
    if not original:
        fix = Fix("remove the byte order mark", (Edit(span, ""),), safe=True)
        return Defect("mojibake", span, f"{wrong}; it was a byte order mark", fix)
    was = _shortened(original)
    return Defect(
        "mojibake", span, f"{wrong}; it was '{was}'", Fix(f"replace it by '{was}'", (Edit(span, original),), safe=True)
    )


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
