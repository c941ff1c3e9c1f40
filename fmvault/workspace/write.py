"""Writing a file in one step."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from fmvault.workspace.discover import WorkspaceError, reason


def write_atomic(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` so that whoever reads it finds the old bytes or the new ones, never a part.

    A file that is there keeps its mode; a symbolic link is replaced, not followed; a device or pipe is written to.
    Raises ``WorkspaceError``.
    """
    try:
        _write(path, content)
    except OSError as error:
        raise WorkspaceError(f"cannot write '{path}': {reason(error)}") from None


def _write(path: Path, content: bytes) -> None:
    mode = None
    with suppress(FileNotFoundError):
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            path.write_bytes(content)
            return
        mode = stat.S_IMODE(about.st_mode)
    # In the same folder, since a file can be moved in one step only within a file system.
    draft = path.with_name(f".fmvault-{os.urandom(6).hex()}.tmp")
    try:
        with open(draft, "xb") as file:
            file.write(content)
        if mode is not None:
            draft.chmod(mode)
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
