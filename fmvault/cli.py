"""The command line: arguments, one call, an exit status. What is printed is printed here."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from msgspec import Struct

from fmvault import __version__
from fmvault.config import Config, ConfigError, Known, Level, Selection, load, nearest, unknown
from fmvault.lint.report import FORMATS, STATISTICS, Report, build, render, statistics
from fmvault.workspace import Opened, Root, WorkspaceError, find_root, open_vault, watch, write_atomic

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

OK, FINDINGS, MISUSE, INTERRUPTED = 0, 1, 2, 130
SEVERITIES = ("error", "warning", "info")

Command = TypeVar("Command", bound=Callable[..., Any])


class Commands(click.Group):
    """A group whose mistakes are one line each, with the nearest name, and whose exit status is what a command gives."""

    def main(self, *arguments: Any, standalone_mode: bool = True, **more: Any) -> Any:
        """Run a command; all ways to fail that are not ours end here."""
        try:
            status = super().main(*arguments, standalone_mode=False, **more)
        except ConfigError as error:
            status = _fail(*map(str, error.mistakes))
        except click.ClickException as error:
            status = _fail(f"fmvault: {_sentence(error.format_message())}")
        except WorkspaceError as error:
            status = _fail(f"fmvault: {error}")
        except click.Abort:
            status = INTERRUPTED
        if not standalone_mode:
            return status
        sys.exit(status)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named first."""
        name = args[0]
        if name in self.commands or name.startswith("-"):
            return super().resolve_command(ctx, args)
        if near := nearest(name, self.commands):
            ctx.fail(f"no command '{name}'; did you mean '{near}'?")
        if os.path.exists(name):
            ctx.fail(f"no command '{name}'; did you mean 'fmvault check {name}'?")
        ctx.fail(f"no command '{name}'; 'fmvault -h' lists them")


def _fail(*lines: str) -> int:
    for line in lines:
        click.echo(line, err=True)
    return MISUSE


def _sentence(message: str) -> str:
    """click's message as ours are: lower case, no full stop, on one line."""
    message = " ".join(message.split()).removesuffix(".").replace("?.", "?")
    message = message.replace(" Did you mean ", "; did you mean ").replace(".; did", "; did")
    return message[:1].lower() + message[1:]


# -- options ----------------------------------------------------------------------------------------------------------


def _known() -> Known:
    from fmvault.lint.rules import RULES

    return Known({rule.name: rule for rule in RULES}, tuple(FORMATS))


