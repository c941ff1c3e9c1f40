"""What holds for every file the reader is given, whatever is in it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from fmvault import canvas, markdown
from fmvault.lint.report.locate import Lines
from fmvault.lint.rules import RULES
from fmvault.lint.run import check
from fmvault.model import Finding, Link, Note, Span
from fmvault.vault import Vault

# What means something to Markdown, to Obsidian or to YAML, so that what is put together of it is seldom plain text.
PIECES = """
    [[ ]] [ ] ( ) ! | \\| # ^ ^id [^1] [^1]: %% $ $$ ` ``` ~~~ == ** _ \\ < > <!-- --> <a id=x> </a> > - * 1. [x]
    [!note] --- === : , " ' { } & *a &a %20
    %23 .md .png ../ ./ / http:// www.x.org # ## ###### #tag #1 a b note Ä é 概 🚀
    | |---| tags: aliases: up: ~ null yes 2024-01-31 fmvault: allow allow-file allow-start allow-end broken-note
""".split()  # noqa: SIM905
BREAKS = (" ", "  ", "\t", "\n", "\n\n", "\n    ", "\n> ", "\n- ", "\u00a0", "")

pieces = st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(BREAKS), st.sampled_from(BREAKS)), max_size=40)
texts = st.one_of(pieces.map("".join), st.text(max_size=60))
properties = st.lists(
    st.builds(
        "{}: {}".format,
        st.sampled_from(("tags", "aliases", "up", "title", "tag", "a b", '"q"', "- x", "[[n]]")),
        st.one_of(
            st.sampled_from(
                (
                    '"[[note#a|b]]"',
                    "'[[note]]'",
                    "[[note]]",
                    "[a, b]",
                    "\n  - a\n  - #b",
                    "a, b",
                    "{a: b",
                    "|\n  [[x]]",
                    "*a",
                )
            ),
            texts,
        ),
    ),
    max_size=5,
).map("\n".join)
notes = st.one_of(texts, st.builds("---\n{}\n---\n{}".format, properties, texts), st.builds("\ufeff{}".format, texts))
sources = st.one_of(notes.map(lambda text: text.encode("utf-8", "replace")), st.binary(max_size=80))


def spans(value: Any) -> Iterator[Span]:
    """Every span in a struct, however deep."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, Struct):
        for field in value.__struct_fields__:
            yield from spans(getattr(value, field))
    elif isinstance(value, tuple):
        for item in value:
            yield from spans(item)


def findings(files: dict[str, bytes]) -> list[Finding]:
    """What all rules, those that are off by default among them, say of the files."""
    read = [markdown.parse(path, source) for path, source in files.items() if path.endswith(".md")]
    return said(read, list(files))


def said(read: Sequence[Note], files: Sequence[str]) -> list[Finding]:
    return check(Vault(read, files), {rule.name: rule.severity for rule in RULES}, {}, frozenset(files))


@settings(max_examples=400)
@given(sources)
@example(b'---\nup: "\\u005b[a]]"\n---\n')
@example("%% fmvault: allow broken-note %%\n\n- a\n  - [[é]]\n".encode())
@example(b"![a](b.png)![[c.png|10]](d.md)\xff")
def test_every_place_is_inside_the_file_and_between_characters(source: bytes) -> None:
    note = markdown.parse("folder/a.md", source)
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        inside = set(range(len(source) + 1))
    else:
        inside = {index for index in range(len(source)) if source[index] & 0xC0 != 0x80} | {len(source)}
    for span in (*spans(note), *(span for finding in findings({"folder/a.md": source}) for span in spans(finding))):
        assert span.start <= span.end
        assert {span.start, span.end} <= inside
    for link in note.links:
        assert link.span.start <= link.dest.start
        assert link.dest.end <= link.span.end
        assert link.section < len(note.headings)


@settings(max_examples=300)
@given(notes)
@example("a\n\n[^1]: b\n\n    c\n^id\n")
@example("Title [[x]]\n===\n[[#Title x]]")
@example("---\ntags: |\n 0\n 1\n---")
def test_the_line_breaks_do_not_matter(text: str) -> None:
    text = text.replace("\r", "")
    plain = text.encode("utf-8", "replace")
    places = []
    for source in (plain, plain.replace(b"\n", b"\r\n")):
        lines = Lines(source)
        found = [(finding.rule, lines.place(finding.span), finding.message) for finding in findings({"a.md": source})]
        places.append([(rule, place.line, place.column, message) for rule, place, message in found])
    assert places[0] == places[1]


