"""``fmvault new`` and ``fmvault init``: the only commands that write into a vault, and only what is not there yet."""

from __future__ import annotations

import os
import posixpath
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from fmvault.cli import terminal
from fmvault.cli.options import Asked
from fmvault.cli.place import Place, configured, find, schema_reader, shown
from fmvault.config import Config, KindSettings, SiteSettings, unknown
from fmvault.lint.report.printable import visible
from fmvault.scaffold import pages
from fmvault.workspace import (
    Opened,
    Root,
    WorkspaceError,
    collector_paused,
    find_root,
    open_vault,
    read_guarded,
    write_atomic,
)
from fmvault.workspace.discover import SITE_MANIFEST, reason
from fmvault.workspace.ignore import ignores_folder, repository

if TYPE_CHECKING:
    from fmvault.kinds.kind import Kind

# Where pre-commit and prek look for hooks; the first of them is written.
HOOK_FILES = (".pre-commit-config.yaml", ".pre-commit-config.yml")
# What is kept as it is, and read for what it lacks, is no larger than so many bytes.
_MAX_KEPT = 1 << 24

# -- fmvault new ------------------------------------------------------------------------------------------------------


@collector_paused()
def new(name: str, *, kind: str | None, folder: str | None, vault: Path | None, printing: bool) -> int:
    """Write the stub of a note, or print it."""
    from fmvault import scaffold

    asked_folder, name = _split(name, folder)
    place = find(vault, [])
    config = configured(place, _asked(vault))
    of_kind = _kind(config, kind)
    if fault := scaffold.unfit(f"{name}.md"):
        raise click.UsageError(fault)
    opened = _opened(place, config)
    if other := scaffold.taken(name, opened.vault):
        path, is_alias = other
        what = f"'{name}' is an alias of '{place.prefix}{path}'" if is_alias else f"'{place.prefix}{path}' is there"
        raise click.UsageError(f"{what} already; add to it, or choose another name")
    wishes = scaffold.wanting(name, opened.vault)
    name = scaffold.spelt(name, wishes)
    folders = scaffold.Folders(opened.vault)
    if asked_folder is not None:
        chosen = folders.spelt(asked_folder)
        if fault := scaffold.unfit(f"{chosen}/{name}.md" if chosen else f"{name}.md") or _closed(place, chosen):
            raise click.UsageError(fault)
    else:
        match = config.kinds.get(of_kind.name, KindSettings()).match
        app = opened.read(".obsidian/app.json")
        chosen = next(
            proposal
            for proposal in folders.proposed(wishes, match, app, _here(place))
            if not proposal or not (scaffold.unfit(f"{proposal}/{name}.md") or _closed(place, proposal))
        )
    wanted_by = dict.fromkeys(note.path for note, _ in wishes if note.path in opened.reported)
    links = (scaffold.link_to(path, opened.vault) for path in wanted_by if path[-3:].lower() == ".md")
    text = scaffold.stub(name, of_kind, date.today(), list(filter(None, links)))
    if printing:
        terminal.write(text)
        return 0
    path = f"{chosen}/{name}.md" if chosen else f"{name}.md"
    _create(place.root.path, path, text)
    terminal.write(visible(place.prefix + path) + "\n")
    return 0


def _split(name: str, folder: str | None) -> tuple[str | None, str]:
    """The folder that is asked for, and the note's name: as Obsidian writes names, and without ``.md``."""
    given = unicodedata.normalize("NFC", name.replace("\u00a0", " ").replace("\u202f", " ")).replace("\\", "/")
    before, slash, last = given.rpartition("/")
    last = last.strip()
    last = (last[:-3] if last[-3:].lower() == ".md" else last).strip()
    if not last:
        raise click.UsageError(f"'{name}' names no note; give it a name, such as 'Foundation Model'")
    wanted = [part.replace("\\", "/") for part in (folder, before if slash else None) if part is not None]
    for part in wanted:
        if part.startswith("/") or (len(part) > 1 and part[1] == ":") or ".." in part.split("/"):
            raise click.UsageError(f"'{part}' is no folder of the vault; name one relative to its root")
    if before.startswith("/") or given.startswith("/"):
        raise click.UsageError(f"'{name}' is no place in the vault; name one relative to its root")
    joined = posixpath.normpath("/".join(wanted) or ".")
    return (None if not wanted else "" if joined == "." else joined), last


