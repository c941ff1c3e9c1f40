"""``fmvault build`` and ``fmvault serve``: a vault checked, and published as a site."""

from __future__ import annotations

import os
import posixpath
import shlex
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace as replaced
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click
from msgspec import Struct
from msgspec.structs import replace

from fmvault.cli import terminal
from fmvault.cli.checking import is_failed, report
from fmvault.cli.options import Asked
from fmvault.cli.place import Place, configured, find, known_terms, shown, terms
from fmvault.cli.reading import days_of, planned
from fmvault.config import Config, ConfigError, fault_in_url
from fmvault.lint.report import Report, render
from fmvault.lint.report.people import Brush, plural, tally
from fmvault.lint.report.printable import visible
from fmvault.model import Note
from fmvault.workspace import Opened, WorkspaceError, collector_paused, open_vault, read_guarded, watch
from fmvault.workspace.ignore import repository
from fmvault.workspace.kept import recall_graph, remember_graph
from fmvault.workspace.processes import aside
from fmvault.workspace.publishing import Origin, Written, last, publish, refuse_overlap
from fmvault.workspace.read import rereading

if TYPE_CHECKING:
    from fmvault_site import Theme

    from fmvault.publish.site import Site

# What is asked of packages that the core does without, by the names that are imported.
_NEEDED = (
    *("crategraph_forceatlas2", "fmvault_site", "graspologic_native", "jinja2", "latex2mathml", "nh3", "numpy"),
    "pygments",
)
# Where one of these is another, pages may be.
_MAKERS = ("fmvault", "fmvault-site", "Jinja2", "latex2mathml", "nh3", "Pygments", "pyromark")
# So many findings are told, and all are by 'fmvault check'.
_TOLD = 3
# A template or a style sheet is no larger than so many bytes.
_MAX_THEME = 1 << 22
_OWN = "own/"


class Building(Struct, frozen=True, kw_only=True):
    """What ``fmvault build`` or ``fmvault serve`` is asked for, beside the vault.

    ``local`` is where a site is served from this machine, wherever it will be in the end.
    """

    output: Path | None = None
    strict: bool = False
    clean: bool = False
    history: bool = True
    base_url: str | None = None
    local: str = ""


# -- fmvault build -----------------------------------------------------------------------------------------------------


@collector_paused()
def build(path: Path | None, asked: Asked, building: Building) -> int:
    """Check a vault and write its site, and tell what was found and written. The exit status."""
    begun = perf_counter()
    _check()
    source = _Source.of(path, asked, building)
    output, named = source.output(building.output)
    opened = source.opened()
    refuse_overlap(output, source.place.root.path, opened.vault.files, named)
    with aside(partial(source.found, opened, asked), _Found, len(opened.vault.notes)) as finding, _one_line():
        maker = _maker()
        site, origin = source.site(opened, last(output, "" if building.clean else maker))
        found = finding()
        terminal.write(found.told)
        if building.strict and found.failed:
            terminal.write(f"nothing written to '{visible(named)}', since '--strict' wants a vault without these\n")
            return 1
        _tell_troubles(site)
        written = publish(
            output,
            site.tasks,
            shown=named,
            maker=maker,
            clean=building.clean,
            origin=origin,
            prepare=site.prepare,
        )
    terminal.write(f"{_summed(written, site, f'{named}/index.html')} in {perf_counter() - begun:.1f} s\n")
    return 0


def _check(*more: str) -> None:
    """Refuse to begin where packages are missing, those that all need or ``more``."""
    if missing := [name for name in (*_NEEDED, *more) if find_spec(name) is None]:
        raise click.UsageError(
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed; "
            "run pip install 'fmvault[site]', or in a checkout: pip install '.[site]' ./site"
        )


class _Found(Struct, frozen=True):
    """What is told of the findings, and whether they are too grave for ``--strict``."""

    told: str
    failed: bool


