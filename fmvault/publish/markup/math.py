"""Formulas as MathML, which browsers draw without a script.

A formula is shown as MathJax shows it, or not at all: what is not known to come out right is read by nobody here, and
its source is shown instead. The structure (environments, rows and columns, boxes, text, spaces) is read here, and
``latex2mathml`` makes the tree of what is left: letters, signs, scripts, accents and alphabets. What is written of the
tree is only what MathML Core has and what cannot lead anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING

from fmvault.publish.markup.text import escaped, quoted, valid

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# Longer formulas, and those nested deeper, are shown as they are written.
_LONGEST, _DEEPEST, _LARGEST = 3_000, 40, 20_000
_OPENS = re.compile(r"\\\\|\\[{}]|(\{|\\begin\b|\\left\b)|(\}|\\end\b|\\right\b)|[\^_]|\\(?:sqrt|frac|text|math)\w*")
# What stands for \mathrm{d}, a letter that browsers would slant: all others are written as they are.
_UPRIGHT = re.compile(r"&#x000(?:4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]);", re.IGNORECASE)
_ELEMENTS = frozenset(
    str.split(
        "math mrow mi mn mo mtext mspace msub msup msubsup munder mover munderover mfrac msqrt mroot mstyle mpadded"
        " mphantom mtable mtr mtd"
    )
)
_ATTRIBUTES = frozenset(
    str.split(
        "display class mathvariant stretchy fence form lspace rspace minsize maxsize width height depth linethickness"
        " accent accentunder movablelimits largeop symmetric separator displaystyle scriptlevel mathcolor"
        " mathbackground mathsize"
    )
)

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|%[^\n]*\n?|\s+|[0-9]+(?:\.[0-9]+)?|.", re.DOTALL)
_NAMED = re.compile(r"\\[A-Za-z]+")
# ``latex2mathml`` takes a number before one of these for a length.
_UNIT = re.compile(r"(?<=[0-9])(?=\s*(?:in|mm|cm|pt|em|ex|pc|bp|dd|cc|sp|mu))")
_LENGTH = re.compile(r"\s*(-?)\s*([0-9]*\.?[0-9]+)\s*(em|ex|pt|px|mm|cm|in|pc|mu)\s*")
_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{3}){1,2}|[A-Za-z]+")
_COLUMNS = re.compile(r"(?:[lcr|\s]|@\{\s*\})+")
_WORD = re.compile(r"[A-Za-z0-9 .'-]+")

# The signs of MathJax whose names those of Unicode's table are, and those that it draws as another sign than that.
_SIGNS = frozenset(
    str.split(
        """
