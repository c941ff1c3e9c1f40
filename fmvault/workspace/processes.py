"""Many files parsed by several processes.

A note is a plain value, so that a process can parse its share and hand it over as bytes: to decode a note takes a
thirtieth of the time of parsing it. Where a process cannot be copied cheaply, anywhere but on Linux, and for a vault
that one has read before another has begun, all is done by this one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import msgspec

from fmvault.model import Note

# Below so many files for each, another process is more trouble than help.
SHARE = 1000
_MOST = 8


def parsed(paths: Sequence[str], parse: Callable[[str], Note], tell: Callable[[int], None]) -> dict[str, Note]:
    """The note at each of ``paths``, by path; one that cannot be read, or whose process has died, is not among them.

    ``parse`` raises ``OSError`` for a file that cannot be read. ``tell`` is called with the number of notes done.
    """
    count = min(_processors(), _MOST, len(paths) // SHARE) if hasattr(os, "fork") and sys.platform == "linux" else 1
    found: dict[str, Note] = {}
    with _helpers(paths, parse, max(count, 1)) as pipes:
        # Shares lie side by side in the list, so that a folder of long notes is shared by all.
        for done, path in enumerate(paths[:: max(count, 1)]):
            tell(done * max(count, 1))
            with suppress(OSError):
                found[path] = parse(path)
        for pipe in pipes:
            with open(pipe, "rb", closefd=False) as stream:
                content = stream.read()
            # A process that was killed leaves less than a whole message.
            with suppress(msgspec.DecodeError):
                found.update((note.path, note) for note in msgspec.msgpack.decode(content, type=list[Note]))
    return found


@contextmanager
def _helpers(paths: Sequence[str], parse: Callable[[str], Note], count: int) -> Iterator[list[int]]:
    """The pipes of ``count - 1`` processes, each of which parses its share."""
    started: list[tuple[int, int]] = []
    try:
        for index in range(1, count):
            receiving, sending = os.pipe()
            child = os.fork()
            if not child:
                # Nothing of the parent's is to be flushed, unwound or closed by its copy.
                try:
                    _send(paths[index::count], parse, sending)
                finally:
                    os._exit(0)
            os.close(sending)
            started.append((child, receiving))
        yield [receiving for _, receiving in started]
    finally:
        for child, receiving in started:
            # A child that still writes ends when nobody reads.
            os.close(receiving)
            os.waitpid(child, 0)


def _send(paths: Sequence[str], parse: Callable[[str], Note], pipe: int) -> None:
    notes: list[Note] = []
    for path in paths:
        with suppress(OSError):
            notes.append(parse(path))
    with suppress(OSError), open(pipe, "wb") as stream:
        stream.write(msgspec.msgpack.encode(notes))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
