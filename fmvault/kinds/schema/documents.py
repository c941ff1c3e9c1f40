"""The files that make up a JSON Schema: read, checked, and joined into one that leads nowhere else.

A ``$ref`` leads to a place in its own file, to a file beside it, or to a schema that is shipped (``fmvault:concept``).
Nothing is ever fetched. A file's ``$id`` names it to other tools and means nothing here.
"""

from __future__ import annotations

import copy
import posixpath
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import islice, takewhile
from typing import Any
from urllib.parse import unquote

from fmvault.config import ConfigError, Mistake, nearest
from fmvault.kinds.schema.bounds import MAX_CHAIN, MAX_WAYS, Edge, Node, chain, endless, ways
from fmvault.kinds.schema.keywords import DRAFT, parts
from fmvault.kinds.schema.metaschema import complaints, expressions, oddities
from fmvault.kinds.schema.misplaced import misplaced
from fmvault.kinds.schema.positions import Broken, KeyPath, Places, read

_SHIPPED = "fmvault:"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

# A schema that is larger is none that a person wrote, and work must have an end: bytes of a file, files,
# and regular expressions.
MAX_SIZE = 1 << 18
MAX_FILES = 32
MAX_EXPRESSIONS = 200
# More mistakes than these help nobody.
MAX_MISTAKES = 100


class Document:
    """A file of a schema: its value, and the mistakes in it."""

    def __init__(self, path: str, source: bytes | str) -> None:
        self.path = path
        self.mistakes: list[Mistake] = []
        self.anchors: dict[str, KeyPath] = {}
        self.value: Any = True
        try:
            self.text = source if isinstance(source, str) else source.decode("utf-8")
        except UnicodeDecodeError as error:
            self.text = error.object[: error.start].decode("utf-8")
            self._mistake_at(len(self.text), "not UTF-8; save the file in this encoding")
            return
        self.text = self.text.removeprefix("\ufeff")
        if len(source) > MAX_SIZE:
            self._mistake_at(0, f"larger than {MAX_SIZE} bytes; a schema has to be smaller")
            return
        try:
            self.value = read(self.text)
        except Broken as broken:
            self._mistake_at(broken.offset, str(broken))

    @cached_property
    def places(self) -> Places:
        return Places(self.text)

    def mistake(self, path: KeyPath, message: str, *, key: bool = False) -> None:
        """Note a mistake in the value at this path, or in the last key of the path."""
        self._mistake_at(self.places(path, key=key), message)

    def _mistake_at(self, offset: int, message: str) -> None:
        line = self.text.count("\n", 0, offset) + 1
        mistake = Mistake(self.path, line, offset - (self.text.rfind("\n", 0, offset) + 1) + 1, message)
        if len(self.mistakes) < MAX_MISTAKES and mistake not in self.mistakes:
            self.mistakes.append(mistake)

    def at(self, path: KeyPath) -> Any:
        value = self.value
        for step in path:
            value = value[step]
        return value


