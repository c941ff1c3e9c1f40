"""What a rule is: a function with a docstring, and what its signature says about it.

The function's name is the rule's name; its keyword-only parameters, each with a default, are its options. A rule that
takes ``(note, vault)`` is asked once a note that is reported on; one that takes ``(vault)`` alone is asked once, and
its problems name the ``path`` they are at. One that takes ``concepts`` in place of ``vault`` is asked nothing where the
configuration knows no kinds of note and no relations.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from msgspec import Struct

from fmvault.model import Fix, Link, Note, Severity, Span


class Problem(Struct, frozen=True, gc=False):
    """A fault as a rule sees it; the rule's name, severity and, for a note's rule, the path are added by the run.

    A fault of several notes stands at the first place, or at the first of ``elsewhere`` that is in a file reported on.
    """

    span: Span
    message: str
    fix: Fix | None = None
    link: Link | None = None
    path: str = ""
    elsewhere: tuple[tuple[str, Span], ...] = ()


class Option(Struct, frozen=True):
    """A rule's option: its type as annotated (``int``, ``tuple[str, ...]`` ...) and its default."""

    type: Any
    default: Any


class Rule(Struct, frozen=True, dict=True):
    """A rule as the run, the configuration and the documentation know it.

    ``severity`` holds when it is on, ``enabled`` says whether it is by default. ``whole_vault``: it is asked once.
    ``of_reader``: it passes on what the reader met, and is asked of notes with defects alone. ``of_concepts``: it asks
    the vault as kinds and relations have it. ``of_text``: it needs the text of the notes.
    """

    name: str
    family: str
    since: str
    severity: Severity
    enabled: bool
    fixable: bool
    whole_vault: bool
    of_reader: bool
    of_concepts: bool
    of_text: bool
    check: Callable[..., Iterator[Problem]]

    @cached_property
    def doc(self) -> str:
        """Its documentation in short: the function's docstring."""
        import inspect

        return inspect.cleandoc(self.check.__doc__ or "")

    @property
    def summary(self) -> str:
        """The first line of its documentation: the fault in a sentence."""
        return self.doc.partition("\n")[0]

    @cached_property
    def options(self) -> Mapping[str, Option]:
        """Its options by name, in the signature's order; worked out when asked for, as annotations are slow to read."""
        import inspect

        parameters = inspect.signature(self.check).parameters.values()
        options = {each.name: each for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY}
        # What the rule is asked of may be of a type that is imported for type checkers alone.
        annotated = SimpleNamespace(__annotations__={name: each.annotation for name, each in options.items()})
        hints = typing.get_type_hints(annotated, self.check.__globals__)
        return {name.replace("_", "-"): Option(hints[name], each.default) for name, each in options.items()}

    def page(self) -> str:
        """The rule's page: Markdown, its documentation and its tests in one."""
        from importlib import resources

        return resources.files("fmvault.lint.rules").joinpath(f"{self.name}.md").read_text("utf-8")


def rule(
    *,
    family: str,
    since: str,
    severity: Severity,
    enabled: bool = True,
    fixable: bool = False,
    of_reader: bool = False,
    of_text: bool = False,
) -> Callable[[Callable[..., Iterator[Problem]]], Rule]:
    """Make a rule of a function. ``severity`` holds when it is on; ``enabled`` says whether it is by default."""

    def declare(check: Callable[..., Iterator[Problem]]) -> Rule:
        code = check.__code__
        asked = code.co_varnames[: code.co_argcount]
        return Rule(
            name=check.__name__.replace("_", "-"),
            family=family,
            since=since,
            severity=severity,
            enabled=enabled,
            fixable=fixable,
            whole_vault="note" not in asked,
            of_reader=of_reader,
            of_concepts="concepts" in asked,
            of_text=of_text,
            check=check,
        )

    return declare


def defects(note: Note, fault: str) -> Iterator[Problem]:
    """What the reader met under this name, as problems."""
    for defect in note.defects:
        if defect.fault == fault:
            yield Problem(defect.span, defect.message, defect.fix)
