"""The command line: arguments, one call, an exit status. What is printed is printed here."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from fmvault import __version__
from fmvault.cli import checking, terminal
from fmvault.cli.options import CACHED, Asked, choosing, configuring, known_names, locating
from fmvault.cli.place import configured, find
from fmvault.config import Config, ConfigError, unknown
from fmvault.lint.report import FORMATS
from fmvault.lint.report.printable import visible
from fmvault.workspace import WorkspaceError

if TYPE_CHECKING:
    from fmvault.lint.rule import Rule

MISUSE, INTERRUPTED = 2, 130

COLORS = ("auto", "always", "never")
COLOR = "auto (as by default), always or never; NO_COLOR and FORCE_COLOR are honoured."
LISTS = ("table", "json")
TABLE = "table (as by default) or json."
TOML = "toml (as by default) or json."
# As the graph is written, drawn and spoken of; those who know are loaded only when they are asked.
GRAPHS = ("html", "json", "graphml", "gexf", "dot", "mermaid", "csv", "svg", "cypher", "jsonld", "canvas")
RENDERERS = ("sigma", "pyvis")
LANGUAGES = ("en", "de")
# Where a vault can be published, as 'init' knows it.
HOSTS = ("github", "gitlab")

# The shells that can complete what is typed, and what to do with the script.
SHELLS = {
    "bash": "Save this as ~/.local/share/bash-completion/completions/fmvault",
    "zsh": "Save this as _fmvault in a folder of $fpath",
    "fish": "Save this as ~/.config/fish/completions/fmvault.fish",
}


class Commands(click.Group):
    """A group whose mistakes are one line each, and whose exit status is what a command returns."""

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **more: Any
    ) -> Any:
        """Run a command; all ways to fail that are not ours end here."""
        try:
            status = super().main(args, standalone_mode=False, **more)
        except ConfigError as error:
            status = _fail(*map(str, error.mistakes))
        except click.exceptions.NoArgsIsHelpError as error:
            status = _fail(*error.format_message().split("\n"))
        except click.NoSuchOption as error:
            known = error.ctx.command.params if error.ctx else []
            options = [name for option in known if isinstance(option, click.Option) for name in option.opts]
            status = _fail(f"fmvault: {unknown('option', error.option_name, options)}")
        except click.ClickException as error:
            status = _fail(f"fmvault: {_sentence(error.format_message())}")
        except WorkspaceError as error:
            status = _fail(f"fmvault: {error}")
        except OSError as error:
            # What the machine refuses is no failure of ours: a name too long for it, a working folder that is gone.
            place = f"'{error.filename}'" if error.filename else "the working folder"
            status = _fail(f"fmvault: {place}: {(error.strerror or str(error)).lower()}")
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
        if os.path.exists(name):
            raise click.UsageError(f"no command '{name}'; did you mean 'fmvault check {name}'?")
        raise click.UsageError(unknown("command", name, self.commands))


def _fail(*lines: str) -> int:
    for line in lines:
        click.echo(visible(line), err=True)
    return MISUSE


def _sentence(message: str) -> str:
    """click's message as ours are: lower case, no full stop, on one line; a path that begins it stays as it is."""
    message = " ".join(message.split()).removesuffix(".")
    first = message.partition(" ")[0]
    return message if any(mark in first for mark in "/\\.:'") else message[:1].lower() + message[1:]


# -- the commands -----------------------------------------------------------------------------------------------------


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  fmvault check                     the vault that the current folder lies in
  fmvault check Notes --fail-on warning
  fmvault explain broken-note""",
)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
def commands() -> None:
    """Check a vault of Obsidian-style notes: read it once, and find what leads nowhere or is not what it seems."""


@commands.command(
    epilog="""\b
Examples:
  fmvault check                                the vault around the current folder
  fmvault check Daily "Projects/Plan.md"       findings in these alone
  fmvault check --select links,mojibake        these rules and no others
  fmvault check --severity links=warning --fail-on warning
  fmvault check --format sarif --output-file fmvault.sarif
  cat draft.md | fmvault check --stdin-filename Notes/Draft.md

