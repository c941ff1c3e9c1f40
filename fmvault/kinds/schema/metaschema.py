"""What is wrong with a schema itself, in the words of those who write schemas."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from fmvault.config import nearest, unknown
from fmvault.kinds.schema.keywords import DRAFT, FORMATS, KEYWORDS, OURS, PARTS, TYPES
from fmvault.kinds.schema.positions import KeyPath

# Bytes that a regular expression may take up once it is compiled.
MAX_EXPRESSION = 1 << 18

_GIVEN = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}
_WANTED = {"boolean": "true or false", "array": "an array", "object": "an object", "integer": "a whole number"}
_BOUNDS = (
    *itertools.product(("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")),
    *((f"min{what}", f"max{what}") for what in ("Length", "Items", "Contains", "Properties")),
)
# What older drafts called '$defs' is followed and not advised.
_SUGGESTED = KEYWORDS - {"definitions"}


@lru_cache(maxsize=1)
def _rules() -> Any:
    import jsonschema_rs

    # The rules of 2020-12 come with the library.
    return jsonschema_rs.Draft202012Validator({"$ref": DRAFT}, offline=True)


def complaints(schema: Any) -> Iterator[tuple[KeyPath, str]]:
    """Each place in a schema that breaks the rules of 2020-12, with what is wrong there."""
    if _rules().is_valid(schema):
        return
    seen: set[KeyPath] = set()
    for error in _rules().iter_errors(schema):
        path, value = _located(schema, error.instance_path)
        # The rules come in several parts, each of which may say the same.
        if path not in seen:
            seen.add(path)
            yield path, _message(path, value, error)


def _located(schema: Any, steps: list[str | int]) -> tuple[KeyPath, Any]:
    """The path with names as they are: the library takes a name of digits for an index."""
    path: KeyPath = ()
    for step in steps:
        step = str(step) if isinstance(schema, dict) else step
        path, schema = (*path, step), schema[step]
    return path, schema


def _message(path: KeyPath, value: Any, error: Any) -> str:
    subject = next((f"'{step}'" for step in reversed(path) if isinstance(step, str)), "a schema")
    given = _GIVEN.get(type(value), "null")
    if not path:
        return f"a schema is an object, not {given}"
    match error.kind.name:
        case "type" if set(error.kind.types) == {"boolean", "object"}:
            return f"{subject} wants a schema, which is an object, true or false, not {given}"
        case "type":
            wanted = " or ".join(_WANTED.get(name, f"a {name}") for name in error.kind.types)
            return f"{subject} wants {wanted}, not {given}"
        case "anyOf" if path[-1] == "type":
            wrong = [name for name in (value if isinstance(value, list) else [value]) if name not in TYPES]
            if not wrong:
                return "'type' is an array of types, each named once"
            return unknown("type", wrong[0], TYPES) if isinstance(wrong[0], str) else "'type' wants the name of a type"
        case "minimum":
            return f"{subject} is {value}; it has to be at least {error.kind.limit}"
        case "exclusiveMinimum":
            return f"{subject} is {value}; it has to be more than {error.kind.limit}"
        case "minItems":
            return f"{subject} is empty"
        case "uniqueItems":
            return f"{subject} names something twice"
    return f"{subject} cannot be {value!r}"


def expressions(schema: Mapping[str, Any]) -> int:
    """How many regular expressions stand in this schema alone."""
    named = schema.get("patternProperties")
    return ("pattern" in schema) + (len(named) if isinstance(named, dict) else 0)


def oddities(schema: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, str, bool]]:
    """What the rules allow and we do not, in this schema alone: where, what, and whether it is in the key.

    Misspelt keywords, expressions that may take for ever, limits that exclude each other, what is not followed, and
    annotations of ours gone wrong. ``path`` leads to the schema in its file.
    """
    for keyword, value in schema.items():
        match keyword:
            case "$schema" if value not in (DRAFT, DRAFT + "#"):
                yield (keyword,), f"'{value}' is another draft; schemas are written to '{DRAFT}'", False
            case "$id" if path:
                yield (keyword,), "'$id' stands at the top of a file alone", True
            case "$dynamicRef" | "$dynamicAnchor" | "$recursiveRef" | "$recursiveAnchor":
                yield (keyword,), f"'{keyword}' is not followed; '$ref' and '$anchor' are", True
            case "format" if isinstance(value, str) and value not in FORMATS and nearest(value, FORMATS):
                yield (keyword,), unknown("format", value, FORMATS), False
            case "pattern" if isinstance(value, str):
                if message := _unfit(value):
                    yield (keyword,), message, False
            case "patternProperties" if isinstance(value, dict):
                for pattern in value:
                    if message := _unfit(pattern):
                        yield (keyword, pattern), message, True
            case "x-headings" if not (value and isinstance(value, list) and all(map(_is_text, value))):
                yield (keyword,), "'x-headings' wants an array of headings, such as [\"Definition\"]", False
            case "x-anywhere" if not isinstance(value, bool):
                yield (keyword,), "'x-anywhere' wants true or false", False
            case "x-message" if not _is_text(value):
                yield (keyword,), "'x-message' wants a string, which is the message", False
            case _ if keyword not in KEYWORDS and (near := _meant(keyword, _suggested(path, value))):
                yield (keyword,), f"no keyword is named '{keyword}'; did you mean '{near}'?", True
    for lower, upper in _BOUNDS:
        if _is_number(schema.get(lower)) and _is_number(schema.get(upper)):
            least, most = schema[lower], schema[upper]
            if least > most or (least == most and "exclusive" in lower + upper):
                yield (lower,), f"'{lower}' is {least} and '{upper}' {most}; nothing can be both", False


def _suggested(path: KeyPath, value: Any) -> Collection[str]:
    """The names that may be meant at this place by what is no keyword."""
    if path[-2:] == ("properties", "sections") and isinstance(value, dict):
        # Any other is a section, put in the wrong place.
        return ("properties", "patternProperties", "additionalProperties")
    return _SUGGESTED if path else _SUGGESTED | set(PARTS)


def _meant(keyword: str, names: Collection[str]) -> str | None:
    """The keyword that was meant by one there is not. Of those that begin with ``x-`` only ours are known."""
    if not keyword.startswith("x-"):
        near = nearest(keyword, names)
        return near if near in KEYWORDS else None
    near = nearest(keyword.removeprefix("x-"), [ours.removeprefix("x-") for ours in OURS])
    return f"x-{near}" if near else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _unfit(pattern: str) -> str | None:
    """What is wrong with an expression: it has to be one that is matched in a time linear in the text."""
    import jsonschema_rs

    if _compiles(pattern, jsonschema_rs.RegexOptions(size_limit=MAX_EXPRESSION)):
        return None
    if _compiles(pattern, jsonschema_rs.FancyRegexOptions()):
        return (
            f"'{pattern}' may take for ever; an expression can neither look ahead or behind, nor refer back, "
            "nor repeat what repeats thousands of times"
        )
    return f"'{pattern}' is not a regular expression" + (", or too large a one" if "{" in pattern else "")


def _compiles(pattern: str, options: Any) -> bool:
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=options, offline=True)
    except ValueError:
        return False
    return True
