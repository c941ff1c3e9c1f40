"""The way in: ``fmvault``, and ``python -m fmvault``."""

from __future__ import annotations

import os
import sys
from types import TracebackType


def main() -> None:
    """Run the command line and end with its exit status."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from fmvault import __version__

        print(f"fmvault {__version__}")
        return
    # Python ends with 1 on an exception that nobody caught. Here 1 stands for findings, and 2 for a failure of ours.
    sys.excepthook = _fail
    from fmvault.cli import commands

    commands.main(prog_name="fmvault")


def _fail(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        os._exit(130)
    sys.__excepthook__(kind, error, traceback)
    sys.stderr.flush()
    os._exit(2)


if __name__ == "__main__":
    main()
