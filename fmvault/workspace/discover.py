"""Where a vault begins, and which files it holds."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from msgspec import Struct

# Every folder that holds a published site of ours carries this file; such a folder is no part of a vault.
SITE_MANIFEST = "fmvault-site.json"

# A symbolic link to a folder is followed, and so is one met inside the folder it leads to. Deeper than that the
# number of paths could grow without bound: a hundred folders that each link to all others have more paths than atoms
# exist.
MAX_LINKED_FOLDERS = 2


class WorkspaceError(Exception):
    """The work cannot be begun or finished; the message is one line for whoever asked for it."""


class Notice(Struct, frozen=True, order=True):
    """Something about the file or folder ``path`` that did not stop the work. ``path`` is a vault path."""

    path: str
    message: str


class Root(Struct, frozen=True):
    """A vault's folder, absolute and free of symbolic links, and the file that configures it.

    ``found`` is False where no folder upward looks like a vault, so that the folder given is taken for one.
    """

    path: Path
    config_path: Path | None
    found: bool


class Listing(Struct, frozen=True):
    """The files of a vault, sorted, and what stood in the way of listing more of them.

    ``ignore_files`` are the vault paths of its ``.gitignore`` files; ``repositories`` those of the folders below the
    root that are git repositories of their own.
    """

    files: list[str]
    ignore_files: list[str]
    repositories: list[str]
    notices: list[Notice]


def find_root(start: Path | None = None) -> Root:
    """The vault that ``start``, a file or folder that need not exist, lies in; the current folder's by default.

    It is the first folder upward with ``fmvault.toml``, with ``[tool.fmvault]`` in ``pyproject.toml``, or with
    ``.obsidian``.
    """
    # Symbolic links are resolved first: the folders above a linked folder are those it really lies in.
    here = Path.cwd() if start is None else start
    folder = (here if here.is_dir() or start is None else here.parent).resolve()
    if not folder.is_dir():
        folder = next(parent for parent in folder.parents if parent.is_dir())
    for candidate in (folder, *folder.parents):
        config = _config_in(candidate)
        if config is not None or os.path.isdir(candidate / ".obsidian"):
            return Root(candidate, config, found=True)
    return Root(folder, None, found=False)


def _config_in(folder: Path) -> Path | None:
    own = folder / "fmvault.toml"
    if os.path.isfile(own):
        return own
    project = folder / "pyproject.toml"
    return project if os.path.isfile(project) and _configures_us(project) else None


def _configures_us(project: Path) -> bool:
    try:
        source = project.read_bytes()
    except OSError:
        return False
    if b"fmvault" not in source:
        return False
    import re
    import tomllib

    try:
        tool = tomllib.loads(source.decode("utf-8-sig")).get("tool")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # It is broken, and whoever wrote our table wants to be told so instead of checked without it.
        return re.search(rb"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*fmvault[ \t]*[\].]", source, re.MULTILINE) is not None
    return isinstance(tool, dict) and "fmvault" in tool


def walk(root: Path) -> Listing:
    """The files of the vault at ``root``: all but hidden files and folders, and folders that hold a site of ours.

    Symbolic links are followed where they lead to a file or folder inside the vault.
    """
    files: list[str] = []
    ignore_files: list[str] = []
    repositories: list[str] = []
    notices: list[Notice] = []
    real_root = os.path.realpath(root)
    # Each folder to list: where it is, its vault path with a slash at the end, its real path if it differs, and the
    # real paths of the folders that held the links it was reached through.
    folders: list[tuple[str, str, str, tuple[str, ...]]] = [(real_root, "", real_root, ())]
    while folders:
        location, prefix, real, jumps = folders.pop()
        try:
            with os.scandir(location) as listed:
                entries = list(listed)
        except OSError as error:
            if not prefix:
                raise WorkspaceError(f"cannot read the folder '{root}': {reason(error)}") from None
            notices.append(Notice(prefix[:-1], f"cannot be read: {reason(error)}"))
            continue
        if prefix and any(entry.name == SITE_MANIFEST for entry in entries):
            continue
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                if name == ".gitignore":
                    ignore_files.append(prefix + name)
                elif name == ".git" and prefix:
                    repositories.append(prefix[:-1])
                continue
            if not name.isascii() and not _is_unicode(name):
                notices.append(Notice(printable(prefix + name), "has a name that is not UTF-8; left out"))
                continue
            try:
                if entry.is_file(follow_symlinks=False):
                    files.append(prefix + name)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append((entry.path, f"{prefix}{name}/", os.path.join(real, name), jumps))
                elif not entry.is_symlink():
                    notices.append(Notice(prefix + name, "is neither a file nor a folder; left out"))
                else:
                    target = linked(entry.path, real_root)
                    if os.path.isfile(target):
                        files.append(prefix + name)
                    else:
                        _refuse_endless(target, (*jumps, real))
                        folders.append((entry.path, f"{prefix}{name}/", target, (*jumps, real)))
            except OSError as error:
                notices.append(Notice(prefix + name, f"cannot be followed: {reason(error)}"))
    files.sort()
    return Listing(files, sorted(ignore_files), sorted(repositories), sorted(notices))


def linked(location: str, real_root: str) -> str:
    """The real path of the file or folder that the symbolic link at ``location`` leads to, somewhere in the vault.

    Raises ``OSError`` where it leads elsewhere, nowhere, round in a circle or to a device.
    """
    mode = os.stat(location).st_mode
    target = os.path.realpath(location)
    if not is_within(target, real_root):
        raise OSError(errno.EXDEV, "the link leads out of the vault")
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "the link leads to something that is neither a file nor a folder")
    return target


def _refuse_endless(target: str, jumps: tuple[str, ...]) -> None:
    if any(is_within(jump, target) for jump in jumps):
        raise OSError(errno.ELOOP, "the link leads to a folder that it lies in")
    if len(jumps) > MAX_LINKED_FOLDERS:
        raise OSError(errno.ELOOP, "too many links to folders inside each other")


def is_within(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or below it; both are real paths."""
    return path == folder or path.startswith(os.path.join(folder, ""))


def reason(error: OSError) -> str:
    """What went wrong, as the end of a sentence."""
    if error.errno == errno.ENOENT:
        return "it is not there"
    if error.errno == errno.ELOOP and error.filename:
        return "the link leads round in a circle"
    message = error.strerror or str(error)
    return message[:1].lower() + message[1:]


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(path: str) -> str:
    """``path`` with ``\\xNN`` for each byte that is not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
