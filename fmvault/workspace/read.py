"""A vault read whole, from its files to the index over them."""

from __future__ import annotations

import errno
import gc
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from fmvault.model import Note
from fmvault.vault import Vault
from fmvault.workspace.discover import Notice, is_within, reason, walk
from fmvault.workspace.ignore import excluded, gitignored, nothing, under, user_ignored
from fmvault.workspace.obsidian import read_settings
from fmvault.workspace.processes import shared

if TYPE_CHECKING:
    from types import ModuleType

    from fmvault.workspace.cache import Cache, Rereading

_PROGRESS_STEP = 200
# To parse fewer notes takes less time than to open a cache.
_FEWEST_CACHED = 300

# A pipe with no writer must not keep us waiting, and what is opened must not become our terminal. Windows has neither.
_OPEN_FLAGS = os.O_RDONLY
for _name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT"):
    _OPEN_FLAGS |= getattr(os, _name, 0)

_GONE = (FileNotFoundError, NotADirectoryError)


class Opened(Struct, frozen=True):
    """A vault that was read.

    ``reported`` are the files to report on: those of the vault, less what the configuration excludes, what git or
    Obsidian ignores, templates, and what could not be read. ``warnings`` are sorted. ``read`` gives a file's bytes,
    for the text of a report: no bytes at all for one that has vanished since.
    """

    vault: Vault
    reported: frozenset[str]
    warnings: tuple[Notice, ...]
    read: Callable[[str], bytes]


