"""The residue of a chat with an assistant, and what a template left.

The phrases are tables; every one is told by words that its sentence begins with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fmvault.model import Defect, Edit, Fix, Span
from fmvault.prose.telltales import CLOSING_TELLTALES, FIRST_WORDS, Ranges, covers

# -- leftover-chat ---------------------------------------------------------------------------------------------------

# What an assistant offers to make or do: beside these words an offer is hardly one between people.
_MAKE = (
    rb"(?:add|adapt|adjust|break|build|compare|convert|create|dive|draft|elaborate|expand|explain|explore|format"
    rb"|generate|give you|go (?:deeper|into|over)|illustrate|include|outline|polish|prepare|produce|provide|refine"
    rb"|rephrase|rewrite|shorten|show you|simplify|sketch|suggest|summari[sz]e|tailor|translate|turn|tweak"
    rb"|visuali[sz]e|walk|write)\b"
)
_THING = (
    rb"(?:a|an|another|more|some|further|any|additional|the)\s+(?:[\w-]+\s+){0,4}?(?:adjustments|analog(?:y|ies)"
    rb"|breakdown|changes|chart|cheat ?sheet|clarification|code|comparison|deep(?:er)? dive|details?|diagrams?"
    rb"|examples?|explanations?|flowchart|illustrations?|infographic|mind ?map|modifications|outline|snippets?|summary"
    rb"|tables?|templates?|timeline|version|visual(?:i[sz]ation)?s?|walkthrough)\b"
)
_DU_KANN = rb"(?:kann ich (?:dir|ihnen|euch|das|die|den|es|auch|gerne?|noch)|erstelle ich|schreibe ich|helfe ich)\b"


def _compiled(*patterns: bytes) -> re.Pattern[bytes]:
    """One pattern of all, in which a space is any white space and an apostrophe also the typographic one."""
    joined = b"|".join(patterns).replace(b" ", rb"\s+").replace(b"'", b"(?:'|\xe2\x80\x99)")
    return re.compile(b"(?:" + joined + b")", re.IGNORECASE)


# Each is said by an assistant alone, wherever its sentence stands.
_SAID = _compiled(
    rb"(?:I'm sorry, but |I apologi[sz]e, but |unfortunately, )?as an? (?:AI|artificial intelligence)"
    rb"(?: language)?(?: model| assistant| chatbot)?(?: (?:created|developed|trained|made) by \w+)?, (?:I|my)\b",
    rb"I(?:'m| am) (?:just |only )?an AI (?:language model|assistant)"
    rb"(?: (?:created|developed|trained|made) by \w+)?(?:,| and)",
    rb"as of my (?:(?:last|latest|most recent) )?(?:knowledge|training) (?:update|cut-?off)\b",
    rb"as of my last update in (?:\w+ )?20\d\d\b",
    rb"als (?:ein )?(?:KI-Sprachmodell|KI-Modell|KI-Assistent|KI|K\xc3\xbcnstliche Intelligenz)"
    rb" (?:habe|kann|bin|verf\xc3\xbcge|darf|besitze) ich\b",
)
# Each opens an answer: a paragraph begins with it.
_OPENING = _compiled(
    rb"(?:certainly|sure(?: thing)?|of course|absolutely|definitely|great question|good question|got it)[!.,]"
    rb" (?:here(?:'s| is| are)|below (?:is|are)|I(?:'d| would) be (?:happy|glad)"
    rb"|I(?:'ll| will| can) (?:help|explain|provide|create|walk))\b",
    rb"(?:gerne|nat\xc3\xbcrlich|selbstverst\xc3\xa4ndlich|klar|sicher)[!.,]"
    rb" (?:hier (?:ist|sind|findest|kommt|eine?)|ich (?:helfe|erkl\xc3\xa4re|erstelle))\b",
)
# Each closes an answer: with its sentence a part of the note ends.
_CLOSING = _compiled(
    rb"(?:just |please )?let me know if you(?:'d| would)?(?: also)? (?:want|like|need|prefer) (?:me to (?:also )?"
    + _MAKE
    + rb"|(?:to see )?"
    + _THING
    + rb")",
    rb"(?:would you like|do you want|want) me to (?:also )?" + _MAKE + rb"[^.!\n]*\?",
    rb"would you like " + _THING + rb"[^.!\n]*\?",
    rb"if you(?:'d like|'d prefer| want| would like| wish| prefer), I can (?:also )?(?:" + _MAKE + rb"|help you)",
    rb"(?:feel free|don't hesitate) to ask (?:me )?(?:if you|any|for more|for further|more|further|follow-up)\b",
    rb"lass(?:t)? (?:es )?mich (?:gerne? )?wissen, (?:wenn|falls|ob) (?:du|ihr)\b",
    rb"m\xc3\xb6chtest du, dass ich\b[^.!\n]*\?",
    rb"soll ich (?:dir|euch|ihnen) (?:das|die|den|noch|auch|eine?n?)\b[^.!\n]*\?",
    rb"(?:wenn|falls) (?:du m\xc3\xb6chtest|du willst|sie m\xc3\xb6chten|gew\xc3\xbcnscht), " + _DU_KANN,
)
# People say these as well, so they must be the last words of a note that nobody sent or clipped.
_LAST = _compiled(
    rb"I hope (?:this|that) (?:helps|was helpful|clarifies)\b",
    rb"(?:please )?let me know if you have any (?:other |further |more |additional )?(?:questions|doubts)\b",
    rb"is there anything else (?:I can help|you'd like (?:to know|me to))\b",
    rb"ich hoffe, (?:das|dies) (?:hilft|konnte)\b",
)
# Marks that chat programs put where a source was shown.
_MARK = re.compile(
    rb" ?:contentReference\[oaicite:\d+\](?:\{index=\d+\})?"
    rb"| ?\xe3\x80\x90\d+(?::\d+)?\xe2\x80\xa0[^\xe3\x80\x90\n]{0,80}?\xe3\x80\x91"
    rb"| ?\xee\x88\x80(?:cite|filecite|navlist)\xee\x88\x82[^\n\xee]{1,80}(?:\xee\x88\x82[^\n\xee]{1,80})*\xee\x88\x81"
    rb"|\[oaicite:\d+\]"
)
# How long a closing sentence can be, with what comes after it in its paragraph.
_REACH = 400


# Two people write to each other: what they offer is no residue.
_LETTER = re.compile(
    rb"^(?:hi|hello|hey|dear|hallo|hi there|liebe[rs]?|sehr geehrte[rs]?|subject|from|to|betreff"
    rb"|best|(?:kind |best |warm )?regards|cheers|sincerely|thanks|viele gr\xc3\xbc\xc3\x9fe|mfg)(?:[ ,:!]|\r?$)",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE_START = re.compile(rb"(?:[.!?]|\n|\xe2\x80\x94)[ \t\r\n]*")
_EMPTY_LINES = re.compile(rb"(?:[ \t]*\r?\n)*")
_SENTENCE_END = re.compile(rb"[.!?](?=[\s\x80-\xff]|\Z)|\Z")
_NOTE_END = re.compile(rb"\s*\Z")
_PART_END = re.compile(rb"\s*(?:\Z|#{1,6}\s|---|\*\*\*|___|%%|<!--)")


def chat(source: bytes, lowered: bytes, body: int, opaque: Ranges, paragraphs: Ranges) -> Iterator[Defect]:
    if b"oaicite" in source or b"\xe3\x80\x90" in source or b"\xee\x88\x80" in source:
        for mark in _MARK.finditer(source, body):
            if not covers(opaque, mark.start()):
                span = Span(*mark.span())
                fix = Fix("remove the mark", (Edit(span, ""),))
                yield Defect("leftover-chat", span, "a chat program's mark for a source was left in the text", fix)
    said: list[tuple[str, Defect]] = []
    for start, end in paragraphs:
        suspect = lowered.startswith(FIRST_WORDS, start)
        if not suspect and _PART_END.match(source, end):
            tail = lowered[max(start, end - _REACH) : end]
            suspect = any(telltale in tail for telltale in CLOSING_TELLTALES)
        if suspect:
            said += _said_in(source, start, end, opaque)
    offers = any(kind != "said" for kind, _ in said)
    if offers and _LETTER.search(source, body):
        said = [(kind, defect) for kind, defect in said if kind == "said"]
    # Who clips a page notes its address, and answers of people end alike.
    clipped = b"http" in source[:body]
    yield from (defect for kind, defect in said if kind != "last" or not clipped)


def _said_in(source: bytes, start: int, end: int, opaque: Ranges) -> Iterator[tuple[str, Defect]]:
    """The residue in one paragraph, by its kind: ``said``, ``offered`` or ``last``."""
    if opening := _OPENING.match(source, start, end):
        yield "said", _residue(source, start, end, opening.start())
        return
    for sentence in _sentences(source, start, end):
        if covers(opaque, sentence):
            continue
        if _SAID.match(source, sentence, end):
            yield "said", _residue(source, start, end, sentence)
        elif _CLOSING.match(source, sentence, end):
            if _closes(source, sentence, end) and _PART_END.match(source, end):
                yield "offered", _residue(source, start, end, sentence)
                return
        elif _LAST.match(source, sentence, end) and _closes(source, sentence, end) and _NOTE_END.match(source, end):
            yield "last", _residue(source, start, end, sentence)
            return


def _sentences(source: bytes, start: int, end: int) -> Iterator[int]:
    """Where the paragraph's sentences start."""
    yield start
    for stop in _SENTENCE_START.finditer(source, start, end):
        if stop.end() < end:
            yield stop.end()


