"""The residue of a chat with an assistant, and what a template left.

The phrases are tables; every one is told by words that its sentence begins with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fmvault.model import Defect, Edit, Fix, Span
from fmvault.prose.telltales import CLOSING_TELLTALES, FIRST_WORDS, Ranges, covers

# -- leftover-chat ---------------------------------------------------------------------------------------------------

# What an assistant offers to do with its answer, and what it offers to make of it. People offer to write, add or send
# things as well, so an offer to make counts only beside a thing that assistants make.
_THING = (
    rb"(?:(?:[\w-]+\s+){0,5}?(?:analog(?:y|ies)|breakdown|charts?|cheat\s?sheets?|code (?:examples?|snippets?)"
    rb"|comparison table|deep(?:er)? dive|diagrams?|examples?|explanations?|flow\s?charts?|illustrations?|infographics?"
    rb"|mind\s?maps?|outline|overview|snippets?|summar(?:y|ies)|tables?|timeline|visual(?:i[sz]ation)?s?|walkthrough))\b"
)
_DO = (
    rb"(?:(?:break (?:it|this|that|them|these)|dive|elaborate|expand on|explain (?:it|this|that|any|these|each)"
    rb"|go (?:deeper|into more)|rephrase|simplify (?:it|this|that)|turn (?:it|this|that|them|these)|visuali[sz]e"
    rb"|walk you through)\b|(?:add|create|draw|generate|give you|include|make|outline|prepare|produce|provide|show you"
    rb"|sketch|suggest|write) " + _THING + rb")"
)
_DING = (
    rb"[^.!?\n]{0,80}?(?:beispiele?|tabellen?|diagramme?|\xc3\xbcbersicht|zusammenfassung|erkl\xc3\xa4rung|grafik|gliederung"
    rb"|vergleich|mindmap|erg\xc3\xa4nze|erkl\xc3\xa4re|zusammenfasse|erkl\xc3\xa4ren|zusammenfassen|veranschauliche)n?\b"
)


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
    rb"(?:certainly|sure(?: thing)?|of course|absolutely|definitely|great question|got it)! (?:here(?:'s| is| are)"
    rb"|below (?:is|are)"
    rb"|I(?:'d| would) be (?:happy|glad) to (?:assist|break|create|explain|help|provide|summari[sz]e))\b",
    rb"(?:certainly|sure(?: thing)?|of course|absolutely|definitely)[.,] here(?:'s| is| are) (?:a|an|the|your|some) "
    + _THING,
    rb"(?:gerne|nat\xc3\xbcrlich|selbstverst\xc3\xa4ndlich|klar|sicher)! (?:hier (?:ist|sind|findest du|kommt)"
    rb" (?:eine?|der|die|das|deine?|ihre?|einige|\d+)|ich (?:erkl\xc3\xa4re|erstelle) (?:dir|ihnen|euch))\b",
)
# Each closes an answer: with its sentence a part of the note ends.
_CLOSING = _compiled(
    rb"(?:just |please )?let me know if you(?:'d| would)?(?: also)? (?:want|like|need|prefer) me to (?:also )?" + _DO,
    rb"(?:just |please )?let me know if you(?:'d| would)?(?: also)? (?:want|like|prefer) (?:to see )?"
    rb"(?:an?|another|more|some|further|any|additional) " + _THING,
    rb"(?:would you like|do you want|want) me to (?:also )?" + _DO + rb"[^.!?\n]*\?",
    rb"would you like (?:an?|another|more|some) " + _THING + rb"[^.!?\n]*\?",
    rb"if you(?:'d like|'d prefer| want| would like| wish| prefer), I can (?:also )?" + _DO,
    rb"m\xc3\xb6chtest du, dass ich\b" + _DING + rb"[^.!?\n]*\?",
    rb"soll ich (?:dir|euch|ihnen)\b" + _DING + rb"[^.!?\n]*\?",
    rb"(?:wenn|falls) (?:du m\xc3\xb6chtest|du willst|sie m\xc3\xb6chten|gew\xc3\xbcnscht),"
    rb" (?:kann|erstelle|schreibe|erkl\xc3\xa4re) ich\b" + _DING,
)
# Marks that chat programs put where a source was shown.
_MARK = re.compile(
    rb" ?:contentReference\[oaicite:\d+\](?:\{index=\d+\})?"
    rb"| ?\xe3\x80\x90\d+(?::\d+)?\xe2\x80\xa0[^\xe3\x80\x90\n]{0,80}?\xe3\x80\x91"
    rb"| ?\xee\x88\x80(?:cite|filecite|navlist)\xee\x88\x82[^\n\xee]{1,80}(?:\xee\x88\x82[^\n\xee]{1,80})*\xee\x88\x81"
    rb"|\[oaicite:\d+\]"
)
# How long a sentence can be, and a closing one with what comes after it in its paragraph.
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
# An opening also ends with a colon, or its line.
_OPENING_END = re.compile(rb"[.!?:](?=\s|\Z)|(?=\r?\n)|\Z")
_PART_END = re.compile(rb"\s*(?:\Z|#{1,6}\s|---|\*\*\*|___|%%|<!--)")


def chat(source: bytes, lowered: bytes, body: int, opaque: Ranges, paragraphs: Ranges) -> Iterator[Defect]:
    if b"oaicite" in source or b"\xe3\x80\x90" in source or b"\xee\x88\x80" in source:
        for mark in _MARK.finditer(source, body):
            if not covers(opaque, mark.start()):
                span = Span(*mark.span())
                fix = Fix("remove the mark", (Edit(span, ""),))
                yield Defect("leftover-chat", span, "a chat program's mark for a source was left in the text", fix)
    said: list[tuple[bool, Defect]] = []
    for start, end in paragraphs:
        suspect = lowered.startswith(FIRST_WORDS, start)
        if not suspect and _PART_END.match(source, end):
            tail = lowered[max(start, end - _REACH) : end]
            suspect = any(telltale in tail for telltale in CLOSING_TELLTALES)
        if suspect:
            said += _said_in(source, start, end, opaque)
    letter = any(offered for offered, _ in said) and _LETTER.search(source, body)
    yield from (defect for offered, defect in said if not (offered and letter))


def _said_in(source: bytes, start: int, end: int, opaque: Ranges) -> Iterator[tuple[bool, Defect]]:
    """The residue in one paragraph, and whether it is an offer."""
    if opening := _OPENING.match(source, start, _limit(source, start, end)):
        yield False, _residue(source, start, end, start, _end(_OPENING_END, source, opening.end(), end))
        return
    for sentence in _sentences(source, start, end):
        if covers(opaque, sentence):
            continue
        limit = _limit(source, sentence, end)
        if _SAID.match(source, sentence, limit):
            yield False, _residue(source, start, end, sentence, _end(_SENTENCE_END, source, sentence, end))
        elif _CLOSING.match(source, sentence, limit):
            stop = _end(_SENTENCE_END, source, sentence, end)
            # After it comes at most another short sentence in its paragraph.
            if end - stop <= 120 and _PART_END.match(source, end):
                yield True, _residue(source, start, end, sentence, stop)
                return


def _sentences(source: bytes, start: int, end: int) -> Iterator[int]:
    """Where the paragraph's sentences start."""
    yield start
    for stop in _SENTENCE_START.finditer(source, start, end):
        if stop.end() < end:
            yield stop.end()


