"""Names: what notes and files are called, and what else goes by the same name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from fmvault.lint.rule import Problem, rule
from fmvault.model import Note, Span
from fmvault.vault import Vault, fold

# A problem of a whole file stands at its beginning.
_FILE = Span(0, 0)


@rule(family="names", since="0.1", severity="error")
def case_colliding_paths(vault: Vault) -> Iterator[Problem]:
    """Two files have paths that differ only by case.

    Linux keeps both. On Windows and macOS they are one file: a checkout or a synchronisation leaves one of the two, and
    nothing says which. Letters with accents that are encoded in two ways collide in the same manner.
    """
    first: dict[str, str] = {}
    for path in vault.files:
        other = first.setdefault(unicodedata.normalize("NFC", path).casefold(), path)
        if other is not path:
            yield Problem(_FILE, f"this path differs from '{other}' only {_difference(path, other)}", path=path)


def _difference(path: str, other: str) -> str:
    """In what two paths differ that are one file to some system, and to which."""
    path, other = unicodedata.normalize("NFC", path), unicodedata.normalize("NFC", other)
    if path == other:
        return "in how accents are encoded; on Windows and macOS one of the two is lost"
    if path.lower() == other.lower():
        return "by case; on Windows and macOS one of the two is lost"
    return "in letters that are one to macOS, such as 'ß' and 'ss'; there one of the two is lost"


# What may be amiss with a path: a quick look, before each of its parts is looked at.
_SUSPECT = re.compile(
    r"""[<>:"|?*\\\x00-\x1f#^\]\[]|[ .](?:/|\Z)|(?:\A|/) |[ ]\.[^./]*\Z"""
    r"""|(?:\A|/)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])[ ]*(?:[./]|\Z)""",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r"""[<>:"|?*\\\x00-\x1f]""")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])[ ]*(?:\.|\Z)", re.IGNORECASE)
_UNLINKABLE = re.compile(r"[#^|]|\]\]|\[\[|\A\[|\]\Z")
_LONGEST = 255


@rule(family="names", since="0.1", severity="warning")
def unportable_name(vault: Vault) -> Iterator[Problem]:
    """A file or folder has a name that fails on Windows, or that no link can spell.

    Such a vault cannot be checked out or synchronised on Windows. A name that holds `#`, `^` or `|` breaks each link to
    it, since these characters end the name in a link.
    """
    told: set[str] = set()
    for path in vault.files:
        if _SUSPECT.search(path) is None and len(path) <= _LONGEST // 4:
            continue
        *folders, name = path.split("/")
        for folder in folders:
            if folder not in told and (fault := _unportable(folder)):
                told.add(folder)
                yield Problem(_FILE, f"the folder's name '{folder}' {fault}", path=path)
        if fault := _unportable(name) or _unlinkable(name):
            yield Problem(_FILE, f"the name '{name}' {fault}", path=path)


def _unportable(name: str) -> str | None:
    if found := sorted(set(_FORBIDDEN.findall(name))):
        listed = ", ".join(f"'{character}'" if character >= " " else f"U+{ord(character):04X}" for character in found)
        return f"holds {listed}, which Windows refuses"
    if reserved := _RESERVED.match(name):
        return f"is refused by Windows, which keeps '{reserved[1].upper()}' for a device"
    if name.endswith((".", " ")):
        return f"ends with a {'dot' if name.endswith('.') else 'space'}, which Windows takes off"
    if (size := len(name.encode("utf-8", "surrogatepass"))) > _LONGEST:
        return f"is {size} bytes long; most file systems stop at {_LONGEST}"
    return None


def _unlinkable(name: str) -> str | None:
    """What breaks a link to the file. Brackets do only where they meet those of the link."""
    linked = name[:-3] if name[-3:].lower() == ".md" else name
    if linked != linked.strip():
        return "begins or ends with a space, which no link can spell"
    if found := _UNLINKABLE.search(linked):
        return f"holds '{found[0]}', which breaks links to it"
    return None


@rule(family="names", since="0.1", severity="warning")
def duplicate_alias(note: Note, vault: Vault) -> Iterator[Problem]:
    """Two notes have the same alias.

    An alias is how a note is found while a link is written. Where two notes share one, the list shows it twice and the
    link may be made to the wrong note.
    """
    for alias in note.aliases:
        holders = vault.with_alias(alias.name)
        if len(holders) > 1 and holders[0] != note.path:
            yield Problem(alias.span, f"'{alias.name}' is an alias of '{holders[0]}' already")