def _kind(config: Config, name: str | None) -> Kind:
    """The kind of this name, or else the one that goes without saying."""
    from fmvault.kinds.kind import declared

    shipped = {kind: KindSettings() for kind in config.known.kinds}
    kinds: Mapping[str, KindSettings] = config.kinds or shipped
    if name is None:
        if len(kinds) > 1 and "concept" not in kinds:
            raise click.UsageError(f"of which kind is it to be? name one with '--kind': {', '.join(kinds)}")
        name = next(iter(kinds)) if len(kinds) == 1 else "concept"
    meant = next((kind for kind in kinds if kind.casefold() == name.casefold()), None)
    if meant is None and name in shipped:
        raise click.UsageError(f"the kind '{name}' is not declared; add a table [kinds.{name}] to the configuration")
    if meant is None:
        raise click.UsageError(unknown("kind", name, kinds))
    return declared({meant: kinds[meant]}, schema_reader(config))[meant]


def _here(place: Place) -> str | None:
    """The working folder as a folder of the vault, if it is one."""
    here = Path.cwd().resolve()
    if not here.is_relative_to(place.root.path):
        return None
    within = here.relative_to(place.root.path).as_posix()
    return "" if within == "." else within


def _closed(place: Place, folder: str) -> str | None:
    """Why no note can be put into a folder of the vault; None if one can."""
    root = os.path.realpath(place.root.path)
    at = root
    for part in folder.split("/") if folder else ():
        at = os.path.realpath(os.path.join(at, part))
        if at != root and not at.startswith(os.path.join(root, "")):
            return f"the folder '{place.prefix}{folder}' leads out of the vault; choose another"
        if os.path.lexists(at) and not os.path.isdir(at):
            return f"'{place.prefix}{folder}' is no folder, or leads through a file; choose another"
        if os.path.exists(os.path.join(at, SITE_MANIFEST)):
            return f"the folder '{place.prefix}{folder}' holds a published site and no notes; choose another"
    return None


# -- fmvault init -----------------------------------------------------------------------------------------------------


class _File(Struct, frozen=True):
    """A file that a vault is set up with: ``path`` in ``folder``, and ``named`` as seen from the working folder.

    ``lacking`` is what one that is there lacks, and ``how`` to add it.
    """

    folder: Path
    path: str
    named: str
    content: str
    is_there: bool
    lacking: str = ""
    how: str = ""