@settings(max_examples=60)
@given(st.lists(notes, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(written: list[str], chance: random.Random) -> None:
    paths = ["note.md", "a.md", "b/a.md", "c/a.md", "b/c/note.md", "a b.md"]
    read = [markdown.parse(path, text.encode("utf-8", "replace")) for path, text in zip(paths, written, strict=False)]
    files = [*paths[: len(read)], "x.png", "b/x.png"]
    expected = said(read, files)
    chance.shuffle(read)
    chance.shuffle(files)
    assert said(read, files) == expected


@settings(max_examples=200)
@given(sources, st.sampled_from(("a.canvas", "a.base")))
@example(b'{"nodes": [{"type": "file", "file": "\\ud800"}]}', "a.canvas")
@example(b'\xef\xbb\xbf{"nodes": [{"type": "text", "text": "\xc3\xa9 \\u00e9 [[b]]"}]}', "a.canvas")
@example(b"[" * 100_000, "a.canvas")
@example(b'{"nodes": ' + b"1" * 10_000 + b"}", "a.canvas")
@example(b"[" * 10_000, "a.base")
@example(b"a: " + b"[[" * 50_000, "a.base")
@example(b"\xef\xbb\xbf", "a.canvas")
@example(b"\xef\xbb\xbf\xff", "a.canvas")
def test_canvases_and_bases_are_read_as_safely(source: bytes, path: str) -> None:
    note = canvas.parse(path, source)
    assert all(0 <= span.start <= span.end <= len(source) for span in spans(note))
    assert said([note], [path]) is not None


@settings(max_examples=100)
@given(texts)
def test_a_text_card_is_read_as_a_note_is(text: str) -> None:
    import json

    plain = text.encode("utf-8", "replace")
    written = json.dumps({"nodes": [{"type": "text", "text": plain.decode()}]}, ensure_ascii=False).encode()
    escaped = json.dumps({"nodes": [{"type": "text", "text": plain.decode()}]}).encode()

    def links(note: Note) -> list[tuple[str, str, str | None, bool]]:
        return [(link.target, link.subpath, link.label, link.embed) for link in note.links]

    assert links(canvas.parse("a.canvas", written)) == links(markdown.parse("a.md", plain))
    assert links(canvas.parse("a.canvas", escaped)) == links(markdown.parse("a.md", plain))


# -- files that would make a careless reader fail, or take for ever ----------------------------------------------------


def targets(source: bytes) -> list[str]:
    return [link.target for link in markdown.parse("a.md", source).links]


def faults(source: bytes) -> list[str]:
    return [defect.fault for defect in markdown.parse("a.md", source).defects]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n[[a]]"])
def test_a_lone_line_of_dashes_is_text(end: bytes) -> None:
    assert markdown.parse("a.md", b"---" + end).body == 0
    assert targets(b"---" + end) == (["a"] if b"a" in end else [])


def test_a_byte_that_is_not_utf8_is_a_defect_at_its_place() -> None:
    note = markdown.parse("a.md", b"caf\xe9 [[b]]")
    assert [(defect.fault, defect.span) for defect in note.defects] == [("invalid-encoding", Span(3, 4))]
    assert note.links[0].span == Span(5, 10)


def test_utf16_is_a_defect_and_nothing_else() -> None:
    assert faults("\ufeff[[b]]".encode("utf-16-le")) == ["invalid-encoding"]
    assert targets("\ufeff[[b]]".encode("utf-16-le")) == []


def test_a_nul_byte_is_a_defect_and_the_rest_is_read() -> None:
    assert faults(b"a\0b [[c]]") == ["invalid-encoding"]
    assert targets(b"a\0b [[c]]") == ["c"]


def test_ten_thousand_nested_quotes_are_read() -> None:
    assert targets(b"> " * 10_000 + b"[[a]]\n\n[[b]]")[-1:] == ["b"]


def test_forty_thousand_brackets_are_read() -> None:
    assert targets(b"[" * 40_000 + b"a]]") == ["a"]
    assert targets(b"[" * 40_000 + b"a" + b"]" * 40_000) == ["a"]
    assert targets(b"]" * 40_000 + b"[[a]]") == ["a"]
    assert targets(b"![" * 10_000 + b"a" + b"](b)" * 10_000)[-1:] == ["b"]


def test_images_in_images_keep_the_beginning_of_their_labels() -> None:
    links = markdown.parse("a.md", b"![" * 4_000 + "é".encode() * 600 + b"](u.png)" * 4_000).links
    assert len(links) == 4_000
    assert {link.dest.end - link.dest.start for link in links} == {len("u.png")}
    assert links[0].label == "![" * 500
    assert links[-1].label == "é" * 500
    assert markdown.parse("a.md", b"[a" + "é".encode() * 600 + b"](u.png)").links[0].label == "a" + "é" * 499


def test_a_destination_is_found_before_a_long_title() -> None:
    source = b"![![x](in.png)](a.png '" + b"t " * 2_000 + b"')"
    assert [source[link.dest.start : link.dest.end] for link in markdown.parse("a.md", source).links] == [
        b"a.png",
        b"in.png",
    ]


def test_an_end_closes_the_last_start_that_names_one_of_its_rules() -> None:
    def stretches(*comments: str) -> list[tuple[str, int]]:
        source = "\n".join(f"%% fmvault: allow-{comment} %%" for comment in comments).encode()
        read = markdown.parse("a.md", source).allowances
        return [
            (" ".join(name for name, _ in allowance.rules), source[: allowance.covers.end].count(b"\n"))
            for allowance in read
        ]

    assert stretches("start a", "start b", "end a", "end") == [("a", 2), ("b", 3)]
    assert stretches("start a b", "start a", "end b", "end a") == [("a b", 2), ("a", 3)]
    assert stretches("start a", "start b c", "end a c", "end a c") == [("a", 3), ("b c", 2)]
    assert stretches("start", "end a", "end") == [("", 2)]
    assert stretches("start a", "start a", "end a") == [("a", 2), ("a", 2)]


def test_a_hundred_thousand_links_that_never_close_are_none() -> None:
    assert targets(b"[[a " * 100_000) == []
    assert targets(b"[[a " * 100_000 + b"[[b]]") == ["b"]
    assert targets(b"[[a\n" * 100_000 + b"[[b]]") == ["b"]


def test_a_line_of_two_megabytes_is_read() -> None:
    assert len(targets(b"[[note]] " * 230_000)) == 230_000
    assert targets(b"a " * 1_000_000 + b"[[b]]") == ["b"]


@pytest.mark.parametrize(
    "source",
    [
        b"# a" + b" " * 200_000 + b"b",
        b"# a" + b" #" * 100_000 + b"b",
        b"[x](" * 50_000,
        b"[x] (" * 50_000,
        b"a]] " * 50_000,
        b"[a]] " * 50_000,
        b"1%% " * 100_000,
        b"1%%a%% " * 50_000,
        b"$a " * 50_000,
        b"`" * 100_000,
        b"<a " * 50_000,
        b"<a id" + b" " * 200_000,
        b"[^a" * 50_000,
        b"a ^" + b"b" * 200_000,
        b"#" * 200_000,
        b"%% fmvault: allow" + b" " * 200_000,
        b"%% fmvault: allow a " * 5_000,
        b"%% fmvault: allow a %% " * 20_000,
        b"- " * 20_000 + b"%% fmvault: allow a %% " * 20_000,
        b"%% fmvault: allow-start a %%\n" * 20_000 + b"%% fmvault: allow-end b %%\n" * 20_000,
        b"%% fmvault: allow-start a b c %%\n" * 20_000 + b"%% fmvault: allow-end c %%\n" * 20_000,
        b"text\n\n" * 20_000 + b"".join(b'[r%d]: /u "%%%% fmvault: allow a %%%%"\n' % i for i in range(20_000)),
        b"![" * 40_000 + b"x" + b"](u.png)" * 40_000,
        b"![" * 40_000 + b"x" + b"](u\\_u.png)" * 40_000,
        b"[[{{ " * 50_000,
        b"[[1, " * 50_000 + b"2], [" * 50_000 + b"2]]",
        b"# " + b"{#a " * 100_000 + b"}",
        b"[^" + b"a." * 100_000 + b"..]",
        b"\\" * 200_000 + b"[[a",
        b"> [!a" * 10_000,
        b"| a " * 20_000 + b"\n" + b"|---" * 20_000,
        b"---\n" * 50_000,
        b"---\n" + b"a: [" * 20_000 + b"\n---\n",
        b"---\na: &a [b]\n" + b"".join(b"c%d: [*a, *a]\n" % i for i in range(5_000)) + b"---\n",
    ],
    ids=lambda source: f"{len(source)} bytes of {source[:16]!r}",
)
def test_repetition_is_read_in_time(source: bytes) -> None:
    assert markdown.parse("a.md", source).size == len(source)


def test_a_link_knows_the_heading_it_stands_under() -> None:
    note = markdown.parse("a.md", b"[[a]]\n# One [[b]]\n[[c]]\n## Two\n[x](d.md)\n")

    def heading(link: Link) -> str:
        return note.headings[link.section].text if link.section >= 0 else ""

    assert {link.target: heading(link) for link in note.links} == {
        "a": "",
        "b": "One [[b]]",
        "c": "One [[b]]",
        "d.md": "Two",
    }