def open_vault(
    root: Path,
    *,
    exclude: Sequence[str] = (),
    templates: Sequence[str] = (),
    tracked: bool = False,
    keep_text: bool = False,
    overlay: Mapping[str, bytes] = {},
    known: Mapping[str, Note] = {},
    cached: bool = False,
    spare_text: Callable[[str, bytes], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Opened:
    """Find, read and index every file of the vault at ``root``.

    ``exclude`` has ``.gitignore`` patterns, ``templates`` folders, both relative to ``root``. With ``tracked`` the
    vault is what git tracks, read from the working tree; ``.gitignore`` then has no say, as it has none in git over
    what is tracked. With ``keep_text`` every note keeps its text. ``overlay`` maps vault paths to bytes that stand for
    what is on disk, or for files that are not there yet. ``known`` has notes that were read before with the same
    ``keep_text``, by path: those whose bytes are the same are taken as they are. If ``cached``, what has not changed
    since an earlier run need not be parsed again, where that saves time; the outcome is the same, but that notes go
    without their text of whose path and digest ``spare_text`` is true. ``progress`` is called with the number of notes
    read and of all. Raises ``WorkspaceError``.
    """
    root = root.resolve()

    def read(path: str) -> bytes:
        content = overlay.get(path)
        return _read_bytes(root, path) if content is None else content

    def read_again(path: str) -> bytes:
        try:
            return read(path)
        except OSError:
            return b""

    is_excluded = excluded(exclude)
    with collector_paused():
        folder = read_settings(read, templates)
        notices = list(folder.notices)
        if tracked:
            from fmvault.workspace import git

            index = git.tracked(root)
            files, absent = index.files, index.absent
            notices += index.notices
            is_gitignored: Callable[[str], bool] = nothing
        else:
            listing = walk(root)
            files, absent = listing.files, frozenset[str]()
            notices += listing.notices
            is_gitignored = gitignored(root, listing, read)
        if overlay:
            files = sorted({*files, *overlay})

        paths = [path for path in files if is_note(path)]

        caching = _caching(len(paths)) if cached else None
        cache: Cache | None = caching.Cache(root) if caching is not None else None

        def tell(done: int) -> None:
            if progress is not None and done % _PROGRESS_STEP == 0:
                progress(done, len(paths))

        def parse(path: str) -> Note:
            source = read(path)
            note = known.get(path)
            if note is not None and note.digest == blake2b(source, digest_size=16).digest():
                return note
            if cache is not None and (note := cache.find(path, source, keep_text, spare_text)) is not None:
                return note
            return _parse(path, source, keep_text)

        def parse_readable(share: Iterable[str]) -> Iterator[Note]:
            for path in share:
                with suppress(OSError):
                    yield parse(path)

        found = {note.path: note for note in shared(paths, parse_readable, Note, tell=tell)}
        unread: dict[str, OSError] = {}
        for path in paths:
            if path not in found:
                try:
                    found[path] = parse(path)
                except OSError as error:
                    unread[path] = error
        if cache is not None:
            cache.keep([note for path, note in found.items() if path not in overlay])
        if progress is not None:
            progress(len(paths), len(paths))
        if unread and not tracked:
            files = [path for path in files if not isinstance(unread.get(path), _GONE)]
        notices += (Notice(path, _why(error, tracked)) for path, error in unread.items() if path not in absent)

        is_user_ignored, not_followed = user_ignored(folder.filters)
        notices += not_followed
        settings = replace(folder.settings, ignored=frozenset(filter(is_user_ignored, files)))
        is_template = under((*folder.settings.template_folders, *folder.template_files))
        out = (unread.__contains__, settings.ignored.__contains__, is_template, is_excluded, is_gitignored)
        reported = frozenset(path for path in files if not any(is_out(path) for is_out in out))
        vault = Vault(found.values(), files, settings)
    return Opened(vault, reported, tuple(sorted(notices)), read_again)


def _why(error: OSError, tracked: bool) -> str:
    if not isinstance(error, _GONE):
        return f"cannot be read: {reason(error)}"
    return "is tracked by git, but not in the working tree" if tracked else "vanished while the vault was read"


def is_note(path: str) -> bool:
    """Whether the file ``path`` can hold links and so is read: a note, a canvas or a base."""
    return path[path.rfind(".") :].lower() in (".md", ".canvas", ".base")


def rereading(root: Path, notes: int) -> Rereading | None:
    """What reads again what is left of the notes of a vault that has so many; None where nothing is saved by it."""
    caching = _caching(notes)
    found: Rereading | None = caching.Rereading(root) if caching is not None else None
    return found


def _caching(notes: int) -> ModuleType | None:
    """What keeps so many notes for the next run; None where that does not save time, or cannot be."""
    if notes < _FEWEST_CACHED:
        return None
    try:
        return import_module("fmvault.workspace.cache")
    except ImportError:
        # Python can be built without SQLite.
        return None


def _parse(path: str, source: bytes, keep_text: bool) -> Note:
    if path[-3:].lower() == ".md":
        from fmvault import markdown

        return markdown.parse(path, source, keep_text=keep_text)
    from fmvault import canvas

    return canvas.parse(path, source)


def _read_bytes(root: Path, path: str) -> bytes:
    """The bytes of a regular file; an ``OSError`` for whatever else may have taken its place since it was listed."""
    return _read_regular(f"{root}{os.sep}{path}", None)


def read_guarded(path: str | Path, limit: int, within: Iterable[Path] = ()) -> bytes:
    """The bytes of a regular file, which are ``limit`` at most.

    Where folders are given with ``within``, it has to lie in one of them, symbolic links followed. Whatever is there
    instead, an ``OSError`` says so, and nothing waits for it.
    """
    try:
        real = os.path.realpath(path)
        folders = [os.path.realpath(folder) for folder in within]
        if folders and not any(is_within(real, folder) for folder in folders):
            raise OSError(errno.EXDEV, "it leads out of the vault")
        return _read_regular(real, limit)
    except ValueError:
        # A name with a NUL in it, or half a character.
        raise OSError(errno.EINVAL, "no file can have this name") from None


def _read_regular(path: str, limit: int | None) -> bytes:
    descriptor = os.open(path, _OPEN_FLAGS)
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        size = about.st_size
        if limit is None or size <= limit:
            content = os.read(descriptor, size + 1)
            if len(content) == size:
                return content
            # It grows as we read, or it is larger than one call can give.
            parts, size = [content], len(content)
            while (limit is None or size <= limit) and (part := os.read(descriptor, 1 << 20)):
                parts.append(part)
                size += len(part)
            if limit is None or size <= limit:
                return b"".join(parts)
        raise OSError(errno.EFBIG, f"it is larger than {limit:,} bytes")
    finally:
        os.close(descriptor)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the cyclic garbage collector from looking, again and again, at a hundred thousand notes that stay."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
