"""Work on many notes shared by several processes.

What is made of notes are plain values, so that a process can do its share and hand it over as bytes: to decode a note
takes a thirtieth of the time of parsing it. Where a process cannot be copied cheaply, anywhere but on Linux, and for a
vault that one has done before another has begun, all is done by this one.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import takewhile
from typing import TypeVar

import msgspec

from fmvault.model import Finding, Note

Made = TypeVar("Made", Note, Finding)

# Below so many notes for each, another process is more trouble than help.
_SHARE = 1000
_MOST = 8


def shared(
    paths: Sequence[str],
    work: Callable[[Iterable[str]], Iterable[Made]],
    kind: type[Made],
    *,
    beside: Callable[[], Iterable[Made]] | None = None,
    tell: Callable[[int], None] = lambda done: None,
) -> list[Made]:
    """All that ``work`` makes of the paths, which it is given a share at a time; in no order.

    What is made is of the type ``kind``. ``beside`` makes more of it that has to be made in one piece. What a process
    that has died should have made is made again by this one. ``tell`` is called with the number of paths done.
    """
    count = _worthwhile(len(paths))
    # Shares lie side by side in the list, so that a folder of long notes is shared by all.
    own, *shares = (paths[index::count] for index in range(count))
    jobs: list[Callable[[], Iterable[Made]]] = [partial(work, share) for share in shares]
    others: list[Callable[[], Iterable[Made]]] = [partial(_while_wanted, work, share) for share in shares]
    if beside is not None:
        jobs.append(beside)
        others.append(beside)
    made: list[Made] = []
    with _helpers(others if count > 1 else []) as pipes:
        made += work(_telling(own, tell, count))
        left = jobs[len(pipes) :]
        for job, pipe in zip(jobs, pipes, strict=False):
            with open(pipe, "rb", closefd=False) as stream:
                content = stream.read()
            try:
                made += msgspec.msgpack.decode(content, type=list[kind])  # type: ignore[valid-type]
            except msgspec.DecodeError:
                # A process that was killed leaves less than a whole message.
                left.append(job)
    for job in left:
        made += job()
    return made


def _worthwhile(files: int) -> int:
    """How many processes share the work, this one among them."""
    # What other threads hold while a process is copied, its copy never gets back.
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return max(min(len(os.sched_getaffinity(0)), _MOST, files // _SHARE), 1)


@contextmanager
def _helpers(jobs: Sequence[Callable[[], Iterable[Made]]]) -> Iterator[Sequence[int]]:
    """The pipes of processes that do a job each, in order; none outlives this. There may be fewer than jobs."""
    pipes: list[int] = []
    children: list[int] = []
    try:
        for job in jobs:
            receiving, sending = os.pipe()
            pipes.append(receiving)
            try:
                child = os.fork()
            except OSError:
                # There may be no more processes.
                os.close(sending)
                break
            if not child:
                # Nothing of the parent's is to be flushed or unwound by its copy, and nobody but the parent may hold
                # the reading ends, or the copy would never learn that the parent has gone.
                try:
                    for pipe in pipes:
                        os.close(pipe)
                    _send(job(), sending)
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


def _telling(share: Iterable[str], tell: Callable[[int], None], count: int) -> Iterator[str]:
    """The paths, while ``tell`` is told how many are done by all ``count`` processes, as far as one of them knows."""
    for done, path in enumerate(share):
        tell(done * count)
        yield path


def _while_wanted(work: Callable[[Iterable[str]], Iterable[Made]], share: Iterable[str]) -> Iterable[Made]:
    """What ``work`` makes of a share, as long as the process that asked for it is there."""
    parent = os.getppid()
    return work(takewhile(lambda path: os.getppid() == parent, share))


def _send(made: Iterable[Made], pipe: int) -> None:
    content = msgspec.msgpack.encode(list(made))
    with suppress(OSError), open(pipe, "wb") as stream:
        stream.write(content)
