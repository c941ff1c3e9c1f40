"""What a site holds for machines: feeds, sitemaps, copies, chunks, JSON-LD and pictures."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import msgspec
import pytest
import rdflib
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fmvault import canvas, config, markdown
from fmvault.cli.options import known_names
from fmvault.config import SiteSettings
from fmvault.kinds.concepts import Terms
from fmvault.publish.machines import absolute, copy_address, feed_address, json_ld, machine_pages, social_image
from fmvault.publish.machines.social import is_possible
from fmvault.publish.published import Published, project
from fmvault.publish.task import Task
from fmvault.vault import Vault

ROOT = Path(__file__).parents[1]
URL = "https://example.org/vault/"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
SCHEMA = rdflib.Namespace("https://schema.org/")
# 2026-01-02 and 2026-11-22 as days counted from 1970-01-01.
JANUARY, NOVEMBER = 20455, 20779


@cache
def terms() -> Terms:
    """One kind of note, known by its folder."""
    return Terms(config.load("fmvault.toml", '[kinds.concept]\nmatch = ["Concepts/*"]\n', known_names()), lambda _: b"")


def site(files: Mapping[str, str], *, days: Mapping[str, tuple[int, int]] | None = None, **chosen: object) -> Published:
    """A published vault; what is neither a note nor a board is an attachment."""
    notes = [
        markdown.parse(path, text.encode(), keep_text=True)
        if path.endswith(".md")
        else canvas.parse(path, text.encode())
        for path, text in files.items()
        if path.endswith((".md", ".canvas", ".base"))
    ]
    return project(
        terms().of(Vault(notes, list(files))),
        set(files),
        msgspec.convert({"title": "Notes", "url": URL, **chosen}, SiteSettings),
        days=days,
        read=lambda path: files[path].encode(),
    )


def make(of: Published, address: str, leads: Mapping[str, str] | None = None) -> bytes:
    """What there is at one address."""
    return next(task for task in machine_pages(of, leads or {}, []) if task.address == address).make()


def made(of: Published, leads: Mapping[str, str] | None = None) -> Mapping[str, bytes]:
    """What there is at each address."""
    pages = [of.addresses[note.path] for note in of.notes] + ["all.html", "404.html"]
    return {task.address: task.make() for task in machine_pages(of, leads or {}, pages)}


@cache
def schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((ROOT / "schemas" / "notes.schema.json").read_text("utf-8")))


def check(document: object) -> None:
    """What ``notes.json`` holds is what its schema says."""
    schema().validate(document)


# -- where things are --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "address", "whole"),
    [
        ("https://example.org/vault/", "a/b.html", "https://example.org/vault/a/b.html"),
        ("https://example.org/vault", "index.html", "https://example.org/vault/"),
        ("https://example.org", "知.html", "https://example.org/%E7%9F%A5.html"),
        ("", "a.html", None),
        ("javascript:alert(1)//", "a.html", None),
    ],
)
def test_a_page_s_whole_address(url: str, address: str, whole: str | None) -> None:
    assert absolute(SiteSettings(url=url), address) == whole


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("https://bücher.example", "https://xn--bcher-kva.example/"),
        ("https://BÜCHER.example:8080/käse/", "https://xn--bcher-kva.example:8080/k%C3%A4se/"),
        ("https://пример.рф:8080/", "https://xn--e1afmkfd.xn--p1ai:8080/"),
        # Of two letters that a codec of 2003 would make one.
        ("https://faß.example", "https://xn--fa-hia.example/"),
    ],
)
def test_the_site_s_address_is_told_in_ascii(url: str, whole: str) -> None:
    pages = made(site({"a.md": "x"}, url=url, days={"a.md": (JANUARY, NOVEMBER)}))
    assert f"<loc>{whole}a.html</loc>".encode() in pages["sitemap.xml"]
    assert f"<id>{whole}</id>".encode() in pages["feed.xml"]
    assert absolute(SiteSettings(url=url), "a.html") == f"{whole}a.html"


# -- sitemap and robots ------------------------------------------------------------------------------------------------


def test_the_sitemap_has_every_page_and_when_its_note_was_changed() -> None:
    of = site({"Ä & B.md": "x", "home.md": "x"}, days={"Ä & B.md": (JANUARY, NOVEMBER)})
    root = ElementTree.fromstring(made(of)["sitemap.xml"])
    assert root.tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset"
    found = [(each.findtext("s:loc", "", SITEMAP), each.findtext("s:lastmod", None, SITEMAP)) for each in root]
    assert found == [
        (f"{URL}all.html", None),
        (URL, None),
        (f"{URL}%C3%A4-b.html", "2026-11-22"),
    ]


def test_a_sitemap_has_at_most_fifty_thousand_addresses() -> None:
    pages = [f"p{number:06}.html" for number in range(50_001)]
    tasks = {task.address: task for task in machine_pages(site({}), {}, pages)}
    index = ElementTree.fromstring(tasks["sitemap.xml"].make())
    assert index.tag.endswith("}sitemapindex")
    assert [each.findtext("s:loc", "", SITEMAP) for each in index] == [f"{URL}sitemap-1.xml", f"{URL}sitemap-2.xml"]
    assert len(ElementTree.fromstring(tasks["sitemap-1.xml"].make())) == 50_000
    assert len(ElementTree.fromstring(tasks["sitemap-2.xml"].make())) == 1


def test_robots_are_told_where_the_sitemap_is() -> None:
    assert make(site({}), "robots.txt").decode() == f"User-agent: *\nAllow: /\n\nSitemap: {URL}sitemap.xml\n"
    assert make(site({}, url=""), "robots.txt").decode() == "User-agent: *\nAllow: /\n"


def test_without_an_address_there_is_no_sitemap_feed_or_picture() -> None:
    of = site({"a.md": "x"}, days={"a.md": (1, 2)}, url="")
    assert sorted(made(of)) == ["a.md", "llms.txt", "notes.json", "robots.txt"]
    assert feed_address(of) is None
    assert social_image(of, None) is None


# -- the feed ----------------------------------------------------------------------------------------------------------


def test_the_feed_has_what_rfc_4287_asks_for() -> None:
    of = site(
        {"a.md": "---\ntags: [x/y]\n---\n# A < B\n\nFirst & [[b|best]]. Then *more*.", "b.md": "x"},
        days={"a.md": (JANUARY, NOVEMBER)},
        description="All of it",
        author="Ada",
    )
    root = ElementTree.fromstring(make(of, "feed.xml"))
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert root.findtext("a:title", None, ATOM) == "Notes"
    assert root.findtext("a:subtitle", None, ATOM) == "All of it"
    assert root.findtext("a:id", None, ATOM) == URL
    assert root.findtext("a:updated", None, ATOM) == "2026-11-22T00:00:00Z"
    assert root.findtext("a:author/a:name", None, ATOM) == "Ada"
    assert {link.get("rel"): link.get("href") for link in root.findall("a:link", ATOM)} == {
        "self": f"{URL}feed.xml",
        "alternate": URL,
    }
    (entry,) = root.findall("a:entry", ATOM)
    assert entry.findtext("a:title", None, ATOM) == "A < B"
    assert entry.findtext("a:id", None, ATOM) == f"{URL}a.html"
    assert entry.findtext("a:published", None, ATOM) == "2026-01-02T00:00:00Z"
    assert entry.findtext("a:updated", None, ATOM) == "2026-11-22T00:00:00Z"
    assert entry.findtext("a:summary", None, ATOM) == "First & best. Then more."
    (category,) = entry.findall("a:category", ATOM)
    assert category.get("term") == "x/y"


def test_the_feed_has_the_notes_changed_last() -> None:
    days = {f"{name}.md": (0, day) for name, day in {"a": 5, "b": 9, "c": 5, "d": 1}.items()}
    of = site(dict.fromkeys(days, "x"), days=days, feed_entries=3)
    root = ElementTree.fromstring(make(of, "feed.xml"))
    ids = [each.findtext("a:id", "", ATOM) for each in root.findall("a:entry", ATOM)]
    # Those of one day stand in the order of their paths.
    assert ids == [f"{URL}b.html", f"{URL}a.html", f"{URL}c.html"]


def test_a_note_s_own_day_comes_before_git_s() -> None:
    of = site({"a.md": "---\nupdated: 2020-05-06\n---\nx"}, days={"a.md": (JANUARY, NOVEMBER)})
    assert b"<updated>2020-05-06T00:00:00Z</updated>" in make(of, "feed.xml")


def test_the_definition_is_the_summary() -> None:
    of = site({"a.md": "Something else."}, days={"a.md": (1, 1)})
    assert b"<summary>What it is.</summary>" in make(of, "feed.xml", {"a.md": "What it is."})


def test_the_first_page_s_entry_has_an_id_of_its_own() -> None:
    of = site({"index.md": "x"}, days={"index.md": (1, 1)})
    ids = re.findall(rb"<id>(.*?)</id>", make(of, "feed.xml"))
    assert ids == [URL.encode(), f"{URL}index.html".encode()]


@given(st.text(max_size=40))
def test_any_name_and_text_make_a_feed_that_is_xml(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    of = site({"a.md": text}, days={"a.md": (1, 1)}, title=text, author=text, description=text)
    ElementTree.fromstring(make(of, "feed.xml", {"a.md": text}))
    check(json.loads(make(of, "notes.json", {"a.md": text})))


# -- Markdown copies ---------------------------------------------------------------------------------------------------


def copied(of: Published, path: str) -> tuple[dict[str, Any], str]:
    """The properties and the text of a note's copy."""
    text = make(of, copy_address(of.addresses[path])).decode()
    _, head, body = text.split("---\n", 2)
    return yaml.safe_load(head), body.removeprefix("\n")


