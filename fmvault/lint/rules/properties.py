"""Properties: the frontmatter of a note, and what Obsidian makes of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from fmvault.lint.rule import Problem, defects, rule
from fmvault.model import Edit, Fix, Json, Note, Property, Span
from fmvault.properties import is_tag
from fmvault.vault import Vault


@rule(family="properties", since="0.1", severity="error", fixable=True, of_reader=True)
def malformed_frontmatter(note: Note, vault: Vault) -> Iterator[Problem]:
    """The properties cannot be read as YAML.

    Obsidian then shows none of the note's properties: its aliases, tags and links in properties are lost. One mistake
    is reported, the first; what else is amiss shows once it is mended.
    """
    yield from defects(note, "malformed-frontmatter")


@rule(family="properties", since="0.1", severity="error", of_reader=True)
def duplicate_property(note: Note, vault: Vault) -> Iterator[Problem]:
    """A property stands in a note twice.

    Property names are compared without regard to case, and each may stand once. YAML forbids the repetition, and
    programs differ in which of the two values they keep.
    """
    yield from defects(note, "duplicate-property")


@rule(family="properties", since="0.1", severity="warning", fixable=True, of_reader=True)
def unquoted_wikilink(note: Note, vault: Vault) -> Iterator[Problem]:
    """A wikilink in a property lacks its quotes.

    To YAML, `[[Note]]` is a list in a list. Obsidian makes no link of it: there is no backlink, and renaming the note
    leaves it behind.
    """
    yield from defects(note, "unquoted-wikilink")


_PLURALS = {"tag": "tags", "alias": "aliases", "cssclass": "cssclasses"}


@rule(family="properties", since="0.1", severity="warning", fixable=True)
def deprecated_property(note: Note, vault: Vault) -> Iterator[Problem]:
    """A property has a name that Obsidian no longer reads.

    Since version 1.9 `tag`, `alias` and `cssclass` are properties like any other: what they say is neither a tag, nor
    an alias, nor a class. The plural is what counts.
    """
    for old in _of(note, _PLURALS):
        plural = _PLURALS[old.key.lower()]
        fix = None
        if any(other.key.lower() == plural for other in note.properties):
            help_ = f"move its value to '{plural}'"
        else:
            help_ = f"write '{plural}'"
            fix = Fix(f"Rename the property to '{plural}'", (Edit(old.key_span, plural),), safe=True)
        yield Problem(old.key_span, f"'{old.key}' is no longer read by Obsidian; {help_}", fix)


_LISTS = {"tags": re.compile(r"[,\s]+"), "aliases": re.compile(r","), "cssclasses": re.compile(r"[,\s]+")}
_PLAIN = re.compile(r"[^\W\d][\w/ -]*")


@rule(family="properties", since="0.1", severity="warning", fixable=True)
def scalar_list(note: Note, vault: Vault) -> Iterator[Problem]:
    """Several tags, aliases or classes are written as one text.

    `tags: a, b` is one text with a comma to YAML. Obsidian expects a list, and so does every other program that reads
    the note. A single tag without a list is left alone.
    """
    for found in _of(note, _LISTS):
        key, value = found.key.lower(), found.value
        # An alias in quotes may well hold a comma, as in `"Turing, Alan"`.
        if not isinstance(value, str) or (key == "aliases" and found.quoted):
            continue
        parts = [part for raw in _LISTS[key].split(value) if (part := raw.strip())]
        if key == "tags":
            parts = [part.removeprefix("#") for part in parts]
        if len(parts) < 2:
            continue
        written = "[" + ", ".join(_entry(part) for part in parts) + "]"
        # A space may as well have been meant as part of the tag, a comma as part of the alias.
        fix = Fix("Write a list", (Edit(found.span, written),), safe="," in value and key != "aliases")
        yield Problem(found.span, f"'{found.key}' is one text here; write the list {written}", fix)


def _entry(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in ("true", "false", "null"):
        return text
    return "'" + text.replace("'", "''") + "'" if '"' in text or "\\" in text else f'"{text}"'


@rule(family="properties", since="0.1", severity="warning", fixable=True)
def invalid_tag(note: Note, vault: Vault) -> Iterator[Problem]:
    """An entry of the property `tags` is no tag.

    A tag has no spaces and no punctuation but `_`, `-` and `/`, and is more than digits. Obsidian marks any other entry
    as invalid and finds no note by it. An unquoted `#` makes a YAML comment of what follows, so that the tag is lost.
    """
    yield from defects(note, "invalid-tag")
    if not note.tags or not _readable(note):
        return
    for tag in note.tags:
        if not tag.in_property or is_tag(tag.name):
            continue
        if tag.name.isdigit():
            yield Problem(tag.span, f"'{tag.name}' is digits alone, and no tag; add a letter, as in 'y{tag.name}'")
            continue
        mended = re.sub(r"\s+", "-", tag.name)
        if mended != tag.name and is_tag(mended):
            fix = Fix("Join the words with hyphens", (Edit(tag.span, mended),))
            yield Problem(tag.span, f"a tag cannot hold a space; write '{mended}'", fix)
        else:
            amiss = next((character for character in tag.name if not is_tag("a" + character)), "")
            said = f"a tag cannot hold '{amiss}'" if amiss else f"'{tag.name}' is slashes alone, and no tag"
            yield Problem(tag.span, said)


@rule(family="properties", since="0.1", severity="warning")
def property_type_drift(vault: Vault, *, majority: bool = False) -> Iterator[Problem]:
    """A property's value does not have the type that the vault gives the property.

    Obsidian declares one type for each property name (`.obsidian/types.json`) and marks values that do not fit. They
    sort wrongly and fall through filters in bases and queries.
    """
    types = {key: (type_, "") for key, type_ in vault.settings.property_types.items()}
    if majority:
        types = {**_customary(vault), **types}
    if not types:
        return
    for path, note in vault.notes.items():
        for held in note.properties:
            expected = types.get(held.key.lower())
            if expected is None or _fits(held.value, expected[0]) or not _readable(note):
                continue
            # Its missing quotes are what makes a list of it.
            if any(defect.fault == "unquoted-wikilink" and _within(defect.span, held.span) for defect in note.defects):
                continue
            type_, how_many = expected
            known = f"a {_TYPES[type_]} in {how_many} notes" if how_many else f"declared as {_TYPES[type_]}"
            message = f"property '{held.key}' is {known}, and {_shown(held)}"
            yield Problem(held.span, message, path=path)


_TYPES = {
    "text": "text",
    "multitext": "list",
    "number": "number",
    "checkbox": "checkbox",
    "date": "date",
    "datetime": "date and time",
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_LINK = re.compile(r"!?\[\[.*\]\]", re.DOTALL)


def _fits(value: Json, type_: str) -> bool:
    """Whether a value has a type; an empty one has each. Where Obsidian's own judgement is not known, it does."""
    if value is None or value in ("", []) or type_ not in _TYPES:
        return True
    if isinstance(value, str):
        if "{{" in value or "<%" in value:
            return True
        if type_ in ("date", "datetime"):
            return _is_date(value) or _LINK.fullmatch(value.strip()) is not None
        return type_ in ("text", "multitext")
    if isinstance(value, dict):
        return False
    if isinstance(value, list):
        return type_ == "multitext"
    if isinstance(value, bool):
        return type_ in ("checkbox", "text", "multitext")
    return type_ in ("number", "text", "multitext")