And Bbbk Box Bumpeq Cap Cup Delta Diamond Doteq Downarrow Finv Game Gamma Im Join Lambda Leftarrow
        Leftrightarrow Lleftarrow Longleftarrow Longleftrightarrow Longrightarrow Lsh Omega Phi Pi Psi Re Rightarrow
        Rrightarrow Rsh S Sigma Subset Supset Theta Uparrow Updownarrow Upsilon Vdash Vert Vvdash Xi aleph alpha amalg
        angle approx approxeq ast asymp backepsilon backprime backsim backsimeq backslash barwedge because beta beth
        between bigcap bigcirc bigcup bigodot bigoplus bigotimes bigsqcup bigstar bigtriangledown bigtriangleup
        biguplus bigvee bigwedge blacklozenge blacksquare blacktriangle blacktriangledown blacktriangleleft
        blacktriangleright bot bowtie boxdot boxminus boxplus boxtimes bullet bumpeq cap cdot cdotp cdots centerdot
        checkmark chi circ circeq circlearrowleft circlearrowright circledR circledS circledast circledcirc
        circleddash clubsuit complement cong coprod cup curlyeqprec curlyeqsucc curlyvee curlywedge curvearrowleft
        curvearrowright dagger daleth dashleftarrow dashrightarrow dashv ddagger ddots delta diagdown diagup diamond
        diamondsuit digamma div divideontimes doteq doteqdot dotplus dots dotsb dotsc dotsi dotsm dotso doublebarwedge
        downarrow downdownarrows downharpoonleft downharpoonright ell emptyset epsilon eqcirc eqsim eqslantgtr
        eqslantless equiv eta eth exists fallingdotseq flat forall frown gamma ge geq geqq geqslant gets gg ggg gggtr
        gimel gnapprox gneq gneqq gnsim gt gtrapprox gtrdot gtreqless gtreqqless gtrless gtrsim gvertneqq hbar
        heartsuit hookleftarrow hookrightarrow hslash iff iiiint iiint iint imath impliedby implies in infty int
        intercal iota jmath kappa lVert lambda land langle lbrace lbrack lceil ldotp ldots le leadsto leftarrow
        leftarrowtail leftharpoondown leftharpoonup leftleftarrows leftrightarrow leftrightarrows leftrightharpoons
        leftrightsquigarrow leftthreetimes leq leqq leqslant lessapprox lessdot lesseqgtr lesseqqgtr lessgtr lesssim
        lfloor lgroup lhd ll llcorner lll llless lmoustache lnapprox lneq lneqq lnot lnsim longleftarrow
        longleftrightarrow longmapsto longrightarrow looparrowleft looparrowright lor lozenge lrcorner lt ltimes lvert
        lvertneqq maltese mapsto measuredangle mho mid models mp mu multimap nLeftarrow nLeftrightarrow nRightarrow
        nVDash nVdash nabla natural ncong ne nearrow neg neq nexists ngeq ngeqq ngtr ni nleftarrow nleftrightarrow
        nleq nless nmid notin nparallel nprec npreceq nrightarrow nshortmid nshortparallel nsim nsubseteq nsubseteqq
        nsucc nsucceq nsupseteq ntriangleleft ntrianglelefteq ntriangleright ntrianglerighteq nu nvDash nvdash nwarrow
        odot oint omega omicron ominus oplus oslash otimes owns parallel partial perp phi pi pitchfork pm prec
        precapprox preccurlyeq preceq precnapprox precneqq precnsim precsim prime prod propto psi rVert rangle rbrace
        rbrack rceil restriction rfloor rgroup rhd rho rightarrow rightarrowtail rightharpoondown rightharpoonup
        rightleftarrows rightleftharpoons rightrightarrows rightsquigarrow rightthreetimes risingdotseq rmoustache
        rtimes rvert searrow setminus sharp shortmid sigma sim simeq smallfrown smallint smallsetminus smallsmile
        smile spadesuit sphericalangle sqcap sqcup sqsubset sqsubseteq sqsupset sqsupseteq square star subset subseteq
        subseteqq subsetneq subsetneqq succ succapprox succcurlyeq succeq succnapprox succneqq succnsim succsim sum
        supset supseteq supseteqq supsetneq supsetneqq surd swarrow tau therefore theta thickapprox thicksim times to
        top triangle triangledown triangleleft trianglelefteq triangleq triangleright trianglerighteq twoheadleftarrow
        twoheadrightarrow ulcorner unlhd unrhd uparrow updownarrow upharpoonleft upharpoonright uplus upsilon
        upuparrows urcorner vDash varDelta varGamma varLambda varOmega varPhi varPi varPsi varSigma varTheta
        varUpsilon varXi varepsilon varkappa varnothing varphi varpi varpropto varrho varsigma varsubsetneq
        varsubsetneqq varsupsetneq varsupsetneqq vartheta vartriangle vartriangleleft vartriangleright vdash vdots vee
        veebar vert wedge wp wr xi yen zeta
        """
    )
)
_REDRAWN = dict(
    str.split(pair, "=")
    for pair in str.split(
        "Bbbk=k Diamond=◊ Join=⋈ ast=∗ backepsilon=∍ backslash=∖ blacksquare=◼ blacktriangleleft=◂ blacktriangleright=▸"
        " bullet=∙ cdot=⋅ cdotp=⋅ centerdot=⋅ doublebarwedge=⩞ leadsto=⇝ lhd=⊲ models=⊨ perp=⊥ rhd=⊳ setminus=∖ sim=∼"
        " triangledown=▽ triangleleft=◃ triangleright=▹ degree=° coloneqq=≔ |=‖"
    )
)
# Signs that are no operators though Unicode has them among those, and operators that it has elsewhere.
_LETTERS = frozenset("∞∂∇∅∀∃∄∁⊤⊥∠∡∢∴∵℧♯♭♮□◊△▽■◼▲▼⧫★✓✠°…⋯⋮⋱")
_OPERATORS = frozenset(":;!?/")
_NARY = frozenset(
    str.split("bigcap bigcup bigodot bigoplus bigotimes bigsqcup biguplus bigvee bigwedge coprod prod sum")
)
_INTEGRALS = frozenset(str.split("int iint iiint iiiint oint smallint"))
_FUNCTIONS = frozenset(
    str.split("arccos arcsin arctan arg cos cosh cot coth csc deg dim exp hom ker lg ln log sec sin sinh tan tanh")
)
_LIMITS = {
    **{name: name for name in str.split("det gcd inf lim max min sup Pr")},
    "liminf": "lim inf",
    "limsup": "lim sup",
    "injlim": "inj lim",
    "projlim": "proj lim",
}
_SPACES = {
    "\\,": 3,
    "\\:": 4,
    "\\>": 4,
    "\\;": 5,
    "\\!": -3,
    "\\quad": 18,
    "\\qquad": 36,
    "\\enspace": 9,
    "\\thinspace": 3,
    "\\medspace": 4,
    "\\thickspace": 5,
    "\\negthinspace": -3,
    "\\negmedspace": -4,
    "\\negthickspace": -5,
}
_EMS = {"em": 1.0, "ex": 0.43, "pt": 0.1, "px": 0.0625, "mm": 0.2845, "cm": 2.845, "in": 7.227, "pc": 1.2, "mu": 1 / 18}
_NOTHING = frozenset(
    "\\" + name for name in str.split("notag nonumber relax allowbreak nobreak strut mathstrut displaylimits")
)
_SWITCHES: dict[str, dict[str, str]] = {
    "\\displaystyle": {"displaystyle": "true", "scriptlevel": "0"},
    "\\textstyle": {"displaystyle": "false", "scriptlevel": "0"},
    "\\scriptstyle": {"displaystyle": "false", "scriptlevel": "1"},
    "\\scriptscriptstyle": {"displaystyle": "false", "scriptlevel": "2"},
    **{
        f"\\{name}": {"mathsize": f"{size}em"}
        for name, size in zip(
            str.split("tiny Tiny scriptsize small normalsize large Large LARGE huge Huge"),
            str.split("0.5 0.6 0.7 0.85 1 1.2 1.44 1.73 2.07 2.49"),
            strict=True,
        )
    },
}
_OLD_ALPHABETS = {"\\rm": "\\mathrm", "\\bf": "\\mathbf", "\\it": "\\mathit", "\\sf": "\\mathsf", "\\tt": "\\mathtt"}
_OLD_ALPHABETS |= {"\\cal": "\\mathcal", "\\frak": "\\mathfrak"}
_ALPHABETS = frozenset(
    "\\" + name
    for name in str.split("mathbb mathbf mathcal mathfrak mathit mathrm mathscr mathsf mathtt boldsymbol bm Bbb pmb")
)
_ACCENTS = frozenset(
    "\\" + name
    for name in str.split(
        "acute bar breve check dot ddot dddot ddddot grave hat mathring overbrace overleftarrow overleftrightarrow"
        " overparen overrightarrow tilde underbrace underleftarrow underleftrightarrow underparen underrightarrow vec"
        " widehat widetilde"
    )
)
_STACKED = frozenset(("\\overset", "\\underset", "\\stackrel"))
_TEXTS = {
    **{"\\" + name: "" for name in str.split("text textrm textnormal textup mbox hbox")},
    "\\textbf": "bold",
    "\\textit": "italic",
    "\\emph": "italic",
    "\\textsf": "sans",
    "\\texttt": "mono",
}
_BOXES = {"\\boxed": "boxed", "\\cancel": "cancelled up", "\\bcancel": "cancelled down", "\\xcancel": "cancelled cross"}
_BOXES |= {"\\overline": "overlined", "\\underline": "underlined", "\\mathord": "", "\\mathinner": ""}
_BOXES |= {"\\mathopen": "", "\\mathclose": ""}
_SPACED = {"\\mathrel": (5, 5), "\\mathbin": (4, 4), "\\mathpunct": (0, 3)}
_ARROWS = {
    "\\xrightarrow": "→",
    "\\xleftarrow": "←",
    "\\xRightarrow": "⇒",
    "\\xLeftarrow": "⇐",
    "\\xleftrightarrow": "↔",
    "\\xLeftrightarrow": "⇔",
    "\\xmapsto": "↦",
    "\\xhookrightarrow": "↪",
    "\\xhookleftarrow": "↩",
    "\\xrightleftharpoons": "⇌",
}
_DELIMITERS = {
    **{mark: mark for mark in "()[]|/."},
    "<": "⟨",
    ">": "⟩",
    "\\{": "{",
    "\\}": "}",
    "\\|": "‖",
    "\\backslash": "∖",
    "\\lbrace": "{",
    "\\rbrace": "}",
    "\\lbrack": "[",
    "\\rbrack": "]",
    "\\langle": "⟨",
    "\\rangle": "⟩",
    "\\lceil": "⌈",
    "\\rceil": "⌉",
    "\\lfloor": "⌊",
    "\\rfloor": "⌋",
    "\\lgroup": "⟮",
    "\\rgroup": "⟯",
    "\\vert": "|",
    "\\lvert": "|",
    "\\rvert": "|",
    "\\Vert": "‖",
    "\\lVert": "‖",
    "\\rVert": "‖",
    "\\uparrow": "↑",
    "\\downarrow": "↓",
    "\\updownarrow": "↕",
    "\\Uparrow": "⇑",
    "\\Downarrow": "⇓",
    "\\Updownarrow": "⇕",
    "\\ulcorner": "⌜",
    "\\urcorner": "⌝",
    "\\llcorner": "⌞",
    "\\lrcorner": "⌟",
    "\\lmoustache": "⎰",
    "\\rmoustache": "⎱",
}
_BIG = {"\\big": "1.2em", "\\Big": "1.623em", "\\bigg": "2.047em", "\\Bigg": "2.47em"}
_OVER = {"\\over": "", "\\atop": "0", "\\choose": "0()", "\\brace": "0{}", "\\brack": "0[]"}
_FENCED = {"matrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "Bmatrix": ("{", "}")}
_FENCED |= {"vmatrix": ("|", "|"), "Vmatrix": ("‖", "‖"), "smallmatrix": ("", "")}
_FENCED |= {"cases": ("{", ""), "dcases": ("{", ""), "rcases": ("", "}"), "drcases": ("", "}")}
_ALIGNED = frozenset(str.split("align aligned alignat alignedat flalign split xalignat xxalignat eqnarray"))
_LINES = frozenset(str.split("gather gathered multline"))
_ROW_ENDS = frozenset(("\\\\", "\\cr"))


class Formulas:
    """Formulas made so far, by their source."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, bool], str | None] = {}

    def get(self, latex: str, block: bool) -> str | None:
        """The formula as a ``math`` element; None if it cannot be shown as MathJax would."""
        key = (latex, block)
        if key not in self._made:
            if len(self._made) > 20_000:
                self._made.clear()
            self._made[key] = _made(latex.strip(), block)
        return self._made[key]


