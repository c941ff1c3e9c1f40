"""Apply fixes to a file's bytes."""

from __future__ import annotations

from collections.abc import Iterable

from fmvault.model import Edit, Fix


def apply(source: bytes, fixes: Iterable[Fix]) -> bytes:
    """``source`` with the fixes made, each as a whole or not at all: one that touches an earlier one's place waits."""
    taken: list[Edit] = []
    for fix in fixes:
        new = [edit for edit in fix.edits if edit not in taken]
        if not any(_clash(edit, other) for edit in new for other in taken):
            taken.extend(new)
    parts: list[bytes] = []
    at = 0
    for edit in sorted(taken, key=lambda edit: edit.span):
        parts += (source[at : edit.span.start], edit.text.encode("utf-8"))
        at = edit.span.end
    return b"".join((*parts, source[at:]))


def _clash(one: Edit, other: Edit) -> bool:
    return (one.span.start < other.span.end and other.span.start < one.span.end) or one.span == other.span
