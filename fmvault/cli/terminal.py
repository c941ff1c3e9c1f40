"""What is printed: to a terminal, a pipe, or a reader that has gone."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from shutil import get_terminal_size

import click

# Cells of a line where nobody looks at it in a terminal, and the fewest that leave a name enough of them.
_WIDTH = 120


def write(text: str) -> None:
    """Write to standard output: in a terminal's encoding, and else in UTF-8. That nobody reads on is no mistake."""
    try:
        if sys.stdout.isatty():
            encoding = sys.stdout.encoding
            click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False, color=True)
        else:
            click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
        sys.stdout.flush()
    except OSError as error:
        # What is left in the buffer would fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise click.ClickException(f"cannot write to standard output: {error.strerror}") from None


def width() -> int:
    """How many cells a line of standard output has."""
    return get_terminal_size().columns if sys.stdout.isatty() else _WIDTH


def is_colored(choice: str) -> bool:
    """Whether standard output is to be coloured (https://no-color.org, https://force-color.org)."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def progress(wanted: bool) -> Iterator[Callable[[int, int], None] | None]:
    """What to call with the notes read and their number: a bar on standard error, once a second has passed."""
    if not (wanted and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"):
        yield None
        return
    from time import monotonic

    begun = monotonic()
    show: Callable[[int, int], None] | None = None

    with ExitStack() as shown:

        def tell(done: int, of: int) -> None:
            nonlocal show
            if show is None and done < of and monotonic() - begun > 1:
                show = shown.enter_context(_bar())
            if show is not None:
                show(done, of)

        yield tell


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("reading notes"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("")

        def show(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of, refresh=True)

        yield show
