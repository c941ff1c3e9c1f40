"""Renders every template with made-up contents into a folder, to be looked at and tested: ``render.py FOLDER``."""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parent), str(_HERE.parent.parent)]

from fmvault_site import theme  # noqa: E402

from fmvault.publish.contexts import (  # noqa: E402
    Backlink,
    BoardPage,
    Day,
    Entry,
    Frame,
    Head,
    HomePage,
    Listing,
    ListPage,
    NotePage,
    OutlineEntry,
    PropertyRow,
    Ref,
    RelationGroup,
    Rendered,
)
from fmvault.publish.markup import code_style  # noqa: E402
from fmvault.publish.templates import Templates  # noqa: E402

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{}; img-src 'self' data:; media-src 'self'; "
    "font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
_PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 200"><rect width="640" height="200" fill="#9ab"/></svg>'
)
_LEADS = {
    "Self-Attention": "A layer in which every token of a sequence looks at every other one, and takes what it needs.",
    "Pretraining": "Training on a large and general body of data, before anybody has said what the model is for.",
    "Fine-Tuning": "Further training of a finished model, on the data of one task.",
    "Transformer": "A neural network built of self-attention and of layers that see one token at a time.",
    "Large Language Model": "A foundation model of text: it has learnt to say which token comes next.",
    "Scaling Law": "How the loss falls with parameters, data and compute: as a power of each.",
    "Quantization": "Weights in fewer bits, so that a model fits where it did not.",
    "Vector Database": "A store that finds what lies next to a point among very many.",
}


def _outline(headings: Iterable[tuple[int, str, str]]) -> list[OutlineEntry]:
    """The table of contents of headings of at least the second level: level, title and id."""
    return [
        OutlineEntry(level=level, title=title, id=id, step=level - 2, href=f"#{quote(id)}")
        for level, title, id in headings
    ]


def ref(title: str, up: str = "", kind: str = "concept", **more: Any) -> Ref:
    name = title.lower().replace(" ", "-")
    return Ref(title=title, href=f"{up}concepts/{name}.html", key=f"concepts/{name}.html", kind=kind, **more)


def _page(name: str) -> str:
    return (_HERE / "pages" / name).read_text(encoding="utf-8")


def link(title: str, label: str = "") -> str:
    name = title.lower().replace(" ", "-")
    return f'<a class="link" href="{name}.html" data-note="concepts/{name}.html">{label or title}</a>'


_HEADINGS = [
    "Why it matters",
    "How it is made",
    "Data",
    "Compute",
    "What it is not",
    "Tradeoffs",
    "All callouts",
    "Bits",
    "Open questions",
]
_LEVELS = [2, 2, 3, 3, 2, 2, 2, 2, 2]


def slug(text: str) -> str:
    return text.lower().replace(" ", "-")


def picture(up: str, here: str = "Foundation Model") -> str:
    places, lines, nodes = [], [], []
    for index, title in enumerate(_LEADS):
        right, row = index % 2 == 0, index // 2
        places.append((150 + (34 if right else -34), 30 + 28 * row, right, title))
    for x, y, right, title in places:
        lines.append(f'<line class="edge" x1="150" y1="72" x2="{x}" y2="{y}"/>')
        name = title if len(title) <= 17 else title[:16] + "…"
        slugged = slug(title)
        nodes.append(
            f'<a class="node" href="{up}concepts/{slugged}.html" data-note="concepts/{slugged}.html">'
            f'<circle cx="{x}" cy="{y}" r="5"/>'
            f'<text x="{x + (10 if right else -10)}" y="{y + 4}" text-anchor="{"start" if right else "end"}" '
            f'font-size="12.5">{name}</text></a>'
        )
    return (
        '<svg class="neighbours" viewBox="0 0 300 144" role="group" aria-label="Neighbours">'
        f"{''.join(lines)}{''.join(nodes)}"
        f'<g class="here"><circle cx="150" cy="72" r="8"><title>{here}</title></circle></g></svg>'
    )