def _is_date(text: str) -> bool:
    if _DATE.fullmatch(text.strip()) is None:
        return False
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def _shown(held: Property) -> str:
    value = held.value
    if isinstance(value, dict):
        return "this is a map"
    if isinstance(value, list):
        return "this is a list"
    if isinstance(value, bool):
        return f"this is {'true' if value else 'false'}"
    if isinstance(value, str):
        line = value.strip().partition("\n")[0]
        return f"'{line if len(line) <= 40 else line[:39] + '…'}' is text" + (
            ", being in quotes" if _unquotable(held) else ""
        )
    return "this is a number"


def _unquotable(held: Property) -> bool:
    return held.quoted and re.fullmatch(r"true|false|[-+]?\d+(?:\.\d+)?", held.value.strip()) is not None


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


# A property of fewer notes has no custom yet.
_ENOUGH = 10


def _customary(vault: Vault) -> Mapping[str, tuple[str, str]]:
    """The type that nine in ten notes give a property, and in how many of how many."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for note in vault.notes.values():
        for held in note.properties:
            if (type_ := _type_of(held.value)) is not None:
                counts[held.key.lower()][type_] += 1
    found: dict[str, tuple[str, str]] = {}
    for key, held_types in counts.items():
        total = held_types.total()
        type_, count = held_types.most_common(1)[0]
        if total >= _ENOUGH and total > count >= 0.9 * total and type_ in _TYPES:
            found[key] = (type_, f"{count} of {total}")
    return found


def _type_of(value: Json) -> str | None:
    if value is None or value in ("", []):
        return None
    if isinstance(value, str):
        return "date" if _is_date(value) else "text"
    if isinstance(value, bool):
        return "checkbox"
    if isinstance(value, list):
        return "multitext"
    return "map" if isinstance(value, dict) else "number"


@rule(family="properties", since="0.1", severity="warning", enabled=False, fixable=True)
def tag_case_drift(vault: Vault) -> Iterator[Problem]:
    """A tag is spelled with other capitals than in most places.

    Obsidian takes `#AI` and `#ai` for one tag; search by text, other programs and published pages do not.
    """
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for note in vault.notes.values():
        for tag in note.tags:
            above = ""
            for part in tag.name.split("/"):
                above = f"{above}/{part.lower()}"
                spellings[above][part] += 1
    if all(len(counted) == 1 for counted in spellings.values()):
        return
    # Of spellings used equally often, the one in small letters.
    usual = {above: max(counted, key=lambda part: (counted[part], part)) for above, counted in spellings.items()}
    for path, note in vault.notes.items():
        for tag in note.tags:
            above = ""
            parts = []
            for part in tag.name.split("/"):
                above = f"{above}/{part.lower()}"
                parts.append(usual[above])
            spelled = "/".join(parts)
            if spelled != tag.name:
                fix = Fix(
                    "Spell the tag as elsewhere", (Edit(tag.span, spelled if tag.in_property else f"#{spelled}"),)
                )
                yield Problem(tag.span, f"'{tag.name}' is mostly spelled '{spelled}'", fix, path=path)


def _of(note: Note, keys: Mapping[str, object]) -> Iterator[Property]:
    """The note's properties of these names, if they could be read at all."""
    for held in note.properties:
        if held.key.lower() in keys and _readable(note):
            yield held


def _readable(note: Note) -> bool:
    # What is wrong with properties that Obsidian does not read shows once it does.
    return not any(defect.fault == "malformed-frontmatter" for defect in note.defects)
