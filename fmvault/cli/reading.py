"""The vault read as a concept graph, for the commands that ask it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fmvault.cli import terminal
from fmvault.cli.place import Place, terms
from fmvault.config import Config
from fmvault.graph import ConceptGraph, build
from fmvault.lint.report.printable import visible
from fmvault.workspace import Opened, WorkspaceError, open_vault
from fmvault.workspace.history import days
from fmvault.workspace.ignore import repository

if TYPE_CHECKING:
    from fmvault.kinds.concepts import Terms


def read_graph(
    place: Place,
    config: Config,
    *,
    cached: bool = False,
    keep_text: bool = False,
    spare_text: Callable[[str, bytes], bool] | None = None,
    tags: bool = False,
    attachments: bool = False,
) -> ConceptGraph:
    """The vault read, as a graph; what stood in the way is told on standard error.

    Notes keep their text where their kinds ask for it, or with ``keep_text``, and may go without it then where
    ``spare_text`` is true of their path and digest.
    """
    # A schema that cannot be used is told before the vault is read.
    declared = terms(place, config)
    keep_text = keep_text or bool(config.kinds)
    with terminal.progress(True) as progress:
        opened = open_vault(
            place.root.path,
            exclude=config.exclude,
            templates=config.templates,
            tracked=config.tracked,
            keep_text=keep_text,
            cached=cached,
            spare_text=None if config.kinds else spare_text,
            progress=progress,
        )
    for notice in opened.warnings:
        click.echo(f"warning: {visible(f'{place.prefix}{notice.path}: {notice.message}')}", err=True)
    return graph_of(opened, declared, tags=tags, attachments=attachments)


def graph_of(opened: Opened, declared: Terms, *, tags: bool = False, attachments: bool = False) -> ConceptGraph:
    """A vault that was read, as a graph in these terms."""
    # Relations are there by default, so that a property `requires` counts where no kind of note is declared.
    return build(declared.of(opened.vault), opened.reported, tags=tags, attachments=attachments)


def planned(config: Config) -> tuple[str, ...]:
    """The names of notes that are yet to be written."""
    return tuple(config.options().get("broken-note", {}).get("planned", ()))


def days_of(root: Path) -> Mapping[str, tuple[int, int]]:
    """When git saw each file first and last; nothing where the vault is in no repository."""
    if repository(root) is None:
        return {}
    try:
        return days(root)
    except WorkspaceError as error:
        click.echo(f"warning: no dates from git: {visible(str(error))}", err=True)
        return {}
