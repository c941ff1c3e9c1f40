"""A note's text as HTML: the facts on ``tests/pages/markup``, and what holds of every note."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import html5lib
import pyromark
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fmvault import markdown
from fmvault.cli.options import known_names
from fmvault.config import Config, SiteSettings
from fmvault.kinds.concepts import Terms
from fmvault.model import Span
from fmvault.publish.markup import Body, Renderer, code_style
from fmvault.publish.markup.text import DEFAULTS
from fmvault.publish.published import Published, project
from fmvault.vault import Vault
from tests.pages import Case, read
from tests.test_markdown import texts

PAGES = Path(__file__).parent / "pages" / "markup"
CASES = [case for page in sorted(PAGES.glob("*.md")) for case in read(page)]
TERMS = Terms(Config(known=known_names()), lambda _: b"")


def published(files: Mapping[str, str | bytes], **site: Any) -> Published:
    """The vault of some files, published."""
    sources = {path: text.encode("utf-8", "replace") if isinstance(text, str) else text for path, text in files.items()}
    notes = [markdown.parse(path, source, keep_text=True) for path, source in sources.items() if path.endswith(".md")]
    vault = Vault(notes, sources)
    return project(TERMS.of(vault), vault.notes, SiteSettings(**site), title="Vault", read=sources.__getitem__)


def rendered(files: Mapping[str, str | bytes] | str, **site: Any) -> Body:
    """The body of the first of some notes, as its page has it."""
    if isinstance(files, str):
        files = {"a.md": files}
    made = published(files, **site)
    path = next(iter(files))
    return Renderer(made, {}).body(made.vault.notes[path], made.addresses[path])


def joined(html: str) -> str:
    """``html`` with its lines joined."""
    return re.sub(r"[ \t]*\n", "", html).strip()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_page(case: Case) -> None:
    files = dict(case.files)
    expected = files.pop("expected").decode()
    title, troubles = files.pop("title", b"").decode(), files.pop("troubles", b"").decode()
    body = rendered(files)
    assert joined(body.html) == joined(expected)
    assert body.title_html == title.strip()
    assert list(body.troubles) == troubles.splitlines()


def test_there_are_pages() -> None:
    assert len(CASES) > 50
    assert all("expected" in case.files for case in CASES)


# -- what a page is told beside its text -------------------------------------------------------------------------------


def test_the_outline_has_the_headings_of_the_body_as_they_are_read() -> None:
    body = rendered("# T\n\n## One `x` & *two*\n\ntext\n\n### [[a|Link]]\n")
    assert [(entry.level, entry.title, entry.id) for entry in body.outline] == [
        (2, "One x & two", "one-x--two"),
        (3, "Link", "link"),
    ]
    assert (body.title_html, body.title_id) == ("T", "t")


def test_a_page_needs_what_its_text_and_its_embeds_have() -> None:
    assert rendered("$x$").needs == {"math"}
    assert rendered({"a.md": "![[b]]", "b.md": "```mermaid\na\n```\n"}).needs == {"mermaid"}
    assert rendered("x").needs == frozenset()


def test_remote_media_are_shown_where_that_is_wanted() -> None:
    text = (
        '![A|100](https://x.org/a.png)\n\n<img src="https://x.org/b.png" alt="B">\n\n![](https://youtu.be/abcdefgh)\n'
    )
    html = rendered(text, remote_media=True).html
    assert '<img src="https://x.org/a.png" alt="A" width="100" loading="lazy">' in html
    assert 'src="https://x.org/b.png"' in html
    assert '<iframe class="frame" src="https://www.youtube-nocookie.com/embed/abcdefgh"' in html


def test_addresses_in_obsidian_are_led_to_unless_they_tell_what_is_not_published() -> None:
    files = {"a.md": "[A](obsidian://open?file=b) [S](obsidian://open?file=Secret%20Plan) ![I](obsidian://x/y.png)\n"}
    made = published({**files, "b.md": "", "Secret Plan.md": "---\npublish: false\n---\n"})
    html = Renderer(made, {}).body(made.vault.notes["a.md"], "a.html").html
    assert '<a class="external" href="obsidian://open?file=b" rel="noopener noreferrer">A</a> S I' in html


def test_a_letter_that_is_upright_stays_so() -> None:
    assert '<mi mathvariant="normal">d</mi><mi>x</mi>' in rendered(r"$\mathrm{d}x$").html


def test_html_that_is_trusted_stays_as_it_is() -> None:
    assert "<script>x</script>" in rendered("<script>x</script>\n", trust_html=True).html
    assert '<b onclick="x">' in rendered('a <b onclick="x">c</b>', trust_html=True).html


def test_a_passage_has_no_ids_and_shows_embeds_as_links() -> None:
    made = published({"a.md": "# T\n\n## Part\n\nOne ^x\n\n![[b]]\n\n- [[b]]: *entry*\n", "b.md": "x"})
    note = made.vault.notes["a.md"]
    renderer = Renderer(made, {})
    assert note.text is not None
    start = note.headings[1].span.end
    html = renderer.passage(note, Span(start, note.size), "glossary.html")
    link = '<a class="link" href="b.html" data-note="b.html">b</a>'
    assert joined(html) == f"<p>One</p><p>{link}</p><ul><li>{link}: <em>entry</em></li></ul>"
    entry = next(passage.span for passage in note.text.passages if passage.kind == "item")
    assert joined(renderer.passage(note, entry, "sub/x.html")) == (
        '<a class="link" href="../b.html" data-note="b.html">b</a>: <em>entry</em>'
    )
    words = Span(note.text.source.index(b"*entry"), note.text.source.index(b"entry*") + 6)
    assert renderer.passage(note, words, "x.html") == "<em>entry</em>"


def test_what_a_page_reads_are_the_notes_it_embeds_at_any_depth() -> None:
    made = published({"a.md": "![[b]] [[d]]", "b.md": "![](c.md)", "c.md": "![[a]]", "d.md": "x"})
    assert list(Renderer(made, {}).reads(made.vault.notes["a.md"])) == ["b.md", "c.md"]


def test_texts_come_from_the_catalogue() -> None:
    made = published({"a.md": "[[x]]\n\n> [!tip]\n> y\n"})
    html = Renderer(made, {"missing": "fehlt", "callout_tip": "Rat"}).body(made.vault.notes["a.md"], "a.html").html
    assert 'title="fehlt"' in html
    assert ">Rat</p>" in html


def test_what_is_said_without_a_catalogue_is_what_the_english_one_says() -> None:
    texts = json.loads((Path(__file__).parents[1] / "site/fmvault_site/texts/en.json").read_text("utf-8"))
    assert {key: texts.get(key) for key in DEFAULTS} == DEFAULTS


def test_the_same_note_gives_the_same_html() -> None:
    files = {"a.md": "<b>x</b> [[b]] $x$\n\n```py\nx\n```\n\n![[b]]\n", "b.md": "<i id=x>y"}
    assert rendered(files) == rendered(files)


def test_the_style_of_code_has_light_and_dark() -> None:
    style = code_style()
    assert "prefers-color-scheme: dark" in style
    assert ":root[data-theme=dark]" in style
    assert "url(" not in style


# -- limits ------------------------------------------------------------------------------------------------------------


def test_embeds_nest_so_deep_and_no_deeper() -> None:
    body = rendered({f"n{index}.md": f"![[n{index + 1}]]" for index in range(20)})
    assert body.html.count('class="embed"') == 5
    assert body.troubles == ("'n5.md' embeds 'n6' more than 5 notes deep; it is a link",)


def test_a_page_of_embeds_of_embeds_ends() -> None:
    files = {f"n{level}.md": "\n\n".join([f"![[n{level + 1}]]"] * 30 + ["words " * 50]) for level in range(8)}
    started = time.process_time()
    body = rendered(files)
    assert time.process_time() - started < 5
    assert len(body.html) < 10_000_000
    assert any("more than it can hold" in trouble for trouble in body.troubles)


@pytest.mark.parametrize(
    "text",
    [
        ">" * 10_000 + " x",
        "[" * 40_000,
        "![" * 20_000,
        "[[a]] " * 50_000,
        "^[" * 20_000,
        "^[x] " * 5_000,
        "==a " * 20_000,
        "<b>" * 20_000,
        "<div>\n\n" * 2_000,
        "<iframe " * 10_000,
        "<!--" * 20_000,
        "- " * 5_000 + "x",
        "*a **b " * 10_000,
        "$" + "{" * 2_900 + "$",
        "$" + "x^" * 1_400 + "$",
        "$" + "\\frac" * 500 + "$",
        "$" + "\\left(" * 300 + "$",
        "$" + "\\sqrt" * 500 + "$",
        "https://x.org/" + "(" * 20_000 + ")" * 20_000,
        "https://x.org/" + "." * 40_000,
        "https://" * 10_000,
        "[^1]" * 10_000 + "\n\n[^1]: x",
        "x ^a\n\n" * 5_000,
        "| a " * 2_000 + "|\n" + "|--" * 2_000 + "|\n" + "| 1 " * 2_000 + "|\n",
        "```py\n" + "(" * 19_000 + "\n```",
        "&#1;" * 10_000 + "[[a]]",
        "> [!note] " + "[!note] " * 5_000,
        "".join(f"<font size={index}>\n\nx\n\n" for index in range(2_000)),
        "<div>" + "".join(f"<b title={index}>" for index in range(2_000)) + "\n\n" + "x\n\n" * 2_000,
        "\n".join("> " * depth + "<div>\n" + "> " * depth for depth in range(200)),
        "a <b>x</b>\n\n" * 2_000,
        "<b>" + "[[a]] " * 5_000,
        "![![" * 10_000 + "](a.png)" * 10_000,
    ],
    ids=lambda text: text[:12].replace("\n", " "),
)
def test_hostile_nesting_takes_time_in_proportion(text: str) -> None:
    made = published({"a.md": text})
    renderer = Renderer(made, {})
    started = time.process_time()
    renderer.body(made.vault.notes["a.md"], "a.html")
    assert time.process_time() - started < 4


# -- what holds of every note ------------------------------------------------------------------------------------------

EVENTS = re.compile(r"\Aon", re.I)


def parsed(body: Body) -> Any:
    """The page's tree; a mistake in the HTML is an error."""
    page = (
        "<!DOCTYPE html><html><head><title>t</title></head><body><main>"
        f'<h1 id="{body.title_id or "_t"}">{body.title_html}</h1>{body.html}</main></body></html>'
    )
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def faults(tree: Any, media: bool = False) -> Iterator[str]:
    """What could run something, or leads where nothing may lead."""
    ids: set[str] = set()
    for element in tree.iter():
        tag = element.tag
        if not isinstance(tag, str):
            yield "a comment"
            continue
        if tag in {"script", "object", "embed", "style", "link", "meta", "base", "form", "svg", "template"}:
            yield f"<{tag}>"
        for name, value in element.attrib.items():
            if EVENTS.match(str(name)) or name in ("style", "srcdoc", "formaction", "action", "srcset", "ping"):
                yield f"{tag} {name}"
            if name in ("href", "src", "data", "poster", "xlink:href", "cite"):
                address = re.sub(r"[\x00-\x20]", "", value).lower()
                scheme = re.match(r"[^/?#]*?:", address)
                if (scheme and scheme[0] not in ("http:", "https:", "mailto:")) or address.startswith("//"):
                    yield f"{tag} {name}={value}"
                if tag == "iframe" and not address.startswith("files/") and not media:
                    yield f"a frame of {value}"
                if name == "src" and scheme and not media:
                    yield f"{tag} loads {value}"
            if name == "id":
                if value in ids or not value or re.search(r"[ \t\n\f\r]", value):
                    yield f"id {value!r}"
                ids.add(value)