@collector_paused()
def init(path: Path | None, *, dry_run: bool, hosts: Sequence[str] = ()) -> int:
    """Write what sets a vault up, but for what is there already; tell of each file what became of it.

    For each of the ``hosts`` it is also what publishes the vault there.
    """
    root = _root(path)
    if hosts and repository(root.path) is None:
        named = shown(root.path, absolute=path is not None and path.is_absolute())
        raise click.UsageError(
            f"'{named}' is in no git repository, which '--pages' publishes from; run 'git init', or leave it out"
        )
    files = _files(root, hosts, absolute=path is not None and path.is_absolute())
    lacking = [file for file in files if not file.is_there]
    for file in lacking:
        _refuse_closed(file)
    if not dry_run:
        with ExitStack() as written:
            for file in lacking:
                written.callback(_remove, file, _create(file.folder, file.path, file.content))
            # It is all or nothing: from here on it is all.
            written.pop_all()
    lines: list[str] = []
    for file in files:
        if not file.is_there:
            lines.append(f"{'would write' if dry_run else 'wrote'} '{file.named}'")
        elif file.lacking:
            lines += [f"kept '{file.named}' as it is; {file.how}:", "", *file.lacking.rstrip().split("\n"), ""]
        else:
            lines.append(f"kept '{file.named}' as it is")
    if path is not None and not root.found and (above := find_root(root.path.parent)).found:
        lines.append(f"the vault lies in another, '{shown(above.path)}', and is one of its own from now on")
    top = repository(root.path)
    if top is None:
        lines.append("no hook, since the vault is in no git repository")
    elif any(file.folder == top and not file.is_there for file in files if file.path in HOOK_FILES):
        lines.append("run 'pre-commit install' or 'prek install' once, so that git calls the hook")
    lines += (
        f"in '{file.named}', put the address of fmvault's repository in the place of {pages.PLACEHOLDER}"
        for file in files
        if file.path in pages.PATHS.values() and not file.is_there
    )
    if hosts and top is not None and (output := _unignored_output(root, top)) is not None:
        lines.append(f"add '/{output}/' to '{shown(top / '.gitignore')}', so that no site is committed")
    if all(file.is_there for file in files):
        lines.append("nothing written" if any(file.lacking for file in files) else "nothing to do: the vault is set up")
    terminal.write("".join(f"{visible(line)}\n" for line in lines))
    return 0


def _unignored_output(root: Root, top: Path) -> str | None:
    """The folder of the repository that a site is written to, unless git ignores it or it lies elsewhere."""
    if root.config_path is not None:
        place = Place(root, shown(root.path), frozenset())
        config = configured(place, _asked(None))
        origin = config.origins.get(("site", "output"), "").rpartition(":")[0]
        output = (Path(origin).resolve().parent if origin else root.path) / config.site.output
    else:
        output = root.path / SiteSettings().output
    real = Path(os.path.realpath(output))
    if real == top or not real.is_relative_to(top):
        return None
    within = real.relative_to(top).as_posix()
    return None if ignores_folder(top, within) else within


def _root(path: Path | None) -> Root:
    """The folder that is told outright, else the vault around the current folder."""
    if path is None:
        return find_root()
    if not path.exists():
        raise click.UsageError(f"no file or folder '{path}'")
    if not path.is_dir():
        raise click.UsageError(f"'{path}' is a file, and a vault is a folder")
    above = find_root(path)
    return above if above.path == path.resolve() else Root(path.resolve(), None, found=False)


def _files(root: Root, hosts: Sequence[str], *, absolute: bool) -> list[_File]:
    """What a vault is set up with, and is published with at these hosts."""
    from fmvault.kinds.concepts import Terms
    from fmvault.scaffold import setup

    place = Place(root, shown(root.path, absolute=absolute), frozenset())
    config = configured(place, _asked(None))
    kinds = {kind: KindSettings() for kind in config.known.kinds}
    shipped = Terms(Config(known=config.known, kinds=kinds), schema_reader(config))
    opened = _opened(place, config)
    found = setup.find(shipped.of(opened.vault), opened.reported)

    def file(folder: Path, path: str, content: str, lacking: str = "", how: str = "") -> _File:
        target = folder / path
        return _File(folder, path, shown(target, absolute=absolute), content, os.path.lexists(target), lacking, how)

    files = []
    if root.config_path is None:
        files.append(file(root.path, "fmvault.toml", setup.configuration(found)))
    else:
        name = root.config_path.name
        is_project = name == "pyproject.toml"
        is_begun = is_project and setup.is_begun(_kept(root.config_path))
        lacking = setup.addition(config, found, project=is_project, is_begun=is_begun)
        how = "add to it"
        if "extend-select" in lacking:
            # Keys end where tables begin.
            if not is_project:
                how += " above its tables"
            elif is_begun:
                how += " at the end of '[tool.fmvault]', above the next table"
            if config.selection.extend_select:
                how += ", 'extend-select' in place of its own"
        files.append(file(root.path, name, "", lacking, how))
    for kind in kinds:
        schema = setup.schema_path(kind)
        # A kind that is declared has a schema of its own, or is to have none.
        if kind not in config.kinds or _is_at(config.kinds[kind].schema, root.path / schema):
            files.append(file(root.path, schema, setup.schema(kind)))
    if (top := repository(root.path)) is not None:
        vault = root.path.relative_to(top).as_posix()
        name = next((name for name in HOOK_FILES if os.path.lexists(top / name)), HOOK_FILES[0])
        is_hooked = os.path.lexists(top / name) and setup.is_hooked(vault, _kept(top / name))
        lacking = "" if is_hooked else setup.hook(vault)
        files.append(file(top, name, setup.hooks(vault), lacking, "add to its 'repos'"))
        for host in hosts:
            name = pages.PATHS[host]
            lacking = ""
            if host == "gitlab" and os.path.lexists(top / name) and not pages.is_published(_kept(top / name)):
                lacking = pages.job(vault)
            files.append(file(top, name, pages.workflow(host, vault), lacking, "add to it"))
    return files