def _closes(source: bytes, sentence: int, end: int) -> bool:
    """After the sentence comes at most another short one in its paragraph."""
    return end - _sentence_end(source, sentence, end) <= 120


def _sentence_end(source: bytes, sentence: int, end: int) -> int:
    """The end of the sentence, or of as much of it as is worth a look."""
    limit = min(end, sentence + _REACH)
    while limit < end and 0x80 <= source[limit] < 0xC0:
        limit -= 1
    stop = _SENTENCE_END.search(source, sentence, limit)
    return stop.end() if stop else limit


def _residue(source: bytes, start: int, end: int, sentence: int) -> Defect:
    span = Span(sentence, sentence + len(source[sentence : _sentence_end(source, sentence, end)].rstrip()))
    fix = None
    if sentence == start and not source[span.end : end].strip():
        # The paragraph is nothing else, so it goes with the empty lines after it.
        rest = _EMPTY_LINES.match(source, span.end)
        assert rest is not None
        fix = Fix("remove the paragraph", (Edit(Span(start, rest.end()), ""),))
    text = _shortened(source[span.start : span.end])
    return Defect("leftover-chat", span, f"'{text}' is a chat assistant's, not the note's", fix)


# -- template-leftover -----------------------------------------------------------------------------------------------

# Obsidian's own templates know these three; with spaces or filters they are another program's.
_PLACEHOLDER = re.compile(rb"\{\{(?:title|(?:date|time)(?::[^{}|\"\n]{1,40})?)\}\}")
_TEMPLATER = re.compile(
    rb"<%[-_*+~=]?(?:(?!%>|<%)[\s\S])*?\btp\.(?:file|date|system|frontmatter|web|user|config|hooks|obsidian"
    rb"|app)\b(?:(?!%>|<%)[\s\S])*%>"
)
_PROMPT = re.compile(
    rb"^[ \t]*(?:[-*] )?[*_]*\((?:things to revisit later|(?:add|insert|write|put|type|enter|describe|list|paste)"
    rb" (?:your |the |any |some |a )?(?:[\w']+ ){0,4}here|fill (?:this |me )?(?:in|out)(?: later)?"
    rb"|your (?:text|notes?|thoughts|answer) here)\.?\)[*_]*[ \t]*\r?$",
    re.IGNORECASE | re.MULTILINE,
)
# In a longer line a placeholder is part of what somebody writes.
_LINE = 300
_WORD = re.compile(rb"[A-Za-z\x80-\xff]{2,}")


