"""Pictures in SVG: nothing in them runs or loads, and what they show stays."""

from __future__ import annotations

import gzip
from base64 import b64encode
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmvault.publish.svg import EMPTY, cleaned_svg, is_active, is_svg

pytest.importorskip("tinycss2")

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def picture(inside: str, attributes: str = "") -> bytes:
    return f'<svg xmlns="{SVG}" xmlns:xlink="{XLINK}" {attributes}>{inside}</svg>'.encode()


def clean(inside: str, attributes: str = "") -> str:
    """What is left of a picture between its first tag and its last."""
    content = cleaned_svg(picture(inside, attributes)).decode()
    ElementTree.fromstring(content)
    return content.partition(">")[2].rpartition("</svg>")[0]


# -- what runs or loads is gone ----------------------------------------------------------------------------------------

# Each holds "evil" wherever something would run, or be loaded from another place.
VECTORS = [
    "<script>evil()</script>",
    "<script href='https://evil.example/x.js'/>",
    "<script xlink:href='data:text/javascript,evil()'/>",
    "<s:script xmlns:s='http://www.w3.org/2000/svg'>evil()</s:script>",
    "<script xmlns='http://www.w3.org/1999/xhtml'>evil()</script>",
    "<h:script xmlns:h='http://www.w3.org/1999/xhtml' src='evil.js'/>",
    "<g><g><script type='text/ecmascript'><![CDATA[evil()]]></script></g></g>",
    "<rect onload='evil()'/>",
    "<g onclick='evil()' onmouseover='evil()' onfocusin='evil()'/>",
    "<animate onbegin='evil()' attributeName='x' dur='1s'/>",
    "<image href='x' onerror='evil()'/>",
    "<style onload='evil()'/>",
    "<a href='javascript:evil()'><text>x</text></a>",
    "<a xlink:href='javascript:evil()'><text>x</text></a>",
    "<a href=' \n java&#x73;cript:evil()'><text>x</text></a>",
    "<a href='java\tscript:evil()'><text>x</text></a>",
    "<a href='vbscript:evil()'/>",
    "<a href='data:text/html,&lt;script>evil()&lt;/script>'/>",
    "<a href='file:///evil'/>",
    "<a xml:base='javascript:evil()//' href='#x'/>",
    "<a><animate attributeName='href' values='javascript:evil()'/></a>",
    "<a><set attributeName='xlink:href' to='javascript:evil()'/></a>",
    "<a><animate attributeName='xlink:href' begin='0' from='javascript:evil()' to='#'/></a>",
    "<rect><set attributeName='onmouseover' to='evil()'/></rect>",
    "<rect><set attributeName='style' to='background:url(https://evil.example)'/></rect>",
    "<rect><animate attributeName='fill' values='url(https://evil.example/a#b)'/></rect>",
    "<image href='https://evil.example/x.png'/>",
    "<image xlink:href='//evil.example/x.png'/>",
    "<image href='../../evil.png'/>",
    "<image href='data:text/html;base64,evil'/>",
    '<image href=\'data:image/svg+xml,&lt;svg xmlns="http://www.w3.org/2000/svg" onload="evil()"/>\'/>',
    "<feImage href='https://evil.example/x.png'/>",
    "<use href='https://evil.example/x.svg#a'/>",
    "<use xlink:href='evil.svg#a'/>",
    "<use href='data:image/svg+xml;base64,evil#x'/>",
    "<textPath href='evil.svg#p'>x</textPath>",
    "<linearGradient id='a' href='evil.svg#b'/>",
    "<mpath href='https://evil.example/#a'/>",
    "<rect fill='url(https://evil.example/x#a)'/>",
    "<rect fill='url(&quot;//evil.example/x#a&quot;)'/>",
    "<rect filter='UrL( evil.svg#f )'/>",
    "<rect mask='\\75rl(https://evil.example)'/>",
    "<rect cursor='url(evil.cur),auto'/>",
    "<rect marker-start='image-set(\"evil.png\" 1x)'/>",
    "<rect style='fill:url(https://evil.example)'/>",
    "<rect style='background:u\\72l(https://evil.example)'/>",
    "<rect style='background:url/**/(https://evil.example)'/>",
    "<rect style='-moz-binding:url(evil.xml#x)'/>",
    "<rect style='behavior:url(evil.htc)'/>",
    "<rect style='width:expression(evil())'/>",
    "<rect style='background:image-set(\"https://evil.example/x\" 1x)'/>",
    "<rect style='--x:url(https://evil.example);fill:var(--x)'/>",
    "<rect style='background:cross-fade(url(evil.png),red)'/>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>@import url(evil.css) screen;</style>",
    "<style>\\40 import 'evil.css';</style>",
    "<style>@charset 'evil'; a{b:c}</style>",
    "<style>a{background:url(https://evil.example)}</style>",
    "<style>a{background:URL('evil.png')}</style>",
    "<style>a{background:u\\rl(evil.png)}</style>",
    "<style>a{b:c;background:url(evil.png</style>",
    "<style>@media all{a{background:url(//evil.example)}}</style>",
    "<style>@media all{@import 'evil.css';}</style>",
    "<style>a{b{background:url(evil.png)}}</style>",
    "<style>@font-face{font-family:x;src:url(https://evil.example/x.woff)}</style>",
    "<style>@font-face{font-family:x;src:src('evil.woff')}</style>",
    "<style>@keyframes a{from{background:url(evil.png)}}</style>",
    "<style>@namespace evil url(x);</style>",
    "<style>@unknown { a{background:url(evil.png)} }</style>",
    "<style>a{b:c}<![CDATA[ @import 'evil.css'; ]]></style>",
    "<style><script xmlns='http://www.w3.org/2000/svg'>evil()</script></style>",
    "<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='evil'/></foreignObject>",
    "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='evil()'/></foreignObject>",
    "<foreignObject><img xmlns='http://www.w3.org/1999/xhtml' src='evil' onerror='evil()'/></foreignObject>",
    "<foreignObject><div xmlns='http://www.w3.org/1999/xhtml'><style>@import 'evil'</style></div></foreignObject>",
    "<foreignObject><div xmlns='http://www.w3.org/1999/xhtml' style='background:url(evil)'/></foreignObject>",
    "<foreignObject><a xmlns='http://www.w3.org/1999/xhtml' href='javascript:evil()'>x</a></foreignObject>",
    "<foreignObject><form xmlns='http://www.w3.org/1999/xhtml' action='evil'><input/></form></foreignObject>",
    "<foreignObject><object xmlns='http://www.w3.org/1999/xhtml' data='evil'/></foreignObject>",
    "<foreignObject><link xmlns='http://www.w3.org/1999/xhtml' rel='stylesheet' href='evil'/></foreignObject>",
    "<foreignObject><meta xmlns='http://www.w3.org/1999/xhtml' http-equiv='refresh' content='0;evil'/></foreignObject>",
    "<foreignObject><base xmlns='http://www.w3.org/1999/xhtml' href='https://evil.example'/></foreignObject>",
    "<foreignObject><math xmlns='http://www.w3.org/1998/Math/MathML'><mi href='javascript:evil()'/></math>"
    "</foreignObject>",
    "<handler xmlns:ev='http://www.w3.org/2001/xml-events' ev:event='load'>evil()</handler>",
    "<listener event='load' handler='#evil'/>",
    "<x:include xmlns:x='http://www.w3.org/2001/XInclude' href='evil.xml'/>",
    "<xsl:stylesheet xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:include href='evil'/></xsl:stylesheet>",
    "<video xmlns='http://www.w3.org/1999/xhtml' src='evil.mp4'/>",
    "<audio href='evil.mp3' xlink:href='evil.mp3'/>",
    "<iframe href='evil'/>",
    "<embed src='evil'/>",
    "<tref xlink:href='evil.svg#t'/>",
    "<font-face-src><font-face-uri xlink:href='evil.svg#f'/></font-face-src>",
    "<color-profile xlink:href='evil.icc'/>",
    "<cursor xlink:href='evil.png'/>",
    "<metadata>evil</metadata>",
    "<!-- evil -->",
    "<?xml-stylesheet href='evil.css'?>",
    "<rect data-source='evil' inkscape='evil' content='evil'/>",
]