class Site:
    """Frames of pages in a language."""

    def __init__(self, language: str) -> None:
        self.theme = theme(language)
        self.language = language
        self.templates = Templates(self.theme.templates)

    def frame(self, page: str, address: str, title: str, **more: Any) -> Frame:
        up = "../" * address.count("/")
        names = ("all", "glossary", "graph", "tags", "questions", "wanted")
        where = {"tags": "tags/index.html"}
        given: dict[str, Any] = {
            "site_title": "Foundation Models",
            "site_description": "What the large models are, how they are made, and what is not known about them.",
            "author": "Ada Lovelace",
            "language": self.language,
            "page": page,
            "root": up,
            "address": address,
            "title": title,
            "head": Head(title=f"{title} · Foundation Models", description="A made-up page.", feed=f"{up}feed.xml"),
            "policy": _POLICY.format(" 'unsafe-inline'" if "mermaid" in more.get("needs", ()) else ""),
            "menu": [(name, up + where.get(name, f"{name}.html"), name == page) for name in names],
            "crumbs": [Ref(title=self.theme.texts["home"], href=f"{up}index.html")],
            "styles": [f"{up}assets/code.css"],
            "texts": self.theme.texts,
        }
        return Frame(**given | more)

    def render(self, template: str, frame: Frame, content: Any = None, extra: Any = None) -> bytes:
        return self.templates.render(Rendered(template=template, frame=frame, content=content, extra=extra))


def note(**more: Any) -> NotePage:
    up = "../"
    given: dict[str, Any] = {
        "title_html": "Foundation Model",
        "title_id": "foundation-model",
        "kind": "concept",
        "lead_html": f"<p>A model trained on broad data, mostly by {link('Pretraining', 'self-supervision')} and at "
        "scale, so that it can be adapted to a wide range of tasks for which it was not made.</p>",
        "aliases": ["base model", "FM"],
        "tags": [Ref(title="#ai", href="../tags/ai.html"), Ref(title="#ai/models", href="../tags/ai/models.html")],
        "properties": [
            PropertyRow(key="type", type="text", values_html=["concept"]),
            PropertyRow(key="year", type="number", values_html=["2021"]),
            PropertyRow(key="requires", type="link", values_html=[link("Pretraining"), link("Transformer")]),
            PropertyRow(
                key="source",
                type="text",
                values_html=[
                    '<a class="external" href="https://arxiv.org/abs/2108.07258">https://arxiv.org/abs/2108.07258</a>'
                ],
            ),
        ],
        "body_html": _page("body.html"),
        "outline": _outline((level, title, slug(title)) for level, title in zip(_LEVELS, _HEADINGS, strict=True)),
        "relations": [
            RelationGroup(name="requires", incoming=False, notes=[ref("Pretraining", up), ref("Transformer", up)]),
            RelationGroup(name="is-a", incoming=True, notes=[ref("Large Language Model", up)]),
            RelationGroup(
                name="leads to",
                incoming=False,
                notes=[ref("Fine-Tuning", up), Ref(title="Homogenisation", href=None, missing=True)],
            ),
        ],
        "backlinks": [
            Backlink(
                note=ref("Large Language Model", up),
                sentences_html=[
                    "It is a <mark>foundation model</mark> of text: nothing else has made so many of them known.",
                    "What holds of a <mark>foundation model</mark> holds of it.",
                ],
            ),
            Backlink(
                note=ref("Scaling Law", up),
                sentences_html=["Nobody would have trained a <mark>foundation model</mark> without one."],
            ),
            Backlink(note=ref("Vector Database", up)),
        ],
        "graph_svg": picture(up),
        "graph_href": "../graph.html#note=Foundation+Model",
        "previous": ref("Pretraining", up),
        "next": ref("Fine-Tuning", up),
        "created": Day(iso="2026-03-02", shown="2 March 2026"),
        "changed": Day(iso="2026-11-22", shown="22 November 2026"),
        "edit": "https://example.org/edit/Foundation%20Model.md",
        "markdown": "foundation-model.md",
        "words": 1240,
    }
    return NotePage(**given | more)


def entries() -> list[Entry]:
    return [
        Entry(ref=ref(title, lead=lead), changed=Day(iso="2026-11-20", shown="20 November 2026"))
        for title, lead in _LEADS.items()
    ]


