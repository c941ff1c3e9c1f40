"""Texts to begin with: the stub of a note, and the files that set a vault up. Nothing here writes any of them."""

from fmvault.scaffold.naming import link_to, taken, unfit
from fmvault.scaffold.note import stub
from fmvault.scaffold.placing import Folders, spelt, wanting

__all__ = ["Folders", "link_to", "spelt", "stub", "taken", "unfit", "wanting"]
