"""The JSON Schema of a kind of note: read, checked, compiled, and asked about notes.

A note is given as a JSON instance (``schemas/concept.schema.json`` is an example of what may be said of it):

    {"name": "Foundation Model", "properties": {"tags": ["ai"]}, "order": ["definition"],
     "sections": {"definition": {"heading": "Definition", "level": 2, "words": 31, "items": 0, "links": 1}}}

A schema may come from a stranger. Whatever it holds, a note is judged in a time that is bounded by the sizes of both:
regular expressions are matched in linear time, and schemas that lead to ever more schemas are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from fmvault.kinds.schema.documents import Documents
from fmvault.kinds.schema.expected import SectionRule, facts, properties, sections
from fmvault.kinds.schema.faults import Fault, explain
from fmvault.kinds.schema.metaschema import MAX_EXPRESSION

__all__ = ["SHIPPED", "Schema", "SectionRule", "load", "shipped"]

# The kinds whose schemas are shipped.
SHIPPED = ("concept", "source")


# All errors of a note are found at once, and each takes more than a kilobyte.
MAX_ERRORS = 500_000


def shipped(name: str) -> bytes | None:
    """The schema that is shipped for the kind ``name``, as it is written; None if none is."""
    from importlib.resources import files

    if name not in SHIPPED:
        return None
    package = files("fmvault")
    # A wheel has the schemas within the package, a checkout beside it.
    for folder in (package.joinpath("schemas"), package.joinpath("..", "schemas")):
        file = folder.joinpath(f"{name}.schema.json")
        if file.is_file():
            return file.read_bytes()
    raise FileNotFoundError(f"{name}.schema.json is missing from this installation")


def load(name: str, path: str, source: bytes | str, read: Callable[[str], bytes]) -> Schema:
    """The schema of the kind ``name`` that the file at ``path`` holds.

    ``source`` is its text, ``read`` gives that of a file beside it or raises ``OSError``.

    Raises:
        ConfigError: there are mistakes, in this file or in one it leads to.
    """
    documents = Documents(path, source, read, shipped)
    try:
        return Schema(name, documents.whole, documents.ways)
    except ValueError as error:
        documents.fail(f"cannot be used: {str(error).splitlines()[0]}")
        raise


class Schema:
    """What a kind of note is held to.

    Attributes:
        name: the kind's name.
        sections: the sections it knows, by name, in the order in which a reader expects them.
    """

    def __init__(self, name: str, whole: dict[str, Any], ways: int) -> None:
        """``whole`` is valid JSON Schema, and every ``$ref`` in it leads to a place in it.

        ``ways`` tells how often it asks about one value at most.
        """
        import jsonschema_rs

        self.name = name
        self.sections: Mapping[str, SectionRule] = sections(whole)
        self._whole = whole
        self._ways = ways
        self._descriptions = properties(whole)
        self._validator = jsonschema_rs.Draft202012Validator(
            whole,
            validate_formats=True,
            pattern_options=jsonschema_rs.RegexOptions(size_limit=MAX_EXPRESSION),
            offline=True,
        )

    @cached_property
    def properties(self) -> frozenset[str]:
        """The names of the properties it knows."""
        return frozenset(self._descriptions)

    @cached_property
    def facts(self) -> Mapping[str, frozenset[str]]:
        """Of each section, which an instance needs of its ``words``, ``items``, ``links`` and ``text``."""
        return facts(self._whole)

    @cached_property
    def _spelt(self) -> Mapping[str, str]:
        return {name.casefold(): name for name in self._descriptions}

    def property_name(self, key: str) -> str:
        """A property's name as the schema spells it: case tells no properties apart."""
        return self._spelt.get(key.casefold(), key)

    def faults(self, instance: Mapping[str, Any]) -> Sequence[Fault]:
        """What is wrong with a note, by place; empty if nothing is.

        ``instance`` is a JSON tree of dicts and lists. Where there might be more to tell than memory holds, one fault
        stands for all.
        """
        try:
            if self._validator.is_valid(instance):
                return ()
            if self._ways * _size(instance) <= MAX_ERRORS:
                errors = list(self._validator.iter_errors(instance))
            else:
                errors = [self._first(instance)]
        except UnicodeEncodeError:
            # A file's name may hold bytes that are no text.
            return self.faults(_encodable(instance))
        return explain(errors, instance, self._whole, self.sections, self._descriptions)

    def _first(self, instance: Mapping[str, Any]) -> Any:
        import jsonschema_rs

        try:
            self._validator.validate(instance)
        except jsonschema_rs.ValidationError as error:
            return error
        raise AssertionError("what is not valid has an error")


def _size(value: Any) -> int:
    """How many values there are in a value, itself included."""
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1


def _encodable(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case dict():
            return {_encodable(key): _encodable(each) for key, each in value.items()}
        case list():
            return [_encodable(each) for each in value]
    return value
