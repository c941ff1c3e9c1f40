"""The vault read as a concept graph, for the commands that ask it."""

from __future__ import annotations

import click

from fmvault.cli import terminal
from fmvault.cli.place import Place, terms
from fmvault.config import Config
from fmvault.graph import ConceptGraph, build
from fmvault.lint.report.printable import visible
from fmvault.workspace import Opened, open_vault


def read_graph(
    place: Place, config: Config, *, keep_text: bool = False, tags: bool = False, attachments: bool = False
) -> ConceptGraph:
    """The vault read, as a graph; what stood in the way is told on standard error.

    Notes keep their text where their kinds ask for it, or with ``keep_text``.
    """
    keep_text = keep_text or bool(config.kinds)
    with terminal.progress(True) as progress:
        opened = open_vault(
            place.root.path,
            exclude=config.exclude,
            templates=config.templates,
            tracked=config.tracked,
            keep_text=keep_text,
            progress=progress,
        )
    for notice in opened.warnings:
        click.echo(f"warning: {visible(f'{place.prefix}{notice.path}: {notice.message}')}", err=True)
    return graph_of(opened, place, config, tags=tags, attachments=attachments)


def graph_of(
    opened: Opened, place: Place, config: Config, *, tags: bool = False, attachments: bool = False
) -> ConceptGraph:
    """A vault that was read, as a graph in the terms that are in force at ``place``."""
    # Relations are there by default, so that a property `requires` counts where no kind of note is declared.
    return build(terms(place, config).of(opened.vault), opened.reported, tags=tags, attachments=attachments)


def planned(config: Config) -> tuple[str, ...]:
    """The names of notes that are yet to be written."""
    return tuple(config.options().get("broken-note", {}).get("planned", ()))