def test_a_copy_says_what_is_known_of_the_note() -> None:
    source = "---\naliases: [\"A: 'x'\", 知識]\ntags: [ai/x, '#b']\nsecret: canary\n---\n# Its \"title\"\n\nText.\n"
    head, body = copied(site({"Concepts/A.md": source}), "Concepts/A.md")
    assert head == {
        "title": 'Its "title"',
        "aliases": ["A: 'x'", "知識"],
        "tags": ["ai/x", "b"],
        "kind": "concept",
        "url": f"{URL}concepts/a.html",
    }
    assert body == '# Its "title"\n\nText.\n'


@pytest.mark.parametrize(
    ("written", "copied_as"),
    [
        ("[[Other Note]]", "[Other Note](../other-note.md)"),
        ("[[Other Note|it]]", "[it](../other-note.md)"),
        ("[[Other Note#Part One]]", "[Other Note > Part One](../other-note.md#part-one)"),
        ("[[Other Note#^b1]]", "[Other Note > ^b1](../other-note.md#block-b1)"),
        ("![[Other Note]]", "[Other Note](../other-note.md)"),
        ("![[pic.png|300]]", "![pic.png](../files/pic.png)"),
        ("![[paper.pdf#t=(1)]]", "[paper.pdf > t=(1)](../files/paper.pdf#t=%281%29)"),
        ("![[pic.png|A view|300x200]]", "![A view](../files/pic.png)"),
        ("[[paper.pdf#page=3]]", "[paper.pdf > page=3](../files/paper.pdf#page=3)"),
        ("[[page.html]]", "page.html"),
        ("[[Board.canvas]]", "[Board.canvas](../board.canvas.html)"),
        ("[[No Such Note]]", "No Such Note"),
        ("[[No Such Note|that]]", "that"),
        ("[[Other Note|[x] y]]", "[\\[x\\] y](../other-note.md)"),
        ("[text](../Other%20Note.md#part-one)", "[text](../other-note.md#part-one)"),
        ("[text](<../Other Note.md>)", "[text](<../other-note.md>)"),
        ("[text](https://example.org/a)", "[text](https://example.org/a)"),
        ("[[#Here]]", "[Here](#here)"),
        ("`[[Other Note]]` and $x$", "`[[Other Note]]` and $x$"),
        ("a %%canary%% b <!-- canary --> c", "a  b  c"),
        ("| a |\n|---|\n| [[Other Note\\|x\\|y]] |", "| a |\n|---|\n| [x\\|y](../other-note.md) |"),
    ],
)
def test_links_lead_where_the_copies_are(written: str, copied_as: str) -> None:
    of = site(
        {
            "Folder/A.md": f"{written}\n\n## Here\n",
            "Other Note.md": "# Part One\n\nText ^b1\n",
            "pic.png": "",
            "paper.pdf": "",
            "page.html": "",
            "Board.canvas": "{}",
        }
    )
    assert copied(of, "Folder/A.md")[1] == f"{copied_as}\n\n## Here\n"


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_properties_of_copies_are_read_as_they_were_meant(text: str) -> None:
    of = site({"a.md": "---\naliases: " + json.dumps([text]) + "\n---\nx"})
    head, _ = copied(of, "a.md")
    names = [alias.name for alias in of.notes[0].aliases]
    assert [name for name in head.get("aliases", []) if name not in names] == [] or not text.isprintable()


