"""What a schema expects of a note: its sections and its properties, gathered from all schemas it builds on.

Sections stand in the order in which the schema names them. Where a schema builds on another, the sections of that one
come first and keep their order. One that is new follows the section that is named right before it, else it precedes the
one named right after it; where all that stand beside it are new as well, or where only ``required`` names it, it has no
place among the others and comes last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from fmvault.kinds.schema.whole import Steps, at, below, mentions, roles

# What an instance has of a section only if it is asked for.
_COSTLY = frozenset({"words", "items", "links", "text"})
_NAMING = ("properties", "required", "dependentRequired", "dependentSchemas")
_COUNTING = frozenset(
    {
        *("minProperties", "maxProperties", "propertyNames"),
        *("additionalProperties", "patternProperties", "unevaluatedProperties"),
    }
)


class SectionRule(Struct, frozen=True):
    """A section that a kind of note knows.

    ``headings`` begin it, ``{name}`` standing for what the note is called; ``description`` says what it is for.
    ``anywhere``: it has no place of its own among the others (``x-anywhere``, or as nothing tells its place).
    """

    name: str
    headings: tuple[str, ...]
    description: str
    required: bool
    anywhere: bool

    def title(self, note: str) -> str:
        """What the section is called where the note of this name has none."""
        heading = next((heading for heading in self.headings if "{name}" not in heading), self.headings[0])
        return heading.replace("{name}", note)


def sections(whole: Mapping[str, Any]) -> Mapping[str, SectionRule]:
    """The sections, in the order in which a reader expects them.

    A schema adds its headings before those of the schemas it builds on, and its description replaces theirs. What is
    asked of some notes alone (``anyOf``, ``then``) may name further sections and headings.
    """
    always, others = _holders(whole)
    known, further = mentions(whole, always), mentions(whole, others)
    required = {name for steps in always for name in at(whole, steps).get("required", ())}
    rules: dict[str, SectionRule] = {}
    for name, is_free in _ordered(whole, [*always, *others]).items():
        headings: tuple[str, ...] = ()
        notes: dict[str, Any] = {}
        for schema in (at(whole, steps) for steps in known.get(name, ())):
            headings = (*schema.get("x-headings", ()), *headings)
            notes |= schema
        for schema in (at(whole, steps) for steps in further.get(name, ())):
            headings = (*headings, *schema.get("x-headings", ()))
            notes = schema | notes
        headings = tuple(dict.fromkeys(headings)) or (default_heading(name),)
        anywhere = notes.get("x-anywhere", is_free)
        rules[name] = SectionRule(name, headings, notes.get("description", ""), name in required, anywhere)
    return rules


def default_heading(name: str) -> str:
    """The heading of a section for which none is given."""
    return name.replace("-", " ").capitalize()


def claims(whole: Mapping[str, Any]) -> Iterator[tuple[str, Steps, Sequence[str]]]:
    """The headings that each schema gives to a section: its name, the steps to the schema, and the headings.

    Those of a schema come after those of the schemas it builds on. A section to which none gives any has its own.
    """
    always, others = _holders(whole)
    found: dict[tuple[str, Steps], Sequence[str]] = {}
    for holder in (*always, *others):
        for name, schemas in mentions(whole, [holder]).items():
            for steps in schemas:
                if "x-headings" in (schema := at(whole, steps)):
                    found[name, steps] = schema["x-headings"]
            found.setdefault((name, (*holder, "properties", name)), ())
    headed = {name for (name, _), headings in found.items() if headings}
    for (name, steps), headings in found.items():
        if headings or name not in headed:
            headed.add(name)
            yield name, steps, headings or [default_heading(name)]


def _holders(whole: Mapping[str, Any]) -> tuple[Sequence[Steps], Sequence[Steps]]:
    """The schemas for the sections of a note: those of every note, each after what it builds on, and all others."""
    always = list(below(whole, "sections"))
    known = set(always)
    return always, [steps for steps in roles(whole)["sections"] if steps not in known]


def _ordered(whole: Mapping[str, Any], holders: Sequence[Steps]) -> Mapping[str, bool]:
    """The names of the sections in order, each with whether it may stand anywhere."""
    # A chain of names, None before the first and after the last.
    following: dict[str | None, str | None] = {None: None}
    preceding: dict[str | None, str | None] = {None: None}
    free: set[str] = set()

    def insert(name: str, before: str | None) -> None:
        last = preceding[before]
        following[last], following[name] = name, before
        preceding[before], preceding[name] = name, last

    for holder in holders:
        names = list(at(whole, holder).get("properties", ()))
        is_first = following[None] is None
        neighbour = next((name for name in names if name in following), None)
        is_free = neighbour in free if neighbour is not None else not is_first
        before = neighbour
        for name in names:
            if name in following:
                before, is_free = following[name], name in free
                continue
            insert(name, before)
            if is_free:
                free.add(name)
    for holder in holders:
        for name in at(whole, holder).get("required", ()):
            if name not in following:
                insert(name, None)
                free.add(name)
    order: dict[str, bool] = {}
    name = following[None]
    while name is not None:
        order[name] = name in free
        name = following[name]
    return order


def properties(whole: Mapping[str, Any]) -> Mapping[str, str]:
    """The properties of a note, each with what it is for, as far as that is said."""
    found = {}
    for name, schemas in mentions(whole, below(whole, "properties")).items():
        descriptions = [at(whole, steps).get("description", "") for steps in schemas]
        found[name] = next(filter(None, reversed(descriptions)), "")
    return found


def facts(whole: Mapping[str, Any]) -> Mapping[str, frozenset[str]]:
    """Of each section the facts that the schema looks at, of those that take time to be found out.

    One is looked at if its name stands where a schema names what an object has. Where that is not below one section
    alone, or where whatever an object has is counted, all sections need all of them.
    """
    always, others = _holders(whole)
    holders = [*always, *others]
    parts = {id(part): name for steps in holders for name, part in at(whole, steps).get("properties", {}).items()}
    looked_at: dict[str, set[str]] = {name: set() for name in _ordered(whole, holders)}
    anywhere: set[str] = set()
    stack: list[tuple[Any, set[str]]] = [(whole, anywhere)]
    while stack:
        schema, found = stack.pop()
        if isinstance(schema, list):
            stack.extend((each, found) for each in schema)
        elif isinstance(schema, dict):
            if id(schema) in parts:
                found = looked_at[parts[id(schema)]]
            if not _COUNTING.isdisjoint(schema):
                found.update(_COSTLY)
            for keyword in _NAMING:
                if isinstance(named := schema.get(keyword), dict | list):
                    found.update(_COSTLY.intersection(each for each in named if isinstance(each, str)))
            stack.extend((each, found) for each in schema.values())
    return {name: frozenset(found | anywhere) for name, found in looked_at.items()}