@pytest.mark.parametrize("vector", VECTORS)
def test_what_runs_or_loads_is_gone_and_the_rest_is_drawn(vector: str) -> None:
    left = clean(f'{vector}<circle r="7"></circle>')
    assert "evil" not in left
    assert '<circle r="7">' in left


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"<html xmlns='http://www.w3.org/1999/xhtml'><script>evil()</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><g></svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g>" * 1000 + b"</g>" * 1000 + b"</svg>",
        b"<svg:svg><script>evil()</script></svg:svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='1' width='2'/>",
        b"<script xmlns='http://www.w3.org/2000/svg'>evil()</script>",
        b"<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><svg xmlns='http://www.w3.org/2000/svg'>"
        b"<text>&b;</text></svg>",
        b"\x1f\x8b broken",
        picture("<style>" + "a{" * 100_000 + "</style>"),
    ],
)
def test_what_is_no_picture_is_an_empty_one(content: bytes) -> None:
    assert cleaned_svg(content) == EMPTY


def test_what_a_document_says_of_files_elsewhere_is_not_read() -> None:
    source = (
        b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'><!ATTLIST rect onload CDATA 'evil()'>]>"
        b"<?xml-stylesheet href='evil.css'?><svg xmlns='http://www.w3.org/2000/svg'><rect/><text>a&x;b</text></svg>"
    )
    shown = cleaned_svg(source)
    assert shown.endswith(b"<rect></rect><text>ab</text></svg>\n")
    assert b"root:" not in shown


