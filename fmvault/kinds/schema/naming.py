"""What the parts of a note are called: sections by heading, properties by name, entries by number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from fmvault.kinds.schema.expected import SectionRule
from fmvault.kinds.schema.phrases import counted, one_line, shown

# The names and indexes that lead to a part of an instance.
Place: TypeAlias = tuple[str | int, ...]

_COUNTS: Mapping[str | int, str] = {"words": "word", "items": "entry", "links": "link"}


def counts(place: Place, value: Any) -> bool:
    """Whether this is a number of things in a section."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and len(place) == 3 and place[0] == "sections" and place[2] in _COUNTS


def be(place: Place) -> str:
    """The verb for what stands at a place."""
    return "are" if place in (("sections",), ("properties",)) else "is"


class Naming:
    """Names for the parts of one note, given as an instance."""

    def __init__(self, instance: Mapping[str, Any], sections: Mapping[str, SectionRule]) -> None:
        self._instance = instance
        self._sections = sections

    def title(self, section: Any) -> str:
        """A section's name: the heading that the note has for it, else the first that it may have."""
        there = self._instance.get("sections")
        there = there.get(section) if isinstance(there, dict) else None
        heading = there.get("heading") if isinstance(there, dict) else None
        if isinstance(heading, str) and heading.strip():
            return f"'{one_line(heading)}'"
        rule = self._sections.get(section)
        return f"'{one_line(rule.title(str(self._instance.get('name', ''))) if rule else str(section))}'"

    def named(self, place: Place) -> str:
        """What stands, or would stand, at a place."""
        match place:
            case ("sections", name):
                return f"the section {self.title(name)}"
            case ("properties", str(name)):
                return f"the property '{one_line(name)}'"
            case (*above, str(name)) if above:
                return f"'{one_line(name)}' in {self.subject(tuple(above))}"
        return self.subject(place)

    def subject(self, place: Place) -> str:
        match place:
            case ():
                return "the note"
            case ("name",):
                return "the name of the note"
            case ("sections",) | ("properties",):
                return f"the {place[0]} of the note"
            case ("order",):
                return "the order of the sections"
            case ("sections", name):
                return self.title(name)
            case ("sections", name, str(what)):
                return f"the {one_line(what)} of {self.title(name)}"
            case ("order", int(index)):
                return f"section {index + 1}"
            case ("properties", name):
                return f"'{one_line(str(name))}'"
            case (*above, int(index)):
                return f"entry {index + 1} of {self.subject(tuple(above))}"
            case (name,):
                return f"'{one_line(str(name))}'"
        return self.named(place)

    def unwanted(self, place: Place) -> str:
        """What is said of what must not be there, whatever it is."""
        return f"{self.named(place)} {be(place)} not wanted"

    def shown(self, place: Place, value: Any) -> str:
        """A value; where it is a section, as its heading."""
        if place[:1] == ("order",) and isinstance(value, str) and value in self._sections:
            return self.title(value)
        return shown(value)

    def fact(self, place: Place, value: Any, counting: str = "") -> str:
        """What there is: how many of what is counted, else the value."""
        if place in (("order",), ("sections",)) and counting:
            counting = "section"
        subject = "the note" if len(place) == 1 and counting not in ("", "character") else self.subject(place)
        match place:
            case _ if counting:
                return f"{subject} has {counted(len(value), counting)}"
            case ("sections", name, what) if counts(place, value):
                return f"{self.title(name)} has {counted(value, _COUNTS[what])}"
            case ("sections", name, "level"):
                return f"{self.title(name)} is a heading of level {shown(value)}"
            case ("properties",) | ("sections",):
                return f"{subject} are not as they are wanted"
            case () | ("order",) | ("sections", _):
                return f"{subject} is not as it is wanted"
        return f"{subject} is {self.shown(place, value)}"
