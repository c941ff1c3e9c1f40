r"""What is read of a note is its words, in their order, without the marks around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmvault.markdown import parse
from fmvault.model import Note, Span
from fmvault.plain import is_blank, plain, words


def _note(text: str) -> Note:
    return parse("a.md", text.encode(), keep_text=True)


def _read(text: str) -> str:
    note = _note(text)
    return plain(note, Span(note.body, note.size))


# -- by hand ----------------------------------------------------------------------------------------------------------

LINKS = [
    ("see [[Free Energy]] now", "see Free Energy now"),
    ("see [[Free Energy|it]] now", "see it now"),
    ("[[Physics#Units]] and [[#Units]]", "Physics > Units and Units"),
    ("[[Physics#Units#Mass]]", "Physics > Units > Mass"),
    ("[[Physics#^mass]]", "Physics > ^mass"),
    ("[[_private_|]] and [[_private_]]", "_private_ and _private_"),
    ("[[a|*b*]] and [[a|`b`]]", "b and b"),
    ("[[a]][[b]]", "ab"),
    ("see [it](b.md) now", "see it now"),
    ('see [it](b.md "a title") now', "see it now"),
    ("see [it](https://example.org/a_(b)) now", "see it now"),
    ("see [*it*](<b c.md>) now", "see it now"),
    ("see [a [b] c](b.md)", "see a [b] c"),
    (r"see [a\]b](b.md)", "see a]b"),
    ("see [it][there] now\n\n[there]: https://example.org 'A title'\n", "see it now"),
    ("see [it][] now\n\n[it]: <https://example.org>\n", "see it now"),
    ("see [it] now\n\n[it]: b.md\n", "see it now"),
    ("see <https://example.org/a_b> or <ada@example.org>", "see https://example.org/a_b or ada@example.org"),
    ("see https://example.org/a", "see https://example.org/a"),
    ("| a |\n|---|\n| [[b\\|c]] |", "a\nc"),
]
EMBEDS = [
    ("a ![[b]] c", "a c"),
    ("![[b.png|100]]", ""),
    ("a ![b](c.png) d", "a d"),
    ("a ![b](https://example.org/c.png) d", "a d"),
    ("a ![b][c] d\n\n[c]: d.png", "a d"),
    ("[![b](c.png)](d.md) e", "e"),
    ("[![b](https://example.org/c.png) d](https://example.org) e", "d e"),
    ("wow![^1] or not [really]!", "wow! or not [really]!"),
]
EMPHASIS = [
    ("*a* **b** ***c*** ~~d~~ ==e==", "a b c d e"),
    ("_a_ __b__ ___c___ **_d_**", "a b c d"),
    ("snake_case and a__b_c", "snake_case and a__b_c"),
    ("**a**b", "ab"),
    ("5 * 3, a == b, about ~10, = c", "5 * 3, a == b, about ~10, = c"),
    ("==two\nlines==", "two\nlines"),
    ("{==a==} (*b*)", "{a} (b)"),
    ("name: ____", "name: ____"),
]
ESCAPES = [
    (r"\*a\* \_b\_ \[c\] \# \\ \| \`d\`", "*a* _b_ [c] # \\ | `d`"),
    (r"\[[a]] and \[\[b\]\]", "[[a]] and [[b]]"),
    (r"\==a==", "==a=="),
    ("a\\\nb", "a\nb"),
    (r"C:\dir", r"C:\dir"),
    ("a &amp; b &lt; c &#169;", "a & b < c ©"),
]
BLOCKS = [
    ("# a\n\n## b", "a\nb"),
    ("a\n===\n\nb\n---\n\nc", "a\nb\nc"),
    ("- a\n* b\n+ c\n1. d\n2) e\n    - f", "a\nb\nc\nd\ne\nf"),
    ("- [ ] a\n- [x] b\n- [/] c\n- [ ]\n- d", "a\nb\nc\nd"),
    ("- - a\n-\n- b", "a\nb"),
    ("[x] a", "[x] a"),
    ("- # a", "a"),
    ("> a\n> > b\n> - c", "a\nb\nc"),
    ("- > a\n  > b\n1. >> c\n- > - d\n- > # e\n- \\> f", "a\nb\nc\nd\ne\n> f"),
    ("> [!note] a\n> b", "a\nb"),
    ("> [!faq]- a\n> [!tip|x]+ b", "a\nb"),
    ("> [!note]\n> b", "b"),
    ("a\n\n---\n\n***\n\n* * *\n\n___\n\nb", "a\nb"),
    ("|a|b|\n|:-|-:|\n|c|d|", "a b\nc d"),
    ("a | b\n--|--\nc | d", "a b\nc d"),
    ("| a | b |\n|---|---|\n| [[c\\|d]] `e\\|f` | $\\|x\\|$ g\\|h |", "a b\nd e|f |x| g|h"),
    ("a | b\n--|--\n`c\\|d` | e", "a b\nc|d e"),
    ("> | a |\n> |---|\n> | `b\\|c` |", "a\nb|c"),
    ("$\\|x\\|$ and `a\\|b`", r"\|x\| and a\|b"),
    ("a ^id\n\n- b ^id-2\n\n^id-3\n\nc ^ d", "a\nb\nc ^ d"),
    ("a[^1] b[^note]\n\n[^1]: c", "a b\nc"),
    ("a^[b *c*] d", "a b c d"),
    ("---\ntags: [x]\n---\na", "a"),
    ("\ufeffa", "a"),
    ("a  \r\n- b\r\n", "a\nb"),
]
OPAQUE = [
    ("`a*b*` `[[c]]` `d_e_f` ``g`h``", "a*b* [[c]] d_e_f g`h"),
    ("`- a`", "- a"),
    ("$a_1^2$ and $$b \\\\ [c]$$", "a_1^2 and b \\\\ [c]"),
    ("a $5 and $6", "a $5 and $6"),
    ("a\n```py\nb\n```\nc", "a\nc"),
    ("a\n\n    b\n\nc", "a\nc"),
    ("H<sub>2</sub>O, <b>bold</b> <br>a<br/>b", "H2O, bold a b"),
    ("<details><summary>a</summary>\n\nb\n\n</details>", "a\nb"),
    ("<style>\nb { c: d }\n</style>\n\na", "a"),
    ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
    ("a %%b%% c", "a c"),
    ("a\n\n%%\nb\n\n- c\n%%\n\nd", "a\nd"),
    ("a <!-- b\nc --> d", "a d"),
    ("<!--\nb\n\nc\n-->\n\nd", "d"),
    ("a %%b\n\nc", "a"),
    ("100%% sure", "100%% sure"),
]


@pytest.mark.parametrize(("text", "expected"), [*LINKS, *EMBEDS, *EMPHASIS, *ESCAPES, *BLOCKS, *OPAQUE])
def test_what_is_read_of_a_text(text: str, expected: str) -> None:
    lines = [" ".join(line.split()) for line in _read(text).splitlines()]
    assert "\n".join(filter(None, lines)) == expected


def test_a_stretch_is_read_alone() -> None:
    note = _note("# a\n\nb [[c]] %%d%% ![[e]] `f`\n\n## g\n")
    assert plain(note, note.headings[0].span) == "a"
    assert plain(note, Span(note.headings[0].span.end, note.headings[1].span.start)) == "b c   f"
    assert plain(note, note.links[0].span) == "c"
    assert plain(note, Span(note.size, note.size)) == ""


def test_what_lies_in_a_comment_is_not_read() -> None:
    note = _note("%%\na\n\n- b `c`\n- d\n\ne %% f\n\n- g")
    assert note.text is not None
    passages = note.text.passages
    assert [plain(note, passage.span) for passage in passages] == ["", "", "", "f", "g"]
    assert [is_blank(note, passage.span) for passage in passages] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one", 1),
        ("one two\n\nthree", 3),
        ("don't, well-known (two)", 3),
        ("a - b – c — d → e & f / g = h", 8),
        ("3.5 % of 1,000", 4),
        ("猫", 1),
        ("机器学习", 2),
        # Ten characters of two clauses.
        ("机器学习，深度学习模型。", 5),
        # Two words, and six characters.
        ("用 Python 和 PyTorch 训练模型", 5),
        # Seven kana and Han.
        ("これは本です。だ", 4),
        ("نموذج لغوي كبير", 3),
        ("большая языковая модель", 3),
        ("대규모 언어 모델", 3),
    ],
)
def test_how_many_words_a_text_has(text: str, count: int) -> None:
    assert words(text) == count


BLANK = ["", " \n", "-", "- \n-\n", "1.", "- [ ]", "- [ ] \n- [ ]", ">", "> -", "%%a%%", "- %%a%%", "<!-- a\n\nb -->"]
BLANK += ["- >", "%%a%% <!-- b -->", "> %%a%%", "> [!note]", "^id", "#", "%%\n\n- a\n%%"]
SAYING = ["a", "- a", "1. 2", "![[a]]", "![a](b.png)", "```\n```", "| |\n|-|", "$x$", "%%a%% b", "<b>", "?", "42", "—"]
SAYING += ["#tag", "- [ ] a", "> [!note] a", "é", "猫", "[[a]]", "[^1]"]


@pytest.mark.parametrize("text", BLANK)
def test_marks_and_comments_alone_are_blank(text: str) -> None:
    note = _note(text)
    assert is_blank(note, Span(0, note.size))


@pytest.mark.parametrize("text", SAYING)
def test_a_word_a_sign_or_a_picture_is_not_blank(text: str) -> None:
    note = _note(text)
    assert not is_blank(note, Span(0, note.size))


# -- by the thousand --------------------------------------------------------------------------------------------------

MARKS = [*"*_~=`$[]()!#>|^\\%<>-+1.&:;{} \t\n\r", "%%", "[[", "]]", "<!--", "-->", "```", "==", "a", "é", "猫"]


@given(st.lists(st.sampled_from(MARKS), max_size=60).map("".join), st.integers(0, 60), st.integers(0, 60))
def test_nothing_that_is_written_cannot_be_read(text: str, one: int, other: int) -> None:
    note = _note(text)
    start, end = sorted((min(one, note.size), min(other, note.size)))
    for span in (Span(0, note.size), Span(note.body, note.size), Span(start, end)):
        assert words(plain(note, span)) >= 0
        is_blank(note, span)


@given(st.binary(max_size=80))
def test_bytes_that_are_no_text_can_be_read(source: bytes) -> None:
    note = parse("a.md", source, keep_text=True)
    assert note.text is not None
    plain(note, Span(0, len(note.text.source)))


WORD = st.from_regex(r"[a-zé]{2,6}", fullmatch=True)
# What stands around a word within a line, and is not read.
INLINE = ["{}", "*{}*", "**{}**", "_{}_", "__{}__", "***{}***", "~~{}~~", "=={}==", "`{}`", "${}$", "<b>{}</b>"]
INLINE += ["[[{}]]", "[[x y|{}]]", "[{}](x.md)", "[{}](https://example.org/x_y)", "**[[{}]]**", "=={}==[^1]"]
INLINE += ["{} %%x _y_%%", "{} <!-- x -->", "{} ![[x]]", "{} ![x](y.png)", "![x](https://example.org/y.png) {}"]
# What stands around a line.
BLOCK = ["{}", "# {}", "### {}", "- {}", "* {}", "1. {}", "- [ ] {}", "- [x] {}", "> {}", "> - {}", "> [!note] {}"]
BLOCK += ["> [!note]\n> {}", "{}\n===", "{}\n---", "| {} |\n|---|", "{} ^block", "- {} ^block", "[^1]: {}"]
BLOCK += ["%%\nx\n%%\n\n{}", "```\nx\n```\n\n{}", "{}\n\n---", "{}\n\n[x]: https://example.org"]
LINE = st.lists(st.tuples(st.sampled_from(INLINE), WORD), min_size=1, max_size=4)


@given(st.lists(st.tuples(st.sampled_from(BLOCK), LINE), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_words_are_read_in_order_and_marks_are_not(blocks: list[tuple[str, list[tuple[str, str]]]], ends: str) -> None:
    lines = [block.format(" ".join(mark.format(word) for mark, word in line)) for block, line in blocks]
    text = "\n\n".join(lines).replace("\n", ends)
    assert _read(text).split() == [word for _, line in blocks for _, word in line]


@given(st.lists(st.lists(WORD, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=4).map("\n\n".join))
def test_text_without_marks_is_read_as_it_is(text: str) -> None:
    assert _read(text) == text
    assert words(text) == len(text.split())
