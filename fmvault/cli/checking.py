"""``fmvault check``: from a place and a configuration to a report and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from fmvault.cli import terminal
from fmvault.cli.options import SEVERITIES, Asked
from fmvault.cli.place import Place, configured, find, known_terms
from fmvault.config import Config, ConfigError
from fmvault.lint.report import STATISTICS, Report, build, render, statistics
from fmvault.lint.report.printable import visible
from fmvault.model import Finding
from fmvault.vault import Vault
from fmvault.workspace import Opened, WorkspaceError, collector_paused, open_vault, shared, watch, write_atomic

if TYPE_CHECKING:
    from fmvault.kinds.concepts import Terms

# The vault that was read last lives as long as the process: it is not worth the time to free it.
_last: Vault | None = None


class Task(Struct, frozen=True, kw_only=True):
    """What is to be checked, and in which form the report is written, and where.

    ``text_for`` is the file that the text on standard input stands for. ``quiet`` is 1 without a summary and 2 without
    anything.
    """

    paths: tuple[Path, ...]
    asked: Asked
    text_for: Path | None
    statistics: bool
    output_file: Path | None
    exit_zero: bool
    color: str
    quiet: int
    verbose: bool


@collector_paused()
def check(task: Task) -> int:
    """Check once and write the report; the exit status."""
    place = find(task.asked.vault, task.paths, task.text_for)
    config = configured(place, task.asked)
    if task.statistics and config.format not in STATISTICS:
        raise click.UsageError(f"'--statistics' has the formats {', '.join(STATISTICS)}, not {config.format}")
    overlay = {place.text_for: sys.stdin.buffer.read()} if place.text_for else {}
    found = _report(place, config, overlay, task)
    _write(_text(found, config.format, task), task)
    return 1 if is_failed(found, config) and not task.exit_zero else 0


def keep_checking(task: Task) -> int:
    """Check now and after each change, until interrupted; a mistake in the configuration is waited out."""
    if task.text_for is not None:
        raise click.UsageError("'--watch' and '--stdin-filename' exclude each other")
    changes = watch(find(task.asked.vault, task.paths).root.path)
    with suppress(KeyboardInterrupt):
        for _ in chain((None,), changes):
            if task.output_file is None and sys.stdout.isatty():
                click.clear()
            try:
                check(task)
            except (ConfigError, WorkspaceError, click.ClickException) as error:
                click.echo(visible(str(error)), err=True)
    return 0


def _report(place: Place, config: Config, overlay: Mapping[str, bytes], task: Task) -> Report:
    """Read the vault and ask the rules; what stood in the way is told on standard error."""
    terms = known_terms(place, config)
    with terminal.progress(task.quiet == 0) as progress:
        opened = open_vault(
            place.root.path,
            exclude=config.exclude,
            templates=config.templates,
            tracked=config.tracked,
            keep_text=_needs_text(config, terms),
            overlay=overlay,
            cached=not task.asked.no_cache,
            progress=progress,
        )
    global _last
    _last = opened.vault
    reported = frozenset(filter(place.holds, opened.reported)) if place.narrowed else opened.reported
    if task.quiet < 2:
        for line in _remarks(place, opened, reported):
            click.echo(f"warning: {visible(line)}", err=True)
    if task.verbose:
        for line in _details(place, config, opened, reported):
            click.echo(visible(line), err=True)
    return report(place, config, opened, reported, terms)


def _needs_text(config: Config, terms: Terms | None) -> bool:
    from fmvault.lint import run

    return run.needs_text(config.active(), concepts=terms is not None)


def report(place: Place, config: Config, opened: Opened, reported: frozenset[str], terms: Terms | None) -> Report:
    """What the rules that are on find in the ``reported`` files of a vault that was read.

    ``terms`` are the kinds of note and the relations that the configuration declares, if it declares any.
    """
    from fmvault.lint import run

    notes = [note for path, note in opened.vault.notes.items() if path in reported]
    concepts = terms.of(opened.vault) if terms is not None else None
    return build(
        run.check(opened.vault, config.active(), config.options(), reported, config.ignored, concepts, _spread),
        opened.read,
        vault=place.named,
        prefix=place.prefix,
        notes=sum(note.path[-3:].lower() == ".md" for note in notes),
        links=sum(len(note.links) for note in notes),
        rules=run.RULES_BY_NAME,
    )


def is_failed(report: Report, config: Config) -> bool:
    """Whether there is anything at or above the severity that the configuration fails on."""
    counts = (report.summary.errors, report.summary.warnings, report.summary.infos)
    return any(counts[: SEVERITIES.index(config.fail_on) + 1])


def _spread(
    paths: Sequence[str], ask: Callable[[Iterable[str]], Iterable[Finding]], ask_whole: Callable[[], Iterable[Finding]]
) -> list[Finding]:
    return shared(paths, ask, Finding, beside=ask_whole)


def _remarks(place: Place, opened: Opened, reported: frozenset[str]) -> Iterator[str]:
    for notice in opened.warnings:
        yield f"{place.prefix}{notice.path}: {notice.message}"
    if not opened.vault.notes:
        yield f"there are no notes in '{place.named}'"
    elif place.narrowed and not reported:
        paths = ", ".join(f"'{place.prefix}{path}'" for path in sorted(place.narrowed))
        yield f"nothing to report on in {paths}: hidden, a template, excluded or ignored"


def _details(place: Place, config: Config, opened: Opened, reported: frozenset[str]) -> Iterator[str]:
    yield f"vault: {place.root.path}"
    yield f"configuration: {', '.join(config.files) or 'none'}"
    yield f"rules: {', '.join(config.active()) or 'none'}"
    yield f"files: {len(opened.vault.files):,}, notes: {len(opened.vault.notes):,}, reported on: {len(reported):,}"


def _text(report: Report, format: str, task: Task) -> str:
    to_file = task.output_file is not None
    color = not to_file and terminal.is_colored(task.color)
    summary = task.quiet == 0
    if task.statistics:
        return statistics(report, format, color=color, summary=summary)
    width = get_terminal_size().columns if not to_file and sys.stdout.isatty() else None
    return render(report, format, color=color, width=width, summary=summary)


def _write(text: str, task: Task) -> None:
    if task.output_file is None:
        if task.quiet < 2:
            terminal.write(text)
        return
    content = text.encode("utf-8", "backslashreplace")
    # A report inside the vault would be a change that --watch sees, and so would the next.
    if not (task.output_file.is_file() and task.output_file.read_bytes() == content):
        write_atomic(task.output_file, content)
