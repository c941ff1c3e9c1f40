"""Text that was decoded in the wrong encoding, and what it was before.

UTF-8 writes every character beyond ASCII as a lead byte and one to three continuation bytes. Read in a single-byte
encoding, these bytes become a run of two or more characters of two small sets (``Ã©``, ``‚úÖ``). A run that is also
something people write (``—á``, ``É”``, ``√π``) is told from a wrongly decoded one by its neighbourhood: somewhere in the
run two characters must meet that no language puts side by side, and what it decodes to must be of a kind.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

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
    """A single-byte encoding that UTF-8 is taken for; bytes it leaves undefined stand for themselves."""

    def __init__(self, name: str) -> None:
        self.name = name
        chars = [bytes([byte]).decode(name, "replace") for byte in range(0x80, 0x100)]
        of = {0x80 + i: [chr(0x80 + i)] if c == "\ufffd" else [c] for i, c in enumerate(chars)}
        if name == "cp1252":
            for byte in range(0x80, 0xA0):  # Latin-1 is the same but for these
                of[byte].append(chr(byte))
        if name == "mac_roman":
            of[0xBD].append("\u2126")
        self.bytes = {ord(char): chr(byte) for byte, chars in of.items() for char in chars}

        def of_bytes(first: int, last: int) -> str:
            return "[" + "".join(re.escape("".join(of[byte])) for byte in range(first, last + 1)) + "]"

        rest = of_bytes(0x80, 0xBF)
        self.sequence = (
            f"(?:{of_bytes(0xC2, 0xDF)}{rest}"
            f"|{of_bytes(0xE0, 0xE0)}{of_bytes(0xA0, 0xBF)}{rest}"
            f"|{of_bytes(0xE1, 0xEC)}{rest}{{2}}"
            f"|{of_bytes(0xED, 0xED)}{of_bytes(0x80, 0x9F)}{rest}"
            f"|{of_bytes(0xEE, 0xEF)}{rest}{{2}}"
            f"|{of_bytes(0xF0, 0xF0)}{of_bytes(0x90, 0xBF)}{rest}{{2}}"
            f"|{of_bytes(0xF1, 0xF3)}{rest}{{3}}"
            f"|{of_bytes(0xF4, 0xF4)}{of_bytes(0x80, 0x8F)}{rest}{{2}})"
        )
        self.run = re.compile(self.sequence + "+")

    def undo(self, run: str) -> str:
        return run.translate(self.bytes).encode("latin-1").decode("utf-8")


_ENCODINGS = tuple(map(_Encoding, ("cp1252", "mac_roman", "cp1251", "cp1250", "cp437", "cp850")))
_KINDS = {chr(c): _kind(chr(c)) for e in _ENCODINGS for c in e.bytes}


_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "‘": "’", "‚": "‘", "«": "»", "»": "«", "「": "」", "(": ")"}
_MEANT = frozenset({"lower", "upper", "math", "symbol", "low"})
_COMMON = re.compile("[\u2010-\u2015\u2018\u2019\u201c-\u201e\u2020-\u2022\u2026\u2122\u2190-\u2195\u21d2\u21d4\u2705\u2713-\u2718\u274c]")
_FAMILIAR = re.compile(
    "[\xa0-\u017f\u01a0\u01a1\u01af\u01b0\u0218-\u021b\u1ea0-\u1ef9\u2009-\u27bf\u2900-\u297f\u2b00-\u2b5f\ufe0f\ufeff\ufffd"
    "\U0001d400-\U0001d7ff\U0001f000-\U0001fbff]*"
)


def _kind_of(char: str) -> str:
    return "" if char.isascii() else _KINDS.get(char) or _kind(char)


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
    if in_word and after[:1].islower() and (last in "\xad" or _KINDS[last] in ("closing", "box", "math") and last not in "’‘"):
        strange += 1
    if first in "√¬ƒ≈":
        if len(before) > 1 and before.isascii() and before.isalpha() or after.isalpha() and len(after) > 3 and after.islower():
            strange += 1
        elif first == "¬" and (before[-1:].isalnum() or run == "¬∞" and after[:1] in ("C", "F")):
            strange += 1
    if run in ("Â\xa0", "¬†") and before[-1:].isascii() and not before[-1:].isupper() and not before[-1:].isspace() and before:
        strange += 1
    if first in "ÂÃ" and not before[-1:].isalpha() and run[1] in "–—™©®°²³¹•‘“«‹":
        strange += 1
    if first == "â" and run[1:2] == "œ":
        strange += 1
    return strange


def _wrong(before: str, run: str, after: str, original: str) -> bool:
    """The run is ``original`` decoded wrongly, and not what somebody meant to write."""
    strange = _strange(before, run, after)
    if after and _QUOTES.get(before[-1:]) == after[:1]:
        return False
    if any(unicodedata.category(char) in ("Cn", "Co", "Cc") for char in original):
        return False
    if len(original) == 1:
        if len(run) == 3 and _COMMON.match(original):
            return True
        if _kind_of(before[-1:]) in _MEANT or _kind_of(after[:1]) in _MEANT:
            return False
        if "\u0300" <= original <= "\u036f":
            return before[-1:].isascii() and before[-1:].isalpha() and strange > 1
        if run[0] in "ÅÄ" and run[1] in "²³¹" and not after[:1].isalpha():
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


def _original(encoding: _Encoding, run: str) -> str:
    """What stood there, also where it was decoded wrongly more than once."""
    original = encoding.undo(run)
    while len(original) > 1:
        for other in _ENCODINGS:
            if other.run.fullmatch(original) and _strange("", original, ""):
                original = other.undo(original)
                break
        else:
            break
    return original


def _runs(text: str) -> list[tuple[int, int, str, str]]:
    """Yield start, end and original of each wrongly decoded run, with the encoding it was read in."""
    found = []
    for encoding in _ENCODINGS:
        doubtful = []
        sure = 0
        scripts: set[str] = set()
        for match in encoding.run.finditer(text):
            start, end = match.span()
            run = match[0]
            original = _original(encoding, run)
            before = text[max(start - 2, 0) : start]
            after = text[end : end + 4]
            if _wrong(before, run, after, original):
                found.append((start, -end, original, encoding.name))
                scripts |= _scripts(original)
                sure += 1
            else:
                doubtful.append((start, -end, original, before, run, after))
        if sure:
            for start, minus_end, original, before, run, after in doubtful:
                if _QUOTES.get(before[-1:], "-") == after[:1] or before[-1:].isupper() or _kind_of(before[-1:]) in _MEANT or _kind_of(after[:1]) in _MEANT:
                    continue
                if any(unicodedata.category(char) in ("Cn", "Co", "Cc") for char in original):
                    continue
                if _scripts(original) <= scripts:
                    found.append((start, minus_end, original, encoding.name))
    found.sort()
    last = 0
    result = []
    for start, minus_end, original, name in found:
        if start >= last:
            result.append((start, -minus_end, original, name))
            last = -minus_end
    return result


def find(source: bytes, opaque: Sequence[tuple[int, int]] = ()) -> list[Defect]:
    """Return a ``mojibake`` defect for each run of wrongly decoded characters outside the ``opaque`` byte ranges."""
    return []


def repair(text: str) -> str:
    """Return the text with every wrongly decoded run replaced by what it was before."""
    return text
