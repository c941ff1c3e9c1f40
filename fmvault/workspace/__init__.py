"""The edge of the program: the only package that touches files, git and other processes.

``discover`` finds a vault and lists its files, ``git`` lists what git tracks, ``ignore`` says which files nobody
wants to hear about, ``obsidian`` reads the vault's own settings, ``read`` makes a ``Vault`` of it all, by several
``processes`` if there is much to read, and with a ``cache`` of what was parsed before; ``write`` writes a file in one
step and ``watch`` waits for changes.
"""

from fmvault.workspace.discover import Notice, Root, WorkspaceError, find_root
from fmvault.workspace.processes import shared
from fmvault.workspace.read import Opened, collector_paused, open_vault, read_guarded
from fmvault.workspace.watch import watch
from fmvault.workspace.write import write_atomic

__all__ = [
    "Notice",
    "Opened",
    "Root",
    "WorkspaceError",
    "collector_paused",
    "find_root",
    "open_vault",
    "read_guarded",
    "shared",
    "watch",
    "write_atomic",
]