class Selectors(click.ParamType):
    """Names of rules and families, with commas between them."""

    name = "rule,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The names, each of which is known."""
        known = _known()
        names = tuple(name for part in str(value).split(",") if (name := part.strip()))
        for name in names:
            if name not in known.selectors:
                raise click.UsageError(unknown("rule or family", name, known.selectors))
        return names

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names that may follow the last comma."""
        from click.shell_completion import CompletionItem

        before, comma, begun = incomplete.rpartition(",")
        return [CompletionItem(before + comma + name) for name in _known().selectors if name.startswith(begun)]


class RuleLevel(click.ParamType):
    """``RULE=LEVEL``: the severity of a rule or family."""

    name = "rule=level"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """The name and the level, both of them known."""
        known = _known()
        name, equals, level = (part.strip() for part in str(value).partition("="))
        if not equals:
            raise click.UsageError(f"'--severity' wants RULE=LEVEL, not '{value}'; such as orphan-note=warning")
        names = (*known.rules, *known.families)
        if name not in names:
            raise click.UsageError(unknown("rule or family", name, names))
        if level not in (*SEVERITIES, "off"):
            raise click.UsageError(unknown("severity", level, (*SEVERITIES, "off")))
        return name, level


class RuleName(click.ParamType):
    """The name of a rule."""

    name = "rule"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name, which is known."""
        rules = _known().rules
        if value not in rules:
            raise click.UsageError(unknown("rule", str(value), tuple(rules)))
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names that begin so, with what each rule finds."""
        from click.shell_completion import CompletionItem

        rules = _known().rules.values()
        return [CompletionItem(rule.name) for rule in rules if rule.name.startswith(incomplete)]


def configuring(command: Command) -> Command:
    """The options that say which vault and which configuration, and those that stand for keys of it."""
    for option in reversed(
        (
            click.option(
                "--vault", type=click.Path(path_type=Path), metavar="DIR", help="The vault, instead of looking for it."
            ),
            click.option(
                "--config",
                type=click.Path(path_type=Path),
                metavar="FILE",
                help="The configuration, instead of the vault's own.",
            ),
            click.option("--no-config", is_flag=True, help="Read no configuration but Obsidian's."),
            click.option(
                "--select", type=Selectors(), multiple=True, help="Turn on these rules or families, and no others."
            ),
            click.option("--extend-select", type=Selectors(), multiple=True, help="Turn on these as well."),
            click.option("--ignore", type=Selectors(), multiple=True, help="Turn these off."),
            click.option(
                "--severity", type=RuleLevel(), multiple=True, help="Set a severity: error, warning, info or off."
            ),
            click.option("--fail-on", type=click.Choice(SEVERITIES), help="Fail from this severity on.  [error]"),
            click.option("--tracked", is_flag=True, default=None, help="Look at nothing but what git tracks."),
        )
    ):
        command = option(command)
    return command


class Asked(Struct, frozen=True, kw_only=True):
    """What the options of ``configuring`` say."""

    vault: Path | None
    config: Path | None
    no_config: bool
    select: tuple[tuple[str, ...], ...]
    extend_select: tuple[tuple[str, ...], ...]
    ignore: tuple[tuple[str, ...], ...]
    severity: tuple[tuple[str, Level], ...]
    fail_on: str | None
    tracked: bool | None
    format: str | None = None

    def selection(self) -> Selection:
        """Which rules the command line asks for."""
        origins: dict[tuple[str, ...], str] = {("severity", name): "--severity" for name, _ in self.severity}
        origins |= {(key,): f"--{key}" for key in ("select", "extend-select", "ignore") if self._of(key)}
        return Selection(
            select=self._names("select") if self.select else None,
            extend_select=self._names("extend-select"),
            ignore=self._names("ignore"),
            severity=dict(self.severity),
            origins=origins,
        )

    def values(self) -> dict[str, Any]:
        """The keys of the configuration to which the command line gives a value."""
        given = {"fail-on": self.fail_on, "tracked": self.tracked, "format": self.format}
        return {key: value for key, value in given.items() if value is not None}

    def _of(self, key: str) -> tuple[tuple[str, ...], ...]:
        lists: tuple[tuple[str, ...], ...] = getattr(self, key.replace("-", "_"))
        return lists

    def _names(self, key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for names in self._of(key) for name in names))


# -- finding the vault and its configuration --------------------------------------------------------------------------


class Place(Struct, frozen=True):
    """The vault that is meant, and the files and folders of it that a command is narrowed to, as vault paths."""

    root: Root
    named: str
    narrowed: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """What makes a path from the working folder of a path in the vault."""
        return "" if self.named == "." else f"{self.named}/"


def _place(vault: Path | None, paths: Sequence[Path]) -> Place:
    """Where the vault is: told outright, or found upward from the first path, or from the current folder."""
    for path in (vault, *paths):
        if path is not None and not path.exists():
            raise click.UsageError(f"no file or folder '{path}'")
    if vault is not None:
        if not vault.is_dir():
            raise click.UsageError(f"'--vault' wants a folder, and '{vault}' is a file")
        own = find_root(vault)
        root = own if own.path == vault.resolve() else Root(vault.resolve(), None, found=True)
    else:
        root = find_root(paths[0] if paths else None)
    narrowed = tuple(_within(root.path, path) for path in paths)
    return Place(root, _shown(root.path), () if "" in narrowed else narrowed)


def _within(root: Path, path: Path) -> str:
    """The vault path of ``path``; empty for the vault itself and, where it was told outright, the folders above it."""
    # A link inside the vault has a path of its own there, so only the folder it lies in is made real.
    real = path.resolve() if path.is_dir() else path.parent.resolve() / path.name
    if root.is_relative_to(real):
        return ""
    if not real.is_relative_to(root):
        raise click.UsageError(f"'{path}' is outside the vault '{_shown(root)}'")
    return real.relative_to(root).as_posix()


def _shown(path: Path) -> str:
    """A path as seen from the working folder, with ``/`` between folders."""
    try:
        shown = os.path.relpath(path, Path.cwd().resolve())
    except ValueError:
        # On another drive.
        return path.as_posix()
    return Path(shown).as_posix()


def _configured(place: Place, asked: Asked) -> Config:
    """The configuration in force: the vault's file, or another, and the command line over it."""
    if asked.config is not None and asked.no_config:
        raise click.UsageError("'--config' and '--no-config' exclude each other")
    config, known = Config(known=_known()), _known()
    path = None if asked.no_config else asked.config or place.root.config_path
    if path is not None:
        try:
            config = load(_shown(path.resolve()), path.read_bytes(), known, lambda name: Path(name).read_bytes())
        except OSError as error:
            raise click.UsageError(f"cannot read '{path}': {(error.strerror or str(error)).lower()}") from None
    values = asked.values()
    return config.over(asked.selection(), values, {key: f"--{key}" for key in values})