def pages() -> dict[str, bytes]:
    en, de = Site("en"), Site("de")
    crumbs = [Ref(title="Home", href="../index.html"), Ref(title="Concepts", href="index.html")]
    found = {
        "concepts/foundation-model.html": en.render(
            "note.html", en.frame("note", "concepts/foundation-model.html", "Foundation Model", crumbs=crumbs), note()
        ),
        "concepts/diagram.html": en.render(
            "note.html",
            en.frame("note", "concepts/diagram.html", "Diagram", crumbs=crumbs, needs=["mermaid"]),
            note(
                title_html="Diagram",
                body_html='<p>How it flows:</p><pre class="mermaid">flowchart LR\n  A[Data] --&gt; B{Model}\n'
                "  B --&gt;|made for| C[Task]\n  B --&gt; D[Other task]</pre>"
                '<p>And one that cannot be drawn:</p><pre class="mermaid">flowchart LR\n  A[[[</pre>',
                outline=[],
                graph_svg="",
            ),
        ),
        "concepts/places.html": en.render(
            "note.html",
            en.frame("note", "concepts/places.html", "Places", crumbs=crumbs),
            note(title_html="Places", title_id="places", body_html=_page("places.html"), outline=[], graph_svg=""),
        ),
        "concepts/short.html": en.render(
            "note.html",
            en.frame("note", "concepts/short.html", "Token", crumbs=crumbs, search=False),
            note(
                title_html="Token",
                kind="",
                lead_html="",
                aliases=[],
                tags=[],
                properties=[],
                outline=[],
                relations=[],
                backlinks=[],
                graph_svg="",
                graph_href="",
                previous=None,
                next=None,
                created=None,
                changed=None,
                edit=None,
                markdown=None,
                words=12,
                body_html="<p>A piece of a word, as a model reads it.</p>",
            ),
        ),
        "concepts/grundmodell.html": de.render(
            "note.html",
            de.frame(
                "note",
                "concepts/grundmodell.html",
                "Grundlagenmodell",
                crumbs=[Ref(title="Startseite", href="../index.html"), Ref(title="Begriffe", href="index.html")],
            ),
            note(
                title_html="Grundlagenmodell",
                lead_html="<p>Ein Modell, das mit sehr vielen und sehr verschiedenen Daten trainiert wurde "
                "und sich für viele Aufgaben anpassen lässt.</p>",
                created=Day(iso="2026-03-02", shown="2. März 2026"),
                changed=Day(iso="2026-11-22", shown="22. November 2026"),
            ),
        ),
        "concepts/arabic.html": en.render(
            "note.html",
            en.frame("note", "concepts/arabic.html", "نموذج لغوي", crumbs=crumbs, note_language="ar", direction="rtl"),
            note(
                title_html="نموذج لغوي",
                title_id="ar",
                lead_html="<p>نموذج أساس للنصوص، تعلّم أن يقول أي كلمة تأتي بعد ذلك.</p>",
                body_html=_page("arabic.html"),
                aliases=["LLM"],
                outline=_outline([(2, "لماذا يهم", "لماذا"), (2, "كيف يعمل", "كيف")]),
            ),
        ),
        "rtl.html": en.render(
            "note.html",
            en.frame("note", "rtl.html", "نموذج لغوي", language="ar", direction="rtl"),
            note(
                title_html="نموذج لغوي",
                body_html=_page("arabic.html"),
                outline=_outline([(2, "لماذا يهم", "لماذا"), (2, "كيف يعمل", "كيف")]),
            ),
        ),
        "index.html": en.render(
            "home.html",
            en.frame("home", "index.html", "Foundation Models", crumbs=[]),
            HomePage(
                notes=35,
                links=412,
                central=entries()[:5],
                recent=entries()[3:],
                folders=[
                    Entry(ref=Ref(title="Concepts", href="concepts/index.html"), count=28),
                    Entry(ref=Ref(title="Papers", href="papers/index.html"), count=7),
                ],
                tags=[
                    Entry(ref=Ref(title=f"#{name}", href=f"tags/{name}.html"), count=count)
                    for name, count in (("ai", 30), ("training", 9), ("paper", 4))
                ],
                graph_svg=picture(""),
            ),
        ),
        "all.html": en.render(
            "list.html",
            en.frame("all", "all.html", "All notes"),
            ListPage(
                total=8,
                index=True,
                groups=[
                    Listing(
                        title=letter,
                        id=f"_{letter.lower()}",
                        entries=[each for each in entries() if each.ref.title[0] == letter],
                    )
                    for letter in "FLPQSTV"
                ],
            ),
        ),
        "glossary.html": en.render(
            "glossary.html",
            en.frame("glossary", "glossary.html", "Glossary"),
            ListPage(
                total=8,
                index=True,
                groups=[
                    Listing(
                        title=letter,
                        id=f"_{letter.lower()}",
                        entries=[
                            Entry(ref=each.ref, text_html=f"<p>{each.ref.lead}</p>")
                            for each in entries()
                            if each.ref.title[0] == letter
                        ],
                    )
                    for letter in "FLPQSTV"
                ],
            ),
        ),
        "questions.html": de.render(
            "list.html",
            de.frame("questions", "questions.html", "Offene Fragen"),
            ListPage(
                total=3,
                groups=[
                    Listing(
                        title="Foundation Model",
                        id="_1",
                        href="concepts/foundation-model.html",
                        entries=[
                            Entry(
                                ref=ref("Foundation Model"),
                                questions=["Was ist das kleinste Modell, das eines ist?", "Wem gehört es?"],
                            )
                        ],
                    ),
                    Listing(
                        title="Scaling Law",
                        id="_2",
                        entries=[
                            Entry(ref=ref("Scaling Law"), text_html="<p>Gilt es noch, wenn die Daten ausgehen?</p>")
                        ],
                    ),
                ],
            ),
        ),
        "wanted.html": en.render(
            "list.html",
            en.frame("wanted", "wanted.html", "Wanted"),
            ListPage(
                total=2,
                groups=[
                    Listing(
                        title="",
                        id="",
                        entries=[
                            Entry(
                                ref=Ref(title=name, href=None, missing=True),
                                notes=[ref("Transformer"), ref("Foundation Model")],
                                count=2,
                            )
                            for name in ("Homogenisation", "Recurrent Neural Network")
                        ],
                    )
                ],
            ),
        ),
        "tags/index.html": en.render(
            "list.html",
            en.frame("tags", "tags/index.html", "Tags"),
            ListPage(
                total=3,
                inner=[
                    Entry(ref=Ref(title=f"#{name}", href=f"{name}.html"), count=4)
                    for name in ("ai", "paper", "training")
                ],
            ),
        ),
        "tags/ai.html": en.render(
            "list.html",
            en.frame("tag", "tags/ai.html", "#ai"),
            ListPage(
                total=2,
                inner=[Entry(ref=Ref(title="#ai/models", href="ai/models.html"), count=4)],
                groups=[Listing(title="", id="", entries=entries()[:2])],
            ),
        ),
        "concepts/index.html": en.render(
            "list.html",
            en.frame("folder", "concepts/index.html", "Concepts"),
            ListPage(
                total=3,
                intro_html="<p>What the folder says of itself.</p>",
                groups=[Listing(title="", id="", entries=entries()[:3])],
            ),
        ),
        "board.html": en.render(
            "board.html",
            en.frame("board", "board.html", "Overview"),
            BoardPage(
                kind="canvas",
                svg=_page("canvas.svg"),
                listing=entries()[:2],
                backlinks=note().backlinks,
            ),
        ),
        "404.html": de.render(
            "not-found.html", de.frame("not-found", "404.html", "Diese Seite gibt es nicht", crumbs=[])
        ),
        "moved.html": en.render(
            "redirect.html",
            en.frame("redirect", "moved.html", "Foundation Model"),
            extra={"target": "concepts/foundation-model.html"},
        ),
    }
    for name, content in en.theme.assets.items():
        found[f"assets/{name}"] = content
    found["assets/code.css"] = code_style().encode()
    found["files/picture.svg"] = _PICTURE
    return found


def data() -> dict[str, bytes]:
    """What previews are made of, in four scripts."""
    shares: list[dict[str, list[str]]] = [{} for _ in range(4)]
    for title, lead in _LEADS.items():
        key = f"concepts/{slug(title)}.html"
        shares[zlib.crc32(key.encode()) % 4][key] = [title, "concept", lead]
    found = {"data/previews.js": b'fmvaultData("previews",4)'}
    for number, share in enumerate(shares):
        found[f"data/preview-{number:02x}.js"] = f'fmvaultData("preview-{number:02x}",{json.dumps(share)})'.encode()
    # There are eight texts to each.
    key = "concepts/transformer.html"
    text = f"text-{zlib.crc32(key.encode()) % 32:02x}"
    sections = {key: [["", "", "Above."], ["layers", "Its layers", "Two of them, one upon the other."]]}
    found[f"data/{text}.js"] = f'fmvaultData("{text}",{json.dumps(sections)})'.encode()
    return found


if __name__ == "__main__":
    to = Path(sys.argv[1])
    for name, content in {**pages(), **data()}.items():
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