ATTACKS = [line for line in (PAGES.parent.parent / "markup_attacks.txt").read_text("utf-8").split("\n---\n") if line]


def test_there_are_attacks() -> None:
    assert len(ATTACKS) >= 60


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack[:50].replace("\n", " "))
@pytest.mark.parametrize("media", [False, True], ids=["", "remote"])
def test_nothing_of_a_strangers_runs(attack: str, media: bool) -> None:
    body = rendered({"a.md": attack, "b.md": attack, "pic.png": b""}, remote_media=media)
    assert [fault for fault in faults(parsed(body), media) if not (media and fault.startswith("a frame"))] == []


def test_names_and_labels_of_notes_are_text() -> None:
    name = "x\"'><img src=1 onerror=alert(1)>&amp;"
    files = {
        "a.md": f"[[{name}]] ![[{name}]] [[{name}.pdf]] ![[{name}.png]]",
        f"{name}.md": f"# {name}\n\n[[{name}#{name}]]",
    }
    files |= {f"{name}.pdf": "", f"{name}.png": ""}
    assert list(faults(parsed(rendered(files)))) == []


RAW = st.sampled_from(
    str.split(
        "<b> </b> <div> </div> <p> </p> <table> <tr> <td> </table> <a/href=x> </a> <img/src=x> <script> </script> <svg>"
        " </svg> <math> <mtext> <style> </style> <details> <summary> </details> <li> <ul> </ul> <h1> </h1> <br> <hr>"
        " <iframe/src=https://x> </iframe> <select> <option> <form> <textarea> </textarea> <title> <!-- --> <![CDATA["
        " ]]> <?x <template> <noscript> <plaintext> <xmp> <button> <nobr> <font> <center> <pre> <body> <html>"
        " <frameset>"
    )
)
BLOCKS = ["\n\n", "\n", " ", "\n> ", "\n- ", "![[b]]", "[[b]]", "$$x$$", "|a|\n|-|\n", "<dl>", "<dd>"]
LINKS = ['<a href="b">', '<img src="https://x.org/a">', '<iframe src="https://x.org">']
mixed = st.lists(
    st.one_of(RAW, texts, st.sampled_from(BLOCKS), st.sampled_from(BLOCKS + LINKS)),
    max_size=25,
).map("".join)


