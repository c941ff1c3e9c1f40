"""Many files parsed by several processes.

A note is a plain value, so that a process can parse its share and hand it over as bytes: to decode a note takes a
thirtieth of the time of parsing it. Where a process cannot be copied cheaply, anywhere but on Linux, and for a vault
that one has read before another has begun, all is done by this one.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import msgspec

from fmvault.model import Note

# Below so many files for each, another process is more trouble than help.
_SHARE = 1000
_MOST = 8


def parsed(paths: Sequence[str], parse: Callable[[str], Note], tell: Callable[[int], None]) -> dict[str, Note]:
    """The note at each of ``paths``, by path; one that cannot be read, or whose process has died, is not among them.

    ``parse`` raises ``OSError`` for a file that cannot be read. ``tell`` is called with the number of notes done.
    """
    found: dict[str, Note] = {}
    count = _worthwhile(len(paths))
    with _helpers(paths, parse, count) as pipes:
        # Shares lie side by side in the list, so that a folder of long notes is shared by all.
        for done, path in enumerate(paths[::count]):
            tell(done * count)
            with suppress(OSError):
                found[path] = parse(path)
        for pipe in pipes:
            with open(pipe, "rb", closefd=False) as stream:
                content = stream.read()
            # A process that was killed leaves less than a whole message.
            with suppress(msgspec.DecodeError):
                found.update((note.path, note) for note in msgspec.msgpack.decode(content, type=list[Note]))
    return found


def _worthwhile(files: int) -> int:
    """How many processes share the work, this one among them."""
    # What other threads hold while a process is copied, its copy never gets back.
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return max(min(len(os.sched_getaffinity(0)), _MOST, files // _SHARE), 1)


@contextmanager
def _helpers(paths: Sequence[str], parse: Callable[[str], Note], count: int) -> Iterator[list[int]]:
    """The pipes of ``count - 1`` processes, each of which parses its share; none outlives this."""
    pipes: list[int] = []
    children: list[int] = []
    try:
        for index in range(1, count):
            receiving, sending = os.pipe()
            pipes.append(receiving)
            try:
                child = os.fork()
            except OSError:
                # There may be no more processes: what is left over is parsed by this one.
                os.close(sending)
                break
            if not child:
                # Nothing of the parent's is to be flushed or unwound by its copy, and nobody but the parent may hold
                # the reading ends, or the copy would never learn that the parent has gone.
                try:
                    for pipe in pipes:
                        os.close(pipe)
                    _send(paths[index::count], parse, sending)
                finally:
                    os._exit(0)
            os.close(sending)
            children.append(child)
        yield pipes[: len(children)]
    finally:
        for pipe in pipes:
            os.close(pipe)
        for child in children:
            # It has ended by itself, unless this process is giving up.
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _send(paths: Sequence[str], parse: Callable[[str], Note], pipe: int) -> None:
    notes: list[Note] = []
    parent = os.getppid()
    for path in paths:
        if os.getppid() != parent:
            return
        with suppress(OSError):
            notes.append(parse(path))
    with suppress(OSError), open(pipe, "wb") as stream:
        stream.write(msgspec.msgpack.encode(notes))