\b
Exit status: 0 nothing to fail on, 1 findings, 2 misuse, a mistake in the
configuration, or a failure of fmvault itself.""",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@configuring
@click.option("--format", metavar="FORMAT", **choosing("format", lambda: FORMATS), help=f"One of {', '.join(FORMATS)}.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of listing them.")
@click.option("--output-file", type=click.Path(path_type=Path), metavar="FILE", help="Write the report to this file.")
@click.option("--exit-zero", is_flag=True, help="End with 0 whatever was found.")
@click.option(
    "--stdin-filename",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Take the text on standard input for this file, and report on it alone.",
)
@click.option("--watch", "watching", is_flag=True, help="Check again whenever the vault changes, until Ctrl-C.")
@CACHED
@click.option("--color", default="auto", metavar="WHEN", **choosing("choice", lambda: COLORS), help=COLOR)
@click.option("-q", "--quiet", count=True, help="Findings without a summary; twice: nothing at all.")
@click.option("-v", "--verbose", is_flag=True, help="Tell on standard error what is checked, and how.")
def check(
    paths: tuple[Path, ...],
    *,
    statistics: bool,
    output_file: Path | None,
    exit_zero: bool,
    stdin_filename: Path | None,
    watching: bool,
    color: str,
    quiet: int,
    verbose: bool,
    **options: Any,
) -> int:
    """Check a vault and report what is broken.

    The vault is the first folder upward from PATH, or from the current folder, with fmvault.toml, with [tool.fmvault]
    in pyproject.toml, or with .obsidian. A PATH inside it narrows what is reported, never what links may lead to.
    """
    task = checking.Task(
        paths=paths,
        asked=Asked(**options),
        text_for=stdin_filename,
        statistics=statistics,
        output_file=output_file,
        exit_zero=exit_zero,
        color=color,
        quiet=quiet,
        verbose=verbose,
    )
    return checking.keep_checking(task) if watching else checking.check(task)


@commands.command(
    epilog="""\b
Examples:
  fmvault rules
  fmvault rules links
  fmvault rules --format json"""
)
@click.argument("family", required=False, **choosing("family", lambda: known_names().families))
@click.option(
    "--format", default="table", metavar="FORMAT", **choosing("format", lambda: ("table", "json")), help=TABLE
)
def rules(family: str | None, format: str) -> int:
    """List the rules.

    Those of a FAMILY, or all; with the severity of each by default, and whether its findings carry a fix.
    """
    from fmvault.lint.rules import RULES

    listed = [rule for rule in RULES if family in (None, rule.family)]
    terminal.write(_rules_as_json(listed) if format == "json" else _rules_as_table(listed))
    return 0


@commands.command(epilog="\b\nExample:\n  fmvault explain broken-note")
@click.argument("name", **choosing("rule", lambda: known_names().rules))
def explain(name: str) -> int:
    """Print the page of the rule NAME.

    It says what the rule finds, why it matters and which options it has, with examples.
    """
    from fmvault.lint.rules import RULES

    terminal.write(next(rule for rule in RULES if rule.name == name).page())
    return 0


@commands.command(
    epilog="""\b
Examples:
  fmvault config
  fmvault config vault --extend-select graph
  fmvault config --format json"""
)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@configuring
@click.option(
    "--format", "form", default="toml", metavar="FORMAT", **choosing("format", lambda: ("toml", "json")), help=TOML
)
def config(path: Path | None, form: str, **options: Any) -> int:
    """Print the configuration in force.

    Behind each value stands where it comes from. What is printed for the vault at PATH, or around the current folder,
    is a fmvault.toml itself.
    """
    asked = Asked(**options)
    in_force = configured(find(asked.vault, [path] if path else []), asked)
    terminal.write(in_force.to_toml() if form == "toml" else _config_as_json(in_force))
    return 0


@commands.command(
    epilog="""\b