def template(source: bytes, lowered: bytes, body: int, opaque: Ranges) -> Iterator[Defect]:
    if b"{{" in source:
        for placeholder in _PLACEHOLDER.finditer(source):
            if not covers(opaque, placeholder.start()) and _stands_alone(source, *placeholder.span()):
                name = placeholder[0].decode("utf-8", "replace")
                yield Defect("template-leftover", Span(*placeholder.span()), f"'{name}' was never filled in")
    if b"<%" in source and b"tp." in source:
        for command in _TEMPLATER.finditer(source):
            if not covers(opaque, command.start()):
                text = _shortened(command[0])
                yield Defect("template-leftover", Span(*command.span()), f"'{text}' was never run by Templater")
    if b"later)" in lowered or b"here)" in lowered or b"(fill" in lowered:
        for prompt in _PROMPT.finditer(source, body):
            start = source.index(b"(", prompt.start())
            if not covers(opaque, start):
                span = Span(start, source.rindex(b")", start, prompt.end()) + 1)
                text = _shortened(source[span.start : span.end])
                yield Defect("template-leftover", span, f"'{text}' is a template's prompt that nobody answered")


def _stands_alone(source: bytes, start: int, end: int) -> bool:
    """The placeholder fills a line, a property or a name; in a sentence somebody writes about it."""
    if source[start - 1 : start] in (b"=", b"&", b"`", b"'"):
        return False
    line_start = source.rfind(b"\n", max(start - _LINE, 0), start) + 1
    line_end = source.find(b"\n", end, end + _LINE)
    if (not line_start and start > _LINE) or (line_end < 0 and len(source) - end > _LINE):
        return False
    line = source[line_start : line_end if line_end >= 0 else len(source)]
    if line.lstrip().startswith((b"|", b">")):
        return False
    return len(_WORD.findall(_PLACEHOLDER.sub(b"", line))) <= 4


def _shortened(text: bytes) -> str:
    words = " ".join(text.decode("utf-8", "replace").split())
    return words if len(words) <= 60 else words[:57].rstrip() + "..."
