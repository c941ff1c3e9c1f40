"""Notes that were read, kept between runs, so that one that has not changed is decoded instead of parsed.

A note is taken from the cache only if its bytes have the digest they had, and all else that decides what the parser
makes of them is part of the file's name, so that nothing is ever stale. The text of notes is not kept; it is read
anyway, and put back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Literal, TypeAlias
from zlib import crc32

import msgspec
from msgspec.structs import replace

from fmvault import markdown
from fmvault.model import Note, Text
from fmvault.workspace.kept import PARSING, file_for, forget, make_room, touch

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

CacheOf: TypeAlias = Literal["notes", "cleaned"]

# Path, digest, the note without its text, its text without the source, and a checksum of these.
_Row: TypeAlias = tuple[bytes, bytes, bytes, bytes, bytes]


class Cache:
    """What is kept of the notes of the vault at ``root``, or ``of`` what is left of those that are published.

    It is read as a whole when it is made, and the file is closed then: a process that is copied may go on asking.
    """

    def __init__(self, root: Path, of: CacheOf = "notes") -> None:
        self._file = file_for(root, of, PARSING)
        self._rows = _read(self._file) if self._file else {}

    def find(
        self, path: str, source: bytes, keep_text: bool, spare_text: Callable[[str, bytes], bool] | None = None
    ) -> Note | None:
        """The note at ``path``, whose bytes are ``source``, as it was parsed; None if it is not known.

        It has its text with ``keep_text``, unless ``spare_text`` is true of its path and digest.
        """
        row = self._rows.get(path.encode())
        if row is None or row[1] != blake2b(source, digest_size=16).digest():
            return None
        note = _decode_note(row[2])
        if not keep_text or (spare_text is not None and spare_text(path, row[1])):
            return note
        if row[3] == _NOT_READ:
            return None
        text = _decode_text(row[3])
        return note if text is None else replace(note, text=replace(text, source=source))

    def keep(self, notes: Sequence[Note]) -> None:
        """Keep these notes, which have their text or were read without, and no others."""
        if self._file is None:
            return
        notes = [note for note in notes if not note.defects or _is_text(note)]
        gone = self._rows.keys() - {note.path.encode() for note in notes}
        if len(gone) > len(notes):
            # SQLite holds on to the room of what is deleted, and most of the file would be empty.
            forget(self._file)
            self._rows, gone = {}, set()
        fresh = [_row(note) for note in notes if not self._holds(note)]
        try:
            if fresh or gone:
                make_room(self._file)
                _write(self._file, fresh, gone)
            else:
                touch(self._file)
        except (OSError, sqlite3.OperationalError):
            # There is no room, no permission, or another process that writes.
            pass
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            forget(self._file)

    def _holds(self, note: Note) -> bool:
        row = self._rows.get(note.path.encode())
        return row is not None and row[1] == note.digest and (note.text is None or row[3] != _NOT_READ)


class Rereading:
    """Reads what is left of notes, and knows again what it read in an earlier run."""

    def __init__(self, root: Path) -> None:
        self._cache = Cache(root, "cleaned")
        self._read: dict[str, Note] = {}

    def parse(self, path: str, source: bytes) -> Note:
        """The note at ``path`` as it would be with these bytes, with its text."""
        note = self._cache.find(path, source, keep_text=True) or markdown.parse(path, source, keep_text=True)
        self._read[path] = note
        return note

    def keep(self) -> None:
        """Keep what was read, and nothing else."""
        self._cache.keep(list(self._read.values()))


def _is_text(note: Note) -> bool:
    """Whether the note's bytes, as they stand, are its text."""
    return all(defect.fault != "invalid-encoding" for defect in note.defects)


def _row(note: Note) -> _Row:
    if note.text is not None:
        text = _encode(replace(note.text, source=b""))
        note = replace(note, text=None)
    else:
        # Canvases and bases have none, whoever asks.
        text = _NOT_READ if note.path[-3:].lower() == ".md" else _encode(None)
    path, encoded = note.path.encode(), _encode(note)
    return path, note.digest, encoded, text, _mark(path, note.digest, encoded, text)


def _mark(path: bytes, digest: bytes, note: bytes, text: bytes) -> bytes:
    return crc32(text, crc32(note, crc32(digest, crc32(path)))).to_bytes(4, "big")


def _read(file: Path) -> dict[bytes, _Row]:
    """All rows by path; none at all if one is damaged, and the file is deleted then."""
    rows: dict[bytes, _Row] = {}
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=0)) as database:
            # Damage may make a text of what is none.
            database.text_factory = bytes
            rows = {row[0]: row for row in database.execute(_SELECT)}
        is_whole = all(map(_is_whole, rows.values()))
    except sqlite3.OperationalError as error:
        # There is none yet, or it may not be read, or not now. Only one that lacks its table or a column is damaged.
        is_whole = getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        # SQLite quotes what it cannot make sense of, and Python cannot make text of that.
        is_whole = False
    if not is_whole:
        forget(file)
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