def _made(latex: str, block: bool) -> str | None:
    if not latex or len(latex) > _LONGEST or _depth(latex) > _DEEPEST:
        return None
    try:
        pieces = list(islice(_written(_Reader(latex, block).formula()), _LARGEST + 1))
    # ``latex2mathml`` has errors of its own for some mistakes, and Python's for others: IndexError, StopIteration.
    except Exception:
        return None
    return valid("".join(pieces)) if len(pieces) <= _LARGEST else None


def _depth(latex: str) -> int:
    """No less than how deep the groups nest; scripts and roots of scripts and roots count too."""
    depth = deepest = chained = 0
    for token in _OPENS.finditer(latex):
        if token[1]:
            depth += 1
            chained += 1
        elif token[2]:
            depth -= 1
            chained = max(depth, 0)
        elif len(token[0]) > 2 or token[0] in "^_":
            chained += 1
            if latex[token.end() : token.end() + 1] not in ("\\", "^", "_", "{"):
                chained = max(depth, 0)
        deepest = max(deepest, depth, chained)
    return deepest


class _Unreadable(Exception):
    """The formula has something that is not known to come out right."""


def _element(tag: str, *children: Element, text: str = "", **attributes: str) -> Element:
    """An element; ``op`` says where the scripts of an operator stand, and what goes on in a row, and is not written."""
    from xml.etree.ElementTree import Element

    element = Element(tag, attributes)
    element.text = text or None
    element.extend(children)
    return element


