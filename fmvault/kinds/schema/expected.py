"""What a schema expects of a note: its sections and its properties, gathered from all schemas it builds on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

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
    ``anywhere``: it has no place of its own among the others (``x-anywhere``).
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


def at(whole: Any, steps: Sequence[str | int]) -> Any:
    """What stands at the end of these steps; names of digits may be given as numbers."""
    for step in steps:
        whole = whole[str(step) if isinstance(whole, dict) else int(step)]
    return whole


def sections(whole: Mapping[str, Any]) -> Mapping[str, SectionRule]:
    """The sections, in the order they are first named: those of a schema that is built on come first.

    A schema adds its headings before those of the schemas it builds on, and its description replaces theirs.
    """
    rules: dict[str, SectionRule] = {}
    holders = _below(whole, [whole], "sections")
    required = {name for holder in holders for name in holder.get("required", ())}
    for name in dict.fromkeys(name for holder in holders for name in holder.get("properties", ())):
        headings: tuple[str, ...] = ()
        description = ""
        anywhere = False
        for schema in _below(whole, holders, name):
            headings = tuple(dict.fromkeys((*schema.get("x-headings", ()), *headings)))
            description = schema.get("description", description)
            anywhere = schema.get("x-anywhere", anywhere)
        headings = headings or (name.replace("-", " ").capitalize(),)
        rules[name] = SectionRule(name, headings, description, name in required, anywhere)
    return rules


def properties(whole: Mapping[str, Any]) -> Mapping[str, str]:
    """The properties of a note, each with what it is for, as far as that is said."""
    holders = _below(whole, [whole], "properties")
    found = {}
    for name in dict.fromkeys(name for holder in holders for name in holder.get("properties", ())):
        descriptions = [schema.get("description", "") for schema in _below(whole, holders, name)]
        found[name] = next(filter(None, reversed(descriptions)), "")
    return found


def facts(whole: Mapping[str, Any]) -> Mapping[str, frozenset[str]]:
    """Of each section the facts that the schema looks at, of those that take time to be found out.

    One is looked at if its name stands where a schema names what an object has. Where that is not below one section
    alone, or where whatever an object has is counted, all sections need all of them.
    """
    parts = {
        id(part): name
        for holder in _below(whole, [whole], "sections")
        for name, part in holder.get("properties", {}).items()
    }
    looked_at: dict[str, set[str]] = {name: set() for name in parts.values()}
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


def _below(whole: Any, schemas: Sequence[Any], name: str) -> Sequence[Any]:
    """The schemas for what is called ``name`` below what these schemas are for."""
    parts = [
        each["properties"][name]
        for schema in schemas
        for each in _bases(whole, schema, set())
        if name in each.get("properties", ())
    ]
    return [each for part in parts for each in _bases(whole, part, set())]


def _bases(whole: Any, schema: Any, seen: set[int]) -> Iterator[Any]:
    """A schema after those it builds on, by ``$ref`` and ``allOf``."""
    if not isinstance(schema, dict) or id(schema) in seen:
        return
    seen.add(id(schema))
    if "$ref" in schema:
        yield from _bases(whole, at(whole, pointer(schema["$ref"])), seen)
    for part in schema.get("allOf", ()):
        yield from _bases(whole, part, seen)
    yield schema


def pointer(reference: str) -> Sequence[str]:
    """The steps of a ``$ref`` within its file."""
    from urllib.parse import unquote

    return [step.replace("~1", "/").replace("~0", "~") for step in unquote(reference).split("/")[1:]]
