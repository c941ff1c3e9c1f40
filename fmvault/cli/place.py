"""Which vault is meant, and which configuration is in force for it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from fmvault.cli.options import Asked, known_names
from fmvault.config import Config, ConfigError, Mistake, load
from fmvault.workspace import Root, find_root, read_guarded

if TYPE_CHECKING:
    from fmvault.kinds.concepts import Terms

# A configuration that another extends is no larger than so many bytes.
_MAX_CONFIGURATION = 1 << 24


class Place(Struct, frozen=True):
    """The vault that is meant, and the files and folders of it that a command is narrowed to, as vault paths.

    ``named`` is its folder as seen from the working folder; ``text_for`` the file whose text is handed in, if one is.
    """

    root: Root
    named: str
    narrowed: frozenset[str]
    text_for: str = ""

    @property
    def prefix(self) -> str:
        """What makes a path from the working folder of a path in the vault."""
        return "" if self.named == "." else f"{self.named.rstrip('/')}/"

    def holds(self, path: str) -> bool:
        """Whether a vault path is one that the command is narrowed to, or lies in a folder that is."""
        while self.narrowed and path not in self.narrowed:
            path = path.rpartition("/")[0]
            if not path:
                return False
        return True


def find(vault: Path | None, paths: Sequence[Path], text_for: Path | None = None) -> Place:
    """Where the vault is: told outright, or found upward from the first path, or from the current folder.

    ``text_for`` is one path more, of a file that need not be there.
    """
    for path in (vault, *paths):
        if path is not None and not path.exists():
            raise click.UsageError(f"no file or folder '{path}'")
    if text_for is not None:
        if text_for.is_dir():
            raise click.UsageError(f"'--stdin-filename' wants a file, and '{text_for}' is a folder")
        paths = (*paths, text_for)
    if vault is not None:
        if not vault.is_dir():
            raise click.UsageError(f"'--vault' wants a folder, and '{vault}' is a file")
        above = find_root(vault)
        root = above if above.path == vault.resolve() else Root(vault.resolve(), None, found=False)
    else:
        root = find_root(paths[0] if paths else None)
        if len(paths) > 1 and not root.found:
            root = Root(_common_folder(paths), None, found=False)
    absolute = any(path.is_absolute() for path in (vault, *paths) if path is not None)
    named = shown(root.path, absolute=absolute)
    narrowed = [_within(root.path, named, path) for path in paths]
    return Place(
        root,
        named,
        frozenset() if "" in narrowed else frozenset(narrowed),
        narrowed[-1] if text_for is not None else "",
    )


def _common_folder(paths: Iterable[Path]) -> Path:
    folders = [path.resolve() if path.is_dir() else path.resolve().parent for path in paths]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:
        # They lie on different drives; all but the first will be told to be outside.
        return folders[0]


def _within(root: Path, named: str, path: Path) -> str:
    """The vault path of ``path``; empty for the vault itself."""
    # A link to a file has a path of its own in the vault, so only the folder it lies in is made real.
    real = path.resolve() if path.is_dir() else path.parent.resolve() / path.name
    if not real.is_relative_to(root):
        raise click.UsageError(f"'{path}' is outside the vault '{named}'")
    return "" if real == root else real.relative_to(root).as_posix()


def shown(path: Path, *, absolute: bool = False) -> str:
    """A path as seen from the working folder, or as it is if it lies elsewhere and is wanted ``absolute``."""
    here = Path.cwd().resolve()
    if path.is_relative_to(here):
        return path.relative_to(here).as_posix()
    if here.drive != path.drive or (absolute and not here.is_relative_to(path)):
        return path.as_posix()
    return Path(os.path.relpath(path, here)).as_posix()


def configured(place: Place, asked: Asked) -> Config:
    """The configuration in force: the vault's file, or another, and the command line over it."""
    if asked.config is not None and asked.no_config:
        raise click.UsageError("'--config' and '--no-config' exclude each other")
    path = None if asked.no_config else asked.config or place.root.config_path
    if path is None:
        return asked.over(Config(known=known_names()))
    try:
        source = path.read_bytes()
    except OSError as error:
        raise click.UsageError(f"cannot read '{path}': {(error.strerror or str(error)).lower()}") from None
    return asked.over(
        load(shown(path.resolve()), source, known_names(), lambda name: read_guarded(name, _MAX_CONFIGURATION))
    )


def known_terms(place: Place, config: Config) -> Terms | None:
    """The kinds of note and the relations that the configuration declares, if it declares any."""
    return terms(place, config) if config.kinds or config.relations else None


def terms(place: Place, config: Config) -> Terms:
    """The kinds of note that the configuration declares, and all relations there are."""
    from fmvault.kinds.concepts import Terms

    if not config.tracked:
        return Terms(config, schema_reader(config))
    from fmvault.workspace.git import is_tracked

    read = schema_reader(config)
    lacks = cache(lambda name: not is_tracked(Path(name), place.root.path))

    def read_tracked(name: str) -> bytes:
        content = read(name)
        if lacks(name):
            raise OSError(errno.ENOENT, "it is not tracked by git; add it")
        return content

    if untracked := [
        Mistake(*kind.place, f"'{kind.schema}' is not tracked by git; add it")
        for kind in config.kinds.values()
        if kind.schema is not None and os.path.lexists(kind.schema) and lacks(kind.schema)
    ]:
        raise ConfigError(sorted(untracked))
    return Terms(config, read_tracked)


def schema_reader(config: Config) -> Callable[[str], bytes]:
    """What gives the file at a schema's path, which lies beside a file of the configuration or below."""
    from fmvault.kinds.schema.documents import MAX_SIZE

    folders = [Path(file).parent for file in config.files]
    return lambda name: read_guarded(name, MAX_SIZE, folders)