def _space(eighteenths: float) -> Element:
    """A space as wide as so many eighteenths of an em; one that is less than nothing draws what follows nearer."""
    if eighteenths < 0:
        return _element("mspace", **{"class": f"nearer{-eighteenths:.0f}"})
    return _element("mspace", width=f"{eighteenths / 18:.4g}em")


def _fenced(opening: str, inner: Element, closing: str) -> Element:
    row = _element("mrow", inner)
    if opening:
        row.insert(0, _element("mo", text=opening, fence="true", stretchy="true", form="prefix"))
    if closing:
        row.append(_element("mo", text=closing, fence="true", stretchy="true", form="postfix"))
    return row


class _Reader:
    """Reads a formula from left to right.

    What is read comes as LaTeX for ``latex2mathml``, in which every argument has its braces. An element that is made
    here is kept in ``_own`` under a name, which stands for it there as if it were a sign.
    """

    def __init__(self, latex: str, block: bool) -> None:
        self._tokens = _TOKEN.findall(latex)
        self._at = 0
        self._block = block
        self._own: dict[str, Element] = {}
        self._tag: Element | None = None

    def formula(self) -> Element:
        rows = self._rows("", "lines")
        body = rows[0][0][0] if len(rows) == 1 and len(rows[0]) == 1 else self._table(rows, "lines")
        if body.tag != "mrow":
            body = _element("mrow", body)
        _mend(body)
        return _element("math", body, display="block" if self._block else "inline")

    # -- tokens --------------------------------------------------------------------------------------------------------

    def _peek(self) -> str:
        """The next token that is neither space nor a comment; nothing at the end."""
        while self._at < len(self._tokens) and (self._tokens[self._at].isspace() or self._tokens[self._at][0] == "%"):
            self._at += 1
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise _Unreadable
        self._at += 1
        return token

    def _take(self, *wanted: str) -> bool:
        """Whether the next token is one of those, which is then read."""
        if self._peek() in wanted:
            self._at += 1
            return True
        return False

    def _raw(self, closing: str = "}") -> str:
        """The source up to a mark, within which braces are in pairs; both are read."""
        start, depth = self._at, 0
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token == closing and not depth:
                return "".join(self._tokens[start : self._at - 1])
            depth += (token == "{") - (token == "}")
        raise _Unreadable

    def _braced(self) -> str:
        """The source between braces."""
        if not self._take("{"):
            raise _Unreadable
        return self._raw()

    def _name(self) -> str:
        """The name of an environment, with its braces."""
        return self._braced().strip()

    # -- what is read --------------------------------------------------------------------------------------------------

    def _kept(self, element: Element) -> str:
        """The name under which an element is kept."""
        number, letters = len(self._own), ""
        for _ in range(4):
            number, digit = divmod(number, 26)
            letters += chr(97 + digit)
        self._own[f"\\zz{letters}"] = element
        return f"\\zz{letters} "

    def _row(self, latex: str) -> Element:
        """The tree of what was read."""
        if not latex.strip():
            return _element("mrow")
        from latex2mathml.converter import Converter

        row = Converter().convert_to_element(_UNIT.sub("{}", latex))[0]
        for parent in row.iter():
            for index, child in enumerate(parent):
                made = self._own.get(child.text or "") if child.tag == "mi" else None
                if made is not None:
                    if "mathvariant" in child.attrib and made.tag in ("mi", "mo", "mn"):
                        made.set("mathvariant", child.attrib["mathvariant"])
                    parent[index] = made
        return row[0] if len(row) == 1 and row[0].tag == "mrow" else row

    def _until(self, ends: tuple[str, ...]) -> str:
        """All before one of some tokens, which is not read; an empty one is the end of the formula."""
        pieces: list[str] = []
        while (token := self._peek()) not in ends:
            if not token:
                raise _Unreadable
            self._at += 1
            if token in _OVER:
                lower = self._until((*ends, *_OVER))
                if self._peek() not in ends:
                    raise _Unreadable
                pieces = [self._fraction("".join(pieces), lower, _OVER[token])]
            elif token in _SWITCHES:
                pieces.append(self._kept(_element("mstyle", self._row(self._rest(ends)), **_SWITCHES[token])))
            elif token in _OLD_ALPHABETS:
                pieces.append(f"{{{_OLD_ALPHABETS[token]}{{{self._rest(ends)}}}}}")
            elif token == "\\color":
                colour = self._colour()
                pieces.append(self._kept(_element("mstyle", self._row(self._rest(ends)), mathcolor=colour)))
            elif token in ("\\limits", "\\nolimits"):
                self._set_limits(pieces, token)
            elif token in "^_":
                if not pieces or pieces[-1] in ("^", "_"):
                    pieces.append("{}")
                pieces += [token, self._script()]
            elif token == "'":
                if any(self._has_limits(piece) for piece in (pieces[-1:] + pieces[-3:-2])):
                    # MathJax writes it beside the sign, above whose other scripts stand.
                    raise _Unreadable
                if not pieces:
                    pieces.append("{}")
                pieces += ["^", self._primes()]
            elif token == "\\label":
                self._braced()
            elif token == "\\tag":
                self._read_tag()
            elif token not in _NOTHING:
                pieces.append(self._item(token))
        return "".join(pieces)

    def _rest(self, ends: tuple[str, ...]) -> str:
        """What is left of a group, of which no fraction is made."""
        rest = self._until((*ends, *_OVER))
        if self._peek() not in ends:
            raise _Unreadable
        return rest

    def _has_limits(self, piece: str) -> bool:
        made = self._own.get(piece.strip())
        return made is not None and made.get("op", "side") != "side"

    def _item(self, token: str) -> str:
        """What a token stands for, with its arguments."""
        if token == "{":
            inner = self._until(("}",))
            self._at += 1
            if len(inner) == 1 and inner in ",.;:=<>+-*/":
                # It is no operator then, and has no space beside it.
                return self._kept(_element("mo", text=inner, lspace="0", rspace="0"))
            return f"{{{inner}}}"
        if token == "~" or (token.startswith("\\") and token[1:].isspace()):
            return self._kept(_element("mtext", text="\xa0"))
        if token[0] != "\\":
            if token in ("}", "&", "#", "$", "^", "_", "'"):
                raise _Unreadable
            return token
        if token in ("\\{", "\\}", "\\%", "\\#", "\\&", "\\$", "\\_"):
            return token if token in ("\\{", "\\}") else self._kept(_element("mi", text=token[1]))
        if token in _ALPHABETS:
            letters = self._argument()
            return f"{token}{{{letters}}}" if len(letters) == 1 else f"{{{token}{{{letters}}}}}"
        if token in _ACCENTS:
            return f"{token}{{{self._argument()}}}"
        if token in _STACKED:
            return f"{token}{{{self._argument()}}}{{{self._argument()}}}"
        if token == "\\left":
            opening = self._delimiter()
            inner = self._until(("\\right", "\\middle"))
            while self._take("\\middle"):
                inner += self._kept(self._middle()) + self._until(("\\right", "\\middle"))
            self._at += 1
            # A point before a digit would be a decimal one.
            return f"\\left{opening} {inner}\\right{self._delimiter()} "
        element = self._made(token)
        if element is not None:
            return self._kept(element)
        return _sign(token)

    def _argument(self) -> str:
        token = self._next()
        if token == "{":
            inner = self._until(("}",))
            self._at += 1
            return inner
        if token[0].isdigit() and len(token) > 1:
            self._at -= 1
            self._tokens[self._at] = token[1:]
            token = token[0]
        return self._item(token)

    def _primes(self) -> str:
        """The primes that begin here, and the superscript behind them."""
        count = 1
        while self._take("'"):
            count += 1
        primes = "′″‴⁗"[count - 1] if count <= 4 else "′" * count
        return f"{{{primes}{self._script()}}}" if self._take("^") else f"{{{primes}}}"

    def _script(self) -> str:
        token = self._peek()
        if token == "{" or not token:
            return f"{{{self._argument()}}}"
        script = self._argument()
        return script if len(script) == 1 or _NAMED.fullmatch(script.strip()) else f"{{{script}}}"

    def _argument_row(self) -> Element:
        return self._row(self._argument())

    def _optional(self) -> str | None:
        """What stands in brackets, if anything does."""
        if not self._take("["):
            return None
        inner = self._until(("]",))
        self._at += 1
        return inner

    def _delimiter(self) -> str:
        delimiter = _DELIMITERS.get(self._next())
        if delimiter is None:
            raise _Unreadable
        return f"\\{delimiter}" if delimiter in "{}" else delimiter

    def _colour(self) -> str:
        colour = self._braced().strip()
        if not _COLOUR.fullmatch(colour):
            raise _Unreadable
        return colour

    def _length(self) -> float:
        """A length in eighteenths of an em."""
        if self._peek() == "{":
            found = _LENGTH.fullmatch(self._braced())
        else:
            end = self._at + 8
            source = "".join(self._tokens[self._at : end])
            found = _LENGTH.match(source)
            if found:
                self._tokens[self._at : end] = _TOKEN.findall(source[found.end() :])
        if not found or found[1]:
            raise _Unreadable
        return float(found[2]) * _EMS[found[3]] * 18

    def _set_limits(self, pieces: list[str], token: str) -> None:
        element = self._own.get(pieces[-1].strip()) if pieces else None
        if element is None or "op" not in element.attrib:
            raise _Unreadable
        element.set("op", "limits" if token == "\\limits" else "side")
        if element.tag == "mo":
            element.set("movablelimits", "false")

    def _read_tag(self) -> None:
        starred = self._take("*")
        tag = self._text(self._braced(), "")
        self._tag = tag if starred else _element("mrow", _element("mtext", text="("), tag, _element("mtext", text=")"))

    def _made(self, token: str) -> Element | None:
        """The element of a command that ``latex2mathml`` is not asked about; None for all others."""
        name = token[1:]
        if token in _SPACES:
            return _space(_SPACES[token])
        if token in ("\\hspace", "\\mspace", "\\hskip", "\\kern", "\\mkern", "\\mskip"):
            self._take("*")
            return _space(self._length())
        if name in _NARY:
            return _element("mo", text=_character(name), op="movable")
        if name in _INTEGRALS:
            return _element("mo", text=_character(name), op="side")
        if name in _LIMITS:
            return _element("mo", text=_LIMITS[name], op="movable", movablelimits="true")
        if name in _FUNCTIONS:
            return _element("mo", text=name, op="side")
        if name == "operatorname":
            op = "movable" if self._take("*") else "side"
            word = re.sub(r"\\[,; ]|[~\s]+", " ", self._braced()).strip()
            if not _WORD.fullmatch(word):
                raise _Unreadable
            made = _element("mo", text=word.replace(" ", "\u2009"), op=op)
            if op == "movable":
                made.set("movablelimits", "true")
            return made
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return self._own[self._fraction(self._argument(), self._argument(), "", name).strip()]
        if name in ("binom", "dbinom", "tbinom"):
            return self._own[self._fraction(self._argument(), self._argument(), "0()", name).strip()]
        if name == "sqrt":
            index = self._optional()
            base = self._argument_row()
            return _element("msqrt", base) if index is None else _element("mroot", base, self._row(index))
        if token in _TEXTS:
            return self._text(self._braced(), _TEXTS[token])
        if token in _BOXES:
            inner = self._argument_row()
            return _element("mrow", inner, **({"class": _BOXES[token]} if _BOXES[token] else {}))
        if name == "fbox":
            return _element("mrow", self._text(self._braced(), ""), **{"class": "boxed"})
        if token in _SPACED:
            before, after = _SPACED[token]
            return _element("mrow", _space(before), self._argument_row(), _space(after))
        if name == "mathop":
            return _element("mrow", self._argument_row(), op="limits" if self._block else "side")
        if token in _ARROWS:
            return self._arrow(_ARROWS[token])
        if name in ("phantom", "hphantom", "vphantom"):
            made = _element("mphantom", self._argument_row())
            if name == "phantom":
                return made
            return _element("mpadded", made, **({"height": "0", "depth": "0"} if name[0] == "h" else {"width": "0"}))
        if name == "smash":
            return _element("mpadded", self._argument_row(), height="0", depth="0")
        if name in ("textcolor", "colorbox"):
            colour = self._colour()
            if name == "textcolor":
                return _element("mstyle", self._argument_row(), mathcolor=colour)
            return _element("mrow", self._text(self._braced(), ""), mathbackground=colour, **{"class": "coloured"})
        if name == "bmod":
            return _element("mo", text="mod", lspace="0.2222em", rspace="0.2222em")
        if name in ("pmod", "mod", "pod"):
            return self._modulo(name)
        if name in ("bra", "ket", "braket"):
            left, right = ("⟨" if name != "ket" else "|"), ("⟩" if name != "bra" else "|")
            return _fenced(left, self._argument_row(), right)
        if token in _BIG or (token[:-1] in _BIG and token[-1] in "lrm"):
            return self._large(token)
        if name == "not":
            return self._negated()
        if name == "substack":
            if not self._take("{"):
                raise _Unreadable
            return self._table(self._rows("}", "stack"), "stack")
        if name == "begin":
            return self._environment()
        if name == "colon":
            return _element("mo", text=":", lspace="0", rspace="0.1667em")
        if name in ("TeX", "LaTeX"):
            return _element("mtext", text=name)
        if name == "require":
            self._braced()
            return _element("mrow")
        return None

    def _fraction(self, upper: str, lower: str, marks: str, name: str = "") -> str:
        made = _element("mfrac", self._row(upper), self._row(lower))
        if name == "cfrac":
            made[:] = [_element("mstyle", part, displaystyle="true", scriptlevel="0") for part in made]
        if marks:
            made.set("linethickness", "0")
            if marks[1:]:
                made = _fenced(marks[1], made, marks[2])
        if name[:1] in ("d", "t", "c"):
            made = _element("mstyle", made, displaystyle="false" if name[0] == "t" else "true", scriptlevel="0")
        return self._kept(made)

    def _text(self, source: str, kind: str) -> Element:
        """Text, in which there may be formulas between dollars."""
        row = _element("mrow")
        parts = re.split(r"(?<!\\)\$", source)
        if not len(parts) % 2:
            raise _Unreadable
        for index, part in enumerate(parts):
            if index % 2:
                reader = _Reader(part, False)
                row.append(reader.formula()[0])
                continue
            part = re.sub(r"[\s~]+", "\xa0", part)
            if re.search(r"\\(?![%#&$_{}\xa0])", part):
                raise _Unreadable
            words = re.sub(r"\\(.)|[{}]", r"\1", part)
            if words:
                row.append(_element("mtext", text=words, **({"class": kind} if kind else {})))
        return row[0] if len(row) == 1 else row

    def _arrow(self, sign: str) -> Element:
        below = self._optional()
        above = self._argument()
        labels = [
            _element("mrow", _space(9), self._row(label), _space(9)) if label else None for label in (below, above)
        ]
        arrow = _element("mo", text=sign, stretchy="true")
        if labels[0] is None:
            return _element("mover", arrow, labels[1] if labels[1] is not None else _element("mspace", width="1em"))
        if labels[1] is None:
            return _element("munder", arrow, labels[0])
        return _element("munderover", arrow, labels[0], labels[1])

    def _modulo(self, name: str) -> Element:
        row = _element("mrow", _space(18 if self._block else 8))
        if name != "mod":
            row.append(_element("mo", text="(", stretchy="false", form="prefix"))
        if name != "pod":
            row.extend((_element("mi", text="mod"), _space(6)))
        row.append(self._argument_row())
        if name != "mod":
            row.append(_element("mo", text=")", stretchy="false", form="postfix"))
        return row

    def _middle(self) -> Element:
        delimiter = self._delimiter().lstrip("\\")
        return _element("mo", text=delimiter, fence="true", stretchy="true", lspace="0.05em", rspace="0.05em")

    def _large(self, token: str) -> Element:
        delimiter = self._delimiter().lstrip("\\")
        if delimiter == ".":
            return _element("mrow")
        side = token[-1] if token not in _BIG else ""
        size = _BIG[token if not side else token[:-1]]
        made = _element("mo", text=delimiter, stretchy="true", symmetric="true", minsize=size, maxsize=size)
        space = "0.2778em" if side == "m" else "0"
        made.attrib |= {"lspace": space, "rspace": space}
        if side in ("l", "r"):
            made.set("form", "prefix" if side == "l" else "postfix")
        # Chromium makes a bracket with a script of its own no larger, but one in a row.
        return _element("mrow", made, op="side") if self._peek() in ("^", "_") else made

    def _negated(self) -> Element:
        token = self._argument()
        sign = token.strip()
        if len(sign) != 1 or (unicodedata.category(sign) != "Sm" and sign not in "=<>|∣"):
            raise _Unreadable
        return _element("mo", text=unicodedata.normalize("NFC", sign + "\u0338"))

    # -- rows and columns ----------------------------------------------------------------------------------------------

    def _rows(self, end: str, kind: str) -> list[list[Element]]:
        """The cells up to a token, which is read with them; an empty one is the end of the formula."""
        rows: list[list[Element]] = []
        row: list[Element] = []
        lines: list[str] = []
        tagged = self._tag
        self._tag = None
        while True:
            while not row and kind in ("array", "matrix") and self._take("\\hline"):
                lines.append("line-above")
            ends = (end, *_ROW_ENDS) if kind == "lines" else ("&", end, *_ROW_ENDS)
            latex = self._until(ends)
            cell = _element("mtd", self._row(latex))
            if lines:
                cell.set("class", "line-above")
            row.append(cell)
            token = self._peek()
            self._at += 1
            if token == "&":
                continue
            if self._tag is not None:
                row.append(_element("mtd", self._tag, **{"class": "tag"}))
                self._tag = None
            if token == end and len(row) == 1 and rows and not latex.strip():
                if lines:
                    for last in rows[-1]:
                        last.set("class", f"{last.get('class', '')} line-below".strip())
                break
            rows.append(row)
            if token == end:
                break
            row, lines = [], []
            self._skip_row_length()
        self._tag = tagged
        return rows

    def _skip_row_length(self) -> None:
        """Reads what makes a row's end taller; it is not shown."""
        if self._at < len(self._tokens) and self._tokens[self._at] == "*":
            self._at += 1
        if self._at < len(self._tokens) and self._tokens[self._at] == "[":
            start = self._at
            self._at += 1
            if not _LENGTH.fullmatch(self._raw("]")):
                self._at = start

    def _table(self, rows: list[list[Element]], kind: str, columns: str = "") -> Element:
        """A table whose cells say by their classes where they stand."""
        table = _element("mtable", **{"class": kind})
        aligns = re.findall(r"\|*[lcr]\|*", re.sub(r"\s|@\{\s*\}", "", columns))
        for number, row in enumerate(rows):
            for index, cell in enumerate(row):
                classes = [cell.get("class", "")]
                if classes == ["tag"]:
                    pass
                elif kind in ("align", "close"):
                    classes.append("left" if index % 2 else "right")
                    if index % 2:
                        cell[0].set("op", "continued")
                elif kind == "equations":
                    classes.append(("right", "", "left")[min(index, 2)])
                elif kind == "cases":
                    classes.append("left")
                elif kind == "multline" and len(rows) > 1:
                    classes.append("left" if not number else "right" if number == len(rows) - 1 else "")
                elif aligns:
                    if index >= len(aligns):
                        raise _Unreadable
                    spec = aligns[index]
                    classes.append({"l": "left", "r": "right", "c": ""}[spec.strip("|")])
                    classes += ["line-left"] * spec.startswith("|") + ["line-right"] * spec.endswith("|")
                if classes := [each for each in classes if each]:
                    cell.set("class", " ".join(classes))
            table.append(_element("mtr", *row))
        return table

    def _environment(self) -> Element:
        name = self._name()
        kind = name.rstrip("*")
        end = "\\end"
        columns = ""
        if kind in ("alignat", "alignedat", "xalignat", "xxalignat"):
            self._braced()
        if kind in ("aligned", "alignedat", "gathered", "array") and self._take("["):
            self._raw("]")
        if kind in ("array", "subarray"):
            columns = self._braced()
            if not _COLUMNS.fullmatch(columns):
                raise _Unreadable
        elif kind in _FENCED and name != kind and self._take("["):
            columns = self._raw("]").strip() * 30
            if not re.fullmatch("[lcr]+", columns):
                raise _Unreadable
        if kind in ("equation", "displaymath", "math"):
            rows = self._rows(end, "lines")
            made = rows[0][0][0] if len(rows) == 1 and len(rows[0]) == 1 else self._table(rows, "lines")
        elif kind in _ALIGNED:
            shape = {"alignat": "close", "alignedat": "close", "eqnarray": "equations"}.get(kind, "align")
            made = self._table(self._rows(end, shape), shape)
        elif kind in _LINES:
            made = self._table(self._rows(end, "lines"), "multline" if kind == "multline" else "lines")
        elif kind in ("array", "subarray"):
            made = self._table(self._rows(end, kind), "array" if kind == "array" else "stack", columns)
        elif kind in _FENCED:
            shape = "cases" if "cases" in kind else "small" if kind == "smallmatrix" else "matrix"
            made = self._table(self._rows(end, shape), shape, columns)
            if kind[0] == "d":
                made.set("displaystyle", "true")
            opening, closing = _FENCED[kind]
            if opening or closing:
                made = _fenced(opening, made, closing)
        else:
            raise _Unreadable
        if kind in _ALIGNED or kind in _LINES:
            made.set("displaystyle", "true")
        if kind == "smallmatrix":
            made.set("scriptlevel", "1")
        if self._name() != name:
            raise _Unreadable
        return made


