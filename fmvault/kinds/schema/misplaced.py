"""What a schema says to no effect: keywords and names that stand in the wrong place, and headings claimed twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fmvault.config import nearest, unknown
from fmvault.kinds.headings import Headings
from fmvault.kinds.schema.expected import claims
from fmvault.kinds.schema.keywords import FACTS, KEYWORDS, PARTS
from fmvault.kinds.schema.whole import Role, Steps, at, roles

# Demands that are made of a fact of a section and never of the section: with a fact they may be meant for.
_MEANT = (
    dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "words")
    | dict.fromkeys(("minLength", "maxLength", "pattern", "format"), "text")
    | {"minItems": "items", "maxItems": "items"}
)
_OTHERWISE = {"minItems": "minimum", "maxItems": "maximum"}

# Comparisons of names that are worth their time.
_COMPARED = 100_000


def misplaced(whole: Mapping[str, Any]) -> Iterator[tuple[Steps, str, bool]]:
    """Where, what, and whether it is in the key.

    ``whole`` is valid, and every ``$ref`` in it leads to a place in it.
    """
    by_role = roles(whole)
    for role, parts in by_role.items():
        for steps in parts:
            for place, message, key in _of_role(role, at(whole, steps)):
                yield (*steps, *place), message, key
    yield from _misspelt(whole, by_role["sections"])
    yield from _claimed_twice(whole)


def _of_role(role: Role, schema: Mapping[str, Any]) -> Iterator[tuple[Steps, str, bool]]:
    names, noun = (PARTS, "part of a note") if role == "note" else (FACTS, "fact of a section")
    for keyword, value in schema.items():
        is_ours = keyword in KEYWORDS or keyword.startswith("x-")
        if role == "sections":
            if not is_ours and isinstance(value, dict):
                yield (keyword,), f"'{keyword}' is no keyword here; a section stands under 'properties'", True
        elif keyword in names and (not is_ours or keyword == "items"):
            yield (keyword,), f"'{keyword}' is no keyword here; it stands under 'properties'", True
        elif not is_ours and (near := nearest(keyword, names)):
            message = f"'{keyword}' is no keyword; did you mean '{near}', which stands under 'properties'?"
            yield (keyword,), message, True
        elif role == "section" and keyword in _MEANT:
            shown = value if isinstance(value, int | float) else "…"
            meant = json.dumps({_MEANT[keyword]: {_OTHERWISE.get(keyword, keyword): shown}}, ensure_ascii=False)
            message = f"'{keyword}' says nothing of a section as a whole; it stands under 'properties': {meant}"
            yield (keyword,), message, True
    if role != "sections":
        for place, name, key in _named(schema):
            if name not in names:
                yield place, unknown(noun, name, names), key


def _named(schema: Mapping[str, Any]) -> Iterator[tuple[Steps, str, bool]]:
    """The names of what a schema asks of an object, as it names them."""
    for keyword in ("properties", "dependentRequired", "dependentSchemas"):
        yield from (((keyword, name), name, True) for name in schema.get(keyword, {}))
    yield from ((("required", index), name, False) for index, name in enumerate(schema.get("required", ())))
    for name, others in schema.get("dependentRequired", {}).items():
        yield from ((("dependentRequired", name, index), other, False) for index, other in enumerate(others))


def _misspelt(whole: Mapping[str, Any], holders: Sequence[Steps]) -> Iterator[tuple[Steps, str, bool]]:
    """Sections that are required under a name that is almost that of another; under any other name they are new."""
    known = {name for steps in holders for name in at(whole, steps).get("properties", ())}
    required = [
        ((*steps, "required", index), name)
        for steps in holders
        for index, name in enumerate(at(whole, steps).get("required", ()))
        if name not in known
    ]
    if len(known) * len(required) <= _COMPARED:
        for place, name in required:
            if near := nearest(name, known):
                yield place, f"no section is named '{name}'; did you mean '{near}'?", False


def _claimed_twice(whole: Mapping[str, Any]) -> Iterator[tuple[Steps, str, bool]]:
    claimed = list(claims(whole))
    table = {str(number): headings for number, (_, _, headings) in enumerate(claimed)}
    for first, second, heading in Headings(table).clashes():
        name = claimed[int(first)][0]
        other, steps, headings = claimed[int(second)]
        if name == other:
            continue
        message = f"'{heading}' is a heading of the section '{name}' already"
        schema = at(whole, steps)
        if isinstance(schema, dict) and "x-headings" in schema:
            index = headings.index(heading)
            yield (*steps, "x-headings", index), f"{message}; leave it out, or change '{name}'", False
        else:
            yield steps, f"{message}; give '{other}' other 'x-headings', or change '{name}'", True