@settings(max_examples=300)
@given(st.one_of(texts, mixed))
@example("[x](<http://[>)")
@example("![[a]]")
@example("<LI>\n\n![[b]]")
@example("- <div><li>x")
@example('<a href="b">\n\n![[b]]\n\n</a> [[b]]')
@example('<a href="b"><iframe src="https://x.org"></iframe></a>')
@example('x <a href="b"><iframe src="https://x.org"></iframe> [[b]]</a>')
def test_any_text_gives_html_without_a_mistake(text: str) -> None:
    body = rendered({"a.md": text, "b.md": text, "pic.png": b""})
    assert list(faults(parsed(body))) == []


@settings(max_examples=150)
@given(st.text(alphabet="\\{}^_$ab1&#<>\"'/ xyfractsqleginmdo()[]|", max_size=60))
def test_any_formula_gives_html_without_a_mistake(latex: str) -> None:
    body = rendered(f"a ${latex}$ b\n\n$$\n{latex}\n$$\n")
    assert list(faults(parsed(body))) == []


# -- beside another writer of the same parser --------------------------------------------------------------------------

PLAIN = str.split(
    "a b word & < > * ** _ ` [x](mailto:a@x.org) # ## - 1. > \\ ~~ é --- <mailto:a@x.org> &amp; &lt; ![ ] ( )"
)
plain = st.lists(
    st.one_of(st.sampled_from(PLAIN), st.sampled_from([" ", "\n", "\n\n", "\n    ", "  \n"])), max_size=40
).map("".join)