class _Source(Struct, frozen=True):
    """A vault and how it is to be published."""

    place: Place
    config: Config
    history: bool
    cached: bool

    @classmethod
    def of(cls, path: Path | None, asked: Asked, building: Building) -> _Source:
        place = find(asked.vault, [path] if path else [])
        config = configured(place, asked)
        if building.base_url is not None:
            if fault := fault_in_url(building.base_url):
                raise click.UsageError(f"--base-url: {fault}")
            config = replace(config, site=replace(config.site, url=building.base_url))
        url = building.local or config.site.url
        config = replace(config, site=replace(config.site, url=url.rstrip("/") + "/" if url else ""))
        return cls(place, config, building.history and config.site.history, not asked.no_cache)

    def opened(self, known: Mapping[str, Note] = {}) -> Opened:
        """The vault read, what stood in the way told on standard error."""
        with terminal.progress(True) as progress:
            opened = open_vault(
                self.place.root.path,
                exclude=self.config.exclude,
                templates=self.config.templates,
                tracked=self.config.tracked,
                keep_text=True,
                known=known,
                cached=self.cached,
                progress=progress,
            )
        for notice in opened.warnings:
            click.echo(f"warning: {visible(f'{self.place.prefix}{notice.path}: {notice.message}')}", err=True)
        return opened

    def found(self, opened: Opened, asked: Asked) -> _Found:
        """What ``fmvault check`` finds, in short."""
        found = report(self.place, self.config, opened, opened.reported, known_terms(self.place, self.config))
        return _Found(_told(found, self, asked), is_failed(found, self.config))

    def site(self, opened: Opened, last: Callable[[str], bytes | None]) -> tuple[Site, Origin]:
        """The site of a vault that was read, and what tells it from others; ``last`` gives files of the last build."""
        from fmvault.publish.addresses import HOME
        from fmvault.publish.published import project
        from fmvault.publish.site import Remembering, site

        root = self.place.root.path
        again = rereading(root, len(opened.vault.notes)) if self.cached else None
        published = project(
            terms(self.place, self.config).of(opened.vault),
            opened.reported,
            self.config.site,
            title=root.name,
            days=days_of(root) if self.history else {},
            read=opened.read,
            planned=planned(self.config),
            parse=again.parse if again is not None else None,
        )
        if again is not None:
            again.keep()
        if not published.notes:
            click.echo("warning: no note is published", err=True)
        if self.config.site.home and published.addresses.home is None:
            raise click.UsageError(f"{self._origin('home')}: no published note '{self.config.site.home}'")
        memory = Remembering(
            lambda: recall_graph(root, of="site") if self.cached else b"",
            lambda content: remember_graph(root, content, of="site") if self.cached else None,
        )
        # Each site has a first page.
        pages = frozenset(published.addresses[note.path] for note in published.notes) - {HOME}
        origin = Origin((root.name, published.title), pages)
        return site(published, self.theme(), last=last, memory=memory), origin

    # -- what the settings name --------------------------------------------------------------------------------------

    def theme(self) -> Theme:
        """How the site looks: templates and styles that are shipped, and the user's own before them."""
        from fmvault_site import theme

        from fmvault.publish.addresses import slug
        from fmvault.publish.contexts import SHIPPED

        shipped = theme(self.config.site.language)
        templates = {SHIPPED + name: source for name, source in shipped.templates.items()}
        styles = {
            _OWN + "/".join(map(slug, posixpath.normpath(name).split("/"))): self._read("styles", name)
            for name in self.config.site.styles
        }
        return replaced(
            shipped,
            templates={**shipped.templates, **templates, **self._templates()},
            assets={**shipped.assets, **styles},
        )

    def _templates(self) -> Mapping[str, str]:
        name = self.config.site.templates
        if not name:
            return {}
        folder = self._folder("templates") / name
        if not folder.is_dir():
            raise click.UsageError(f"{self._origin('templates')}: there is no folder '{name}'")
        paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
        return {path: self._read("templates", f"{name}/{path}").decode("utf-8", "replace") for path in paths}

    def _read(self, key: str, name: str) -> bytes:
        """A file that a setting names, which lies beside the configuration or below."""
        folder = self._folder(key)
        try:
            return read_guarded(folder / name, _MAX_THEME, [folder])
        except OSError as error:
            said = "it is not there" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
            raise click.UsageError(f"{self._origin(key)}: '{name}' cannot be read: {said}") from None

    def _origin(self, key: str) -> str:
        return self.config.origins.get(("site", key), "")

    def _folder(self, key: str) -> Path:
        """The folder of the file that says what a key of ``[site]`` is; where none does, the vault."""
        file = self._origin(key).rpartition(":")[0]
        return Path(file).resolve().parent if file else self.place.root.path

    def output(self, wanted: Path | None) -> tuple[Path, str]:
        """The folder that the site is written to, and what it is called."""
        if wanted is not None:
            return wanted, wanted.as_posix()
        folder = self._folder("output")
        output = Path(os.path.realpath(folder / self.config.site.output))
        # A stranger's vault is not to write where it likes.
        if not output.is_relative_to(os.path.realpath(repository(folder) or folder)):
            raise click.UsageError(
                f"{self._origin('output')}: '{self.config.site.output}' leads out of '{shown(folder)}'; "
                "if it is meant, name it with '-o'"
            )
        return output, shown(output, absolute=Path(self.place.named).is_absolute())