# -- chunks ------------------------------------------------------------------------------------------------------------


def test_notes_are_cut_at_their_headings() -> None:
    source = (
        "---\naliases: [Aa]\ntags: [x]\n---\nAbove. [[B]]\n\n# One\n\n## Two `c`\n\nText of *two*, "
        "[[B#Part|b]] and [[B#Part]].\n\n"
        "- [[Missing]]\n- [out](https://example.org)\n\n# Three\n\n%% canary %%\n\n### Deep\n\n![[p.png]]\n"
    )
    of = site({"Concepts/A.md": source, "B.md": "# Part\n", "p.png": ""}, days={"Concepts/A.md": (JANUARY, NOVEMBER)})
    document = json.loads(make(of, "notes.json", {"Concepts/A.md": "What A is."}))
    check(document)
    assert {key: document[key] for key in ("version", "title", "description", "url", "language")} == {
        "version": 1,
        "title": "Notes",
        "description": None,
        "url": URL,
        "language": "en",
    }
    b, a = document["notes"]
    del a["digest"]
    assert a == {
        "name": "A",
        "title": "A",
        "address": "concepts/a.html",
        "markdown": "concepts/a.md",
        "kind": "concept",
        "tags": ["x"],
        "aliases": ["Aa"],
        "definition": "What A is.",
        "created": "2026-01-02",
        "changed": "2026-11-22",
        "sections": [
            {"address": "concepts/a.html", "headings": [], "text": "Above. B", "links": ["b.html"]},
            {
                "address": "concepts/a.html#two-c",
                "headings": ["One", "Two c"],
                "text": "Text of two, b and B > Part.\n\nMissing\nout",
                "links": ["b.html#part"],
            },
            {"address": "concepts/a.html#deep", "headings": ["Three", "Deep"], "text": "", "links": ["files/p.png"]},
        ],
    }
    assert (b["kind"], b["definition"], b["changed"], b["sections"]) == (None, None, None, [])


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema().schema)


