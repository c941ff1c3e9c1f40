"""What people see of fmvault: the scripts, styles and templates of its pages, as built from TypeScript and CSS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["LANGUAGES", "Explorer", "explorer"]

# The languages that the interface speaks.
LANGUAGES = ("en", "de")


@dataclass(frozen=True)
class Explorer:
    """The explorer of a concept graph: a page's template, the script and the style that go into it, and its phrases.

    The template has the places ``{{lang}}``, ``{{title}}``, ``{{csp}}``, ``{{style}}``, ``{{svg}}``, ``{{table}}``,
    ``{{data}}`` and ``{{script}}``. ``phrases`` are what the table and the picture say that stand there without
    JavaScript or WebGL, by the names in ``src/explorer/catalogue.ts``.
    """

    language: str
    template: str
    script: str
    style: str
    phrases: Mapping[str, Any]


@cache
def explorer(language: str = "en") -> Explorer:
    """The explorer in one of ``LANGUAGES``; in English where it does not speak ``language``."""
    spoken = language if language in LANGUAGES else "en"
    built = files(__name__) / "explorer"

    def read(name: str) -> str:
        return (built / name).read_text(encoding="utf-8")

    phrases = json.loads(read(f"phrases.{spoken}.json"))
    return Explorer(spoken, read(f"template.{spoken}.html"), read("explorer.js"), read("explorer.css"), phrases)
