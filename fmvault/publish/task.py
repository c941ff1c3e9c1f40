"""A file of the site that is yet to be made."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

_encode = msgspec.msgpack.Encoder(order="sorted").encode


class Task(Struct, frozen=True):
    """The file at ``address``: ``make`` gives its bytes, the same whenever ``digest`` is the same.

    Tasks of the same ``work``, if it has a name, that follow one another have something in common that takes long to be
    made; one process makes all of them.
    """

    address: str
    digest: bytes
    make: Callable[[], bytes]
    work: str = ""


def alike(address: str) -> str:
    """What addresses have in common that are one file to some system: capitals are no matter, and ``ß`` is ``ss``."""
    return address.casefold()


def digest(*parts: Any) -> bytes:
    """16 bytes that differ when any of the parts does: plain values and structs of them."""
    try:
        encoded = _encode(parts)
    except UnicodeEncodeError:
        # A file's name may hold bytes that are no text.
        encoded = repr(parts).encode("utf-8", "backslashreplace")
    return blake2b(encoded, digest_size=16).digest()
