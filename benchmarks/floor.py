"""What no checker in Python can go below: `python -m benchmarks.floor read|events VAULT`.

``read`` opens each note and reads its bytes; ``events`` also has pyromark read the Markdown and hand each event with
its place to Python, where nothing is done with it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator


def _sources(folder: str) -> Iterator[bytes]:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _sources(entry.path)
        elif entry.name.endswith(".md"):
            with open(entry.path, "rb", buffering=0) as file:
                yield file.readall()


def main() -> None:
    """Do the one or the other over a vault."""
    what, vault = sys.argv[1:]
    count = 0
    if what == "read":
        for source in _sources(vault):
            count += len(source)
    else:
        import pyromark

        options = pyromark.Options.ENABLE_WIKILINKS | pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_FOOTNOTES
        for source in _sources(vault):
            for _event in pyromark.events_with_range(source.decode(), options=options):
                count += 1
    print(count)


if __name__ == "__main__":
    main()
