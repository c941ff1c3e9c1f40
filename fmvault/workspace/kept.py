"""Where things are kept between runs: in the user's cache folder, in files of each vault's own.

They never lie in the vault: a vault may come from a stranger, and what it brings along is not to be believed. Nothing
depends on them. What cannot be read, is damaged or held by another process is done without, in silence.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Literal, TypeAlias

import pyromark
import yaml
from platformdirs import user_cache_path

import fmvault
from fmvault.workspace.discover import WorkspaceError, is_within
from fmvault.workspace.write import write_atomic

# The modules and packages that decide what becomes of a file's bytes ...
PARSING = ("model.py", "markdown.py", "canvas.py", "mojibake.py", "properties", "prose")
# ... and what becomes of notes in the concept graph, with the packages that measure it.
_GRAPHING = ("plain.py", "graph")
_MEASURING = ("graspologic-native", "networkx", "numpy")

# A file that was not used for so many seconds is deleted: 30 days.
_UNUSED = 30 * 24 * 60 * 60
_DAY = 24 * 60 * 60
_NAME = re.compile(r"[0-9a-f]{32}\.(?:notes|cleaned|graph|site)(?:-journal)?|\.fmvault-[0-9a-f]{12}\.tmp")
_CHECKSUM = 16

GraphOf: TypeAlias = Literal["graph", "site"]


def file_for(root: Path, kind: str, made_by: Sequence[str], versions: str = "") -> Path | None:
    """The file in which things of a ``kind`` are kept of the vault at ``root``; None where there is no place for it.

    Its name tells all that decides what they are, but for the vault's own files: the modules of ours that they are
    ``made_by``, and the versions of the packages that these use, Python among them.
    """
    asked = os.environ.get("FMVAULT_CACHE_DIR")
    folder = Path(asked or user_cache_path("fmvault", appauthor=False))
    real_root = os.path.realpath(root)
    # Whoever has no home has no cache folder either.
    if not (asked or folder.is_absolute()) or is_within(real := os.path.realpath(folder), real_root):
        return None
    told = (fmvault.__version__, pyromark.__version__, yaml.__version__, versions, sys.version)
    name = blake2b(repr(told).encode() + os.fsencode(real_root), digest_size=16)
    package = Path(fmvault.__file__).parent
    try:
        for place in (package / part for part in (*made_by, "workspace/cache.py", "workspace/kept.py")):
            for file in [place] if place.suffix else sorted(place.rglob("*.py")):
                name.update(file.read_bytes())
    except OSError:
        # The package lies in an archive.
        return None
    return Path(real, f"{name.hexdigest()}.{kind}")


def recall_graph(root: Path, *, of: GraphOf = "graph") -> bytes:
    """What ``remember_graph`` kept of the vault's concept graph, if the same code can make use of it; else nothing.

    It is the graph ``of`` the vault, or of what of it is published.
    """
    if (file := _graph(root, of)) is None:
        return b""
    with suppress(OSError):
        content = file.read_bytes()
        if content[:_CHECKSUM] == _checksum(content[_CHECKSUM:]):
            touch(file)
            return content[_CHECKSUM:]
    return b""


def remember_graph(root: Path, content: bytes, *, of: GraphOf = "graph") -> None:
    """Keep what is known of the vault's concept graph."""
    if file := _graph(root, of):
        with suppress(OSError, WorkspaceError):
            make_room(file)
            write_atomic(file, _checksum(content) + content)


def _graph(root: Path, of: GraphOf) -> Path | None:
    from importlib.metadata import PackageNotFoundError, version

    versions = []
    for name in _MEASURING:
        with suppress(PackageNotFoundError):
            versions.append(version(name))
    return file_for(root, of, (*PARSING, *_GRAPHING), repr(versions))


def _checksum(content: bytes) -> bytes:
    return blake2b(content, digest_size=_CHECKSUM).digest()


# -- how long, and how much -------------------------------------------------------------------------------------------


def make_room(file: Path) -> None:
    """Make the folder of a file that is to be written, and delete what belongs to vaults nobody has looked at for long.

    Raises ``OSError``.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = time.time()
    with os.scandir(file.parent) as entries:
        for entry in entries:
            # The user may have named a folder that holds other things as well.
            if _NAME.fullmatch(entry.name) and now - entry.stat(follow_symlinks=False).st_mtime > _UNUSED:
                forget(Path(entry.path))


def touch(file: Path) -> None:
    """Let a file that was used not count as unused. Raises ``OSError``."""
    if time.time() - file.stat().st_mtime > _DAY:
        os.utime(file)


def forget(file: Path) -> None:
    """Delete a file, if that is possible."""
    with suppress(OSError):
        file.unlink()
