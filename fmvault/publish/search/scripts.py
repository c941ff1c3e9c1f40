"""What is handed to pages as scripts, since a page that is opened from a file can load nothing else."""

from __future__ import annotations

from json import dumps
from typing import Any
from zlib import crc32

import msgspec

from fmvault.publish.addresses import DATA


def script(name: str, value: Any) -> bytes:
    """The script that hands ``value``, as JSON, to the page under a name.

    Nothing in it can end a script element, or a line of one.
    """
    try:
        json = msgspec.json.encode(value)
    except UnicodeEncodeError:
        # A file's name may hold bytes that are no text; the standard library writes them as escapes.
        json = dumps(value, separators=(",", ":")).encode()
    json = json.replace(b"<", b"\\u003c")
    json = json.replace("\u2028".encode(), b"\\u2028").replace("\u2029".encode(), b"\\u2029")
    return b"fmvaultData(" + msgspec.json.encode(name) + b"," + json + b");\n"


def address(name: str) -> str:
    """Where the script of a name lies."""
    return f"{DATA}{name}.js"


def numbered(stem: str, number: int) -> str:
    """The name of one of the scripts that a share of something is in."""
    return f"{stem}-{number:02x}"


def share(key: str, shares: int) -> int:
    """The share that a key falls into; pages work it out in the same way."""
    return crc32(key.encode()) % shares


def shares(notes: int, each: int, most: int) -> int:
    """Into how many shares of about so many notes ``notes`` are divided: a power of two.

    It stays the same as a vault grows little by little, so that a new note changes one share and not all.
    """
    count = 1
    while count < most and count * each < notes:
        count *= 2
    return count