def _limit(source: bytes, start: int, end: int) -> int:
    """Where a look from ``start`` on ends: within reach, and between two characters."""
    limit = min(end, start + _REACH)
    while start < limit < end and 0x80 <= source[limit] < 0xC0:
        limit -= 1
    return limit


def _end(pattern: re.Pattern[bytes], source: bytes, start: int, end: int) -> int:
    """The end of what ``start`` is in, as the pattern has it, or of as much of it as is worth a look."""
    limit = _limit(source, start, end)
    stop = pattern.search(source, start, limit)
    return stop.end() if stop else limit


def _residue(source: bytes, start: int, end: int, sentence: int, stop: int) -> Defect:
    span = Span(sentence, sentence + len(source[sentence:stop].rstrip()))
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
# What another template language, or a plugin of Obsidian's, would fill in.
_FOREIGN = re.compile(
    rb"\{%[^%\n]{1,200}%\}|\{\{(?!(?:title|(?:date|time)(?::[^{}|\"\n]{1,40})?)\}\})[^{}\n]{1,200}\}\}"
)
_TEMPLATER_MARK = re.compile(rb"<%|%>")
_TEMPLATER = re.compile(rb"\btp\.(?:file|date|system|frontmatter|web|user|config|hooks|obsidian|app)\b")
_PROMPT = re.compile(
    rb"^[ \t]*(?:[-*] )?[*_]*\((?:things to revisit later|(?:add|insert|write|put|type|enter|describe|list|paste)"
    rb" (?:your |the |any |some |a )?(?:[\w']+ ){0,4}here|fill (?:this |me )?(?:in|out)(?: later)?"
    rb"|your (?:text|notes?|thoughts|answer) here)\.?\)[*_]*[ \t]*\r?$",
    re.IGNORECASE | re.MULTILINE,
)
# In a longer line a placeholder is part of what somebody writes.
_LINE = 300
# A date may stand behind its name, as in `Created: {{date}}`; with a title that is as likely a field of a flash card.
_NAMED = re.compile(
    rb"[ \t]*(?:[-*+] )?[*_]*[\w\x80-\xff][\w\x80-\xff -]{0,30}[*_]*:{1,2}[*_]*[ \t]+(?=\{\{(?:date|time))"
)
_NAME = re.compile(rb"[ \t]*[^\s:][^:]{0,60}:[ \t]")


