"""Notes that were read, kept between runs, so that one that has not changed is decoded instead of parsed.

Each vault has a file of its own in the user's cache folder. It never lies in the vault: a vault may come from a
stranger, and what it brings along is not to be believed. A note is taken from it only if its bytes have the digest they
had, and all else that decides what the parser makes of them is part of the file's name, so that nothing is ever stale.
The text of notes is not kept; it is read anyway, and put back.

Nothing depends on it. What cannot be read, is damaged or held by another process is done without, in silence.
"""

from __future__ import annotations

import os
import re
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias
from zlib import crc32

import msgspec
import pyromark
import yaml
from msgspec.structs import replace
from platformdirs import user_cache_path

import fmvault
from fmvault.model import Note, Text
from fmvault.workspace.discover import is_within

# A file that was not used for so many seconds is deleted: 30 days.
_UNUSED = 30 * 24 * 60 * 60
_TOUCHED = 24 * 60 * 60
_NAME = re.compile(r"[0-9a-f]{32}\.notes(?:-journal)?")
# The modules and packages that decide what becomes of a file's bytes, and in which form it is kept.
PARSING = ("model.py", "markdown.py", "canvas.py", "mojibake.py", "properties", "prose", "workspace/cache.py")

_CREATE = """
pragma page_size = 16384;
pragma synchronous = off;
create table if not exists notes (path blob primary key, digest blob, note blob, text blob, mark blob)
"""
_SELECT = "select path, digest, note, text, mark from notes"
_INSERT = "insert or replace into notes values (?, ?, ?, ?, ?)"
_DELETE = "delete from notes where path = ?"

# What the text of a note is kept as where nobody asked for it.
_NOT_READ = b""

_encode = msgspec.msgpack.Encoder().encode
_decode_note = msgspec.msgpack.Decoder(Note).decode
_decode_text = msgspec.msgpack.Decoder(Text | None).decode

# Path, digest, the note without its text, its text without the source, and a checksum of these.
_Row: TypeAlias = tuple[bytes, bytes, bytes, bytes, bytes]


class Cache:
    """What is kept of the notes of the vault at ``root``, which is a real path.

    It is read as a whole when it is made, and the file is closed then: a process that is copied may go on asking.
    """

    def __init__(self, root: Path) -> None:
        self._file = _file(root)
        self._rows = _read(self._file) if self._file else {}

    def find(self, path: str, source: bytes, keep_text: bool) -> Note | None:
        """The note at ``path``, whose bytes are ``source``, as it was parsed; None if it is not known."""
        row = self._rows.get(path.encode())
        if row is None or row[1] != blake2b(source, digest_size=16).digest() or (keep_text and row[3] == _NOT_READ):
            return None
        note = _decode_note(row[2])
        if keep_text and (text := _decode_text(row[3])) is not None:
            note = replace(note, text=replace(text, source=source))
        return note

    def keep(self, notes: Sequence[Note], keep_text: bool) -> None:
        """Keep these notes, which were parsed with their text or without, and no others."""
        if self._file is None:
            return
        notes = [note for note in notes if not note.defects or _is_text(note)]
        gone = self._rows.keys() - {note.path.encode() for note in notes}
        if len(gone) > len(notes):
            # SQLite holds on to the room of what is deleted, and most of the file would be empty.
            _delete(self._file)
            self._rows, gone = {}, set()
        fresh = [_row(note, keep_text) for note in notes if not self._holds(note, keep_text)]
        try:
            if fresh or gone:
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _write(self._file, fresh, gone)
                _delete_unused(self._file.parent)
            elif time.time() - self._file.stat().st_mtime > _TOUCHED:
                os.utime(self._file)
        except (OSError, sqlite3.OperationalError):
            # There is no room, no permission, or another process that writes.
            pass
        except sqlite3.DatabaseError:
            _delete(self._file)

    def _holds(self, note: Note, keep_text: bool) -> bool:
        row = self._rows.get(note.path.encode())
        return row is not None and row[1] == note.digest and not (keep_text and row[3] == _NOT_READ)


def _file(root: Path) -> Path | None:
    """Where the notes of a vault are kept; None where there is no place for them outside the vault."""
    asked = os.environ.get("FMVAULT_CACHE_DIR")
    folder = Path(asked or user_cache_path("fmvault", appauthor=False))
    # Whoever has no home has no cache folder either.
    if not (asked or folder.is_absolute()) or is_within(real := os.path.realpath(folder), str(root)):
        return None
    try:
        name = blake2b(_parser() + os.fsencode(root), digest_size=16).hexdigest()
    except OSError:
        # The package's own files are no files, but in an archive.
        return None
    return Path(real, f"{name}.notes")


def _parser() -> bytes:
    """A digest of all that parses notes."""
    digest = blake2b(repr((fmvault.__version__, pyromark.__version__, yaml.__version__, sys.version)).encode())
    package = Path(fmvault.__file__).parent
    for name in PARSING:
        place = package / name
        for file in sorted(place.glob("**/*.py")) if place.suffix != ".py" else [place]:
            digest.update(file.read_bytes())
    return digest.digest()


def _is_text(note: Note) -> bool:
    """Whether the note's bytes, as they stand, are its text."""
    return all(defect.fault != "invalid-encoding" for defect in note.defects)


def _row(note: Note, keep_text: bool) -> _Row:
    text = _NOT_READ
    if keep_text:
        text = _encode(note.text and replace(note.text, source=b""))
    path, encoded = note.path.encode(), _encode(replace(note, text=None) if note.text else note)
    return path, note.digest, encoded, text, _mark(path, note.digest, encoded, text)


def _mark(path: bytes, digest: bytes, note: bytes, text: bytes) -> bytes:
    return crc32(text, crc32(note, crc32(digest, crc32(path)))).to_bytes(4, "big")


def _read(file: Path) -> dict[bytes, _Row]:
    """All rows by path; none at all if one is damaged, and the file is deleted then."""
    rows: dict[bytes, _Row]
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=0)) as database:
            # Damage may make a text of what is none.
            database.text_factory = bytes
            rows = {row[0]: row for row in database.execute(_SELECT)}
    except sqlite3.OperationalError:
        # There is none yet, or it may not be read, or not now.
        return {}
    except sqlite3.DatabaseError:
        is_whole = False
    else:
        is_whole = all(map(_is_whole, rows.values()))
    if not is_whole:
        _delete(file)
        return {}
    return rows


def _is_whole(row: tuple[object, ...]) -> bool:
    # SQLite has its own mind on the type of a damaged value.
    match row:
        case (bytes(path), bytes(digest), bytes(note), bytes(text), mark):
            return _mark(path, digest, note, text) == mark
    return False


def _write(file: Path, fresh: Iterable[_Row], gone: Iterable[bytes]) -> None:
    with closing(sqlite3.connect(file, timeout=0)) as database:
        database.executescript(_CREATE)
        with database:
            database.executemany(_DELETE, ((path,) for path in gone))
            database.executemany(_INSERT, fresh)


def _delete_unused(folder: Path) -> None:
    """Delete what is kept of vaults that nobody has looked at for long."""
    now = time.time()
    with os.scandir(folder) as entries:
        for entry in entries:
            # The user may have named a folder that holds other things as well.
            if _NAME.fullmatch(entry.name) and now - entry.stat(follow_symlinks=False).st_mtime > _UNUSED:
                _delete(Path(entry.path))


def _delete(file: Path) -> None:
    with suppress(OSError):
        file.unlink()
