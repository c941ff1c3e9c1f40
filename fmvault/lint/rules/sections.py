"""Family *sections*: what a note of a kind has to say, under which heading and in which order."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from fmvault import mojibake
from fmvault.config import nearest
from fmvault.kinds.headings import compared, compared_with
from fmvault.kinds.schema.phrases import one_line
from fmvault.lint.rule import Problem, rule
from fmvault.model import Edit, Fix, Heading, Note, Span

if TYPE_CHECKING:
    from fmvault.kinds.concepts import Concepts
    from fmvault.kinds.projection import Section, View
    from fmvault.kinds.schema import SectionRule
    from fmvault.kinds.schema.faults import Fault


_LEAST = ("minimum", "exclusiveMinimum")
_MOST = ("maximum", "exclusiveMaximum")

# What stands for text that is still to be written.
_PLACEHOLDER = re.compile(
    r"""[\W_]*(?:
    to[ -]?do(?:[\W_]+(?:write|fill|complete|finish|expand|describe|define|explain|add)
      (?:\ (?:in|out|up|me|it|a|an|the|this|here|later|more|section|text|content|definition|examples?))*)?
    |t\.?b\.?[acd]|(?-i:TK|tk)|fix\ ?me|x{3,}|place[ ]?holder(?:\ text)?|under\ construction
    |to\ be\ (?:written|added|done|determined|defined|completed|confirmed|expanded|filled\ in|continued|decided
      |announced)
    |(?:to\ |will\ |i['’]ll\ )?(?:add|write|do|fill\ in|complete|finish)\ (?:(?:this|it|more|text)\ )?later
    |needs\ (?:work|writing|content|text|expansion|expanding|to\ be\ written)|(?:not|un)[ -]?(?:yet\ )?written(?:\ yet)?
    |fill\ (?:(?:me|this|it)\ )?in
    |(?:write|add|insert|enter|put|type)\ (?:[\w'’ ]{1,40}\ )?here|your\ [\w ]{1,40}\ here
    |(?:(?:the|a|an|your|some)\ )?(?:\w+\ )?(?:text|content|notes?|definition|description|explanation|summary
      |examples?|questions?|answers?|ideas?|details|body)\ (?:goes|go)\ here
    |lorem\ ipsum\b.*
    )[\W_]*
    |[\[{<(_*]*\[(?:insert|add|write|enter|describe|explain|fill|put|type|your)\b[^\[\]]{0,80}\]\W*
    |\{\{(?!c\d)[\w\ -]+(?::[\w\ :.,/-]+)?\}\}|<%.*\btp\..*%>|<%\s*%>
    |\?{2,}|…|\.{3,}""",
    re.IGNORECASE | re.VERBOSE,
)
# What tells a state as well, and is a placeholder where no state is asked for.
_STATE = re.compile(
    r"[\W_]*(?:wip|work in progress|in progress|coming soon|to[ -]?do|t\.?b\.?[acd])[\W_]*", re.IGNORECASE
)
_OF_STATE = re.compile(
    r"\b(?:status|state|stage|phase|progress|maturity|tasks?|to[ -]?do|next|steps?|actions?|plans?|backlog|decisions?"
    r"|outcome|dates?|deadline|due|when|time|venue|location|place)\b",
    re.IGNORECASE,
)
# No placeholder is longer, in bytes, but for printers' Latin and for what the schema says a section is for.
_LONGEST_PLACEHOLDER = 100
_LATIN = b"orem ipsum"
# How far a heading may be from the one it is taken to be meant for.
_MORE_WORDS = 3
_LETTERS_A_SLIP = 5
_MOST_SLIPS = 2


@rule(family="sections", since="0.1", severity="error", fixable=True, of_text=True)
def missing_section(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """A note lacks a section that its kind asks for.

    A concept that says what it is, and not why it matters or what it costs, is half understood. The schema of the kind
    names the sections without which a note is not finished.
    """
    if (view := concepts.view(note)) is None:
        return
    lacking = sorted((fault.message, str(fault.place[1])) for fault in view.faults if _is_lack(fault))
    if not lacking:
        return
    likely = _likely(view, {name for _, name in lacking})
    fixes = _stubs(view, {name for _, name in lacking if name not in likely})
    added: list[Fix] = []
    for message, name in lacking:
        if name in likely:
            # What may be there is not added.
            yield Problem(kind_told(note), f"{_fact(message)}; is it '{_shown(likely[name])}'?")
            continue
        # One fix adds all that belongs at one place, and is told once.
        fix = fixes.get(name)
        yield Problem(kind_told(note), message, None if fix in added else fix)
        if fix is not None:
            added.append(fix)


def _fact(message: str) -> str:
    """A message without its help."""
    missing = " is missing"
    fact, found, _ = message.partition(f"{missing};")
    return fact + missing if found else message


def _likely(view: View, names: Collection[str]) -> Mapping[str, Heading]:
    """Of the sections that are missing those that a heading may be meant for, with the first heading that may be."""
    called = [view.note.name, *(alias.name for alias in view.note.aliases)]
    title = next((heading for heading, _ in view.outline if heading.level == 1), None)
    unknown = [
        (heading, compared(heading.text))
        for heading, name in view.outline
        if name is None and heading is not title and not _is_name(heading, view.note)
    ]
    found = {}
    for section in names if unknown else ():
        rule = view.kind.schema.sections[section]
        known = [compared_with(each, "") for each in rule.headings if "{name}" not in each]
        alike = known + [compared_with(each, name) for each in rule.headings if "{name}" in each for name in called]
        for heading, text in unknown:
            if any(_says_more(text, each) for each in known) or any(_is_slip(text, each) for each in alike):
                found[section] = heading
                break
    return found


def _says_more(text: str, known: str) -> bool:
    """Whether a heading has the words of another one in a row, and few besides: "Tradeoffs for small teams"."""
    return f" {known} " in f" {text} " and 0 <= text.count(" ") - known.count(" ") <= _MORE_WORDS


def _is_slip(text: str, known: str) -> bool:
    """Whether a heading is another one but for a letter or two: "Why it mattered"."""
    most = min(len(known) // _LETTERS_A_SLIP, _MOST_SLIPS)
    if abs(len(text) - len(known)) > most:
        return False
    from rapidfuzz.distance.OSA import distance

    return distance(text, known, score_cutoff=most) <= most


def _stubs(view: View, names: Collection[str]) -> Mapping[str, Fix]:
    """For the sections that are missing, fixes that add their headings; one does for all that belong at one place."""
    note, rules = view.note, view.kind.schema.sections
    # Where most of the sections stand beside each other, the others belong as well. A lone section of level 1 is the
    # title: "What is an embedding?"
    groups = [group for group in _siblings(view) if len(group) > 1 or group[0].heading.level > 1]
    beside = max(groups, key=lambda group: (len(group), -group[0].heading.level), default=[])
    placed: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for name in rules:
        if name in names and (title := view.kind.title(name, note.name)):
            placed[_place_of(view, beside, name)][name] = title
    level = min((section.heading.level for section in beside), default=2)
    fixes = {}
    for at, titles in placed.items():
        if at < note.size or not _is_open(note):
            headings = "\n".join(f"{'#' * level} {title}\n" for title in titles.values())
            shown = " and ".join(f"'{title}'" for title in titles.values())
            fixes.update(dict.fromkeys(titles, Fix(f"add {shown}", (_paragraph(note, at, headings),))))
    return fixes


def _is_open(note: Note) -> bool:
    """Whether what is added at the end would be code, or part of a comment, as that is never closed."""
    if any(each.fault in ("unclosed-fence", "unclosed-comment") for each in note.defects):
        return True
    assert note.text is not None
    source, opaque = note.text.source.rstrip(), note.text.opaque
    last = max(opaque, key=lambda stretch: stretch.end, default=Span(0, 0))
    return last.end >= len(source) and source.startswith(b"<!--", last.start) and not source.endswith(b"-->")


def _place_of(view: View, beside: Sequence[Section], name: str) -> int:
    """Where a section belongs: before the first that comes later in its kind, of those below all that come earlier."""
    rules = view.kind.schema.sections
    ranks = {known: rank for rank, known in enumerate(rules)}
    ordered = [section for section in _firsts(beside) if not rules[section.name].anywhere]
    above = max((index for index, each in enumerate(ordered) if ranks[each.name] < ranks[name]), default=-1)
    below = next((each for each in ordered[above + 1 :] if ranks[each.name] > ranks[name]), None)
    return below.heading.span.start if below is not None else _end_of(view, beside)


def _paragraph(note: Note, at: int, text: str) -> Edit:
    """Add lines at the start of a line or at the note's end, with a blank line above and below."""
    assert note.text is not None
    source = note.text.source
    above = source[:at].removeprefix(codecs.BOM_UTF8)
    if words := above.rstrip():
        text = "\n" * (2 - min(above.count(b"\n", len(words)), 2)) + text
    text = text if at == note.size else f"{text}\n"
    return Edit(Span(at, at), text.replace("\n", "\r\n") if b"\r\n" in source else text)


def _end_of(view: View, beside: Sequence[Section]) -> int:
    """Where the part of the note ends that these sections are in."""
    if beside:
        levels = [heading.level for heading, _ in view.outline]
        at = next(index for index, (heading, _) in enumerate(view.outline) if heading is beside[0].heading)
        parent = next((levels[index] for index in range(at, -1, -1) if levels[index] < levels[at]), 0)
        for heading, _ in view.outline[at + 1 :]:
            if heading.level <= parent:
                return heading.span.start
    return view.note.size


@rule(family="sections", since="0.1", severity="warning", of_text=True)
def empty_section(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """A section has a heading and nothing under it.

    The outline promises what the note does not say.
    """
    for section in _sections(note, concepts):
        if section.is_empty:
            help_ = _rule_of(section, concepts).description
            yield Problem(
                place(section), f"'{_shown(section.heading)}' is empty{f'; {_as_help(help_)}' if help_ else ''}"
            )


@rule(family="sections", since="0.1", severity="warning", of_text=True)
def thin_section(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """A section says less than its kind asks for.

    A definition of three words is a name and not an explanation. How many words, entries or links are the least, the
    schema of the kind says.
    """
    for section, fault in _faults_of_facts(note, concepts, _LEAST):
        if section.is_outer or section.is_empty or is_placeholder(section, concepts):
            continue
        # What no words are counted in may say all that is asked for.
        if fault.place[2] != "words" or not _says_more_than_words(section):
            yield Problem(place(section), fault.message)


@rule(family="sections", since="0.1", severity="warning", of_text=True)
def long_definition(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """A definition is longer than its kind allows.

    A definition is read again and again, in previews, in a glossary and beside the graph. What goes beyond it has
    sections of its own.
    """
    for section, fault in _faults_of_facts(note, concepts, _MOST):
        if section.name == "definition":
            yield Problem(place(section), fault.message)


@rule(family="sections", since="0.1", severity="warning", of_text=True)
def section_order(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """A section stands elsewhere than in other notes of its kind.

    Notes that are built alike are read faster: the eye knows where the tradeoffs are. Only sections beside each other,
    under one heading, are compared, and the schema may leave a section free to stand anywhere.
    """
    if (view := concepts.view(note)) is None:
        return
    ranks = {rule.name: rank for rank, rule in enumerate(view.kind.schema.sections.values()) if not rule.anywhere}
    in_order = [ranks[section.name] for section in view.sections if section.name in ranks]
    if in_order == sorted(in_order):
        return
    for siblings in _siblings(view):
        ranked = [(section, ranks[section.name]) for section in _firsts(siblings) if section.name in ranks]
        kept = _longest_run([rank for _, rank in ranked])
        final = sorted(range(len(ranked)), key=lambda index: ranked[index][1])
        for index, (section, _) in enumerate(ranked):
            if index in kept:
                continue
            # Told by its neighbour where all stand as they belong: one by one they lead to a section that stays.
            at = final.index(index)
            side, beside = ("below", final[at - 1]) if kept.intersection(final[:at]) else ("above", final[at + 1])
            shown = _shown(ranked[beside][0].heading)
            yield Problem(place(section), f"'{_shown(section.heading)}' belongs {side} '{shown}'")


def _siblings(view: View) -> Iterator[Sequence[Section]]:
    """The sections under each heading."""
    groups: defaultdict[int, list[Section]] = defaultdict(list)
    sections = {id(section.heading): section for section in view.sections}
    open_headings: list[Heading] = []
    for heading, name in view.outline:
        while open_headings and open_headings[-1].level >= heading.level:
            open_headings.pop()
        if name is not None:
            groups[open_headings[-1].span.start if open_headings else -1].append(sections[id(heading)])
        open_headings.append(heading)
    yield from groups.values()


def _firsts(sections: Sequence[Section]) -> Sequence[Section]:
    """The sections without those whose heading says the same as one above: the first has the place."""
    firsts = {section.name: section for section in reversed(sections)}
    return [section for section in sections if section is firsts[section.name]]


def _longest_run(ranks: Sequence[int]) -> frozenset[int]:
    """The indexes of the longest run of ``ranks`` that never falls: what need not move."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, rank in enumerate(ranks):
        length = bisect_right(tails, rank)
        before.append(ends[length - 1] if length else -1)
        tails[length:] = [rank] if length == len(tails) else [rank, *tails[length + 1 :]]
        ends[length:] = [index] if length == len(ends) else [index, *ends[length + 1 :]]
    kept = set()
    at = ends[-1] if ends else -1
    while at >= 0:
        kept.add(at)
        at = before[at]
    return frozenset(kept)


@rule(family="sections", since="0.1", severity="warning", enabled=False, of_text=True)
def unknown_section(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """A heading is of no section that the note's kind knows.

    It may be misspelt, or its section belongs into the schema. Headings below a section, and the note's title, are
    free.
    """
    if (view := concepts.view(note)) is None:
        return
    known = [heading for section in view.kind.schema.sections.values() for heading in section.headings]
    title = next((heading for heading, _ in view.outline if heading.level == 1), None)
    free = 7
    for heading, name in view.outline:
        if heading.level > free:
            continue
        # What stands below a heading that is told, or below a section, is free.
        free = 7
        if name is not None:
            free = heading.level
        elif heading is not title and heading.text and not _is_name(heading, note):
            free = heading.level
            shown = _shown(heading)
            near = nearest(shown, [each for each in known if "{name}" not in each])
            help_ = f"did you mean '{near}'?" if near else "'fmvault explain unknown-section' tells what to do"
            message = f"'{shown}' is no section of a note of the kind {view.kind.name}; {help_}"
            yield Problem(first_line(view, heading.span), message)


def _is_name(heading: Heading, note: Note) -> bool:
    """Whether a heading only says what the note is called."""
    text = compared(heading.text)
    return any(text == compared(name) for name in (note.name, *(alias.name for alias in note.aliases)))


@rule(family="sections", since="0.1", severity="warning", of_text=True)
def duplicate_section(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """Two headings of a note are of one section.

    What belongs together is told in two places, and a link to the section leads to one of them. Headings are compared
    that stand under one heading, and others of their level with those under the title: an example of each part is no
    second example.
    """
    if (view := concepts.view(note)) is None or len(view.sections) == len(view.first):
        return
    title = next((heading for heading, _ in view.outline if heading.level == 1), None)
    firsts: dict[tuple[int, str], Heading] = {}
    under_title: dict[tuple[int, str], Heading] = {}
    above: list[tuple[Heading, str | None]] = []
    for heading, name in view.outline:
        while above and above[-1][0].level >= heading.level:
            above.pop()
        if name is not None and not any(section is not None and each.level > 1 for each, section in above):
            parent = above[-1][0].span.start if above else -1
            first = firsts.setdefault((parent, name), heading)
            if first is heading:
                first = under_title.get((heading.level, name), heading)
            if all(each is title or _is_name(each, note) for each, _ in above):
                under_title.setdefault((heading.level, name), heading)
            if first is not heading:
                message = f"'{_shown(heading)}' is the same section as '{_shown(first)}' above; make them one"
                yield Problem(_trimmed(note, heading.span), message)
        above.append((heading, name))


@rule(family="sections", since="0.1", severity="error", of_text=True)
def property_schema(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """A property is not as the note's kind wants it.

    Queries, the graph and the published site read properties by name and type. One that is missing or of another shape
    drops out of all of them without a word.
    """
    if (view := concepts.view(note)) is None:
        return
    unquoted = [defect.span for defect in note.defects if defect.fault == "unquoted-wikilink"]
    for fault in view.faults:
        if fault.place[:1] != ("properties",):
            continue
        span = _property_place(view, fault)
        # A wikilink without quotes says what is meant, and wants another cure.
        if span is None or not any(each.start < span.end and span.start < each.end for each in unquoted):
            yield Problem(kind_told(note) if span is None else span, fault.message)


@rule(family="sections", since="0.1", severity="warning", of_text=True)
def section_schema(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """A section, or the note's name, is not as its kind wants it.

    A schema may ask more of a note than that its sections are there and long enough: which sections exclude each other,
    how deep a heading stands, what a text has to say.
    """
    if (view := concepts.view(note)) is None:
        return
    for fault in view.faults:
        if fault.place[:1] == ("properties",) or _is_lack(fault):
            continue
        name = str(fault.place[1]) if _is_of_section(fault) else ""
        if _is_count(fault) and (fault.keyword in _LEAST or (fault.keyword in _MOST and name == "definition")):
            continue
        section = view.first.get(name)
        yield Problem(place(section) if section else kind_told(view.note), fault.message)


@rule(family="sections", since="0.1", severity="warning", of_text=True)
def placeholder_section(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """A section holds nothing but what a template put there.

    It looks written in the outline and says nothing.
    """
    for section in _sections(note, concepts):
        if is_placeholder(section, concepts) and not section.is_outer:
            start = section.passages[0].span.start
            end = section.passages[-1].span.end
            yield Problem(
                _trimmed(section.note, Span(start, end)), f"'{_shown(section.heading)}' is still to be written"
            )


def is_placeholder(section: Section, concepts: Concepts) -> bool:
    """Whether a section holds what a template put there, and nothing else."""
    assert section.note.text is not None
    source = section.note.text.source[section.body.start : section.body.end].strip()
    purpose = _rule_of(section, concepts).description
    is_long = len(source) > _LONGEST_PLACEHOLDER
    may_be_purpose = len(source) < len(purpose) + _LONGEST_PLACEHOLDER and purpose.rstrip(".").encode() in source
    if not section.passages or (is_long and not may_be_purpose and _LATIN not in source):
        return False
    text = section.text
    if not (says_nothing(text) or (may_be_purpose and _bare(text) == _bare(purpose))):
        return False
    if _STATE.fullmatch(text) and _OF_STATE.search(section.heading.text):
        return False
    shows_more = section.leading or _says_more_than_words(section)
    return not shows_more and all(passage.kind != "table" for passage in section.passages)


def _bare(text: str) -> str:
    return text.strip(" ().[]").casefold()


def says_nothing(text: str) -> bool:
    """Whether each line of a text stands for one that is still to be written."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return bool(lines) and all(_PLACEHOLDER.fullmatch(line) or _STATE.fullmatch(line) for line in lines)


# -- what the rules share ---------------------------------------------------------------------------------------------


def _sections(note: Note, concepts: Concepts) -> Sequence[Section]:
    view = concepts.view(note)
    return view.sections if view is not None else ()


def _says_more_than_words(section: Section) -> bool:
    """Whether there are pictures, formulas, other notes shown in this one, or code: nobody counts what they say."""
    assert section.note.text is not None
    source, body = section.note.text.source, section.body
    return (
        _is_formula(section)
        or any(link.embed for link in section.leading)
        or any(passage.kind in ("code", "html") for passage in section.passages)
        or b"![" in source[body.start : body.end]
        or b"```" in source[body.start : body.end]
    )


def _is_formula(section: Section) -> bool:
    """Whether there is a formula of its own line or lines, or formulas and no word beside them."""
    assert section.note.text is not None
    source, opaque, body = section.note.text.source, section.note.text.opaque, section.body
    first, last = (bisect_left(opaque, Span(at, 0)) for at in (body.start, body.end))
    unread = [each for each in opaque[first:last] if source.startswith((b"$", b"%%", b"<!--"), each.start)]
    formulas = [source[each.start : each.end] for each in unread if source.startswith(b"$", each.start)]
    if not formulas or any(formula.startswith(b"$$") for formula in formulas):
        return bool(formulas)
    beside = bytearray(source[: body.end])
    for each in reversed(unread):
        del beside[each.start : each.end]
    return not any(map(str.isalpha, beside[body.start :].decode("utf-8", "replace")))


def _faults_of_facts(note: Note, concepts: Concepts, keywords: Sequence[str]) -> Iterator[tuple[Section, Fault]]:
    """What the schema has against the length of sections."""
    if (view := concepts.view(note)) is None:
        return
    for fault in view.faults:
        if _is_count(fault) and fault.keyword in keywords:
            yield view.first[str(fault.place[1])], fault


def _is_lack(fault: Fault) -> bool:
    """Whether it is that a section is missing which every note of the kind has."""
    return fault.keyword == "required" and fault.place[0] == "sections" and len(fault.place) == 2


def _is_of_section(fault: Fault) -> bool:
    return fault.place[:1] == ("sections",) and len(fault.place) > 1


def _is_count(fault: Fault) -> bool:
    """Whether it is about how many words, entries or links a section has."""
    return _is_of_section(fault) and fault.place[2:] in (("words",), ("items",), ("links",))


def _rule_of(section: Section, concepts: Concepts) -> SectionRule:
    view = concepts.view(section.note)
    assert view is not None
    return view.kind.schema.sections[section.name]


def _as_help(description: str) -> str:
    return description[:1].lower() + description[1:].rstrip(".")


def _shown(heading: Heading) -> str:
    """A heading as its author meant it to be read."""
    return one_line(mojibake.repair(heading.text))


def place(section: Section) -> Span:
    """A section's heading, without the line break behind it."""
    return _trimmed(section.note, section.heading.span)


def _trimmed(note: Note, span: Span) -> Span:
    assert note.text is not None
    return Span(span.start, span.start + len(note.text.source[span.start : span.end].rstrip()))


def first_line(view: View, span: Span) -> Span:
    """The first line of ``span``."""
    assert view.note.text is not None
    line = view.note.text.source[span.start : span.end].partition(b"\n")[0]
    return Span(span.start, span.start + len(line.rstrip()))


def kind_told(note: Note) -> Span:
    """Where a note says of which kind it is: its property ``type``, else its first line of text."""
    for each in note.properties:
        if each.key.casefold() == "type" and each.value is not None:
            return each.span
    assert note.text is not None
    source = note.text.source
    start = len(source) - len(source[note.body :].lstrip())
    return Span(start, start + len(source[start:].partition(b"\n")[0].rstrip()))


def _property_place(view: View, fault: Fault) -> Span | None:
    """The value that a fault is of, or its entry; None if the note has no such property."""
    key = str(fault.place[1]) if len(fault.place) > 1 else ""
    # Of two with one name the last one counts.
    for each in reversed(view.note.properties):
        if view.kind.schema.property_name(each.key) == key:
            index = fault.place[2] if len(fault.place) > 2 else None
            if isinstance(index, int) and index < len(each.items):
                return each.items[index]
            return each.span if each.span.start < each.span.end else each.key_span
    return None