def test_a_picture_that_draws_itself_without_end_is_an_empty_one() -> None:
    # Nine levels of ten: a thousand million rectangles.
    levels = "".join(
        f'<g id="l{n}">' + "".join(f'<use href="#l{n - 1}"/>' for _ in range(10)) + "</g>" for n in range(1, 10)
    )
    assert cleaned_svg(picture(f'<rect id="l0"/>{levels}')) == EMPTY
    assert cleaned_svg(picture('<g id="a"><use href="#a"/></g>')) != EMPTY


def test_a_packed_picture_is_unpacked_and_no_larger_than_is_allowed() -> None:
    assert cleaned_svg(gzip.compress(picture("<rect/>"))) == cleaned_svg(picture("<rect/>"))
    assert cleaned_svg(gzip.compress(b" " * (64 << 20))) == EMPTY


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))
def test_text_stays_text(text: str) -> None:
    source = ElementTree.Element(f"{{{SVG}}}svg")
    ElementTree.SubElement(
        source, f"{{{SVG}}}text", {"font-family": text.replace("(", "").replace("\\", "")}
    ).text = text
    try:
        content = ElementTree.tostring(source)
        ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return
    left = ElementTree.fromstring(cleaned_svg(content))
    assert left[0].text == (text or None)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_picture(content: bytes) -> None:
    assert ElementTree.fromstring(cleaned_svg(content)).tag == f"{{{SVG}}}svg"


@given(st.lists(st.sampled_from(VECTORS), max_size=6))
def test_a_clean_picture_stays_as_it_is(vectors: list[str]) -> None:
    once = cleaned_svg(picture("".join(vectors)))
    assert cleaned_svg(once) == once