Examples:
  fmvault wanted
  fmvault wanted vault --limit 5
  fmvault wanted --format json > wanted.json"""
)
@click.argument("path", required=False, metavar="[PATH]", type=click.Path(path_type=Path))
@locating
@click.option("--format", default="table", metavar="FORMAT", **choosing("format", lambda: LISTS), help=TABLE)
@click.option("--limit", type=click.IntRange(0), metavar="N", help="The first N; 0 is all. By default 20 in a table.")
@click.option("--color", default="auto", metavar="WHEN", **choosing("choice", lambda: COLORS), help=COLOR)
def wanted(path: Path | None, *, format: str, limit: int | None, color: str, **options: Any) -> int:
    """List what to write or to learn next: the notes that links name and that are not there.

    They are ranked by PageRank in the concept graph: a missing note counts for the more, the more the notes count that
    ask for it. What is gained by one is given in percent of the first. Each is told with the notes that ask for it and
    the open questions it stands in. A PATH inside the vault narrows the list to what the notes there ask for.
    """
    from fmvault.cli.learning import show_wanted

    return show_wanted(path, Asked(**options), json=format == "json", limit=limit, color=color)


@commands.command(
    epilog="""\b
Examples:
  fmvault path Transformer
  fmvault path "fine tuning" --vault vault
  fmvault path Concepts/Entropy.md --format json"""
)
@click.argument("note", type=click.Path())
@locating
@click.option("--format", default="table", metavar="FORMAT", **choosing("format", lambda: LISTS), help=TABLE)
@click.option("--color", default="auto", metavar="WHEN", **choosing("choice", lambda: COLORS), help=COLOR)
def path(note: str, *, format: str, color: str, **options: Any) -> int:
    """Print what to read before NOTE, and in which order.

    NOTE is a name, an alias or a path. What it requires, and what its definition names, comes first, and before that
    what those need in turn; each note stands right before the first that needs it. Notes that are missing are marked,
    and notes that need each other are told.

    A note requires what its property 'requires' links to, and what names it in a property called as the inverse of
    that. So it does by each relation that the configuration declares as both acyclic and transitive, but for is-a,
    part-of and example-of.
    """
    from fmvault.cli.learning import show_path

    return show_path(note, Asked(**options), json=format == "json", color=color)


@commands.command(
    epilog="""\b
Examples:
  fmvault graph vault -o graph.html             a page that opens by itself
  fmvault graph --tags --language de
  fmvault graph -o vault.graphml                for Gephi, yEd or networkx
  fmvault graph --format csv -o tables/
  fmvault graph --format mermaid -o -
  fmvault graph --renderer pyvis -o network.html"""
)
@click.argument("vault_or_part", required=False, metavar="[VAULT]", type=click.Path(path_type=Path))
@locating
@click.option("-o", "--output", metavar="FILE", help="Write here instead of to graph.html; - is standard output.")
@click.option("--format", metavar="FORMAT", **choosing("format", lambda: GRAPHS), help=f"One of {', '.join(GRAPHS)}.")
@click.option(
    "--renderer",
    default="sigma",
    metavar="NAME",
    **choosing("renderer", lambda: RENDERERS),
    help="What draws the page: sigma (as by default), or pyvis, for a notebook.",
)
@click.option(
    "--language",
    default="en",
    metavar="LANG",
    **choosing("language", lambda: LANGUAGES),
    help="The page's language: en (as by default) or de.",
)
@click.option("--tags", is_flag=True, help="Make nodes of tags.")
@click.option("--attachments", is_flag=True, help="Make nodes of the files that notes lead to and that are no notes.")
@click.option("--history/--no-history", default=True, help="Take from git when notes were written (as by default).")
def graph(
    vault_or_part: Path | None,
    *,
    output: str | None,
    format: str | None,
    renderer: str,
    language: str,
    tags: bool,
    attachments: bool,
    history: bool,
    **options: Any,
) -> int:
    """Draw the concept graph: notes, those that are missing, and what each link between them says.

    It is one page that asks nothing of the network, or a file that other programs read; the name of FILE says which
    where --format does not. A page that is built again keeps the places of the notes. Nothing is written over but what
    this command wrote.
    """
    from fmvault.cli.graphing import Drawing, draw

    drawing = Drawing(
        output=output,
        format=format,
        renderer=renderer,
        language=language,
        tags=tags,
        attachments=attachments,
        history=history,
    )
    return draw(vault_or_part, Asked(**options), drawing)


@commands.command(
    epilog="""\b
