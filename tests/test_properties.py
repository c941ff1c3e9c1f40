"""Reading frontmatter: what it says, where it says it, and that nothing in it can make the reader fail."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmvault.model import Json, Span
from fmvault.properties import MAX_DEPTH, MAX_SIZE, MAX_VALUES, Frontmatter, is_tag, read, split_target
from fmvault.properties.tree import Node, compose, simple


def front(yaml: str) -> Frontmatter:
    found = read(f"---\n{yaml}\n---\nText.\n".encode())
    assert found is not None
    return found


def values(yaml: str) -> dict[str, Json]:
    found = front(yaml)
    assert found.defects == ()
    return {held.key: held.value for held in found.properties}


def faults(yaml: str) -> list[tuple[str, str]]:
    return [(defect.fault, defect.message) for defect in front(yaml).defects]


# -- where frontmatter is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"---",
        b"---\n",
        b"Text.\n---\na: 1\n---\n",
        b" ---\na: 1\n---\n",
        b"--- \na: 1\n---\n",
        b"----\na: 1\n---\n",
    ],
)
def test_a_note_whose_first_line_is_not_exactly_three_dashes_has_no_frontmatter(source: bytes) -> None:
    assert read(source) is None


def test_frontmatter_ends_at_the_next_line_of_exactly_three_dashes() -> None:
    source = b"---\na: 1\n----\n --- \n---\nText.\n---\n"
    found = read(source)
    assert found is not None
    assert source[found.body :] == b"Text.\n---\n"


def test_the_closing_line_may_be_the_last_without_a_line_break() -> None:
    found = read(b"---\na: 1\n---")
    assert found is not None
    assert found.body == 12


@pytest.mark.parametrize("yaml", ["", "\n\n", "# only a comment"])
def test_empty_frontmatter_has_no_properties_and_no_defect(yaml: str) -> None:
    found = front(yaml)
    assert (found.properties, found.defects) == ((), ())


def test_a_byte_order_mark_is_passed_over_and_counted() -> None:
    source = "\ufeff---\na: 1\n---\n".encode()
    found = read(source)
    assert found is not None
    assert found.properties[0].key_span == Span(7, 8)


@pytest.mark.parametrize(
    "source",
    [
        b"---\ntitle: One\ntags: [a]\n\nText.\n",
        b"---\ntitle: One\n",
        b"---\ntitle: One\n--- \n\nText.\n",
        b"---\r\nname: One\r\nother:\r\n  - two\r\n\r\nText.\r\n",
    ],
)
def test_properties_that_are_never_closed_are_a_defect_and_leave_the_text_whole(source: bytes) -> None:
    found = read(source)
    assert found is not None
    assert found.body == 0
    assert [defect.fault for defect in found.defects] == ["malformed-frontmatter"]


@pytest.mark.parametrize("source", [b"---\n\nText: one\n", b"---\nNote: this is text.\n\nMore.\n", b"---\n# Heading\n"])
def test_a_line_across_the_page_is_no_frontmatter(source: bytes) -> None:
    assert read(source) is None


# -- what values are -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("12", 12),
        ("-7", -7),
        ("007", 7),
        ("0o17", 15),
        ("0x1f", 31),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("9223372036854775807", 9223372036854775807),
        ("9223372036854775808", 9223372036854775808.0),
        ("0" * 5000 + "1", 1),
        ("9" * 5000, "9" * 5000),
        ("0xffffffffffffffffff", "0xffffffffffffffffff"),
        ("1.2.3", "1.2.3"),
        ("2023-05-18", "2023-05-18"),
        ("2023-02-30", "2023-02-30"),
        ("2023-05-18T10:00", "2023-05-18T10:00"),
        ('"12"', "12"),
        ("!!str 12", "12"),
        ("{{date}}", "{{date}}"),
        ("[1, [a, ~]]", [1, ["a", None]]),
        ("{a: 1, b: {c: x}}", {"a": 1, "b": {"c": "x"}}),
        ("{[a]: 1}", {"[a]": 1}),
        ("{{a: b}: c}", {"{a: b}": "c"}),
        ("|\n  one\n  two", "one\ntwo\n"),
    ],
)
def test_scalars_follow_the_core_schema_and_dates_stay_text(written: str, value: Json) -> None:
    assert repr(values(f"a: {written}")["a"]) == repr(value)


def test_a_yaml_alias_stands_for_its_anchor() -> None:
    found = front("a: &x [1, two]\nb: *x\nc: [*x]")
    assert [held.value for held in found.properties] == [[1, "two"], [1, "two"], [[1, "two"]]]
    assert found.properties[1].items == (found.properties[1].span,) * 2
    assert values("a: &x one\nb: [*x]") == {"a": "one", "b": ["one"]}


# -- where they are --------------------------------------------------------------------------------------------------


def test_spans_are_bytes_of_the_file() -> None:
    source = '---\n日本: "ü😀"\nliste:\n  - é\n  - b\nfluss: [x, "y"]\nleer:\nblock: |\n  a\n\n---\n'.encode()
    found = read(source)
    assert found is not None
    cut = [
        (source[held.key_span.start : held.key_span.end].decode(), source[held.span.start : held.span.end].decode())
        for held in found.properties
    ]
    assert cut == [
        ("日本", '"ü😀"'),
        ("liste", "- é\n  - b"),
        ("fluss", '[x, "y"]'),
        ("leer", ""),
        ("block", "|\n  a"),
    ]
    assert [source[item.start : item.end].decode() for item in found.properties[1].items] == ["é", "b"]
    assert [held.quoted for held in found.properties] == [True, False, False, False, False]


def test_bytes_that_are_no_utf8_do_not_shift_what_follows() -> None:
    source = b"---\na: x\xff\xc3y\nb: \xc3\xa9\n---\n"
    found = read(source)
    assert found is not None
    assert [source[held.span.start : held.span.end] for held in found.properties] == [b"x\xff\xc3y", b"\xc3\xa9"]
    assert [held.value for held in found.properties] == ["x\ufffd\ufffdy", "é"]


# -- links, aliases and tags -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "parts"),
    [
        ("Note", ("Note", "", None)),
        ("Note#Heading|label", ("Note", "Heading", "label")),
        ("Note|a|b#c", ("Note", "", "a|b#c")),
        ("#A#B", ("", "A#B", None)),
        (" Note # H | l ", ("Note", "H", " l ")),
        ("Note|", ("Note", "", "")),
    ],
)
def test_the_first_bar_starts_the_label_and_the_first_number_sign_the_subpath(
    inside: str, parts: tuple[str, str, str | None]
) -> None:
    assert split_target(inside) == parts


def test_a_string_that_is_a_wikilink_as_a_whole_is_a_link_at_any_depth() -> None:
    source = (
        b'---\nup: "[[A#h|x]]"\nlist: ["[[B]]", {deep: \'![[C.png]]\'}]\ntext: "see [[D]]"\nmd: "[x](E.md)"\n'
        b'none: "[[]]"\ntwo: "[[F]] [[G]]"\nfolded: >\n  [[H]]\n---\n'
    )
    found = read(source)
    assert found is not None
    seen = [
        (link.key, source[link.span.start : link.span.end].decode(), source[link.dest.start : link.dest.end].decode())
        for link in found.links
    ]
    assert seen == [
        ("up", "[[A#h|x]]", "A#h"),
        ("list", "[[B]]", "B"),
        ("list", "![[C.png]]", "C.png"),
        ("folded", "[[H]]", "H"),
    ]
    assert [(link.target, link.subpath, link.label, link.embed) for link in found.links][:3] == [
        ("A", "h", "x", False),
        ("B", "", None, False),
        ("C.png", "", None, True),
    ]
    assert {link.syntax for link in found.links} == {"property"}


def test_a_link_with_escapes_is_read_and_placed() -> None:
    source = b'---\na: "[[Caf\\u00e9|x]]"\nb: "\\x5b[N]]"\n---\n'
    found = read(source)
    assert found is not None
    assert [link.target for link in found.links] == ["Café", "N"]
    assert source[found.links[0].dest.start : found.links[0].dest.end] == b"Caf\\u00e9"


@pytest.mark.parametrize(
    ("yaml", "names"),
    [
        ("aliases: [A, 2, B C]", ["A", "2", "B C"]),
        ("Aliases:\n  - A\n  -\n  - B", ["A", "B"]),
        ("aliases: A, B", ["A, B"]),
        ("aliases:", []),
        ("alias: A", []),
        ("aliases: {a: b}", []),
    ],
)
def test_aliases_are_a_list_or_one_text(yaml: str, names: list[str]) -> None:
    assert [alias.name for alias in front(yaml).aliases] == names


@pytest.mark.parametrize(
    ("yaml", "names"),
    [
        ("tags: [ai, '#ml', my tag, 1984]", ["ai", "ml", "my tag", "1984"]),
        ("tags: ai, ml  nlp", ["ai", "ml", "nlp"]),
        ('Tags: "#ai"', ["ai"]),
        ("tags:\n- ai\n-\n- [x]\n- '#'", ["ai"]),
        ("tags: 2024", ["2024"]),
        ("tag: ai", []),
        ("tags: ~", []),
        ("tags: [~, ai]", ["ai"]),
        ("tags: {ai: ml}", []),
    ],
)
def test_tags_are_a_list_or_a_text_that_is_split(yaml: str, names: list[str]) -> None:
    found = front(yaml)
    source = f"---\n{yaml}\n---\n".encode()
    assert [tag.name for tag in found.tags] == names
    assert [source[tag.span.start : tag.span.end].decode() for tag in found.tags] == names


@pytest.mark.parametrize(
    ("yaml", "written"),
    [
        ("tags: &a a b", [(13, "a"), (15, "b")]),
        ("tags: >-\n  - a\n\n  - b", [(15, "-"), (17, "a"), (22, "-"), (24, "b")]),
        ("tags: 'it''s a '", [(11, "it''s a "), (17, "a")]),
        ('tags: "#caf\\u00e9 c"', [(11, "#caf\\u00e9 c"), (22, "c")]),
        ('tags: "a\\x20b c"', [(11, "a\\x20b c"), (16, "b"), (18, "c")]),
        ("tags: ['a', &b b]", [(12, "a"), (19, "b")]),
        ("a: &x a b\ntags: *x", [(20, "*x"), (20, "*x")]),
    ],
)
def test_a_tag_stands_at_its_own_word_and_one_not_written_as_it_reads_takes_the_whole_text(
    yaml: str, written: list[tuple[int, str]]
) -> None:
    source = f"---\n{yaml}\n---\n".encode()
    spans = [tag.span for tag in front(yaml).tags]
    assert [(span.start, source[span.start : span.end].decode()) for span in spans] == written


@pytest.mark.parametrize("name", ["ai", "y1984", "a/b-c_d", "人工智能", "🌱", "é"])
def test_letters_of_any_script_and_emoji_make_a_tag(name: str) -> None:
    assert is_tag(name)


@pytest.mark.parametrize("name", ["", "1984", "a b", "c++", "a,b", "a#b", "don't", "a—b", "[x]"])
def test_spaces_punctuation_and_digits_alone_make_no_tag(name: str) -> None:
    assert not is_tag(name)


# -- what is wrong ---------------------------------------------------------------------------------------------------


def test_what_can_be_read_beside_an_error_is_read_and_nothing_else_is_reported() -> None:
    found = front("aliases: [A]\nup: [[B]]\ntitle: a: b\naliases: [C]\ntags: x: y\nrelated: '[[D]]'")
    assert [defect.message for defect in found.defects] == ["the value of 'title' holds a colon and needs quotes"]
    assert [alias.name for alias in found.aliases] == ["A", "C"]
    assert [link.target for link in found.links] == ["D"]


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("a: b: c", "the value of 'a' holds a colon and needs quotes"),
        ("a:\n  - b: c: d", "the value of 'b' holds a colon and needs quotes"),
        ("a: `x`", "the value of 'a' begins with '`' and needs quotes"),
        ("a: *x", "the value of 'a' begins with '*' and needs quotes"),
        ("a:\n- *x", "the value of this entry begins with '*' and needs quotes"),
        ("a: - b", "the value of 'a' begins with '-' and needs quotes"),
        ("a: {{b}} c", "'{{b}}' in the value of 'a' needs quotes around the whole value"),
        ("a: ![[b c]]", "the wikilink in the value of 'a' needs quotes"),
        ('a: "b\\q', "a backslash in the double quotes of 'a' begins an escape; use single quotes"),
        ("a: [#b, #c]", "a '#' starts a comment in YAML, and hides the end of the list in 'a'"),
        ("a: {b: c\nd: e", "the map that begins here is never closed"),
        ("a: 'it's'", "the value of 'a' goes on after its closing quote"),
        ('a: "b\nc: "d"', "the quote that opens the value of 'a' is never closed"),
        ('a:\n- "b\n- "d"', "the quote that opens the value of this entry is never closed"),
        ("a: b\nhow so\nc: d", "'how so' is no property; each is written 'name: value'"),
        ("a: b\n  c: d", "this line is indented under one that has a value already"),
        ("a:\n  - b\n - c", "the indentation of this line does not fit the lines above"),
        ("a: b\n...\nc: d", "'...' is no property; each is written 'name: value'"),
        ("a: b\n--- c", "a second YAML document begins here; properties are one"),
        ("a: \x07", "the control character U+0007 may not stand in properties"),
        ("a: &x [*x]", "the YAML alias '*x' is part of what it stands for"),
        ("a:b", "a space is missing after the colon of 'a'"),
        ("%YAML 1.2", "YAML cannot read this line: did not find expected <document start>"),
        ("%TAG !a! b\n" * 60, "a line that begins with '%' is no property"),
    ],
)
def test_an_error_is_said_in_plain_words(yaml: str, message: str) -> None:
    assert faults(yaml) == [("malformed-frontmatter", message)]


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("a: " + "[" * 100_000, f"properties are nested more than {MAX_DEPTH} levels deep"),
        ("- " * 100_000, f"properties are nested more than {MAX_DEPTH} levels deep"),
        ("a: [" + "x," * 100_000 + "]", f"properties hold more than {MAX_VALUES:,} values"),
        ("a: " + "x" * MAX_SIZE, "properties are larger than 1 MB"),
        (
            "a: &a [x,x,x,x,x,x,x,x]\n"
            + "".join(f"{k}: &{k} [{','.join([f'*{j}'] * 8)}]\n" for j, k in pairwise("abcdefghi")),
            f"properties hold more than {MAX_VALUES:,} values",
        ),
    ],
)
def test_what_is_too_deep_too_much_or_too_large_is_one_defect(yaml: str, message: str) -> None:
    assert faults(yaml) == [("malformed-frontmatter", message)]


def test_a_blank_line_with_a_tab_and_a_line_separator_are_no_errors() -> None:
    assert values("a: b\n\t\nc: d") == {"a": "b", "c": "d"}
    assert list(values("a:\n  - b\u2028c\nd: e")) == ["a", "d"]


# -- nothing can make it fail ----------------------------------------------------------------------------------------

WORDS = (
    "a: b",
    "tags: ",
    "aliases:",
    "[[N#h|x]]",
    "![[p.png]]",
    "{{date}}",
    "&a ",
    "*a",
    "!x ",
    "<<: ",
    "title: x: y",
    "key:value",
)
MARKS = (
    "\n",
    "\n  - ",
    "\n- ",
    "  ",
    "\t",
    '"',
    "'",
    "[",
    "]",
    "{",
    "}",
    ": ",
    ", ",
    "#",
    " #ai",
    "|\n",
    ">-\n",
    "? ",
    "---",
    "...",
    "%",
)
OTHERS = ("é", "😀", "\x00", "\u2028", "\ufeff", "\\x", "0o7", "1e9", "~", "2023-05-18")
PIECES = st.sampled_from([*WORDS, *MARKS, *OTHERS])
YAML = st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join)


def places(found: Frontmatter) -> list[Span]:
    spans = [held.key_span for held in found.properties] + [held.span for held in found.properties]
    spans += [item for held in found.properties for item in held.items]
    spans += [alias.span for alias in found.aliases] + [tag.span for tag in found.tags]
    spans += [link.span for link in found.links] + [link.dest for link in found.links]
    spans += [defect.span for defect in found.defects]
    return spans + [edit.span for defect in found.defects if defect.fix for edit in defect.fix.edits]


@given(YAML)
def test_any_text_is_read_with_every_place_inside_it_and_between_characters(yaml: str) -> None:
    source = f"---\n{yaml}\n---\nText.\n".encode(errors="replace")
    found = read(source)
    if found is None:
        return
    for span in places(found):
        assert 0 <= span.start <= span.end <= len(source)
        source[: span.start].decode()
        source[span.start : span.end].decode()
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Frontmatter) == found
    assert msgspec.json.decode(msgspec.json.encode(found), type=Frontmatter) == found


@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    source = b"---\n" + data + b"\n---\n"
    found = read(source)
    for span in places(found) if found else []:
        assert 0 <= span.start <= span.end <= len(source)


@given(YAML.filter(lambda yaml: "\r" not in yaml))
def test_line_breaks_of_either_kind_give_the_same_properties(yaml: str) -> None:
    source = f"---\n{yaml}\n---\n".encode(errors="replace")
    one, two = read(source), read(source.replace(b"\n", b"\r\n"))
    assert (one is None) == (two is None)
    if one is None or two is None:
        return
    assert [(held.key, held.value) for held in one.properties] == [(held.key, held.value) for held in two.properties]
    assert [tag.name for tag in one.tags] == [tag.name for tag in two.tags]
    assert [alias.name for alias in one.aliases] == [alias.name for alias in two.aliases]
    assert [(link.target, link.subpath, link.label) for link in one.links] == [
        (link.target, link.subpath, link.label) for link in two.links
    ]
    assert [(defect.fault, defect.message) for defect in one.defects] == [
        (defect.fault, defect.message) for defect in two.defects
    ]


LINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["a: ", "b:", "key two: ", "- ", "  - ", "tags: [", "c: '", 'd: "', "é: ", "e:  "]),
    st.lists(
        st.sampled_from([*"ab1é:#,-[]'\"! *", "  ", ": ", "http://x", "12:30", "[[N]]", " #", "😀"]), max_size=6
    ).map("".join),
    st.sampled_from(["", "]", "'", '"', " ", "]]"]),
)


def tree(node: Node | None) -> object:
    return node and (node.kind, node.start, node.end, node.text, node.style, [tree(child) for child in node.children])


@given(st.lists(LINES, min_size=1, max_size=4), st.sampled_from(["\n", "\r\n"]))
def test_plain_frontmatter_is_read_as_the_yaml_parser_reads_it(lines: list[str], line_break: str) -> None:
    text = "".join(line + line_break for line in lines)
    plain = simple(text)
    if plain is None or plain.root is None:
        return
    parsed = compose(text).root
    assert parsed is not None
    assert [tree(node) for node in plain.root.children] == [tree(node) for node in parsed.children]


def test_plain_frontmatter_needs_no_yaml_parser() -> None:
    text = (
        "title: A b: c\n".replace("b: c", "b:c")
        + "tags: [ai, 'm l']\r\nlist:\n  - x\n  - \"[[N]]\"\nurl: http://x/y\nnone:\n"
    )
    assert simple(text) is not None
    assert simple("a: b # comment\n") is None
    assert simple("a: '\n") is None
    assert simple("a: [b, ]\n") is None
