"""What pages ask of whoever turns notes into HTML."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Protocol

from fmvault.model import Block, Heading, Note, Span
from fmvault.publish.contexts import OutlineEntry


class BodyLike(Protocol):
    """A note's text as HTML."""

    @property
    def html(self) -> str: ...
    @property
    def title_html(self) -> str: ...
    @property
    def title_id(self) -> str: ...
    @property
    def outline(self) -> Sequence[OutlineEntry]: ...
    @property
    def needs(self) -> Set[str]: ...


class Renderer(Protocol):
    """Turns notes into HTML."""

    def body(self, note: Note, page: str) -> BodyLike: ...
    def passage(self, note: Note, span: Span, page: str) -> str: ...
    def place(self, note: Note, anchor: Heading | Block, page: str) -> str: ...
    def reads(self, note: Note) -> Sequence[str]: ...
