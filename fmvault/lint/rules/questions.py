"""Family *sections*: open questions that ask nothing, and those that are answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fmvault.kinds.questions import entries, is_settled, links, sections
from fmvault.kinds.schema.phrases import one_line
from fmvault.lint.rule import Problem, rule
from fmvault.lint.rules.sections import first_line, is_placeholder, says_nothing
from fmvault.model import Link, Note, Passage, Span
from fmvault.plain import is_blank, plain
from fmvault.vault import reached

if TYPE_CHECKING:
    from fmvault.kinds.concepts import Concepts
    from fmvault.kinds.projection import Section


_MARKS = frozenset("?？؟՞፧⁇@#")
# Only English sentences are judged: those with a verb of English, another word that is of no other language, and none
# that is of another one.
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had)\b", re.IGNORECASE)
_ENGLISH = re.compile(r"\b(?:the|this|these|those|that|and|with|are|were|from|than)\b", re.IGNORECASE)
_FOREIGN = re.compile(
    r"\b(?:der|das|dem|den|und|ist|sind|ein|eine|nicht|het|een|de|van|voor|le|la|les|des|du|est|et|que|el|los|las|del|il"
    r"|che|och|att|ikke|og|er|som|det)\b",
    re.IGNORECASE,
)
# A sentence with one of these asks, doubts, guesses, denies, or speaks of questions and of what is done with them.
_WORDS_IN_DOUBT = r"""
how why what when where who whom whose which whether if
can could do does did should would will may might must
maybe perhaps probably possibly presumably supposedly apparently allegedly seem\w* appear\w* likely unlikely
sure unsure certain uncertain clear\w* unclear known? unknown wonder\w* doubt\w* curious interest\w* puzzl\w+ confus\w+
strange weird odd surpris\w+ counterintuitive myster\w+ hard difficult tricky wrong off lost stuck struggl\w+
something somehow understand\w* understood grasp\w* get means? differences? bother\w* worr\w+ concern\w*
no not \w+n['’]t dont doesnt never nobody none nothing cannot lack\w* missing without few little hardly poorly too
weak mixed evidence open unsolved unresolved unanswered unexplored unproven problems? issues? challenges? gaps?
questions? answer\w* solved settled resolved debat\w+ disput\w+ controvers\w+ contest\w+ disagree\w*
remain\w* still yet pending early later next
claim\w* says? said argu\w+ according suspect\w* guess\w* assum\w+ think thought believ\w+ feel\w* hypothes\w+ intuition
conjecture\w* theory bet hope\w* wish want\w* need\w* tell
read reading look\w* check\w* find figure research investigat\w+ explor\w+ verif\w+ clarif\w+ revisit study learn test
try todo tbd
"""
_IN_DOUBT = re.compile(rf"\b(?:{'|'.join(_WORDS_IN_DOUBT.split())})\b", re.IGNORECASE)
# A verb that comes first asks: "Is it", "and is it", "In practice, is it". What follows "A:" answers.
_ASKS_BY_ORDER = re.compile(
    r"(?:\A|[,;:(–—]\s*|\A(?:and|but|so|or|then|also|now)\s+)(?:is|are|was|were|has|have|had|am)\b"
    r"|\A[\W_]*(?:[QA]|question|answer)?\d*\s*[:.)]",
    re.IGNORECASE,
)
# What begins so is a thing to do.
_TASK = re.compile(
    r"(?:see|ask|compare|dig|measure|more|explain|define|describe|derive|prove|show|implement|build|write|add|talk|discuss"
    r"|call|e-?mail|contact|consider|wait|review|experiment|work|watch|listen|go|remember|note|done|update)\b",
    re.IGNORECASE,
)
_FEWEST_WORDS = 4

_LINK = "\0"
# The questions that the note at their link answers by being there.
_WHAT_IS_IT = re.compile(
    r"""(?:q\d*\W+|(?:so|and|but|also|then|again)\W+)?
    (?:(?:(?:i\s)?(?:wonder|do\snot\sknow|don't\s(?:know|understand|get)|need\sto\sknow|want\sto\sknow)
       |(?:(?:it\sis|it's|still|i\sam|i'm)\s)?(?:unclear|unsure|not\s(?:clear|sure))(?:\sto\sme)?
       |(?:to\s)?(?:learn|read|find\sout|look|study|understand|explore|research)(?:\smore)?(?:\s(?:up|about|on|into))*
       )(?:\W+|\Z))?
    (?:
       (?:(?:what|who)(?:\s(?:exactly|really|actually))?\s?(?:['’]s|is|are|was|were)\s)?
       (?:(?:exactly|really|actually|even)\s)?
       (?:(?:the\s)?(?:definition|meaning|concept|idea|notion|term)(?:\sof|\sbehind)?\s)?
       (?:meant\sby\s)?(?:an?\s|the\s)?\0(?:\ss)?
       (?:\s?,?\s(?:exactly|really|actually|even|again|all|about))*
      |what\s(?:do|does|did)\s(?:the\sterm\s)?(?:an?\s|the\s)?\0\s
       (?:(?:exactly|really|actually|even)\s)?(?:mean|stand\sfor|refer\sto)(?:\s(?:exactly|really|actually|again))?
      |what\s(?:an?\s|the\s)?\0\s(?:(?:exactly|really|actually|even)\s)?(?:is|are|was|were|means?|stands?\sfor|refers?\sto)
       (?:\s(?:exactly|really|actually|about))*
      |(?:define|explain)\s(?:an?\s|the\s)?\0
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_ASKING_LABEL = re.compile(r"[?？؟]|^(?:how|why|what|when|where|who|which|whether|can|does|is|are)\b", re.IGNORECASE)
# What the owner of a note calls it while there is little in it.
_UNFINISHED = frozenset(("stub", "draft", "todo", "to-do", "wip", "seed", "seedling", "unwritten", "planned"))


@rule(family="sections", since="0.1", severity="warning", of_text=True)
def question_without_question(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """An entry under the open questions asks nothing.

    Open questions are what is to be found out next. A statement among them is a thought that belongs into another
    section, or a question that was never put.
    """
    for section in _questions(note, concepts):
        if _has_answers(section):
            continue
        for entry in entries(section):
            if _may_state(entry, section) and not links(section, entry) and _states(text := plain(note, entry.span)):
                message = f"'{one_line(text)}' asks nothing; put it as a question"
                yield Problem(_line(note, concepts, entry.span), message)


def _has_answers(section: Section) -> bool:
    """Whether questions stand above what is said of them, so that statements are nothing to wonder at."""
    note, body = section.note, section.body
    if any(body.start <= heading.span.start < body.end for heading in note.headings):
        return True
    above = (passage for passage in section.passages if passage.kind != "item")
    return any(plain(note, passage.span).endswith((":", *_MARKS)) for passage in above)


def _may_state(entry: Passage, section: Section) -> bool:
    text = section.note.text
    assert text is not None
    return text.source.find(b"?", entry.span.start, entry.span.end) < 0 and not is_settled(section, entry)


def _states(text: str) -> bool:
    """Whether the text is, for sure, a statement in English."""
    if not text.endswith((".", "!")) or _MARKS.intersection(text) or len(text.split()) < _FEWEST_WORDS:
        return False
    if any(char.isalpha() and not char.isascii() for char in text) or _FOREIGN.search(text):
        return False
    if not (_VERB.search(text) and _ENGLISH.search(text)):
        return False
    return not (_IN_DOUBT.search(text) or _ASKS_BY_ORDER.search(text) or _TASK.match(text))


@rule(family="sections", since="0.1", severity="warning", of_text=True)
def answered_question(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """A question is still open though the note that answers it has been written.

    An entry that is nothing but a link, or asks what the note it links to is about, is settled once that note is there
    and says something.
    """
    for section in _questions(note, concepts):
        for entry in entries(section):
            named = links(section, entry)
            if len(named) != 1 or is_settled(section, entry) or not _asks_what_it_is(note, entry, named[0]):
                continue
            path = reached(concepts.vault.resolve(named[0], note))
            target = concepts.vault.notes.get(path) if path is not None else None
            if target is not None and target is not note and not is_stub(target, concepts):
                message = f"'{target.name}' has been written and answers this; take it off the open questions"
                yield Problem(_line(note, concepts, entry.span), message)


def _asks_what_it_is(note: Note, entry: Passage, link: Link) -> bool:
    """Whether the entry asks no more than the note at its link tells by its nature."""
    if link.embed or link.subpath or (link.label and _ASKING_LABEL.search(link.label)):
        return False
    if not plain(note, entry.span):
        return False  # it stands in a comment
    before = plain(note, Span(entry.span.start, link.span.start))
    after = plain(note, Span(link.span.end, entry.span.end))
    text = " ".join(f"{before} {_LINK} {after}".split())
    return _WHAT_IS_IT.fullmatch(text.strip(" ?？!.,;:()\"'“”-–—…")) is not None


def is_stub(note: Note, concepts: Concepts) -> bool:
    """Whether a note says nothing yet, or is called a stub by its owner.

    Of a kind that asks for sections, the first of them has to say something, else there has to be any text.
    """
    if note.text is None or _is_called_unfinished(note):
        return True
    if (view := concepts.view(note)) is not None:
        for name, wanted in view.kind.schema.sections.items():
            if wanted.required:
                section = view.first.get(name)
                return section is None or not section.words or is_placeholder(section, concepts)
    return says_nothing(plain(note, Span(note.body, note.size))) or all(
        is_blank(note, passage.span) for passage in note.text.passages
    )


def _is_called_unfinished(note: Note) -> bool:
    if any(tag.name.rpartition("/")[2].lower() in _UNFINISHED for tag in note.tags):
        return True
    return any(
        each.key.casefold() == "status" and isinstance(each.value, str) and each.value.strip().lower() in _UNFINISHED
        for each in note.properties
    )


def _questions(note: Note, concepts: Concepts) -> Iterator[Section]:
    if (view := concepts.view(note)) is not None:
        yield from sections(view)


def _line(note: Note, concepts: Concepts, span: Span) -> Span:
    view = concepts.view(note)
    assert view is not None
    return first_line(view, span)
