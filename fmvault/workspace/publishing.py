"""Writing a site: no more than what has changed, never over what somebody else wrote, all of it or nothing.

The manifest in the output folder tells what was written there, of what, and with which bytes. A build makes what has
changed beside the site, then notes in the manifest what it is about to write, and then moves it all into place. One
that fails leaves the old site; one that is killed while it moves is mended by the next.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager, nullcontext, suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from fmvault.publish.task import Task, alike
from fmvault.workspace.discover import SITE_MANIFEST, WorkspaceError, is_within, reason
from fmvault.workspace.processes import drawn
from fmvault.workspace.write import write_atomic

# What is made lies here until all is made.
_STAGING = ".fmvault-build"
_DRAFT = ".part"
# What a part of an address may be called on every system; halves of surrogate pairs are no text.
_PART = r'(?!\.{1,2}(?:/|\Z))[^/\\:*?"<>|\x00-\x1f\ud800-\udfff]+'
_ADDRESS = re.compile(f"{_PART}(?:/{_PART})*")
_FORMAT = 1
# A manifest is no larger than so many bytes.
_MAX_MANIFEST = 1 << 28
# Below so many files for each, another process is more trouble than help. A few take as long as all others: the map.
_SHARE = 8


class Written(Struct, frozen=True):
    """What a build has done to the files of a site."""

    written: int
    unchanged: int
    removed: int

    @property
    def any(self) -> bool:
        """Whether anything is not as it was."""
        return bool(self.written or self.removed)


class Origin(Struct, frozen=True):
    """The vault that a site is made of: all ``names`` it has, and the addresses of its notes' own ``pages``."""

    names: Sequence[str]
    pages: Collection[str]

    @property
    def digests(self) -> list[str]:
        """What tells the names from others without saying them: a site is read by strangers."""
        return sorted({_digest(name.encode("utf-8", "surrogatepass")) for name in self.names if name})


class _File(Struct, frozen=True, array_like=True):
    """A file of the site: the digests of what it is made of and of its bytes, in hexadecimal, and their number."""

    inputs: str
    content: str
    size: int


class _Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was written, by address; ``maker`` tells the programs that wrote it, ``of`` the vault, by digests of names.

    ``unfinished`` are the digests of what builds were about to write that have not come to their end.
    """

    format: int
    maker: str
    files: dict[str, _File]
    unfinished: dict[str, list[str]] = {}
    of: list[str] = []

    def is_ours(self, address: str, content: bytes) -> bool:
        """Whether we wrote these bytes there."""
        file = self.files.get(address)
        return _digest(content) in (file.content if file else "", *self.unfinished.get(address, ()))

    @property
    def addresses(self) -> Set[str]:
        """Where we wrote something, or may have."""
        return self.files.keys() | self.unfinished.keys()


class _Made(Struct, frozen=True, array_like=True):
    """What became of a task: ``new`` bytes wait to be moved into place, an ``edited`` file is somebody's own by now."""

    content: str
    size: int
    new: bool
    edited: bool = False


