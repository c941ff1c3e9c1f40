"""Formulas: what is shown, and what is not, of LaTeX that MathJax's users write; the trees are on ``tests/pages``."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from fmvault_site import theme
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fmvault.publish.markup.math import Formulas
from tests.browser import LOADED, started


def formula(latex: str, block: bool = True) -> str:
    made = Formulas().get(latex, block)
    assert made is not None, latex
    return made


def words(latex: str) -> str:
    """The characters that are shown, without spaces, letters of all alphabets as plain ones."""
    text = "".join(fromstring(formula(latex)).itertext())
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\begin{alignat}{2} a &= b & c &= d \end{alignat}", "a=bc=d"),
        (r"\begin{eqnarray} a &=& b \end{eqnarray}", "a=b"),
        (r"\begin{equation}\begin{split} a &= b \end{split}\end{equation}", "a=b"),
        (r"\begin{dcases} a & b \end{dcases} \begin{rcases} c \end{rcases}", "{abc}"),
        (r"\begin{Vmatrix} a \end{Vmatrix} \begin{bmatrix*}[r] b \end{bmatrix*}", "‖a‖[b]"),
        (r"\bigl(\begin{smallmatrix} a & b \end{smallmatrix}\bigr)", "(ab)"),
        (r"\sum_{\substack{i \\ j}} \begin{subarray}{l} a \\ b \end{subarray}", "∑ijab"),
        (r"\left\{ x \middle| y \right. \left\langle z \right\rangle \left< w \right>", "{x|y⟨z⟩⟨w⟩"),
        (r"\Big|_a^b \biggl\lfloor x \biggr\rfloor", "|ab⌊x⌋"),
        (r"\operatorname*{arg\,max}_x \operatorname{tr} A", "argmaxxtrA"),
        (r"\overbrace{a+b}^{n} \underbrace{c}_{\text{m}}", "a+b⏞nc⏟m"),
        (r"a \xrightarrow[c]{b} d \stackrel{?}{=} e \overset{f}{g} \underset{h}{i}", "a→cbd=?egfih"),
        (r"\binom nk {n \choose k} {a \over b} \tfrac 12 \cfrac{1}{2}", "(nk)(nk)ab1212"),
        (r"\sqrt[3]{x} \sqrt 2", "x32"),
        (r"f' f'' x'^2 {}^{14}C", "f′f′′x′214C"),
        (r"\color{red} x \textcolor{#00f}{y} \colorbox{yellow}{z}", "xyz"),
        (r"a \bmod b \pmod{c} \mod d \pod{e}", "amodb(modc)modd(e)"),
        (r"\not= \not\subset \notin \not\equiv", "≠⊄∉≢"),
        (r"\{ x \mid y \} \| z \| \lvert w \rvert", "{x∣y}‖z‖|w|"),
        (r"x % a comment", "x"),
        (r"a\,b\;c\quad d~e\ f\!g\hspace{2em}h\kern3pt i", "abcdefghi"),
        (r"\require{cancel} \bcancel{x} \phantom{y} \mathrel{R} \mathop{S}_1", "xyRS1"),
        ("α ≤ é 速度 → ∞", "α≤é速度→∞"),
        (r"{\bf x} {\rm y} {\cal L} \displaystyle z \large w", "xyLzw"),
        (r"\bra a \ket b \braket{c|d} \TeX \% \# \& \_ \$", "⟨a||b⟩⟨c|d⟩TeX%#&_$"),
        (r"\begin{cases} \begin{aligned} a &= b \\ c &= d \end{aligned} & e \end{cases}", "{a=bc=de"),
        (r"\textbf{a {b}} \mbox{c} \textit{d $e_1$}", "abcde1"),
    ],
)
def test_all_that_is_written_is_shown(latex: str, shown: str) -> None:
    assert words(latex) == unicodedata.normalize("NFKC", shown)


@pytest.mark.parametrize(
    "latex",
    [
        *(r"\ce{H2O}", r"\foo{x}", r"\newcommand{\R}{x} \R", r"\def\x{1} \x", r"\DeclareMathOperator{\foo}{foo} \foo"),
        *(r"\href{javascript:alert(1)}{x}", r"\style{color:red}{x}", r"\class{a}{x}", r"\cssId{a}{x}", r"\eqref{a}"),
        *(r"\verb|x|", r"\unicode{x41}", r"\hspace{-1em}", r"\color{url(x)} y", r"\color[rgb]{1,0,0} y", r"\zzaaaa"),
        *(r"\begin{foo} x \end{foo}", r"\begin{align} a", r"\begin{align} a \end{gather}", r"\end{align}", "a & b"),
        *(r"\begin{array}{p{2cm}} a \end{array}", r"\begin{array}{c} a & b \end{array}", r"\hline a", r"\cline{1-2}"),
        *(
            "{ x",
            "x }",
            r"\left( x",
            r"\right)",
            r"\middle|",
            r"\left x y \right)",
            r"\frac{a}",
            "x^",
            "x_a_b",
            "x^a^b",
        ),
        *(r"\sqrt[3", r"\text{a $b}", r"\text{\foo}", r"\operatorname{\foo}", r"x \limits_2", "#1", "$", "\\"),
        *(r"{\displaystyle a \over b}", r"\sum_i'"),
        *(r"a \over b \over c", r"\not p", r"\bigl x", r"\mathbb", r"\multicolumn{2}{c}{x}", r"\intertext{x}"),
        *(
            r"\cancelto{0}{x}",
            r"\enclose{box}{x}",
            r"\llap{x}",
            r"\raise 2pt x",
            r"\rule{1em}{1em}",
            r"\mathchoice abcd",
        ),
    ],
)
def test_what_would_come_out_wrong_is_not_shown(latex: str) -> None:
    assert Formulas().get(latex, True) is None
    assert Formulas().get(latex, False) is None


def test_a_colour_and_a_class_are_all_that_a_formula_says_of_its_looks() -> None:
    assert formula(r"\textcolor{red}{x}", False) == (
        '<math display="inline"><mrow><mstyle mathcolor="red"><mi>x</mi></mstyle></mrow></math>'
    )


def test_a_note_without_a_formula_loads_nothing_for_it() -> None:
    code = "import sys; from fmvault.publish.markup import Renderer; assert 'latex2mathml' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


HOSTILE = [
    *(r"\kern1pt " * 330, "{" * 3000, "x'" * 1500, "^" * 3000, r"\frac" * 600, r"\hat" * 700 + "x", "a\\over " * 400),
    *("\\begin{matrix}" * 200, "\\begin{matrix}" + "&" * 2900 + "\\end{matrix}", "&" * 3000, "\\" * 3000, "%" * 3000),
    *("\\text{$" * 400, "\\text{$x$}" * 250, "\\sqrt[" * 400, "\\color{red}" * 250, "\\boxed" * 400 + "x", "1 " * 1500),
]


@pytest.mark.parametrize("latex", HOSTILE, ids=lambda latex: latex[:16])
def test_a_hostile_formula_takes_no_time(latex: str) -> None:
    begun = time.process_time()
    Formulas().get(latex, True)
    assert time.process_time() - begun < 2


PIECES = str.split(
    r"a 1 + - ( ) { } [ ] ^ _ ' & \\ \begin{align} \end{align} \begin{cases} \end{cases} \begin{array}{c|c} \end{array}"
    r" \hline \left( \right) \middle| \frac \sqrt \text{ $ \mathbf \hat \sum \limits \color{red} \over \boxed \tag{"
    r" \not = \kern 2pt \big | \operatorname{ % # ~ \, \label{a} \sin \in < > \" é \zz \mathop \displaystyle"
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join))
@example(r"\tag{1} \begin{align} a \tag{2} \end{align}")
def test_any_formula_is_whole_or_none(latex: str) -> None:
    made = Formulas().get(latex, True)
    if made is None:
        return
    counts = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "mroot": 2, "msubsup": 3, "munderover": 3}
    for element in fromstring(made).iter():
        assert len(element) == counts.get(element.tag, len(element)), made
        assert not (element.text and len(element)), made
        assert element.tag not in ("mi", "mo", "mn", "mtext") or not len(element), made
        assert "\\" not in (element.text or ""), made
        assert "&" not in (element.text or "") or r"\text" in latex, made


_PLACES = """
(name => Array.from(document.querySelectorAll('#' + name + ' mtd')).map(cell => {
  const box = cell.getBoundingClientRect(), inner = cell.firstElementChild.getBoundingClientRect();
  return [Math.round(inner.left - box.left), Math.round(box.right - inner.right)];
}))
"""


def test_columns_stand_where_they_should_in_a_browser(tmp_path: Path) -> None:
    made = {
        "right": formula(r"\begin{align} i &= 1 \\ iiiiiiiiiiii &= 2 \end{align}"),
        "left": formula(r"\begin{cases} i \\ iiiiiiiiiiii \end{cases}"),
        "middle": formula(r"\begin{gather} i \\ iiiiiiiiiiii \end{gather}"),
    }
    style = theme().assets["page.css"].decode()
    body = "".join(f'<div class="math" id="{name}">{each}</div>' for name, each in made.items())
    file = tmp_path / "a.html"
    file.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{body}", "utf-8")
    with started(tmp_path / "profile") as browser:
        browser.open(file.as_uri(), until=LOADED)
        (before, after), *_ = browser.ask(f"{_PLACES}('right')")
        assert before > 20 > 2 > after
        (before, after), *_ = browser.ask(f"{_PLACES}('left')")
        assert before < 2 < 20 < after
        (before, after), *_ = browser.ask(f"{_PLACES}('middle')")
        assert before > 20
        assert abs(before - after) <= 1
