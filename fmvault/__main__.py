"""The way in: ``fmvault``, and ``python -m fmvault``."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from types import TracebackType


def main() -> None:
    """Run the command line and end with its exit status."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from fmvault import __version__

        print(f"fmvault {__version__}")
        return
    # Python ends with 1 on an exception that nobody caught. Here 1 stands for findings, and 2 for a failure of ours.
    sys.excepthook = _fail
    # Whoever starts a program may have closed these for it.
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115
    from fmvault.cli import commands

    status = commands.main(prog_name="fmvault", standalone_mode=False)
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    # Python would free a hundred thousand notes one by one before it ends.
    os._exit(status)


def _fail(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        os._exit(130)
    sys.__excepthook__(kind, error, traceback)
    sys.stderr.flush()
    os._exit(2)


if __name__ == "__main__":
    main()