def publish(
    output: Path,
    tasks: Sequence[Task],
    *,
    shown: str = "",
    maker: str = "",
    clean: bool = False,
    origin: Origin | None = None,
    prepare: Callable[[Sequence[Task]], None] = lambda left: None,
) -> Written:
    """Make the folder ``output`` the site of these tasks.

    Made are the files whose digest is another than when they were last written, written those whose bytes are. What the
    last build wrote and this one does not is removed, with the folders that it leaves empty. ``maker`` tells the
    programs that make it: where that is another, and with ``clean``, all is made again. ``prepare`` is called with the
    tasks that are left before these are shared by processes, so that not each has to do the same.

    Raises ``WorkspaceError`` before anything is written where a file is in the way that is not ours, or that somebody
    has changed since, or where the site of another vault than that of ``origin`` would be removed; with ``clean``, what
    was changed is written over or removed, and so is the other site. ``shown`` is what the folder is called.
    """
    _check(tasks)
    folder = _Output(output, shown or os.fspath(output))
    with folder.opened():
        before = folder.manifest()
        stale = before.addresses - {task.address for task in tasks}
        folder.refuse_in_the_way([task.address for task in tasks], before, stale)
        removed = [address for address in sorted(stale) if folder.is_there(address)]
        if not clean:
            if origin is not None and _is_of_another(before, origin, removed):
                raise WorkspaceError(
                    f"'{folder.shown}' holds the site of another vault, and {len(removed):,} of its files would be "
                    "removed; name another folder with '-o', or build with '--clean'"
                )
            if kept := [address for address in removed if not before.is_ours(address, folder.read(address))]:
                raise WorkspaceError(
                    f"{folder.told_changed(kept)}; it is no page of the site any more, so remove it, "
                    "or build with '--clean'"
                )
        valid = before.maker == maker and not clean
        left = [task for task in tasks if not (valid and folder.is_current(task, before))]
        if len(left) > _SHARE:
            prepare(left)
        with folder.staging() if left else nullcontext():
            made = drawn(
                len(left),
                lambda index: folder.make(left[index], index, before, clean),
                _Made,
                share=_SHARE,
                goes_on=lambda index: left[index].work != "" and left[index].work == left[index - 1].work,
            )
            if edited := [task.address for task, each in zip(left, made, strict=True) if each.edited]:
                raise WorkspaceError(
                    f"{folder.told_changed(edited)}; keep the change elsewhere, then build with '--clean'"
                )
            new = {left[index].address: index for index, each in enumerate(made) if each.new}
            if new or removed:
                under_way = {
                    address: [*before.unfinished.get(address, ()), made[index].content]
                    for address, index in new.items()
                }
                folder.write_manifest(replace(before, unfinished=before.unfinished | under_way))
                # Where there was a file there may be a folder now.
                folder.remove(removed)
                for address, index in new.items():
                    folder.place(index, address)
        files = {task.address: before.files[task.address] for task in tasks if task.address in before.files}
        for task, each in zip(left, made, strict=True):
            files[task.address] = _File(task.digest.hex(), each.content, each.size)
        of = origin.digests if origin is not None else []
        folder.write_manifest(_Manifest(format=_FORMAT, maker=maker, files=files, of=of))
    return Written(len(new), len(tasks) - len(new), len(removed))


def _is_of_another(before: _Manifest, origin: Origin, removed: Collection[str]) -> bool:
    """Whether a site is another vault's, as far as can be told: it has none of the names, and most of it would go.

    A vault may be renamed or moved, and much of it may be gone since the last build, but hardly all at once.
    """
    is_known = not before.of or not set(before.of).isdisjoint(origin.digests)
    return not is_known and len(removed) > len(before.addresses & set(origin.pages))


def last(output: Path, maker: str) -> Callable[[str], bytes | None]:
    """What gives a file of the last build in ``output`` by its address.

    It gives None for one that is not there, that somebody has changed since, or that other programs made.
    """

    @cache
    def written() -> tuple[_Output, _Manifest] | None:
        with suppress(WorkspaceError, OSError):
            folder = _Output(output, os.fspath(output))
            manifest = folder.manifest()
            return (folder, manifest) if manifest.maker == maker else None
        return None

    def read(address: str) -> bytes | None:
        if (known := written()) is None:
            return None
        folder, manifest = known
        with suppress(WorkspaceError, OSError):
            if address in manifest.files and folder.is_there(address):
                content = folder.read(address)
                return content if _digest(content) == manifest.files[address].content else None
        return None

    return read


def refuse_overlap(output: Path, root: Path, files: Iterable[str], shown: str) -> None:
    """Raise ``WorkspaceError`` where a site in ``output`` would be mixed with the notes of the vault at ``root``.

    ``files`` are the vault's, by their paths in it.
    """
    at, vault = os.path.realpath(output), os.path.realpath(root)
    if is_within(vault, at):
        raise WorkspaceError(f"'{shown}' holds the vault; name a folder of its own with '-o'")
    if is_within(at, vault):
        folder = Path(at).relative_to(vault).as_posix() + "/"
        if any(path.startswith(folder) for path in files):
            raise WorkspaceError(f"'{shown}' holds files of the vault; name a folder of its own with '-o'")


def _check(tasks: Sequence[Task]) -> None:
    """Hold addresses to what every system of files can have, side by side, and no way out of the folder."""
    folded: set[str] = set()
    for task in tasks:
        if not _is_address(task.address):
            raise ValueError(f"'{task.address}' is no address")
        if (key := alike(task.address)) in folded:
            raise ValueError(f"there are two files for '{task.address}'")
        folded.add(key)


def _is_address(address: str) -> bool:
    return _ADDRESS.fullmatch(address) is not None and address.partition("/")[0].casefold() not in (
        SITE_MANIFEST,
        _STAGING,
    )


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