def test_a_digest_changes_with_what_is_said_and_only_then() -> None:
    def digests(files: Mapping[str, str]) -> dict[str, str]:
        return {note["name"]: note["digest"] for note in json.loads(make(site(files), "notes.json"))["notes"]}

    before = digests({"a.md": "[[b]]", "b.md": "x", "c.md": "y"})
    assert digests({"a.md": "[[b]]", "b.md": "z", "c.md": "y"}) == before | {"b": digests({"b.md": "z"})["b"]}
    # What a link leads to is told of the note that has it.
    after = digests({"a.md": "[[b]]", "B/b.md": "x", "c.md": "y"})
    assert (after["c"], after["a"] == before["a"]) == (before["c"], False)


def test_what_has_not_changed_is_taken_from_the_file_as_it_was() -> None:
    before = make(site({"a.md": "one", "b.md": "two"}), "notes.json")
    changed = site({"a.md": "one", "b.md": "three", "c.md": "new"})
    anew = make(changed, "notes.json")
    tasks = machine_pages(changed, {}, [], lambda address: before if address == "notes.json" else None)
    again = next(task for task in tasks if task.address == "notes.json")
    assert again.make() == anew
    # It is taken, and not made again.
    tasks = machine_pages(changed, {}, [], lambda address: before.replace(b'"one"', b'"ONE"'))
    assert b'"ONE"' in next(task for task in tasks if task.address == "notes.json").make()


@pytest.mark.parametrize("broken", [b"", b"{", b"\xff\n\n,", b'{"digest":"x"}'])
def test_a_file_that_is_no_list_of_notes_is_not_read(broken: bytes) -> None:
    of = site({"a.md": "one"})
    task = next(task for task in machine_pages(of, {}, [], lambda _: broken) if task.address == "notes.json")
    assert task.make() == make(of, "notes.json")


# -- llms.txt ----------------------------------------------------------------------------------------------------------


def test_llms_txt_lists_the_copies_by_folder_and_the_most_linked_first() -> None:
    files = {"Start.md": "[[B]]", "Concepts/A [x].md": "[[B]]", "Concepts/B.md": "# Bee\n"}
    of = site(files, description="What they are about.")
    assert make(of, "llms.txt", {"Concepts/B.md": "A bee,\nand *more*."}).decode() == (
        "# Notes\n\n> What they are about.\n\n"
        f"## Notes\n\n- [Start]({URL}start.md)\n\n"
        f"## Concepts\n\n- [Bee]({URL}concepts/b.md): A bee, and \\*more\\*.\n- [A \\[x\\]]({URL}concepts/a-x.md)\n\n"
        f"## Optional\n\n- [notes.json]({URL}notes.json): all sections of all notes, as JSON\n"
    )


