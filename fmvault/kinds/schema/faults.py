"""What is wrong with a note under its kind's schema, in the words of people who never heard of schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from fmvault.config import nearest
from fmvault.kinds.schema.expected import SectionRule
from fmvault.kinds.schema.naming import Naming, Place, be, counts
from fmvault.kinds.schema.phrases import LIMITS, asked, described, either, exact, one_line, phrase, shown
from fmvault.kinds.schema.whole import at


class Fault(Struct, frozen=True):
    """A fault of a note: ``place`` leads to it in the instance, or to where what is missing would be.

    ``keyword`` names the demand of JSON Schema that is not met; ``message`` is for people.
    """

    place: Place
    keyword: str
    message: str


# Among more names than these nobody looks for the one that was meant.
_MANY = 500
_UNKNOWN = ("additionalProperties", "unevaluatedProperties")


def explain(
    errors: Sequence[Any],
    instance: Mapping[str, Any],
    whole: Mapping[str, Any],
    sections: Mapping[str, SectionRule],
    properties: Mapping[str, str],
) -> Sequence[Fault]:
    """The errors of jsonschema-rs as faults, properties first, in the order of the note or of the schema.

    ``whole`` is the schema, ``sections`` and ``properties`` are what it knows.
    """
    words = _Words(instance, whole, sections, properties)
    faults = {(fault.place, fault.message): fault for error in _hardest(errors) for fault in words.faults(error)}
    order: dict[Place, int] = {(name,): rank for rank, name in enumerate(("name", "properties", "sections", "order"))}
    for group, names in (("properties", instance.get("properties")), ("sections", sections)):
        order |= {(group, name): rank for rank, name in enumerate(names if isinstance(names, Mapping) else ())}

    def rank(fault: Fault) -> tuple[int, int, str, str]:
        place = fault.place
        second = order.get(place[:2], len(order)) if len(place) > 1 else -1
        return order.get(place[:1], -1), second, str(place[2:]), fault.message

    return sorted(faults.values(), key=rank)


def _hardest(errors: Sequence[Any]) -> Iterator[Any]:
    """Of several limits of a kind on one value only the hardest is worth telling."""
    limits: dict[tuple[Any, ...], Any] = {}
    for error in errors:
        keyword = error.kind.name
        if keyword not in LIMITS:
            yield error
            continue
        other = limits.setdefault((keyword, *error.instance_path), error)
        rises = "min" in keyword.lower()
        if (error.kind.value > other.kind.value) if rises else (error.kind.value < other.kind.value):
            limits[(keyword, *error.instance_path)] = error
    yield from limits.values()


class _Words(Naming):
    """Words for the errors of one note."""

    def __init__(
        self,
        instance: Mapping[str, Any],
        whole: Mapping[str, Any],
        sections: Mapping[str, SectionRule],
        properties: Mapping[str, str],
    ) -> None:
        super().__init__(instance, sections)
        self._whole = whole
        self._properties = properties

    def faults(self, error: Any) -> Iterator[Fault]:
        """One error; several faults where it is about several things."""
        kind, keyword = error.kind, str(error.kind.name)
        place, value = self._located(error)
        last = error.schema_path[-1] if error.schema_path else ""
        if keyword == "falseSchema":
            keyword = last if last in _UNKNOWN else "not"
        holder = at(self._whole, error.schema_path[:-1])
        if keyword == "propertyNames" and keyword in (path := error.schema_path):
            holder = at(self._whole, path[: -path[::-1].index(keyword) - 1])
        holder = holder if isinstance(holder, dict) else {}
        own = one_line(holder["x-message"], 300) if "x-message" in holder else ""

        help_ = _help(place, holder)
        if keyword == "required":
            place = (*place, kind.property)
            yield Fault(place, last, own or self._missing(place, last, holder))
        elif keyword in _UNKNOWN:
            for name in getattr(kind, "unexpected", value):
                yield Fault((*place, name), keyword, own or self._unknown((*place, name), holder))
        elif keyword == "propertyNames":
            place = (*place, kind.error.instance)
            wanted = asked(holder[keyword]) if keyword in holder else ""
            message = _with(f"{self.named(place)} has a name that is not wanted", wanted and f"wanted is {wanted}")
            yield Fault(place, keyword, own or message)
        elif keyword in ("anyOf", "oneOf") and not own and not help_ and all(kind.context) and _are_missing(error):
            names = list(dict.fromkeys(str(each.kind.property) for branch in kind.context for each in branch))
            titles = either(self._title((*place, name)) for name in names)
            message = f"none of {titles} is there; one of them is wanted"
            place = (*place, names[0])
            yield Fault(place, keyword, message if names[1:] else self._missing(place, "required", holder))
        elif keyword in ("anyOf", "oneOf") and not own and not help_ and all(kind.context):
            yield from self._alternatives(error, place, value)
        elif keyword == "not" and not own and isinstance(value, dict) and len(_required(error)) == 1:
            place = (*place, *_required(error))
            yield Fault(place, keyword, self.unwanted(place))
        elif not own and not help_ and (there := self._together(keyword, error, value, holder)):
            told = " and ".join(self._title((*place, name)) for name in there)
            allowed = "one of them alone is wanted" if keyword == "oneOf" else "they are not wanted together"
            yield Fault((*place, there[-1]), keyword, f"{told} are there; {allowed}")
        else:
            keyword = last if keyword == "contains" else keyword
            yield Fault(place, keyword, own or self._message(error, keyword, place, value, holder))

    def _located(self, error: Any) -> tuple[Place, Any]:
        """Where an error is, with names as they are: the library takes a name of digits for an index."""
        place: Place = ()
        value: Any = self._instance
        for step in error.instance_path:
            step = str(step) if isinstance(value, dict) else step
            place, value = (*place, step), value[step]
        return place, value

    # -- what is wanted -----------------------------------------------------------------------------------------------

    def _missing(self, place: Place, keyword: str, holder: Mapping[str, Any]) -> str:
        fact = f"{self.named(place)} {be(place)} missing"
        name = str(place[-1])
        if keyword == "dependentRequired":
            above = self._at(place[:-1])
            asking = (key for key, names in holder[keyword].items() if key in above and name in names)
            return _with(fact, next((f"'{one_line(key)}' asks for it" for key in asking), ""))
        description = described(holder.get("properties", {}).get(name))
        if place[:-1] == ("sections",) and name in self._sections:
            description = described({"description": self._sections[name].description})
        elif place[:-1] == ("properties",):
            description = description or described({"description": self._properties.get(name, "")})
        return _with(fact, description)

    def _unknown(self, place: Place, holder: Mapping[str, Any]) -> str:
        fact = f"{self.named(place)} is not among those known"
        names: Mapping[str, Any] = holder.get("properties", {})
        if place[:-1] == ("properties",):
            names = self._properties
        others = [name for name in names if name != place[-1]]
        if len(others) <= _MANY and (near := nearest(str(place[-1]), others)):
            return f"{fact}; did you mean '{one_line(near)}'?"
        known = [f"'{one_line(name)}'" for name in names]
        if not 0 < len(known) < 9:
            return fact
        return f"{fact}; known {'is' if len(known) == 1 else 'are'} {', '.join(known)}"

    def _message(self, error: Any, keyword: str, place: Place, value: Any, holder: Mapping[str, Any]) -> str:
        description = _help(place, holder)
        counting = counts(place, value)
        match keyword:
            case "contains" | "minContains" | "maxContains":
                return self._holding(keyword, place, holder)
            case "uniqueItems":
                return f"{self.subject(place)} has {self.shown(place, _twice(value))} more than once"
            case "enum" | "const":
                fact = self.fact(place, value)
                options = error.kind.options if keyword == "enum" else [error.kind.expected_value]
                # That a property may stay empty goes without saying.
                told = [option for option in options if option is not None] or options[:1]
                listed = [self.shown(place, option) for option in told]
                if not listed:
                    return self.unwanted(place)
                if counting:
                    return f"{fact}; {either(listed)} {'is' if listed == ['1'] else 'are'} wanted"
                if len(listed) == 1:
                    return f"{fact}; it is always {listed[0]}"
                texts = [option for option in options if isinstance(option, str) and isinstance(value, str)]
                near = nearest(value, texts) if 0 < len(texts) <= _MANY else None
                more = ", …" if len(listed) > 12 else ""
                message = f"{fact}; it is one of {', '.join(listed[:12])}{more}"
                return _with(message, f"did you mean {self.shown(place, near)}?" if near else "")
            case _ if keyword in LIMITS:
                words, noun = LIMITS[keyword]
                if counting and keyword == "exclusiveMaximum":
                    words = "fewer than"
                verb = "are" if (noun or counting) and error.kind.value != 1 else "is"
                return f"{self.fact(place, value, noun)}; {words} {shown(error.kind.value)} {verb} wanted"
            case "oneOf" if not description:
                return f"{self.fact(place, value)}; it fits several of the ways it may be, and has to fit one alone"
            case "not" if not description:
                if not isinstance(at(self._whole, error.schema_path), dict):
                    return self.unwanted(place)
                return _with(self.fact(place, value), "" if isinstance(value, dict) else "something else is wanted")
            case "unevaluatedItems":
                return f"{self.subject(place)} has more entries than are wanted"
        fact = self.fact(place, value)
        if description:
            return f"{fact}; wanted is {description}"
        wanted = phrase(keyword, error.kind.value)
        if keyword == "pattern":
            return f"{fact}; wanted is {wanted}"
        return _with(fact, f"{wanted} is wanted" if wanted else "")

    def _holding(self, keyword: str, place: Place, holder: Mapping[str, Any]) -> str:
        """What is said of a list for what its entries are."""
        sought = holder.get("contains", {})
        wanted = asked(sought)
        if isinstance(sought, dict) and "const" in sought and not described(sought):
            wanted = self.shown(place, sought["const"])
        entry, entries = ("section", "sections") if place == ("order",) else ("entry", "entries")
        of = "" if place == ("order",) else f" of {self.subject(place)}"
        if keyword == "contains":
            return _with(f"no {entry}{of} is as it is wanted", wanted and f"one of them has to be {wanted}")
        wanted = wanted or "of one sort"
        if keyword == "minContains":
            return f"too few {entries}{of} are {wanted}; at least {shown(holder[keyword])} of them have to be"
        return f"too many {entries}{of} are {wanted}; at most {shown(holder[keyword])} of them may be"

    def _alternatives(self, error: Any, place: Place, value: Any) -> Iterator[Fault]:
        """What is said where none of several ways fits."""
        branches = error.kind.context
        fact = self.fact(place, value)
        if all(each.instance_path == error.instance_path for branch in branches for each in branch):
            wanted = []
            for branch in branches:
                holder = at(self._whole, branch[0].schema_path[:-1])
                wanted.append(described(holder) or phrase(branch[0].kind.name, branch[0].kind.value))
            if all(wanted):
                yield Fault(place, error.kind.name, f"{fact}; wanted is {exact(either(wanted))}")
                return
        # The way that fits furthest is the one that was meant.
        meant = max(branches, key=lambda branch: min(len(each.instance_path) for each in branch))
        if min(len(each.instance_path) for each in meant) > len(error.instance_path):
            for each in meant:
                yield from self.faults(each)
        else:
            yield Fault(place, error.kind.name, fact if "wanted" in fact else f"{fact}; something else is wanted")

    def _together(self, keyword: str, error: Any, value: Any, holder: Mapping[str, Any]) -> Sequence[str]:
        """The names of what is there and must not be all at once, where nothing else is forbidden."""
        names: Sequence[str] = ()
        if keyword == "not":
            names = _required(error)
        elif keyword == "oneOf" and isinstance(value, dict):
            wanted = [_only_required(branch) for branch in holder.get(keyword, ())]
            met = wanted if all(wanted) else ()
            names = list(dict.fromkeys(name for each in met if value.keys() >= set(each) for name in each))
        return names if len(names) > 1 and isinstance(value, dict) else ()

    def _title(self, place: Place) -> str:
        """The name of what may stand in the note or in a part of it."""
        return self.title(place[-1]) if place[:-1] == ("sections",) else f"'{one_line(str(place[-1]))}'"

    def _at(self, place: Place) -> Any:
        value: Any = self._instance
        for step in place:
            value = value[step]
        return value


def _help(place: Place, schema: Mapping[str, Any]) -> str:
    """What the description of a schema says is wanted. What sections are for does not say which of them are."""
    return "" if place in ((), ("sections",), ("properties",)) else described(schema)


def _with(fact: str, help: str) -> str:
    return f"{fact}; {help}" if help else fact


def _required(error: Any) -> Sequence[str]:
    """The names that a ``not`` forbids, where it forbids nothing else."""
    return _only_required(getattr(error.kind, "schema", None))


def _only_required(schema: Any) -> Sequence[str]:
    """The names that a schema wants to be there, where it wants nothing else."""
    return schema["required"] if isinstance(schema, dict) and schema.keys() == {"required"} else ()


def _are_missing(error: Any) -> bool:
    """Whether each of several ways lacks only names that have to be there."""
    failed = [each for branch in error.kind.context for each in branch]
    return all(each.kind.name == "required" and each.instance_path == error.instance_path for each in failed)


def _twice(values: Sequence[Any]) -> Any:
    """The first value that stands in a list again."""
    seen = set()
    for value in values:
        key = json.dumps(value, sort_keys=True)
        if key in seen:
            return value
        seen.add(key)
    return "an entry"
