"""The ways through a schema that is joined of all its files, where every ``$ref`` leads to a place in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias
from urllib.parse import unquote

from fmvault.kinds.schema.keywords import Part, parts

# The keys and indexes that lead to a part of the schema.
Steps: TypeAlias = tuple[str | int, ...]
# What a part is asked about: a note, the sections of one, or a section.
Role: TypeAlias = Literal["note", "sections", "section"]

_NAMED = ("properties", "patternProperties", "additionalProperties", "unevaluatedProperties")


def at(whole: Any, steps: Sequence[str | int]) -> Any:
    """What stands at the end of these steps; names of digits may be given as numbers, and indexes as text."""
    for step in steps:
        whole = whole[str(step) if isinstance(whole, dict) else int(step)]
    return whole


def bases(whole: Any, start: Steps) -> Sequence[Steps]:
    """A schema, after those it builds on by ``$ref`` and ``allOf``."""
    return list(_bases(whole, start, set()))


def _bases(whole: Any, steps: Steps, seen: set[Steps]) -> Iterator[Steps]:
    schema = at(whole, steps)
    if not isinstance(schema, dict) or steps in seen:
        return
    seen.add(steps)
    if "$ref" in schema:
        yield from _bases(whole, _target(whole, schema["$ref"]), seen)
    for index in range(len(schema.get("allOf", ()))):
        yield from _bases(whole, (*steps, "allOf", index), seen)
    yield steps


def below(whole: Any, name: str) -> Sequence[Steps]:
    """The schemas for what a note has under ``name``, each after those it builds on."""
    found: dict[Steps, None] = {}
    for steps in bases(whole, ()):
        if name in at(whole, steps).get("properties", ()):
            found.update(dict.fromkeys(bases(whole, (*steps, "properties", name))))
    return list(found)


def mentions(whole: Any, holders: Iterable[Steps]) -> Mapping[str, Collection[Steps]]:
    """What these schemas name under ``properties``, each with the schemas for it, in the order they are named."""
    found: dict[str, dict[Steps, None]] = {}
    for holder in holders:
        for name in at(whole, holder).get("properties", ()):
            found.setdefault(name, {}).update(dict.fromkeys(bases(whole, (*holder, "properties", name))))
    return found


def roles(whole: Any) -> Mapping[Role, Sequence[Steps]]:
    """All parts that are asked about a note, its sections or one of these, whether or not they always are."""
    found: dict[tuple[Role, Steps], None] = {}
    waiting: list[tuple[Role, Steps]] = [("note", ())]
    while waiting:
        role, steps = each = waiting.pop()
        schema = at(whole, steps)
        if each in found or not isinstance(schema, dict):
            continue
        found[each] = None
        within = []
        if "$ref" in schema:
            within.append((role, _target(whole, schema["$ref"])))
        for part in parts(schema):
            within += [(of_part, (*steps, *part.steps)) for of_part in _role_of(role, part)]
        waiting.extend(reversed(within))
    by_role: dict[Role, list[Steps]] = {"note": [], "sections": [], "section": []}
    for role, steps in found:
        by_role[role].append(steps)
    return by_role


def _role_of(role: Role, part: Part) -> Sequence[Role]:
    """What a part of a schema is asked about, if it is one of these."""
    match role, part.reach, part.steps:
        case _, "here", _:
            return (role,)
        case "note", "below", ("properties", "sections"):
            return ("sections",)
        case "sections", "below", (keyword, *_) if keyword in _NAMED:
            return ("section",)
    return ()


def _target(whole: Any, reference: str) -> Steps:
    """The steps to where a ``$ref`` leads."""
    steps: Steps = ()
    for text in unquote(reference).split("/")[1:]:
        step = text.replace("~1", "/").replace("~0", "~")
        steps = (*steps, int(step) if isinstance(whole, list) else step)
        whole = at(whole, steps[-1:])
    return steps