# -- check ------------------------------------------------------------------------------------------------------------


class Output(Struct, frozen=True, kw_only=True):
    """In which form a report is written, and where."""

    format: str
    statistics: bool
    file: Path | None
    color: bool
    quiet: int

    def write(self, report: Report) -> None:
        """Write the report."""
        form: Callable[..., str] = statistics if self.statistics else render
        text = form(report, self.format, color=self.color, summary=not self.quiet, **self._width())
        if self.file is not None:
            write_atomic(self.file, text.encode("utf-8", "backslashreplace"))
        elif self.quiet < 2:
            _print(text)

    def _width(self) -> dict[str, int]:
        if self.statistics or self.file is not None or not sys.stdout.isatty():
            return {}
        from shutil import get_terminal_size

        return {"width": get_terminal_size().columns}


def _print(text: str) -> None:
    """Write to standard output, in UTF-8 unless a terminal wants something else; that nobody reads on is no mistake."""
    try:
        if sys.stdout.isatty():
            encoding = sys.stdout.encoding
            click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False, color=True)
        else:
            click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer would fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _colored(choice: str) -> bool:
    """Whether standard output is to be coloured (https://no-color.org, https://force-color.org)."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def _progress(wanted: bool) -> Iterator[Callable[[int, int], None] | None]:
    """What to call with the notes read and their number: a bar on standard error, once more than a second has passed."""
    if not (wanted and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"):
        yield None
        return
    from fmvault.workspace import delayed

    with delayed() as progress:
        yield progress


def _report(place: Place, config: Config, overlay: Mapping[str, bytes], *, verbose: bool, quiet: int) -> Report:
    """Read the vault and ask the rules; what stood in the way is told on standard error."""
    from fmvault.lint.rules import RULES
    from fmvault.lint.run import check

    with _progress(not quiet) as progress:
        opened = open_vault(
            place.root.path,
            exclude=config.exclude,
            templates=config.templates,
            tracked=config.tracked,
            overlay=overlay,
            progress=progress,
        )
    reported = _narrow(place, opened)
    if not quiet:
        for line in _remarks(place, opened, reported):
            click.echo(f"warning: {line}", err=True)
    if verbose:
        for line in _details(place, config, opened, reported):
            click.echo(line, err=True)
    findings = check(opened.vault, config.active(), config.options(), reported, config.ignored)
    notes = [note for path, note in opened.vault.notes.items() if path in reported]
    return build(
        findings,
        opened.read,
        vault=place.named,
        prefix=place.prefix,
        notes=len(notes),
        links=sum(len(note.links) for note in notes),
        rules={rule.name: rule for rule in RULES},
    )


def _narrow(place: Place, opened: Opened) -> frozenset[str]:
    if not place.narrowed:
        return opened.reported
    whole = frozenset(place.narrowed)
    folders = tuple(f"{path}/" for path in place.narrowed)
    return frozenset(path for path in opened.reported if path in whole or path.startswith(folders))


def _remarks(place: Place, opened: Opened, reported: frozenset[str]) -> Iterator[str]:
    for notice in opened.warnings:
        yield f"{place.prefix}{notice.path}: {notice.message}"
    if not opened.vault.notes:
        yield f"there are no notes in '{place.named}'"
        return
    for path in place.narrowed:
        if path not in reported and not any(other.startswith(f"{path}/") for other in reported):
            yield f"nothing to report on in '{place.prefix}{path}'; it is hidden, a template, excluded or ignored"


def _details(place: Place, config: Config, opened: Opened, reported: frozenset[str]) -> Iterator[str]:
    yield f"vault: {place.root.path}"
    yield f"configuration: {', '.join(config.files) or 'none'}"
    yield f"rules: {', '.join(config.active()) or 'none'}"
    yield f"files: {len(opened.vault.files):,}, notes: {len(opened.vault.notes):,}, reported on: {len(reported):,}"
