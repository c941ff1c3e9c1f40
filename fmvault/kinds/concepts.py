"""A vault as knowledge: its notes under their kinds, and the relations between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from fmvault.config import Config
from fmvault.kinds.kind import Kind, declared
from fmvault.kinds.projection import Section, View
from fmvault.kinds.relations import Relation, Relations, relations
from fmvault.model import Note
from fmvault.properties import split_target
from fmvault.vault import Vault


class Terms:
    """What a configuration says of knowledge: the kinds of note, and the types of relation."""

    def __init__(self, config: Config, read: Callable[[str], bytes]) -> None:
        """``read`` gives the file at a schema's path. Raises ``ConfigError`` if a schema cannot be used."""
        self.kinds: Mapping[str, Kind] = declared(config.kinds, read)
        self.relations: Mapping[str, Relation] = relations(config.relations)
        self.declared_relations = frozenset(config.relations)

    def of(self, vault: Vault) -> Concepts:
        """A vault in these terms."""
        return Concepts(vault, self)


class Concepts:
    """The notes of ``vault`` under the kinds and relations of ``terms``. Asking it never changes what it answers."""

    def __init__(self, vault: Vault, terms: Terms) -> None:
        self.vault = vault
        self.terms = terms
        self._by_name = {name.casefold(): kind for name, kind in terms.kinds.items()}
        self._kinds: dict[str, Kind | None] = {}
        # Rules ask for the same note one after another, and views of all notes would fill the memory. Of those that
        # were looked into, definitions are kept.
        self._last: View | None = None
        self._definitions: dict[str, Section | None] = {}

    def kind(self, note: Note) -> Kind | None:
        """The kind of a note: the one its property ``type`` names, else the first whose pattern matches its path."""
        if not self._by_name:
            return None
        if note.path not in self._kinds:
            self._kinds[note.path] = self._told(note) or self._matching(note)
        return self._kinds[note.path]

    def view(self, note: Note) -> View | None:
        """The note under its kind; None if it has none, was read without its text, or is not text (UTF-16)."""
        if (last := self._last) is not None and last.note is note:
            return last
        kind = self.kind(note)
        if kind is None or note.text is None or (note.size and not note.text.source):
            return None
        if last is not None and last.is_divided:
            self._definitions[last.note.path] = last.definition
        self._last = view = View(note, kind)
        return view

    @cached_property
    def definitions(self) -> Mapping[str, Section]:
        """The definition of each note that has one, by path."""
        found = {}
        for path, note in self.vault.notes.items():
            if path not in self._definitions:
                view = self.view(note)
                self._definitions[path] = view.definition if view is not None else None
            if (section := self._definitions[path]) is not None:
                found[path] = section
        return found

    @cached_property
    def relations(self) -> Relations:
        """The typed edges between the notes."""
        return Relations(self.vault, self.terms.relations)

    def _told(self, note: Note) -> Kind | None:
        for each in note.properties:
            if each.key.casefold() == "type":
                for value in each.value if isinstance(each.value, list) else (each.value,):
                    if isinstance(value, str) and (kind := self._by_name.get(_name_told(value))):
                        return kind
        return None

    def _matching(self, note: Note) -> Kind | None:
        if note.path[-3:].lower() != ".md":
            return None
        return next((kind for kind in self.terms.kinds.values() if kind.matches(note.path)), None)


def _name_told(value: str) -> str:
    """The name of a kind; a link to the note on the kind, or the name of its file, is as good."""
    name = value.strip()
    if name.startswith("[["):
        name = split_target(name.strip("[]"))[0]
    elif not name.lower().endswith(".md"):
        return name.casefold()
    return name.rpartition("/")[2].casefold().removesuffix(".md")