# -- JSON-LD -----------------------------------------------------------------------------------------------------------


def graph(text: str) -> rdflib.Graph:
    """What JSON-LD says, with the terms of schema.org's own context, which is elsewhere."""
    document = json.loads(text)
    assert document["@context"] == "https://schema.org"
    links = {name: {"@type": "@id"} for name in ("url", "image")}
    document["@context"] = {"@vocab": str(SCHEMA), **links}
    with warnings.catch_warnings():
        # rdflib's own reader of JSON-LD uses what rdflib warns of.
        warnings.simplefilter("ignore", DeprecationWarning)
        return rdflib.Graph().parse(data=json.dumps(document), format="json-ld")


def test_a_note_with_a_definition_is_a_term_of_a_set_of_terms() -> None:
    of = site({"a.md": "---\naliases: [Aleph]\n---\n# A <b>\n"}, days={"a.md": (JANUARY, NOVEMBER)}, author="Ada")
    found = graph(json_ld(of, of.notes[0], "What it is."))
    term = rdflib.URIRef(f"{URL}a.html#term")
    assert (term, rdflib.RDF.type, SCHEMA.DefinedTerm) in found
    assert (term, SCHEMA.description, rdflib.Literal("What it is.")) in found
    assert (term, SCHEMA.alternateName, rdflib.Literal("Aleph")) in found
    terms = found.value(term, SCHEMA.inDefinedTermSet)
    assert (terms, rdflib.RDF.type, SCHEMA.DefinedTermSet) in found
    assert found.value(terms, SCHEMA.url) == rdflib.URIRef(f"{URL}glossary.html")
    page = found.value(term, SCHEMA.subjectOf)
    assert (page, SCHEMA.dateModified, rdflib.Literal("2026-11-22")) in found
    assert found.value(found.value(page, SCHEMA.author), SCHEMA.name) == rdflib.Literal("Ada")


def test_a_note_without_a_definition_is_an_article() -> None:
    of = site({"a.md": "---\ntags: [x]\n---\nSome text.\n"})
    found = graph(json_ld(of, of.notes[0], ""))
    (article,) = found.subjects(rdflib.RDF.type, SCHEMA.Article)
    assert (article, SCHEMA.headline, rdflib.Literal("a")) in found
    assert (article, SCHEMA.description, rdflib.Literal("Some text.")) in found
    assert (article, SCHEMA.keywords, rdflib.Literal("x")) in found
    assert found.value(article, SCHEMA.isPartOf) == rdflib.URIRef(f"{URL}#site")


def test_the_first_page_is_the_site_and_says_how_it_is_searched() -> None:
    of = site({"index.md": "x"}, description="About.")
    for note in (None, of.notes[0]):
        found = graph(json_ld(of, note, ""))
        place = rdflib.URIRef(f"{URL}#site")
        assert (place, rdflib.RDF.type, SCHEMA.WebSite) in found
        action = found.value(place, SCHEMA.potentialAction)
        template = found.value(found.value(action, SCHEMA.target), SCHEMA.urlTemplate)
        assert template == rdflib.Literal(f"{URL}index.html?q={{search_term_string}}")
    assert "SearchAction" not in json_ld(site({}, search=False), None, "")


@given(st.text(st.characters(codec="utf-8")))
def test_json_ld_ends_no_script(text: str) -> None:
    of = site({"a.md": f"# {text}\n"}, title=text + "</script><!--")
    found = json_ld(of, of.notes[0], text + "</script>")
    assert "<" not in found
    json.loads(found)


def test_without_an_address_json_ld_has_no_address() -> None:
    of = site({"a.md": "x"}, url="")
    assert "http" not in json_ld(of, of.notes[0], "Lead").replace("https://schema.org", "")


# -- pictures ----------------------------------------------------------------------------------------------------------

needs_fonts = pytest.mark.skipif(not is_possible(), reason="the extra site is not installed")


@needs_fonts
def test_a_site_has_one_picture_and_notes_their_own_if_asked_for() -> None:
    files = {"A/b.md": "x", "home.md": "x"}
    one, each = site(files), site(files, social_images=True)
    assert [address for address in made(one) if address.endswith(".png")] == ["assets/social.png"]
    assert social_image(one, one.notes[0]) == "assets/social.png"
    pictures = {address: content for address, content in made(each).items() if address.endswith(".png")}
    assert sorted(pictures) == ["assets/social.png", "assets/social/a/b.png", "assets/social/index.png"]
    for content in pictures.values():
        # PNG's signature, then its header: width and height, four bytes each.
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == (1200, 630)