Examples:
  fmvault build vault -o public/
  fmvault build --strict                        writes nothing if the vault has errors
  fmvault build --base-url https://example.org/notes/

\b
Exit status: 0 the site is written, 1 findings with --strict, 2 misuse, a mistake
in the configuration or a template, or a file in the way."""
)
@click.argument("vault_or_part", required=False, metavar="[VAULT]", type=click.Path(path_type=Path))
@locating
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write to this folder instead of the one that the configuration names, public by default.",
)
@click.option("--strict", is_flag=True, help="Write nothing if 'fmvault check' would fail.")
@click.option(
    "--clean", is_flag=True, help="Make everything anew, and write over or remove pages that were changed by hand."
)
@click.option("--base-url", metavar="URL", help="Where the site will be, for its feed, sitemap and previews elsewhere.")
@click.option("--history/--no-history", default=True, help="Take from git when notes were written (as by default).")
def build(
    vault_or_part: Path | None,
    *,
    output: Path | None,
    strict: bool,
    clean: bool,
    base_url: str | None,
    history: bool,
    **options: Any,
) -> int:
    """Publish a vault as a static site: check it, and write a page for every note.

    The site asks nothing of a server or the network: it opens by a double click on index.html, and from any folder of
    any web server. What has not changed is not written again, pages of notes that are gone are removed, and no file is
    touched that this command has not written.
    """
    from fmvault.cli import publishing

    building = publishing.Building(output=output, strict=strict, clean=clean, base_url=base_url, history=history)
    return publishing.build(vault_or_part, Asked(**options), building)


@commands.command(
    epilog="""\b
Examples:
  fmvault serve
  fmvault serve vault --port 8080 --open"""
)
@click.argument("vault_or_part", required=False, metavar="[VAULT]", type=click.Path(path_type=Path))
@locating
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="By default 8000, or the next that is free.")
@click.option("--open", "opening", is_flag=True, help="Open it in the browser.")
@click.option("--history/--no-history", default=True, help="Take from git when notes were written (as by default).")
def serve(vault_or_part: Path | None, *, port: int | None, opening: bool, history: bool, **options: Any) -> int:
    """Show the site of a vault to the browser on this machine, and again whenever a note changes, until Ctrl-C.

    Nothing is written but to a temporary folder, and nobody else on the network sees it.
    """
    from fmvault.cli import publishing

    building = publishing.Building(history=history)
    return publishing.serve(vault_or_part, Asked(**options), building, port=port, opening=opening)


@commands.command(
    epilog="""\b
Examples:
  fmvault stats
  fmvault stats vault --since HEAD~10
  fmvault stats --format json > stats.json"""
)
@click.argument("path", required=False, metavar="[VAULT]", type=click.Path(path_type=Path))
@locating
@click.option("--format", default="table", metavar="FORMAT", **choosing("format", lambda: LISTS), help=TABLE)
@click.option("--since", metavar="REV", help="Tell what has changed since a revision that git knows.")
def stats(path: Path | None, *, format: str, since: str | None, **options: Any) -> int:
    """Print the vault's health in numbers.

    They are the notes by kind, the links by type, the notes that are missing, those without links, the parts that hang
    together, the notes that alone hold others to the rest, the most central ones, and how the vault at PATH, or around
    the current folder, grew.
    """
    from fmvault.cli.graphing import show_stats

    return show_stats(path, Asked(**options), json=format == "json", since=since)


@commands.command(
    epilog="""\b