# -- what is drawn stays -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kept",
    [
        '<path d="M0 0L10 10" style="fill:none;stroke:#000;stroke-width:2px"></path>',
        '<rect style="fill:url(#g);"></rect>',
        '<rect fill="url(#g)" transform="matrix(1 0 0 1 5 5)"></rect>',
        '<g class="node" clip-path="url(#c)" mask="url(#m)" filter="url(#f)"></g>',
        '<defs><linearGradient id="g" xlink:href="#h"><stop offset="0"></stop></linearGradient></defs>',
        '<use xlink:href="#a" x="5"></use>',
        f'<image width="1" height="1" href="{PIXEL}"></image>',
        '<text x="1" text-anchor="middle" xml:space="preserve"><tspan dy="1em">Grüße &amp; 知識</tspan></text>',
        '<a href="https://example.org/?a=1&amp;b=2"><text>there</text></a>',
        '<marker id="m" viewBox="0 0 10 10" refX="5" markerWidth="6" orient="auto"><path d="M0 0"></path></marker>',
        '<circle r="1"><animate attributeName="r" values="1;2" dur="1s" repeatCount="indefinite"></animate></circle>',
        "<style>#my .a&gt;.b:not(.c){fill:rgb(1,2,3);}</style>",
        "<style>@media print{.a{display:none;}}</style>",
        "<title>What it shows</title><desc>In words</desc>",
        '<foreignObject width="9" height="9"><div xmlns="http://www.w3.org/1999/xhtml" style="display: table-cell">'
        '<span class="nodeLabel"><p>Label</p></span></div></foreignObject>',
    ],
)
def test_what_is_drawn_stays(kept: str) -> None:
    assert clean(kept) == kept


def test_a_font_that_the_picture_holds_stays() -> None:
    font = "data:font/woff2;base64,d09GMgAB"
    assert font in clean(f"<style>@font-face{{font-family:Virgil;src:url({font})}}</style>")


def test_a_picture_in_a_picture_is_cleaned_too() -> None:
    inner = b64encode(picture('<rect onload="x()"/>')).decode()
    left = clean(f'<image href="data:image/svg+xml;base64,{inner}"/>')
    assert (
        left
        == f'<image href="data:image/svg+xml;base64,{b64encode(cleaned_svg(picture("<rect/>"))).decode()}"></image>'
    )


def test_what_editors_keep_for_themselves_goes() -> None:
    source = (
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:inkscape='http://www.inkscape.org/namespaces/inkscape' "
        "xmlns:sodipodi='http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd' sodipodi:docname='secret.svg' "
        "inkscape:export-filename='/home/ada/secret.png'><sodipodi:namedview><inkscape:grid/></sodipodi:namedview>"
        "<g inkscape:label='Layer' id='g1'/></svg>"
    )
    assert cleaned_svg(source.encode()).decode().partition(">")[2] == '<g id="g1"></g></svg>\n'


def test_an_editor_s_names_of_namespaces_are_read() -> None:
    source = (
        b"<?xml version='1.0' encoding='iso-8859-1'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x.dtd' "
        b"[<!ENTITY ns_svg 'http://www.w3.org/2000/svg'>]><svg xmlns='&ns_svg;'><text>\xe9</text></svg>"
    )
    assert "<text>é</text>" in cleaned_svg(source).decode()


# -- files that are not copied -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *(
            "a/page.html",
            "x.HTM",
            "x.xhtml",
            "x.svg",
            "x.svgz",
            "x.js",
            "x.mjs",
            "x.xml",
            "feed.rss",
            "x.xsl",
            "x.mhtml",
        ),
        *("x.php", "x.php5", "x.phtml", "x.asp", "x.jsp", "x.cgi", "x.php.jpg", "x.jpg.php", "x.html.de", "x.html."),
        *("no ending", ".htaccess", "web.config", "x.shtml", "x.swf", "a.b/c"),
    ],
)
def test_what_would_run_is_active(path: str) -> None:
    assert is_active(path)


@pytest.mark.parametrize(
    "path",
    ["a.png", "a.b/c.pdf", "x.svg.png", "data.csv", "x.zip", "x.py", "x.tar.gz", "notes.docx", "x.mp4", "x.json"],
)
def test_what_is_only_shown_or_kept_is_not_active(path: str) -> None:
    assert not is_active(path)


def test_svg_is_told_by_its_ending() -> None:
    assert is_svg("a/B.SVG")
    assert is_svg("a.svgz")
    assert not is_svg("a.svg.png")