@needs_fonts
def test_a_picture_is_the_same_each_time() -> None:
    from fmvault.publish.machines.social import drawn

    assert drawn("Title", "concept", "Site") == drawn("Title", "concept", "Site") != drawn("Other", "concept", "Site")


@needs_fonts
@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Foundation Model", ["Foundation Model"]),
        ("A & B <c>", ["A &amp; B &lt;c&gt;"]),
        ("🎉 Party", ["Party"]),
        # Linear B is in no font: no part of the title is shown.
        ("Line \U00010000", []),
        # A text from right to left is isolated, so that what ends it stands at its left.
        ("מודל?", ["\u2067מודל?\u2069"]),
        ("\u202egnp.txt", ["gnp.txt"]),
    ],
)
def test_a_title_is_shown_as_far_as_it_can_be_written(title: str, shown: list[str]) -> None:
    from fmvault.publish.machines.social import written

    texts = re.findall(r"<text [^>]*>([^<]*)</text>", written(title, "", ""))
    assert texts == shown


@needs_fonts
def test_a_long_title_is_broken_into_lines_that_fit_and_cut_short() -> None:
    from fmvault.publish.machines.social import written

    def lines(title: str) -> list[str]:
        return re.findall(r"<text [^>]*>([^<]*)</text>", written(title, "", ""))

    assert len(lines("word " * 12)) in range(2, 5)
    assert " ".join(lines("word " * 12)) == ("word " * 12).strip()
    assert len(lines("word " * 500)) == 5
    assert lines("word " * 500)[-1].endswith("…")
    assert "".join(lines("x" * 60)) == "x" * 60


# -- nothing leaks, nothing differs ------------------------------------------------------------------------------------


def test_nothing_of_what_is_not_published_is_told() -> None:
    files = {
        "a.md": "---\nsecret: canary\n---\n%% canary %% [[canary note]] ![[canary note#canary]] <!-- canary --> "
        "[label](<canary note.md>)\n\n## Part\n\n[[Drafts/canary]] #tag\n",
        "canary note.md": "---\ndraft: true\naliases: [canary alias]\ntags: [canary]\n---\ncanary\n",
        "Drafts/canary.md": "canary",
        "canary.png": "",
    }
    of = site(files, days=dict.fromkeys(files, (1, 2)), private=["Drafts/"], hidden_properties=["secret"])
    for address, content in made(of).items():
        assert "canary" not in address
        assert b"canary" not in content.lower(), address
    assert "canary" not in json_ld(of, of.notes[0], "")


def test_the_same_vault_gives_the_same_bytes() -> None:
    files = {"a.md": "[[b]] #y #x", "b.md": "---\ntags: [q, p]\n---\n[[a]]", "C/d.md": "x"}
    backwards = dict(reversed(files.items()))
    days = {"a.md": (1, 2), "b.md": (1, 2)}
    assert made(site(files, days=days)) == made(site(backwards, days=dict(reversed(days.items()))))


def test_a_task_s_digest_changes_with_what_it_makes() -> None:
    def digests(of: Published) -> Mapping[str, bytes]:
        return {task.address: task.digest for task in machine_pages(of, {}, ["a.html"])}

    one = digests(site({"a.md": "x", "b.md": "y"}, days={"a.md": (1, 1)}))
    assert one == digests(site({"a.md": "x", "b.md": "y"}, days={"a.md": (1, 1)}))
    other = digests(site({"a.md": "z", "b.md": "y"}, days={"a.md": (1, 1)}))
    changed = {address for address in one if one[address] != other[address]}
    assert changed == {"a.md", "feed.xml", "notes.json", "llms.txt"}


def test_the_list_of_notes_is_made_again_where_only_a_board_links_to_others() -> None:
    def llms(linked: str) -> Task:
        board = json.dumps({"nodes": [{"id": "1", "type": "file", "file": linked}]})
        of = site({"a.md": "x", "b.md": "y", "c.canvas": board})
        return next(task for task in machine_pages(of, {}, []) if task.address == "llms.txt")

    assert llms("a.md").make() != llms("b.md").make()
    assert llms("a.md").digest != llms("b.md").digest