Examples:
  fmvault new "Scaling Law"                 a note on a concept
  fmvault new "Deep Learning" --kind source --folder Books
  fmvault new Ideas/Entropy --print"""
)
@click.argument("name")
@click.option("--kind", metavar="KIND", help="The kind of the note: concept, or another that is declared.")
@click.option("--folder", metavar="DIR", help="The folder of the vault that it is put into.")
@click.option("--vault", type=click.Path(path_type=Path), metavar="DIR", help="The vault, instead of looking for it.")
@click.option("--print", "printing", is_flag=True, help="Print the note and write nothing.")
def new(name: str, *, kind: str | None, folder: str | None, vault: Path | None, printing: bool) -> int:
    """Write the stub of a note named NAME, and print its path.

    It has every section that its kind knows, and under related notes a link to each note that wants it. Without
    --folder it is put where the links to it lead, else where notes of its kind are, else where Obsidian puts new notes.
    A note that is there already is never written over.
    """
    from fmvault.cli import writing

    return writing.new(name, kind=kind, folder=folder, vault=vault, printing=printing)


@commands.command(
    epilog="""\b
Examples:
  fmvault init
  fmvault init Notes --dry-run
  fmvault init --pages github"""
)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--pages",
    "hosts",
    metavar="HOST,...",
    **choosing("host", lambda: HOSTS, many=True),
    help="Also write what publishes the vault with the pages of github or gitlab, or of both.",
)
@click.option("--dry-run", is_flag=True, help="Tell what would be written, and write nothing.")
def init(path: Path | None, *, hosts: tuple[str, ...] | None, dry_run: bool) -> int:
    """Set up the vault at PATH, or around the current folder.

    Written are fmvault.toml with the kinds of note it finds, a schema of each kind for the vault to go on from, and
    a hook that checks each commit where the vault lies in a git repository. What is there already is kept as it is.
    """
    from fmvault.cli import writing

    return writing.init(path, dry_run=dry_run, hosts=hosts or ())


@commands.command(epilog="\b\nExample:\n  fmvault completion bash > ~/.local/share/bash-completion/completions/fmvault")
@click.argument("shell", metavar="|".join(SHELLS), **choosing("shell", lambda: SHELLS))
def completion(shell: str) -> int:
    """Print the script for completion in a shell.

    Its last line says where to put it.
    """
    from click.shell_completion import ShellComplete, get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    # Not the kind's own source(): bash's would start bash to ask for its version.
    script = ShellComplete.source(kind(commands, {}, "fmvault", "_FMVAULT_COMPLETE"))
    terminal.write(f"{script.strip()}\n# {SHELLS[shell]}\n")
    return 0


# -- what they print --------------------------------------------------------------------------------------------------


def _rules_as_table(rules: Sequence[Rule]) -> str:
    width = max(len(rule.name) for rule in rules)
    lines: list[str] = []
    for family, members in groupby(rules, key=lambda rule: rule.family):
        lines.append(f"{family}\n")
        for rule in members:
            level = rule.severity if rule.enabled else "off"
            lines.append(f"  {rule.name:<{width}}  {level:<7}  {'fix' if rule.fixable else '   '}  {rule.summary}\n")
    return "".join(lines)


def _rules_as_json(rules: Sequence[Rule]) -> str:
    def described(rule: Rule) -> dict[str, Any]:
        keys = ("name", "family", "since", "severity", "enabled", "fixable", "summary", "doc")
        options = {name: option.default for name, option in rule.options.items()}
        return {**{key: getattr(rule, key) for key in keys}, "options": options}

    return _json([described(rule) for rule in rules])


def _config_as_json(config: Config) -> str:
    return _json({"files": config.files, "settings": config.in_force()})


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