# -- signs -------------------------------------------------------------------------------------------------------------


def _character(name: str) -> str:
    from latex2mathml.symbols_parser import convert_symbol

    return chr(int(convert_symbol(f"\\{name}") or "", 16))


def _sign(token: str) -> str:
    """The character of a sign's name."""
    name = token[1:]
    if name in _REDRAWN:
        return _REDRAWN[name]
    if name not in _SIGNS:
        raise _Unreadable
    sign = _character(name)
    return f"\\{sign}" if sign in "{}" else "′" if name == "prime" else sign


# -- the tree, mended --------------------------------------------------------------------------------------------------


def _mend(element: Element) -> None:
    """Makes the tree one that browsers draw as MathJax does, by what MathML Core has."""
    for index, child in enumerate(element):
        _mend(child)
        if child.tag == "mrow" and len(child) == 1 and not child.attrib and element.tag != "math":
            element[index] = child[0]
    tag = element.tag
    if tag in ("mi", "mo", "mn"):
        _mend_letter(element)
    elif tag in ("msub", "msup", "msubsup") and len(element) and element[0].get("op", "side") != "side":
        element.tag = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}[tag]
    elif tag in ("mrow", "math", "mstyle", "mtd", "msqrt"):
        if tag == "mrow":
            element[:] = [child for child in element if not _is_empty(child)]
        _space_operators(element, element.get("op") == "continued")