def standard(html: str) -> str:
    """HTML without what we add to it and what is written in another way, on both sides."""
    html = re.sub(r'<a class="anchor"[^>]*></a>', "", html)
    html = re.sub(r' (?:class|rel|id|tabindex|data-[a-z]+|loading)="[^"]*"', "", html)
    html = re.sub(r"<div>(<pre>.*?</pre>)</div>", r"\1", html, flags=re.S)
    html = re.sub(r"<br ?/?>\n?", "\n", html).replace("<hr />", "<hr>").replace("&quot;", '"')
    html = re.sub(r"<p>\s*</p>", "", html)
    # A heading's level is that of its place on the page.
    html = re.sub(r"<(/?)h\d", r"<\1h2", html)
    return re.sub(
        r"\s+", " ", re.sub(r"\s*(</?(?:p|ul|ol|li|blockquote|h\d|pre|hr|div)\b[^>]*>)\s*", r"\1", html)
    ).strip()


@settings(max_examples=300)
@given(plain)
@example("- a\n\n  b\n- c\n\n> q\n\n1. x\n\n***\n\nx\n===\n\ny\n---\n")
def test_plain_markdown_is_written_as_the_parser_itself_does(text: str) -> None:
    text = f"begin\n\n{text}"
    other = pyromark.html(text, options=pyromark.Options.ENABLE_STRIKETHROUGH)
    # A picture whose address is one of mail is its text to us.
    if "<h1" in other or 'src="mailto:' in other or re.search(r"#[\w-]|<a>", text):
        return
    assert standard(rendered(text).html) == standard(other)
