"""Work on many notes or pages shared by several processes.

What is made of them are plain values, so that a process can do its share and hand it over as bytes: to decode a note
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
from itertools import pairwise, takewhile
from typing import TypeVar

import msgspec

Made = TypeVar("Made")
Item = TypeVar("Item")

# Below so many notes for each, another process is more trouble than help.
_SHARE = 1000
_MOST = 8
# Two bytes for each have room in the smallest pipe there is.
_PIECES = 1000
# Whether this process is one that another has made.
_is_helper = False


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
            received = _received(pipe, kind)
            if received is None:
                left.append(job)
            else:
                made += received
    for job in left:
        made += job()
    return made


def drawn(
    number: int,
    make: Callable[[int], Made],
    kind: type[Made],
    *,
    share: int,
    goes_on: Callable[[int], bool] = lambda each: False,
) -> list[Made]:
    """What ``make`` makes of each of ``number`` things, in order; it is given their numbers.

    Processes draw the next few of them whenever they are free, so that one which takes long keeps no other waiting.
    There are no more processes than have ``share`` things each. A thing that ``goes_on`` with the one before it is made
    by the same process. What is made is of the type ``kind``. What a process that has died should have made is made
    again by this one, and so is what it could not make: so the exception is raised here.
    """
    made: dict[int, Made] = {}
    if (count := _worthwhile(number, share)) > 1:
        size = -(-number // _PIECES)
        firsts = [0]
        for each in range(1, number):
            if each - firsts[-1] >= size and not goes_on(each):
                firsts.append(each)
        pieces = [range(*ends) for ends in pairwise([*firsts, number])]
        receiving, sending = os.pipe()
        for piece in range(len(pieces)):
            os.write(sending, piece.to_bytes(2, "big"))
        os.close(sending)

        def draw() -> Iterator[int]:
            while piece := os.read(receiving, 2):
                yield from pieces[int.from_bytes(piece, "big")]

        def work(numbers: Iterable[int]) -> Iterator[tuple[int, Made]]:
            for each in numbers:
                yield each, make(each)

        try:
            with _helpers([partial(_while_wanted, work, draw()) for _ in range(count - 1)]) as pipes:
                made |= work(draw())
                for pipe in pipes:
                    made |= _received(pipe, tuple[int, kind]) or ()  # type: ignore[valid-type]
        finally:
            os.close(receiving)
    return [made[each] if each in made else make(each) for each in range(number)]


@contextmanager
def aside(make: Callable[[], Made], kind: type[Made], items: int) -> Iterator[Callable[[], Made]]:
    """Gives what waits for a value that another process makes meanwhile; it is of the type ``kind``.

    Where the making is not worth a process, as for few ``items``, and where that has died, the value is made when it is
    asked for.
    """
    jobs = [lambda: iter([make()])] if _worthwhile(items) > 1 else []
    with _helpers(jobs) as pipes:

        def made() -> Made:
            found = _received(pipes[0], kind) if pipes else None
            return found[0] if found else make()

        yield made


def _worthwhile(files: int, share: int = _SHARE) -> int:
    """How many processes share the work, this one among them."""
    # What other threads hold while a process is copied, its copy never gets back.
    if sys.platform != "linux" or threading.active_count() > 1 or _is_helper:
        return 1
    return max(min(len(os.sched_getaffinity(0)), _MOST, files // share), 1)


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
                # One that shares its work in turn would leave those behind who help it, should it be ended.
                global _is_helper
                _is_helper = True
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


def _received(pipe: int, kind: type[Made]) -> list[Made] | None:
    """What a process has made; None if it was killed, and so has left less than a whole message."""
    with open(pipe, "rb", closefd=False) as stream:
        content = stream.read()
    try:
        return msgspec.msgpack.decode(content, type=list[kind])  # type: ignore[valid-type]
    except msgspec.DecodeError:
        return None


def _telling(share: Iterable[str], tell: Callable[[int], None], count: int) -> Iterator[str]:
    """The paths, while ``tell`` is told how many are done by all ``count`` processes, as far as one of them knows."""
    for done, path in enumerate(share):
        tell(done * count)
        yield path


def _while_wanted(work: Callable[[Iterable[Item]], Iterable[Made]], share: Iterable[Item]) -> Iterable[Made]:
    """What ``work`` makes of a share, as long as the process that asked for it is there."""
    parent = os.getppid()
    return work(takewhile(lambda item: os.getppid() == parent, share))


def _send(made: Iterable[Made], pipe: int) -> None:
    content = msgspec.msgpack.encode(list(made))
    with suppress(OSError), open(pipe, "wb") as stream:
        stream.write(content)
