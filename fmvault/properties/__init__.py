"""Frontmatter: the properties at the head of a note, with their places.

The YAML is read as a stream of events from PyYAML's C parser. Events need no recursion, so depth, size and YAML aliases
are counted while they come, and nothing that a file can hold costs more than its length. Plain scalars follow YAML
1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema): ``yes`` and ``12:30`` are text, and so are dates.
"""

from fmvault.properties.frontmatter import MAX_SIZE, Frontmatter, read
from fmvault.properties.gather import is_tag, split_target
from fmvault.properties.tree import MAX_DEPTH, MAX_VALUES

__all__ = ["MAX_DEPTH", "MAX_SIZE", "MAX_VALUES", "Frontmatter", "is_tag", "read", "split_target"]
