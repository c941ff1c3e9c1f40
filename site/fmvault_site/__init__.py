"""What people see of fmvault: the scripts, styles, templates and texts of its pages, built from TypeScript and CSS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

__all__ = ["LANGUAGES", "Explorer", "Theme", "explorer", "theme"]

# The languages that the interface speaks.
LANGUAGES = ("en", "de")
# The texts that scripts of every page show; the search's own come with its index.
_SCRIPTED = (
    "copy",
    "copied",
    "copy_failed",
    "diagram",
    "diagram_failed",
    "graph_close",
    "graph_depth",
    "graph_explore",
    "graph_step",
    "neighbours",
    "zoom",
    "zoom_fit",
    "zoom_in",
    "zoom_out",
)


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


@dataclass(frozen=True)
class Theme:
    """What the pages of a site are made of.

    ``templates`` are Jinja2's, by name. ``assets`` are files, by their names below ``assets/``; ``mermaid.js`` is for
    sites with diagrams only. ``texts`` is all that the interface says, in one ``language``; a bar parts singular and
    plural, and ``{count}`` and the like stand for values.
    """

    language: str
    templates: Mapping[str, str]
    assets: Mapping[str, bytes]
    texts: Mapping[str, str]


@cache
def explorer(language: str = "en") -> Explorer:
    """The explorer in one of ``LANGUAGES``; in English where it does not speak ``language``."""
    spoken = _spoken(language)
    built = files(__name__) / "explorer"

    def read(name: str) -> str:
        return (built / name).read_text(encoding="utf-8")

    phrases = json.loads(read(f"phrases.{spoken}.json"))
    return Explorer(spoken, read(f"template.{spoken}.html"), read("explorer.js"), read("explorer.css"), phrases)


@cache
def theme(language: str = "en") -> Theme:
    """The pages in one of ``LANGUAGES``; in English where they do not speak ``language``."""
    spoken = _spoken(language)
    here = files(__name__)
    texts: dict[str, str] = json.loads((here / "texts" / f"{spoken}.json").read_text(encoding="utf-8"))
    assets = {each.name: each.read_bytes() for each in _sorted(here / "assets")}
    said = json.dumps({key: texts[key] for key in _SCRIPTED}, ensure_ascii=False, separators=(",", ":"))
    assets["page.js"] = f"window.fmvaultTexts={said};\n".encode() + assets["page.js"]
    templates = {each.name: each.read_text(encoding="utf-8") for each in _sorted(here / "templates")}
    return Theme(spoken, templates, assets, texts)


def _spoken(language: str) -> str:
    """``language`` or the language it is a kind of (``de-AT``), if it is spoken; else English."""
    base = language.replace("_", "-").split("-")[0].lower()
    return base if base in LANGUAGES else "en"


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted((each for each in folder.iterdir() if each.is_file()), key=lambda each: each.name)
