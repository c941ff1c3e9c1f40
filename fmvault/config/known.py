"""The names a configuration may use, and which of them somebody meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any, Protocol

from msgspec import Struct

from fmvault.model import Severity
from fmvault.vault import fold

ALL = "all"


class OptionLike(Protocol):
    """What has to be known of a rule's option: its type as annotated, and its default."""

    @property
    def type(self) -> Any: ...
    @property
    def default(self) -> Any: ...


class RuleLike(Protocol):
    """What has to be known of a rule."""

    @property
    def name(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def options(self) -> Mapping[str, OptionLike]: ...


class RelationLike(Protocol):
    """What has to be known of a relation that is there by default."""

    @property
    def inverse(self) -> str | None: ...
    @property
    def symmetric(self) -> bool: ...
    @property
    def acyclic(self) -> bool: ...


class Known(Struct, frozen=True, dict=True):
    """The names a configuration may use.

    They are the rules by name, the formats of a report, the kinds of note that a schema is shipped for, and the
    relations that are there by default.
    """

    rules: Mapping[str, RuleLike]
    formats: tuple[str, ...] = ("full",)
    kinds: tuple[str, ...] = ("concept", "source")
    relations: Mapping[str, RelationLike] = {}

    @cached_property
    def families(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the rules of each family."""
        families: dict[str, tuple[str, ...]] = {}
        for rule in self.rules.values():
            families[rule.family] = (*families.get(rule.family, ()), rule.name)
        return families

    @cached_property
    def selectors(self) -> tuple[str, ...]:
        """What a list of rules may hold: the name of a rule, of a family, or ``all``."""
        return (*self.rules, *self.families, ALL)

    def expand(self, selectors: Iterable[str]) -> frozenset[str]:
        """The names of the rules that are meant."""
        names: set[str] = set()
        for selector in selectors:
            if selector == ALL:
                names.update(self.rules)
            else:
                names.update(self.families.get(selector, (selector,)))
        return frozenset(names)


def relation_key(name: str) -> str:
    """The name of a relation as names of relations are compared: ``Is a``, ``is_a`` and ``is-a`` are one."""
    return fold(name).replace("_", "-").replace(" ", "-")


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name most like ``word``, if one is like enough to be meant; ``_`` is as good as ``-``."""
    from rapidfuzz import fuzz, process

    def plain(name: str) -> str:
        return name.casefold().replace("_", "-").lstrip("-")

    found = process.extractOne(word, list(names), scorer=fuzz.ratio, processor=plain, score_cutoff=66)
    return found[0] if found else None


def unknown(noun: str, word: str, names: Collection[str]) -> str:
    """The message for a name that nothing has: ``unknown rule 'borken-note'; did you mean 'broken-note'?``."""
    if near := nearest(word, names):
        return f"unknown {noun} '{word}'; did you mean '{near}'?"
    if noun.startswith("rule"):
        return f"unknown {noun} '{word}'; 'fmvault rules' lists them"
    if not names:
        return f"unknown {noun} '{word}'; there is none"
    *most, last = (f"'{name}'" for name in names)
    listed = f"{', '.join(most)} and {last}" if most else f"only {last}"
    return f"unknown {noun} '{word}'; there is {listed}"