def _is_empty(element: Element) -> bool:
    return not len(element) and not element.text and (element.tag == "mrow" or element.tag == "mo")


def _mend_letter(element: Element) -> None:
    text = unescape(element.text or "")
    variant = element.get("mathvariant")
    if variant is None and element.tag == "mi" and _UPRIGHT.fullmatch(element.text or ""):
        variant = "normal"
    element.text = text
    element.attrib.pop("mathvariant", None)
    if element.tag == "mi" and len(text) == 1 and variant is None:
        if text in _OPERATORS or (
            text not in _LETTERS
            and (unicodedata.category(text) in ("Sm", "Ps", "Pe") or "←" <= text <= "⇿" or "⟰" <= text <= "⟿")
        ):
            element.tag = "mo"
        elif "Α" <= text <= "Ω" or text in _LETTERS:
            variant = "normal"
    elif element.tag == "mo" and text in _LETTERS:
        element.tag = "mi"
        variant = "normal"
    if element.tag == "mo":
        element.text = {"-": "−", "*": "∗"}.get(text, text)
        if "stretchy" not in element.attrib and unicodedata.category(text[:1] or " ") in ("Ps", "Pe"):
            element.set("stretchy", "false")
        if text in ("|", "‖", "/", "∖", "?") and "fence" not in element.attrib and "lspace" not in element.attrib:
            element.attrib |= {"stretchy": "false", "lspace": "0", "rspace": "0"}
        if text in ("↑", "↓", "↕", "⇑", "⇓", "⇕") and "stretchy" not in element.attrib:
            element.set("stretchy", "false")
    if variant == "normal":
        if element.tag == "mi" and len(text) == 1:
            element.set("mathvariant", "normal")
    elif variant:
        drawn = [_letter(character, variant) for character in text]
        if all(drawn):
            element.text = "".join(each or "" for each in drawn)
        elif "bold" in variant:
            element.set("class", "bold")