class Documents:
    """The schema at ``path`` and all that it leads to. ``ways`` tells how often it asks about one value at most.

    Raises:
        ConfigError: there are mistakes, in this file or in one it leads to.
    """

    def __init__(
        self, path: str, source: bytes | str, read: Callable[[str], bytes], shipped: Callable[[str], bytes | None]
    ) -> None:
        self._read = read
        self._shipped = shipped
        self.documents: list[Document] = []
        self._numbers: dict[str, int] = {}
        self._targets: dict[Node, Node] = {}
        self._edges: dict[Node, list[Edge]] = {}
        self._unfollowed: list[Node] = []
        self._expressions = 0
        self._add(posixpath.normpath(path), path, source)
        while self._unfollowed:
            self._follow(self._unfollowed.pop())
        self._raise()
        for node in endless(self._edges, self._targets):
            self.documents[node.document].mistake((*node.path, "$ref"), "leads back to itself, without an end")
        self._raise()
        self.ways = 0 if chain(self._edges) > MAX_CHAIN else ways(self._edges, Node(0, ()))
        if not 0 < self.ways <= MAX_WAYS:
            self.fail("leads from schema to schema too often; a note could not be judged in good time")
        for (_, file, *steps), message, key in misplaced(self.whole):
            self.documents[self._files.index(file)].mistake(tuple(steps), message, key=key)
        self._raise()

    def fail(self, message: str) -> None:
        """Raise the mistake that the schema as a whole is."""
        self.documents[0].mistake((), message)
        self._raise()

    @cached_property
    def whole(self) -> dict[str, Any]:
        """All files as one schema; every ``$ref`` leads to a place in it."""
        values = [copy.deepcopy(document.value) for document in self.documents]
        for node in self._edges:
            part = values[node.document]
            for step in node.path:
                part = part[step]
            if isinstance(part, dict):
                for keyword in ("$id", "$schema", "$anchor"):
                    part.pop(keyword, None)
                if target := self._targets.get(node):
                    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in target.path)
                    # What a pointer in a URI may not hold is escaped.
                    pointer = "".join(f"/{step}" for step in steps).replace("%", "%25")
                    part["$ref"] = f"#/$defs/file{target.document}{pointer}"
        return {"$schema": DRAFT, "$ref": "#/$defs/file0", "$defs": dict(zip(self._files, values, strict=True))}

    @property
    def _files(self) -> Sequence[str]:
        return [f"file{number}" for number in range(len(self.documents))]

    # -- reading ----------------------------------------------------------------------------------------------------

    def _add(self, name: str, path: str, source: bytes | str) -> int:
        number = self._numbers[name] = len(self.documents)
        document = Document(path, source)
        self.documents.append(document)
        if not document.mistakes:
            self._walk(Node(number, ()))
        return number

    def _walk(self, root: Node) -> None:
        """Look at a schema and all its parts."""
        document = self.documents[root.document]
        for path, message in islice(complaints(document.at(root.path)), MAX_MISTAKES):
            document.mistake((*root.path, *path), message)
        stack = [root]
        while stack and len(document.mistakes) < MAX_MISTAKES:
            node = stack.pop()
            schema = document.at(node.path)
            if node in self._edges or not isinstance(schema, bool | dict):
                continue
            edges = self._edges[node] = []
            if isinstance(schema, dict):
                if isinstance(anchor := schema.get("$anchor"), str):
                    document.anchors[anchor] = node.path
                self._expressions += expressions(schema)
                if self._expressions > MAX_EXPRESSIONS:
                    message = f"one regular expression too many; a schema may have {MAX_EXPRESSIONS}"
                    document.mistake(node.path, message)
                    return
                for steps, message, key in oddities(schema, node.path):
                    document.mistake((*node.path, *steps), message, key=key)
                if isinstance(schema.get("$ref"), str):
                    self._unfollowed.append(node)
            for part in parts(schema):
                below = Node(node.document, (*node.path, *part.steps))
                if part.reach != "aside":
                    edges.append(Edge(part.reach, part.name, below))
                stack.append(below)

    def _follow(self, node: Node) -> None:
        """Find where the ``$ref`` of a schema leads."""
        document = self.documents[node.document]
        try:
            target = self._target(node.document, document.at(node.path)["$ref"])
        except LookupError as error:
            document.mistake((*node.path, "$ref"), str(error.args[0]))
            return
        if target not in self._edges and not self.documents[target.document].mistakes:
            self._walk(target)
        if target in self._edges:
            self._targets[node] = target
            self._edges[node].append(Edge("here", None, target))

    def _target(self, number: int, reference: str) -> Node:
        """Where a ``$ref`` leads; a LookupError says why it leads nowhere."""
        file, _, fragment = reference.partition("#")
        if file:
            number = self._file(number, file)
        document = self.documents[number]
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            if fragment not in document.anchors:
                raise LookupError(f"'{reference}' leads nowhere; no '$anchor' is named '{fragment}'")
            return Node(number, document.anchors[fragment])
        path: KeyPath = ()
        value = document.value
        for step in fragment.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and step in value:
                path = (*path, step)
                value = value[step]
            elif isinstance(value, list) and step.isascii() and step.isdecimal() and int(step) < len(value):
                path = (*path, int(step))
                value = value[int(step)]
            elif document.mistakes:
                break
            else:
                near = nearest(step, value) if isinstance(value, dict) else None
                raise LookupError(
                    f"'{reference}' leads nowhere; there is no '{step}'" + (f", but '{near}'" if near else "")
                )
        return Node(number, path)

    def _file(self, number: int, file: str) -> int:
        """The number of the document that a ``$ref`` in another names."""
        beside = self.documents[number].path
        file = unquote(file)
        if file.startswith(_SHIPPED):
            name = path = file
        elif _SCHEME.match(file) or file.startswith("/") or "\\" in file or beside.startswith(_SHIPPED):
            raise LookupError(
                f"'{file}' is not fetched; a $ref leads to a file of the vault, to '#/…' or to '{_SHIPPED}concept'"
            )
        else:
            name = path = posixpath.normpath(posixpath.join(posixpath.dirname(beside), file))
            # The schema's own path is seen from a folder that may lie below the vault's.
            if _climbs(path) > _climbs(posixpath.normpath(self.documents[0].path)):
                raise LookupError(f"'{file}' leads out of the vault")
        if name in self._numbers:
            return self._numbers[name]
        if len(self.documents) == MAX_FILES:
            raise LookupError(f"'{file}' is one file too many; a schema may have {MAX_FILES}")
        if file.startswith(_SHIPPED):
            if (source := self._shipped(file.removeprefix(_SHIPPED))) is None:
                raise LookupError(f"no schema is shipped as '{file}'; 'fmvault:concept' and 'fmvault:source' are")
        else:
            try:
                source = self._read(path)
            except OSError as error:
                reason = (error.strerror or "no such file").lower()
                raise LookupError(f"'{path}' cannot be read: {reason}") from None
        return self._add(name, path, source)

    def _raise(self) -> None:
        if mistakes := [mistake for document in self.documents for mistake in sorted(document.mistakes)]:
            raise ConfigError(mistakes)


def _climbs(path: str) -> int:
    """How many folders a path leads up before it leads down."""
    return sum(1 for _ in takewhile("..".__eq__, path.split("/")))
