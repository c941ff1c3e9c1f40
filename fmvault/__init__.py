"""A compiler for knowledge vaults: one model of a folder of notes for the linter, the graph and the site."""

__version__ = "0.1.0"
