"""A kind of note: which notes are of it, and the schema that judges them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from msgspec import Struct

from fmvault.config import ConfigError, KindSettings, Mistake
from fmvault.gitignore import matching
from fmvault.kinds.headings import Headings
from fmvault.kinds.schema import Schema, load, shipped


class Kind(Struct, frozen=True, dict=True):
    """A kind of note that the configuration declares; ``matches`` tells by a note's path."""

    name: str
    matches: Callable[[str], bool]
    schema: Schema

    @cached_property
    def headings(self) -> Headings:
        """The section that each heading begins."""
        return Headings({section.name: section.headings for section in self.schema.sections.values()})

    def title(self, section: str, note: str) -> str | None:
        """The heading to be given to a section of the note of this name: the first by which the section is known.

        One without the note's name comes first. There is none if other sections claim them all.
        """
        headings = sorted(self.schema.sections[section].headings, key=lambda heading: "{name}" in heading)
        titles = (" ".join(heading.replace("{name}", note).split()) for heading in headings)
        return next((title for title in titles if self.headings.section(title, lambda: (note,)) == section), None)


def declared(settings: Mapping[str, KindSettings], read: Callable[[str], bytes]) -> Mapping[str, Kind]:
    """The kinds that a configuration declares, with their schemas; ``read`` gives the file at a schema's path.

    Raises:
        ConfigError: a schema cannot be read, or is wrong.
    """
    kinds = {}
    for name, kind in settings.items():
        kinds[name] = Kind(name, matching(kind.match), _schema(name, kind, read))
    return kinds


def _schema(name: str, settings: KindSettings, read: Callable[[str], bytes]) -> Schema:
    if settings.schema is None:
        source = shipped(name)
        assert source is not None, "the configuration refuses a kind that has no schema"
        return load(name, f"{name}.schema.json", source, read)
    try:
        source = read(settings.schema)
    except OSError as error:
        reason = (error.strerror or "no such file").lower()
        raise ConfigError([Mistake(*settings.place, f"'{settings.schema}' cannot be read: {reason}")]) from None
    return load(name, settings.schema, source, read)