def template(source: bytes, lowered: bytes, body: int, opaque: Ranges) -> Iterator[Defect]:
    if b"{{" in source:
        alone = [
            Span(*placeholder.span())
            for placeholder in _PLACEHOLDER.finditer(source)
            if not covers(opaque, placeholder.start()) and _stands_alone(source, body, *placeholder.span())
        ]
        if alone and not _FOREIGN.search(source):
            for span in alone:
                name = source[span.start : span.end].decode("utf-8", "replace")
                yield Defect("template-leftover", span, f"'{name}' was never filled in")
    if b"<%" in source and b"tp." in source:
        for span in _commands(source):
            if not covers(opaque, span.start) and _TEMPLATER.search(source, span.start, span.end):
                text = _shortened(source[span.start : span.end])
                yield Defect("template-leftover", span, f"'{text}' was never run by Templater")
    if b"later)" in lowered or b"here)" in lowered or b"(fill" in lowered:
        for prompt in _PROMPT.finditer(source, body):
            start = source.index(b"(", prompt.start())
            if not covers(opaque, start):
                span = Span(start, source.rindex(b")", start, prompt.end()) + 1)
                text = _shortened(source[span.start : span.end])
                yield Defect("template-leftover", span, f"'{text}' is a template's prompt that nobody answered")


def _commands(source: bytes) -> Iterator[Span]:
    """Each `<%` up to the `%>` after it, if no other `<%` comes before that."""
    opening = -1
    for mark in _TEMPLATER_MARK.finditer(source):
        if mark[0] == b"<%":
            opening = mark.start()
        elif opening >= 0:
            yield Span(opening, mark.end())
            opening = -1


def _stands_alone(source: bytes, body: int, start: int, end: int) -> bool:
    """With others at most, the placeholder is a whole line, a heading or a value."""
    line_start = source.rfind(b"\n", max(start - _LINE, 0), start) + 1
    line_end = source.find(b"\n", end, end + _LINE)
    if (not line_start and start > _LINE) or (line_end < 0 and len(source) - end > _LINE):
        return False
    line = source[line_start : line_end if line_end >= 0 else len(source)]
    if start >= body and (
        source[start - 1 : start] in (b"=", b"&", b"`", b"'") or line.lstrip().startswith((b"|", b">"))
    ):
        return False
    name = (_NAMED if start >= body else _NAME).match(line)
    rest = _PLACEHOLDER.sub(b"", line[name.end() :] if name else line)
    return not any(char.isalnum() for char in rest.decode("utf-8", "replace"))


def _shortened(text: bytes) -> str:
    words = " ".join(text.decode("utf-8", "replace").split())
    return words if len(words) <= 60 else words[:57].rstrip() + "..."