@rule(family="names", since="0.1", severity="warning")
def alias_shadows_note(note: Note, vault: Vault) -> Iterator[Problem]:
    """An alias is the name of another note.

    A link by that name leads to the other note, never to the one with the alias. Either the alias is in the wrong note,
    or two notes are about one thing.
    """
    for alias in note.aliases:
        others = [path for path in vault.named(alias.name) if path != note.path]
        if others and fold(alias.name) != fold(note.name):
            yield Problem(alias.span, f"'{alias.name}' is the name of '{others[0]}'; a link by it leads there")


@rule(family="names", since="0.1", severity="info", enabled=False)
def alias_equals_name(note: Note, vault: Vault) -> Iterator[Problem]:
    """An alias is the note's own name.

    It adds nothing: the note is found by its name already.
    """
    for alias in note.aliases:
        if fold(alias.name) == fold(note.name):
            yield Problem(alias.span, f"'{alias.name}' is the note's own name; the alias can go")


@rule(family="names", since="0.1", severity="warning", enabled=False)
def duplicate_name(vault: Vault, *, ignore: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Two notes in different folders have the same name.

    A link by the name alone means one of them, and which one depends on where the link stands and how long the paths
    are. Moving a note may turn the link around.
    """
    ignored = {fold(name) for name in ignore}
    for path, note in vault.notes.items():
        if path[-3:].lower() != ".md":
            continue
        same = vault.named(note.name)
        if len(same) > 1 and same[0] != path and fold(note.name) not in ignored:
            yield Problem(_FILE, f"'{same[0]}' has the same name; only a path tells them apart", path=path)


@rule(family="names", since="0.1", severity="info", enabled=False)
def similar_names(vault: Vault, *, ignore: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Two notes have names that differ by a typo, a plural or a hyphen.

    They are mostly two notes on one thing, of which each holds half of the links.
    """
    ignored = {fold(name) for name in ignore}
    names: dict[str, str] = {}
    for path, note in vault.notes.items():
        if path[-3:].lower() == ".md" and fold(note.name) not in ignored:
            names.setdefault(fold(note.name), path)
    first_of_form: dict[str, str] = {}
    words_of: dict[str, list[str]] = {}
    for name, path in names.items():
        words = _WORD.findall(unicodedata.normalize("NFKD", name))
        form = "".join(map(_singular, words))
        if not form:
            continue
        other = first_of_form.setdefault(form, path)
        if other is not path:
            yield _similar(path, other)
        else:
            words_of[form] = words
    yield from _misspelt(first_of_form, words_of)


_WORD = re.compile(r"[^\W_]+")
# Shorter words differ by a letter too often without being the same word, and longer names are rarely a slip apart.
_SHORTEST, _LONGEST_NAME = 6, 60


def _similar(path: str, other: str) -> Problem:
    return Problem(_FILE, f"the name is much like that of '{other}'; are they about the same thing?", path=path)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _misspelt(paths: Mapping[str, str], words_of: Mapping[str, list[str]]) -> Iterator[Problem]:
    """Names one slip apart. Two such names become equal when each loses at most one letter, so that the names with one
    letter taken off, at each place, lead from one to the other without comparing each with each."""
    shortened: dict[int, str] = {}
    told: set[str] = set()
    for form, path in paths.items():
        if not _SHORTEST <= len(form) <= _LONGEST_NAME:
            continue
        keys = {hash(form), *(hash(form[:index] + form[index + 1 :]) for index in range(len(form)))}
        for key in keys:
            other = shortened.setdefault(key, form)
            if other is not form and form not in told and _slip(words_of[form], words_of[other]):
                told.add(form)
                yield _similar(path, paths[other])


def _slip(words: list[str], others: list[str]) -> bool:
    """Whether the names differ in one long word, by letters that follow its first and are no digits."""
    if len(words) != len(others):
        return False
    differing = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    if len(differing) != 1:
        return False
    one, two = differing[0]
    if min(len(one), len(two)) < _SHORTEST or one[0] != two[0] or not (one.isalpha() and two.isalpha()):
        return False
    start = next((index for index, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    if len(one) == len(two):
        swapped = one[start : start + 2] == two[start : start + 2][::-1] and one[start + 2 :] == two[start + 2 :]
        return swapped or one[start + 1 :] == two[start + 1 :]
    longer, shorter = (one, two) if len(one) > len(two) else (two, one)
    return longer[start + 1 :] == shorter[start:]