class _Output:
    """The folder that the site is written to. Symbolic links in it are never followed."""

    def __init__(self, path: Path, shown: str) -> None:
        # Whoever names a link to a folder means the folder.
        self.root = os.path.realpath(path)
        self.shown = shown.rstrip("/") or "/"
        # How long the files are that are there already, and what is in the way where a folder is wanted.
        self._sizes: dict[str, int] = {}
        self._folders: dict[str, str | None] = {}
        if os.path.lexists(self.root) and not os.path.isdir(self.root):
            raise WorkspaceError(f"'{self.shown}' is a file, and a site is a folder")

    def path(self, address: str) -> str:
        return os.path.join(self.root, *address.split("/"))

    def named(self, address: str) -> str:
        """An address as a path that is shown."""
        return f"{self.shown.rstrip('/')}/{address}"

    # -- the manifest ----------------------------------------------------------------------------------------------

    def manifest(self) -> _Manifest:
        """What was written here before; nothing where nothing was."""
        path = os.path.join(self.root, SITE_MANIFEST)
        try:
            about = os.lstat(path)
            if not stat.S_ISREG(about.st_mode) or about.st_size > _MAX_MANIFEST:
                raise ValueError
            with open(path, "rb") as file:
                found = msgspec.json.decode(file.read(), type=_Manifest)
            if found.format != _FORMAT or not all(map(_is_address, found.addresses)):
                raise ValueError
        except FileNotFoundError:
            return _Manifest(format=_FORMAT, maker="", files={})
        # Of what is written badly, msgspec says that it is a ValueError.
        except ValueError:
            raise WorkspaceError(
                f"'{self.named(SITE_MANIFEST)}' is not as 'fmvault build' writes it, so nobody can tell which files "
                "are the site's; remove the folder, or name another with '-o'"
            ) from None
        return found

    def write_manifest(self, manifest: _Manifest) -> None:
        path = Path(self.root, SITE_MANIFEST)
        content = msgspec.json.encode(manifest, order="sorted") + b"\n"
        if not (path.is_file() and path.read_bytes() == content):
            write_atomic(path, content)

    # -- what is there ---------------------------------------------------------------------------------------------

    def is_there(self, address: str) -> bool:
        """Whether there is a file at an address, in a folder of the site's own."""
        if self._obstacle(address, ()) is not None:
            return False
        try:
            return stat.S_ISREG(os.lstat(self.path(address)).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False

    def read(self, address: str) -> bytes:
        with open(self.path(address), "rb") as file:
            return file.read()

    def is_current(self, task: Task, before: _Manifest) -> bool:
        """Whether the file of a task is there, made of the same."""
        file = before.files.get(task.address)
        return (
            file is not None
            and file.inputs == task.digest.hex()
            and task.address not in before.unfinished
            and self._sizes.get(task.address) == file.size
        )

    def refuse_in_the_way(self, addresses: Sequence[str], before: _Manifest, stale: Collection[str]) -> None:
        """Raise ``WorkspaceError`` where there is something that we did not write where something is to be written."""
        found = []
        ours = before.addresses
        for address in addresses:
            if obstacle := self._obstacle(address, stale):
                found.append(obstacle)
                continue
            try:
                about = os.lstat(self.path(address))
            except (FileNotFoundError, NotADirectoryError):
                continue
            if stat.S_ISREG(about.st_mode) and address in ours:
                self._sizes[address] = about.st_size
            elif not (stat.S_ISDIR(about.st_mode) and self._will_be_gone(address, stale)):
                found.append(address)
        if found:
            more = f", and {len(found) - 1:,} more are in the way" if len(found) > 1 else ""
            raise WorkspaceError(
                f"'{self.named(found[0])}' is in the way, and not from 'fmvault build'{more}; "
                "move it, or name another folder with '-o'"
            )

    def _obstacle(self, address: str, stale: Collection[str]) -> str | None:
        """The folder of an address that is none, or a link to one; none that is to be removed."""
        folder = address.rpartition("/")[0]
        if not folder:
            return None
        if folder not in self._folders:
            obstacle = self._obstacle(folder, stale)
            if obstacle is None:
                with suppress(FileNotFoundError, NotADirectoryError):
                    mode = os.lstat(self.path(folder)).st_mode
                    if not stat.S_ISDIR(mode) and not (stat.S_ISREG(mode) and folder in stale):
                        obstacle = folder
            self._folders[folder] = obstacle
        return self._folders[folder]

    def _will_be_gone(self, folder: str, stale: Collection[str]) -> bool:
        """Whether nothing is left of a folder when what is stale is removed."""
        for at, folders, files in os.walk(self.path(folder)):
            within = os.path.relpath(at, self.root).replace(os.sep, "/")
            if any(f"{within}/{name}" not in stale for name in files):
                return False
            if any(os.path.islink(os.path.join(at, name)) for name in folders):
                return False
        return True

    def told_changed(self, addresses: Sequence[str]) -> str:
        """What to say of files that somebody has changed."""
        more = f", and so were {len(addresses) - 1:,} more" if len(addresses) > 1 else ""
        return f"'{self.named(addresses[0])}' was changed since 'fmvault build' wrote it{more}"

    # -- what is done to it ----------------------------------------------------------------------------------------

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Make the folder, unless it is there, and keep other builds out of it; where it stays empty, it goes again."""
        missing = [folder for folder in (self.root, *map(str, Path(self.root).parents)) if not os.path.lexists(folder)]
        try:
            os.makedirs(self.root, exist_ok=True)
        except OSError as error:
            raise WorkspaceError(f"cannot write to '{self.shown}': {reason(error)}") from None
        try:
            with _locked(self.root, self.shown):
                yield
        finally:
            for folder in missing:
                with suppress(OSError):
                    os.rmdir(folder)

    @contextmanager
    def staging(self) -> Iterator[None]:
        """A folder for what is made until it is moved into place; nothing is left of it, whatever happens."""
        staging = os.path.join(self.root, _STAGING)
        try:
            os.makedirs(staging, exist_ok=True)
            if os.path.islink(staging):
                raise FileExistsError(errno.EEXIST, "it is a link")
        except OSError as error:
            raise WorkspaceError(f"cannot write to '{self.named(_STAGING)}': {reason(error)}") from None
        try:
            yield
        finally:
            # What a build that was killed has left goes too.
            with suppress(OSError), os.scandir(staging) as entries:
                for entry in entries:
                    if entry.name.endswith(_DRAFT) and not entry.is_dir(follow_symlinks=False):
                        os.unlink(entry.path)
            with suppress(OSError):
                os.rmdir(staging)

    def make(self, task: Task, index: int, before: _Manifest, clean: bool) -> _Made:
        """Make a file, and put it where it waits if it is another than what is there."""
        try:
            content = task.make()
        except Exception as error:
            error.add_note(f"in the making of '{task.address}'")
            raise
        digest, size = _digest(content), len(content)
        if task.address in self._sizes:
            there = self.read(task.address)
            if there == content:
                return _Made(digest, size, new=False)
            if not clean and not before.is_ours(task.address, there):
                return _Made(digest, size, new=False, edited=True)
        try:
            with open(self._staged(index), "wb") as file:
                file.write(content)
        except OSError as error:
            raise WorkspaceError(f"cannot write to '{self.shown}': {reason(error)}") from None
        return _Made(digest, size, new=True)

    def _staged(self, index: int) -> str:
        return os.path.join(self.root, _STAGING, f"{index}{_DRAFT}")

    def place(self, index: int, address: str) -> None:
        """Move what was made into place."""
        target = self.path(address)
        try:
            try:
                os.replace(self._staged(index), target)
            except OSError:
                # Its folder is not there, or a folder is that is left empty.
                with suppress(OSError):
                    os.rmdir(target)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                os.replace(self._staged(index), target)
        except OSError as error:
            raise WorkspaceError(f"cannot write '{self.named(address)}': {reason(error)}") from None

    def remove(self, addresses: Iterable[str]) -> None:
        """Remove files of ours, and the folders that this leaves empty."""
        folders = set()
        for address in addresses:
            try:
                os.unlink(self.path(address))
            except OSError as error:
                raise WorkspaceError(f"cannot remove '{self.named(address)}': {reason(error)}") from None
            while address := address.rpartition("/")[0]:
                folders.add(address)
        for folder in sorted(folders, key=len, reverse=True):
            with suppress(OSError):
                os.rmdir(self.path(folder))


@contextmanager
def _locked(folder: str, shown: str) -> Iterator[None]:
    """Keep other builds out of a folder, where the system can."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WorkspaceError(f"another 'fmvault build' is writing to '{shown}'") from None
        except OSError:
            # Some systems of files know no locks.
            pass
        yield
    finally:
        os.close(descriptor)
