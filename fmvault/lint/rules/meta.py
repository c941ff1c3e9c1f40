"""Faults of the suppressions themselves, and of files that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from fmvault.lint.rule import Problem, defects, rule
from fmvault.model import Note
from fmvault.vault import Vault


@rule(family="meta", since="0.1", severity="error")
def unknown_allowance(note: Note, vault: Vault) -> Iterator[Problem]:
    """A comment allows a rule that does not exist.

    It suppresses nothing, though it looks as if it did: the name is misspelt, or the rule has another name by now.
    """
    yield from ()  # known only once all rules have been asked: see `allow`


@rule(family="meta", since="0.1", severity="warning", fixable=True)
def unused_allowance(note: Note, vault: Vault) -> Iterator[Problem]:
    """A comment allows a fault that is not there.

    The fault has been mended since. Left where it is, the comment would hide the next one.
    """
    yield from ()  # known only once all rules have been asked: see `allow`


@rule(family="meta", since="0.1", severity="error", of_reader=True)
def malformed_file(note: Note, vault: Vault) -> Iterator[Problem]:
    """A canvas is not JSON, or a base is not YAML.

    Obsidian cannot open it, and no link in it can be checked.
    """
    return defects(note, "malformed-file")