def _maker() -> str:
    """What programs make the pages, and in which versions."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in _MAKERS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


@contextmanager
def _one_line() -> Iterator[None]:
    """Make a mistake in a template a line that tells it."""

    def template_error() -> type[Exception]:
        # Jinja is loaded where a page is made, and so late.
        from fmvault.publish.templates import TemplateError

        return TemplateError

    try:
        yield
    except template_error() as error:
        raise click.UsageError(str(error)) from None


# -- what is told ------------------------------------------------------------------------------------------------------


def _told(found: Report, source: _Source, asked: Asked) -> str:
    """The findings in short: how many, the gravest, and what tells all."""
    brush = Brush(terminal.is_colored("auto"))
    gravest = sorted(found.findings, key=lambda each: ("error", "warning", "info").index(each.finding.severity))[:_TOLD]
    text = tally(found.summary, brush)
    if not gravest:
        return text
    lines = render(replace(found, findings=tuple(gravest)), "concise", color=brush.color, summary=False)
    text += "".join(f"  {line}\n" for line in lines.splitlines())
    if len(found.findings) > len(gravest):
        text += f"  and {len(found.findings) - len(gravest):,} more; all with '{_checking(source.place, asked)}'\n"
    return text


def _checking(place: Place, asked: Asked) -> str:
    """The command that shows all findings."""
    words = ["fmvault", "check"]
    if place.named != ".":
        words.append(place.named)
    if asked.config is not None:
        words += ["--config", os.fspath(asked.config)]
    if asked.no_config:
        words.append("--no-config")
    if asked.tracked is not None:
        words.append("--tracked" if asked.tracked else "--no-tracked")
    return shlex.join(words)


def _tell_troubles(site: Site) -> None:
    for trouble in site.troubles:
        click.echo(f"warning: {visible(trouble)}", err=True)


def _summed(written: Written, site: Site, where: str) -> str:
    """What a build has come to, in one line."""
    told = f"{plural(len(site.pages), 'page')} in {plural(len(site.tasks), 'file')}"
    if not written.any:
        return f"'{visible(where)}' is as it was: {told}, all unchanged,"
    counts = {"written": written.written, "unchanged": written.unchanged, "removed": written.removed}
    done = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return f"wrote '{visible(where)}': {told}, {done},"


# -- fmvault serve -----------------------------------------------------------------------------------------------------


def serve(path: Path | None, asked: Asked, building: Building, *, port: int | None, opening: bool) -> int:
    """Build a vault into a temporary folder, serve it to this machine, and build again whatever changes."""
    from fmvault.workspace.serving import serving

    _check("watchfiles")
    source = _Source.of(path, asked, building)
    changes = watch(source.place.root.path, catching_up=True)
    # Who is told to end, ends as with Ctrl-C: the temporary folder is removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(prefix="fmvault-", ignore_cleanup_errors=True) as holder:
            site = Path(holder, "site")
            site.mkdir()
            # A port that is taken is told at once; whoever comes too early is told to wait.
            with serving(site, port) as server:
                rebuilding = _Rebuilding(path, asked, replace(building, local=server.url), site)
                rebuilding.build(server.changed)
                terminal.write(f"serving '{visible(source.place.named)}' at {server.url}; Ctrl-C ends it\n")
                if opening:
                    click.launch(server.url)
                for _ in changes:
                    rebuilding.build(server.changed)
    except KeyboardInterrupt:
        terminal.write("\n")
    return 0


class _Rebuilding:
    """Builds a vault over and over. What cannot be built is told, and the last site stays as it is."""

    def __init__(self, path: Path | None, asked: Asked, building: Building, output: Path) -> None:
        self._path = path
        self._asked = asked
        self._building = building
        self._output = output
        self._known: Mapping[str, Note] = {}
        self._told = ""

    def build(self, changed: Callable[[], None] = lambda: None) -> None:
        """Build once; ``changed`` is called as soon as anything on the site is another."""
        try:
            with collector_paused():
                self._build(changed)
        except (ConfigError, WorkspaceError, click.ClickException) as error:
            click.echo(f"{visible(str(error))}\nnot built; the site is as it was", err=True)
        except OSError as error:
            click.echo(
                f"'{visible(str(error.filename))}': {error.strerror}\nnot built; the site is as it was", err=True
            )
        except Exception:
            # A fault of ours is told in full, and ends no server that somebody is writing by.
            click.echo(f"{visible(traceback.format_exc())}\nnot built; the site is as it was", err=True)

    def _build(self, changed: Callable[[], None]) -> None:
        begun = perf_counter()
        source = _Source.of(self._path, self._asked, self._building)
        opened = source.opened(self._known)
        self._known = opened.vault.notes
        with _one_line():
            maker = _maker()
            site, _ = source.site(opened, last(self._output, maker))
            written = publish(self._output, site.tasks, maker=maker, prepare=site.prepare)
        if written.any:
            changed()
            told = [
                plural(written.written, "file") + " written",
                *([f"{written.removed:,} removed"] * bool(written.removed)),
            ]
            terminal.write(f"{plural(len(site.pages), 'page')}: {', '.join(told)} in {perf_counter() - begun:.1f} s\n")
        _tell_troubles(site)
        told_now = source.found(opened, self._asked).told
        if told_now != self._told:
            terminal.write(told_now)
            self._told = told_now
