"""Kinds of note: a note taken for a piece of knowledge, and held to what its kind asks of it.

``schema`` reads the JSON Schema of a kind and judges by it, ``headings`` tells which section a heading begins, and
``kind`` joins the two. ``projection`` is a note under its kind, ``relations`` are the typed edges between notes, and
``concepts`` is a vault seen so as a whole.
"""
