"""What does not belong in a note's text and can be seen only there."""

from __future__ import annotations

from collections.abc import Sequence

from fmvault.model import Defect


def find(
    source: bytes,
    body: int,
    opaque: Sequence[tuple[int, int]],
    paragraphs: Sequence[tuple[int, int]],
    *,
    has_heading: bool,
) -> list[Defect]:
    """Return the defects ``leftover-chat``, ``template-leftover`` and ``unmarked-heading``, in no order."""
    return []
