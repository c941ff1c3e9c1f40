"""Waiting for a vault to change."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from fmvault.workspace.discover import WorkspaceError, reason

# An editor that saves writes several files in a row; they are one change.
_QUIET_MILLISECONDS = 100
_SOON_MILLISECONDS = 1000


def watch(root: Path, *, catching_up: bool = False) -> Iterator[None]:
    """Yield each time that files of the vault at ``root`` have changed; hidden files and folders are not looked at.

    Watching begins with the first ``next``. With ``catching_up`` it yields once soon after that, whether or not there
    was a change: for those that nobody has seen who read the vault before. Raises ``WorkspaceError`` where it is not
    possible, at once if it can be told at once.
    """
    try:
        import watchfiles  # noqa: F401 (is it there?)
    except ImportError:
        raise WorkspaceError("'--watch' needs the package 'watchfiles', and it is not installed") from None
    root = root.resolve()
    if not root.is_dir():
        # watchfiles would wait for it in silence.
        raise WorkspaceError(f"cannot watch '{root}': it is not a folder")
    return _changes(root, catching_up)


def _changes(root: Path, catching_up: bool) -> Iterator[None]:
    import watchfiles

    def is_visible(change: watchfiles.Change, path: str) -> bool:
        return not any(part.startswith(".") for part in os.path.relpath(path, root).split(os.sep))

    try:
        for changes in watchfiles.watch(
            root,
            watch_filter=is_visible,
            step=_QUIET_MILLISECONDS,
            rust_timeout=_SOON_MILLISECONDS,
            yield_on_timeout=catching_up,
            ignore_permission_denied=True,
        ):
            if changes or catching_up:
                catching_up = False
                yield
    except OSError as error:
        raise WorkspaceError(f"cannot watch '{root}': {reason(error)}") from None
