"""The keywords of JSON Schema 2020-12, with those that are ours, and which of them hold further schemas.

Ours are annotations: ``x-headings``, the headings that begin a section, ``x-anywhere``, that it has no place among the
others, and ``x-message``, what is said in place of our own words when something fails in the schema it stands in. Every
other keyword that begins with ``x-`` is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

# Whether a part of a schema is asked about the same value, about one below it, or about none until a $ref leads to it.
Reach: TypeAlias = Literal["here", "below", "aside"]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")

_ONE: Mapping[str, Reach] = {
    "not": "here",
    "if": "here",
    "then": "here",
    "else": "here",
    "items": "below",
    "contains": "below",
    "additionalProperties": "below",
    "unevaluatedItems": "below",
    "unevaluatedProperties": "below",
    "propertyNames": "below",
    "contentSchema": "aside",
}
_LIST: Mapping[str, Reach] = {"allOf": "here", "anyOf": "here", "oneOf": "here", "prefixItems": "below"}
_NAMED: Mapping[str, Reach] = {
    "dependentSchemas": "here",
    "properties": "below",
    "patternProperties": "below",
    "$defs": "aside",
    "definitions": "aside",
}

_PLAIN = """
    $schema $id $ref $anchor $comment $vocabulary $dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor
    type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern
    maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired
    format contentEncoding contentMediaType title description default deprecated readOnly writeOnly examples
"""
OURS = ("x-headings", "x-anywhere", "x-message")
KEYWORDS = frozenset([*_ONE, *_LIST, *_NAMED, *_PLAIN.split(), *OURS])

# What there is of a note, and of a section of one.
PARTS = ("name", "properties", "sections", "order")
FACTS = ("heading", "level", "words", "items", "links", "text")

# What ``format`` may ask of a text, in people's words. All of these are checked; other formats say nothing.
FORMATS: Mapping[str, str] = {
    "date": "a day, such as 2026-01-31",
    "date-time": "a day and a time, such as 2026-01-31T09:30:00Z",
    "time": "a time, such as 09:30:00Z",
    "duration": "a stretch of time, such as P3D",
    "email": "an e-mail address",
    "idn-email": "an e-mail address",
    "hostname": "the name of a host, such as example.org",
    "idn-hostname": "the name of a host, such as example.org",
    "ipv4": "an IP address, such as 192.0.2.1",
    "ipv6": "an IP address, such as 2001:db8::1",
    "uri": "a web address, such as https://example.org",
    "iri": "a web address, such as https://example.org",
    "uri-reference": "a web address, or a part of one",
    "iri-reference": "a web address, or a part of one",
    "uri-template": "a web address with places to fill in, such as /notes/{name}",
    "uuid": "a UUID, such as 123e4567-e89b-12d3-a456-426614174000",
    "regex": "a regular expression",
    "json-pointer": "a path, such as /a/b",
    "relative-json-pointer": "a path, such as 1/b",
}


class Part(NamedTuple):
    """A schema within a schema: the steps to it, and under which name what it is asked about stands, if under one."""

    steps: tuple[str | int, ...]
    reach: Reach
    name: str | None = None


def parts(schema: Any) -> Iterator[Part]:
    """The schemas directly within a schema."""
    for keyword, value in schema.items() if isinstance(schema, dict) else ():
        if keyword in _ONE:
            yield Part((keyword,), _ONE[keyword])
        elif keyword in _LIST and isinstance(value, list):
            for index in range(len(value)):
                yield Part((keyword, index), _LIST[keyword], f"#{index}" if keyword == "prefixItems" else None)
        elif keyword in _NAMED and isinstance(value, dict):
            for name in value:
                yield Part((keyword, name), _NAMED[keyword], f".{name}" if keyword == "properties" else None)