def _letter(character: str, variant: str) -> str | None:
    """A letter of a mathematical alphabet; None if it has no such letter."""
    try:
        name = unicodedata.name(character)
    except ValueError:
        return None
    name = name.removeprefix("LATIN ").removeprefix("GREEK ").removeprefix("LUNATE ").replace(" LETTER", "")
    alphabet = variant.upper().replace("-ITALIC", " ITALIC")
    if name.startswith("DIGIT"):
        alphabet = alphabet.removesuffix(" ITALIC")
    for full in (f"MATHEMATICAL {alphabet} {name}", f"{alphabet.replace('FRAKTUR', 'BLACK-LETTER')} {name}"):
        try:
            return unicodedata.lookup(full)
        except KeyError:
            continue
    return character if variant == "italic" else None


def _core(element: Element) -> Element:
    """What a script or an accent stands at."""
    while element.tag in ("msub", "msup", "msubsup", "munder", "mover", "munderover") and len(element):
        element = element[0]
    return element


def _space_operators(row: Element, continued: bool) -> None:
    """Gives names of functions, and signs before a term, the space that TeX does.

    A row that is ``continued`` has a term before it, in another cell.
    """
    before: Element | None = None
    cores = [_core(child) for child in row]
    for index, core in enumerate(cores):
        if core.tag == "mspace":
            continue
        closed = (
            continued
            if before is None
            else before.tag != "mo"
            or (before.text or " ") in ("|", "‖", "!")
            or unicodedata.category((before.text or " ")[0]) == "Pe"
            or before.get("form") == "postfix"
        )
        if core.tag == "mo" and (core.text or "")[:1].isalpha() and "op" in core.attrib:
            after = cores[index + 1] if index + 1 < len(cores) else None
            core.set("lspace", "0.1667em" if closed and before is not None else "0")
            core.set("rspace", "0" if after is None or _is_near(after) else "0.1667em")
        elif core.tag == "mo" and core.text in ("+", "−", "±", "∓") and "lspace" not in core.attrib:
            core.set("form", "infix" if closed else "prefix")
        before = core


def _is_near(element: Element) -> bool:
    """Whether a name of a function stands near before it: brackets, and signs that have their own space."""
    if element.tag == "mrow" and len(element) and element[0].get("form") == "prefix":
        return element[0].tag == "mo"
    return element.tag == "mspace" or (element.tag == "mo" and "op" not in element.attrib)


def _written(tree: Element) -> Iterator[str]:
    """The tree as text, without recursion."""
    todo: list[Element | str] = [tree]
    while todo:
        element = todo.pop()
        if isinstance(element, str):
            yield element
            continue
        if element.tag not in _ELEMENTS:
            raise _Unreadable
        kept = [f' {name}="{quoted(value)}"' for name, value in element.attrib.items() if name in _ATTRIBUTES]
        yield f"<{element.tag}{''.join(kept)}>"
        if element.text:
            yield escaped(element.text)
        todo.append(f"</{element.tag}>")
        todo.extend(reversed(element))
