"""Text that was decoded in the wrong encoding, and what it was before.

UTF-8 writes every character beyond ASCII as a lead byte and one to three continuation bytes. Read in a single-byte
encoding, these bytes become a run of two or more characters of two small sets (``Ã©``, ``‚úÖ``). A run that is also
something people write (``—á``, ``É”``, ``√π``) is told from a wrongly decoded one by its neighbourhood: somewhere in the
run two characters must meet that no language puts side by side, and what it decodes to must be of a kind.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from fmvault.model import Defect, Edit, Fix, Span


def _letters(alphabet: str) -> frozenset[str]:
    return frozenset(alphabet + alphabet.upper())


# The letters beyond ASCII of languages that share an encoding. Two of them side by side are natural only in one language.
_ALPHABETS = tuple(
    map(
        _letters,
        (
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
        ),
    )
)
_GREEK = frozenset("αßΓπΣσµτΦΘΩδφε")

_CLOSING = frozenset("”“’‘»«›‹…®©™•²³¹°\xb7")
_PLAIN = frozenset("\xa0\xad–—-'")
_OPENING_LOW = frozenset("‚„¿¡")
_MATH = frozenset("√≈∆≠∞±≤≥µ∂∑∏π∫ΩΩ÷×¬◊⁄·")


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
    if char in _OPENING_LOW:
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
    ka, kb = _KINDS.get(a) or _kind(a), _KINDS.get(b) or _kind(b)
    if ka == "wrong" or kb == "wrong":
        return True
    if ka == "plain" or kb == "plain" or ka == "other" or kb == "other":
        return False
    a_letter, b_letter = ka in ("lower", "upper"), kb in ("lower", "upper")
    if a_letter and b_letter:
        if ka == "lower" and kb == "upper":
            return True
        if a.isascii() or b.isascii():
            return False
        return not any(a in alphabet and b in alphabet for alphabet in _ALPHABETS)
    if kb == "ordinal":
        return not a.isascii()
    if a_letter and kb in ("symbol", "low", "math"):
        return not (a.isascii() and kb != "low")
    if b_letter and ka in ("symbol", "math"):
        return not b.isascii()
    if ka == "math" and kb == "math":
        return a in "√≈" and b in "≠≤≥±" or a == "¬" and b in "·∑≤≥±"
    if ka in ("symbol", "math") and kb in ("symbol", "math"):
        return True
    return ka == "math" and kb == "closing" or ka == "low" and kb == "symbol"


class _Encoding:
    """A single-byte encoding that UTF-8 is taken for; bytes it leaves undefined stand for themselves.

    ``signals``: no run is worth a look in a text that has none of these characters.
    """

    def __init__(self, name: str, signals: str) -> None:
        self.signals = frozenset(signals)
        table = {byte: [bytes([byte]).decode(name, "ignore") or chr(byte)] for byte in range(0x80, 0x100)}
        if name == "cp1252":
            # Latin-1 differs only in these, and is told apart by nobody.
            for byte in range(0x80, 0xA0):
                table[byte].append(chr(byte))
            self.signals |= {chr(byte) for byte in range(0x80, 0xA0)}
        self.bytes = {ord(char): chr(byte) for byte, chars in table.items() for char in chars}

        def read(first: int, last: int) -> str:
            return "[" + re.escape("".join(char for byte in range(first, last + 1) for char in table[byte])) + "]"

        rest = read(0x80, 0xBF)
        # The table of well-formed UTF-8 in the Unicode Standard, D92.
        self.run = re.compile(
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
        return run.translate(self.bytes).encode("latin-1").decode("utf-8")


_ENCODINGS = (
    _Encoding("cp1252", "ÂÃÅðœžš€ƒ†‡ˆ‰˜™¢£¤¥¦¨¬¯±´µ¶¸¼½¾"),
    _Encoding("mac_roman", "√¬ƒ≈∆‚\uf8ff‡‰≠∞±≤≥¥µ∂∑∏π∫ΩºªÔ÷◊⁄ﬁﬂŸ"),
    _Encoding("cp1251", "ѕµ‚Ѕ±ЂѓЃЏџ€†‡‰"),
    _Encoding("cp1250", "ĂĹ"),
    _Encoding("cp437", "Γ≡├┬"),
    _Encoding("cp850", "Ô├┬ƒ"),
)
_KINDS = {chr(char): _kind(chr(char)) for encoding in _ENCODINGS for char in encoding.bytes}
_ASCII = bytes(range(0x80))
_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "‘": "’", "‚": "‘", "«": "»", "»": "«", "「": "」", "(": ")"}
_MEANT = frozenset({"lower", "upper", "math", "symbol", "low"})
_COMMON = re.compile(
    "[\u2010-\u2015\u2018\u2019\u201c-\u201e\u2020-\u2022\u2026\u2122\u2190-\u2195\u21d2\u21d4\u2705\u2713-\u2718\u274c]"
)
_FAMILIAR = re.compile(
    "[\xa0-\u017f\u01a0\u01a1\u01af\u01b0\u0218-\u021b\u1ea0-\u1ef9\u2009-\u27bf\u2900-\u297f\u2b00-\u2b5f\ufe0f\ufeff\ufffd"
    "\U0001d400-\U0001d7ff\U0001f000-\U0001fbff]*"
)


def _quoted(before: str, after: str) -> bool:
    """The run stands alone in quotation marks: somebody writes about it."""
    before, after = before.rstrip("\xa0\u202f"), after.lstrip("\xa0\u202f")
    return bool(after) and _QUOTES.get(before[-1:]) == after[0]


def _neighbour(char: str) -> bool:
    """A character beyond ASCII that was probably meant, so that what is beside it was too."""
    return not char.isascii() and (_KINDS.get(char) or _kind(char)) in _MEANT


def _script(char: str) -> str:
    script = unicodedata.name(char, "").partition(" ")[0]
    return "CJK" if script in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "FULLWIDTH", "IDEOGRAPHIC") else script


def _scripts(text: str) -> set[str]:
    return {_script(char) for char in text if not _FAMILIAR.fullmatch(char)}


def _strange(before: str, run: str, after: str) -> int:
    """How many signs there are that no one wrote the run as it stands."""
    strange = sum(_unwritten(a, b) for a, b in pairwise(before[-1:] + run + after[:1]))
    first, last = run[0], run[-1]
    in_word = before[-1:].isalpha() and before.isascii()
    if (
        in_word
        and after[:1].islower()
        and (last in "\xad" or _KINDS[last] in ("closing", "box", "math") and last not in "’‘")
    ):
        strange += 1
    if first in "√¬ƒ≈":
        if (
            len(before) > 1
            and before.isascii()
            and before.isalpha()
            or after.isalpha()
            and len(after) > 3
            and after.islower()
        ):
            strange += 1
        elif first == "¬" and (before[-1:].isalnum() or run == "¬∞" and after[:1] in ("C", "F")):
            strange += 1
    if (
        run in ("Â\xa0", "¬†")
        and before[-1:].isascii()
        and not before[-1:].isupper()
        and not before[-1:].isspace()
        and before
    ):
        strange += 1
    if first in "ÂÃ" and not before[-1:].isalpha() and run[1] in "–—™©®°²³¹•‘“«‹":
        strange += 1
    if first == "â" and run[1:2] == "œ":
        strange += 1
    return strange


def _wrong(before: str, run: str, after: str, original: str) -> bool:
    """The run is ``original`` decoded wrongly, and not what somebody meant to write."""
    if _quoted(before, after) or _meaningless(original):
        return False
    strange = _strange(before, run, after)
    if len(original) == 1:
        if len(run) == 3 and _COMMON.match(original):
            return True
        if _neighbour(before[-1:]) or _neighbour(after[:1]):
            return False
        if "\u0300" <= original <= "\u036f":
            return before[-1:].isascii() and before[-1:].isalpha() and strange > 1
        if run[0] in "ÅÄ" and run[1] in "²³¹" and not after[:1].isalpha():
            return False
        if all(char.isalpha() for char in run) and run[0] in "ÓßÔÒõÕµþÞÚÛÙýÝαßΓπΣσµτΦΘΩδ" and len(run) < 4:
            return False
    if _FAMILIAR.fullmatch(original):
        # Cyrillic letters: mixed scripts alone are a slip of the keyboard.
        return strange > ("А" <= run[0] <= "я")
    scripts = _scripts(original)
    if len(original) == 1 or len(scripts) > 1:
        return False
    if run[0] in "–—" and len(original) > 2 and not all(c.isalpha() or c in "–—" for c in run):
        return True
    return strange >= 2 or len(original) > 3 and strange > 0


def _meaningless(text: str) -> bool:
    return any(unicodedata.category(char) in ("Cn", "Co", "Cc") for char in text)


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


class _Run(NamedTuple):
    start: int
    end: int
    text: str
    original: str
    before: str
    after: str


def _candidates(text: str, encoding: _Encoding) -> Iterator[_Run]:
    for match in encoding.run.finditer(text):
        start, end = match.span()
        before, after = text[max(start - 2, 0) : start], text[end : end + 4]
        yield _Run(start, end, match[0], _original(encoding, before, match[0], after), before, after)


def _supported(run: _Run, scripts: set[str]) -> bool:
    """Nothing speaks against the run, in a text that has others, which decode to letters of these scripts."""
    return not (
        _quoted(run.before, run.after)
        or run.before[-1:].isupper()
        or _neighbour(run.before[-1:])
        or _neighbour(run.after[:1])
        or _meaningless(run.original)
    ) and (_scripts(run.original) <= scripts)


def _runs(text: str) -> list[_Run]:
    """Return the wrongly decoded runs, first to last."""
    # Most texts are told clean by the few different characters they have beyond ASCII.
    present = set(text.encode("utf-8", "surrogateescape").translate(None, _ASCII).decode("utf-8", "surrogateescape"))
    found: list[_Run] = []
    for encoding in _ENCODINGS:
        if present.isdisjoint(encoding.signals):
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


def find(source: bytes, opaque: Sequence[tuple[int, int]] = ()) -> list[Defect]:
    """Return a ``mojibake`` defect for each run of wrongly decoded characters outside the ``opaque`` byte ranges.

    ``opaque`` is sorted: code, where such text is likely to be an example of it.
    """
    if source.isascii():
        return []
    text = source.decode("utf-8", "surrogateescape")
    found: list[Defect] = []
    chars, offset = 0, 0
    for run in _runs(text):
        offset += len(text[chars : run.start].encode("utf-8", "surrogateescape"))
        span = Span(offset, offset + len(run.text.encode("utf-8")))
        chars, offset = run.end, span.end
        index = bisect_right(opaque, span.start, key=itemgetter(0))
        if index and opaque[index - 1][1] > span.start:
            continue
        found.append(_defect(span, run))
    return found


def _defect(span: Span, run: _Run) -> Defect:
    if "\ufffd" in run.original:
        return Defect("mojibake", span, f"'{run.text}' is text decoded in the wrong encoding; what it was is lost")
    repaired = run.original.replace("\ufeff", "")
    if not repaired:
        help_, title = "it was a byte order mark", "remove the byte order mark"
    else:
        help_, title = f"it was '{repaired}'", f"replace it by '{repaired}'"
    message = f"'{run.text}' is text decoded in the wrong encoding; {help_}"
    return Defect("mojibake", span, message, Fix(title, (Edit(span, repaired),), safe=True))


def repair(text: str) -> str:
    """Return the text with every wrongly decoded run replaced by what it was before."""
    if text.isascii():
        return text
    parts: list[str] = []
    end = 0
    for run in _runs(text):
        if "\ufffd" not in run.original:
            parts += text[end : run.start], run.original
            end = run.end
    return "".join(parts) + text[end:]