def _is_at(schema: str | None, path: Path) -> bool:
    return schema is not None and Path(schema).resolve() == path


# -- what both do -----------------------------------------------------------------------------------------------------


def _asked(vault: Path | None) -> Asked:
    """A command line that says nothing of the configuration."""
    return Asked(vault=vault, config=None, no_config=False, tracked=None)


def _opened(place: Place, config: Config) -> Opened:
    """The vault as it is on disk, whatever git tracks of it: what is not tracked is there all the same."""
    with terminal.progress(True) as progress:
        return open_vault(
            place.root.path, exclude=config.exclude, templates=config.templates, cached=True, progress=progress
        )


def _kept(path: Path) -> str:
    """The text of a file that is kept as it is. It may be a link to one anywhere, since it is never shown."""
    try:
        return read_guarded(path, _MAX_KEPT).decode("utf-8", "replace")
    except OSError as error:
        raise WorkspaceError(f"cannot read '{shown(path)}': {reason(error)}") from None


def _refuse_closed(file: _File) -> None:
    """Raise ``WorkspaceError`` if it can be seen that the file cannot be written."""
    real = os.path.realpath(file.folder)
    above = os.path.dirname(os.path.join(file.folder, file.path))
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    if not Path(os.path.realpath(above)).is_relative_to(real):
        raise WorkspaceError(f"cannot write '{file.named}': its folder leads out of '{shown(file.folder)}'")
    if not os.path.isdir(above):
        raise WorkspaceError(f"cannot write '{file.named}': '{shown(Path(above))}' is no folder")
    if not os.access(above, os.W_OK | os.X_OK):
        raise WorkspaceError(f"cannot write '{file.named}': permission denied")


def _remove(file: _File, folders: Sequence[Path]) -> None:
    """Take back what was written."""
    with suppress(OSError):
        (file.folder / file.path).unlink()
    _remove_empty(folders)


def _remove_empty(folders: Sequence[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _create(root: Path, path: str, text: str) -> Sequence[Path]:
    """Write a file that is not there yet, with the folders it lies in; where it fails, nothing is left of it.

    The folders that were made for it, the innermost first.
    """
    target = root / path
    if not Path(os.path.realpath(target.parent)).is_relative_to(os.path.realpath(root)):
        raise WorkspaceError(f"cannot write '{shown(target)}': its folder leads out of '{shown(root)}'")
    missing = [folder for folder in (target.parent, *target.parent.parents) if not os.path.lexists(folder)]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # To make it first is the only way to write in one step and never over what somebody else made meanwhile.
        open(target, "xb").close()
        try:
            write_atomic(target, text.encode("utf-8", "surrogateescape"))
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    except BaseException as error:
        _remove_empty(missing)
        if isinstance(error, FileExistsError):
            raise WorkspaceError(f"'{shown(Path(error.filename))}' is there already, and is not overwritten") from None
        raise
    return missing
